"""Writing down how a job ended; modules that listen, and whoever waits for it, hear of it in the same transaction."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import on_the_wall
from app.db import utc_now
from app.hooks import job_ended
from app.jobs.models import Job
from app.jobs.work import Kind
from app.notifications import kinds, notify_users
from app.translation import lazy_gettext as _l

#: Nobody leaves the page of a job that took less than this, so nobody need be called back to it.
LONG = timedelta(seconds=20)


def end_job(session: Session, job: Job, kind: Kind | None, values: dict[str, Any], why: object) -> str | None:
    """Write down what became of a running job, and notify whoever waits for it; gives the state that it has now, None if
    another server took it over.

    One that was to wait for another attempt is cancelled instead where somebody has asked for that.
    """
    own = update(Job).where(Job.id == job.id, Job.state == "running", Job.worker == job.worker)
    if values["state"] == "queued":
        if _is_written(session, own.where(Job.is_cancel_asked.is_(False)), values):
            return "queued"
        values = {**values, "state": "cancelled", "worker": job.worker}
    state: str = values["state"]
    if not _is_written(session, own, {**values, "ended_at": utc_now()}):
        return None
    hear_of_end(session, job.id)
    if kind is not None and kind.is_quiet:
        return state
    if state == "failed":
        notify_of_failure(session, job, kind, why)
    elif state == "done" and kind is not None:
        notify_of_end(session, job, kind)
    return state


def hear_of_end(session: Session, job_id: int) -> None:
    """Let modules hear of a job that has just been written down as ended for good."""
    job_ended(session, session.get_one(Job, job_id, populate_existing=True))


def _is_written(session: Session, own: Any, values: dict[str, Any]) -> bool:
    return bool(session.execute(own.values(**values)).rowcount)  # type: ignore[attr-defined]


def notify_of_failure(session: Session, job: Job, kind: Kind | None, why: object) -> None:
    """A job that failed is reported to whoever waits for it; a scheduled one, and one of the system's own, to administrators.

    Of a schedule that fails again and again they hear once a day.
    """
    own = kind.failure if kind is not None else None
    title, link = kind.title if kind is not None else job.kind, f"/jobs/{job.id}"
    if waiting := _waiting_for(job):
        words = _l("“%(title)s” failed: %(why)s", title=title, why=why)
        notify_users(session, own or kinds.job_failed, to=waiting, text=words, link=link, once=f"job:{job.id}")
    else:
        words = _l("“%(title)s”, which runs by itself, failed: %(why)s", title=title, why=why)
        notify_users(
            session,
            own or kinds.schedule_failed,
            holding="core.job.view",
            text=words,
            link=link,
            once=f"failed:{job.schedule or job.kind}:{on_the_wall(utc_now()):%Y-%m-%d}",
        )


def notify_of_end(session: Session, job: Job, kind: Kind) -> None:
    """A job that took long is done: whoever waits for it hears of it."""
    if (waiting := _waiting_for(job)) and utc_now() - job.created_at >= LONG:
        words = _l("“%(title)s” is done.", title=kind.title)
        notify_users(session, kinds.job_done, to=waiting, text=words, link=f"/jobs/{job.id}", once=f"job:{job.id}")


def _waiting_for(job: Job) -> list[int]:
    return [id for id in (job.awaited_by_id or job.user_id,) if id is not None]
