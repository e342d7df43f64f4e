"""Work that goes on after the answer."""

from app.jobs import enqueue
from app.jobs.work import Kind as JobKind
from app.jobs.work import Run

__all__ = [
    "JobKind",
    "Run",
    "enqueue",
]
