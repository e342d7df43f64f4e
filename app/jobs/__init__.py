"""Background jobs: asked for within a transaction, begun after its commit, visible and stoppable while they run."""

from app.jobs.models import STATES, Job, ScheduleState
from app.jobs.queue import attempt_of, cancel, enqueue, enqueue_single, is_open_to, job_for, latest_jobs
from app.jobs.retrying import ONCE, Retry
from app.jobs.schedules import Schedule, change_schedule, run_now, schedules_shown
from app.jobs.work import Kind, Run, Stopped

__all__ = [
    "ONCE",
    "STATES",
    "Job",
    "Kind",
    "Retry",
    "Run",
    "Schedule",
    "ScheduleState",
    "Stopped",
    "attempt_of",
    "cancel",
    "change_schedule",
    "enqueue",
    "enqueue_single",
    "is_open_to",
    "job_for",
    "latest_jobs",
    "run_now",
    "schedules_shown",
]
