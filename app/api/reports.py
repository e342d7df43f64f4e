"""Figures that people ask for, with what they say to them."""

from app.web.kit.lists import show_report
from app.web.kit.reports import Parameter, Report

__all__ = [
    "Parameter",
    "Report",
    "show_report",
]
