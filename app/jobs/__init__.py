"""Background jobs: asked for within a transaction, begun after its commit, visible and stoppable while they run."""

from app.jobs.models import Job
from app.jobs.queue import cancel, enqueue, job_for, latest_jobs
from app.jobs.work import Kind, Run, Stopped

__all__ = ["Job", "Kind", "Run", "Stopped", "cancel", "enqueue", "job_for", "latest_jobs"]
