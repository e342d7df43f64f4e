"""Work that goes on after the answer."""

from app.jobs import ONCE, Job, Retry, Schedule, attempt_of, enqueue, enqueue_single
from app.jobs.cron import next_due
from app.jobs.work import Kind as JobKind
from app.jobs.work import Run

__all__ = [
    "ONCE",
    "Job",
    "JobKind",
    "Retry",
    "Run",
    "Schedule",
    "attempt_of",
    "enqueue",
    "enqueue_single",
    "next_due",
]
