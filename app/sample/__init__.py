"""Which rows the sample data brought along, and its removal without touching what is a company's own."""

from app.sample.marking import marking
from app.sample.models import SampleRow
from app.sample.planning import NEEDS, Plan, has_marks, plan_removal
from app.sample.removing import Removed, as_json, remove_sample
from app.sample.resting import RestsOnSample

__all__ = [
    "NEEDS",
    "Plan",
    "Removed",
    "RestsOnSample",
    "SampleRow",
    "as_json",
    "has_marks",
    "marking",
    "plan_removal",
    "remove_sample",
]
