"""Asking for jobs and calling them off; both within the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Conflict, NotFound
from app.jobs.endings import hear_of_end
from app.jobs.models import Job
from app.reference.models import Organisation
from app.security.actor import Actor, require
from app.translation import language
from app.translation import lazy_gettext as _l


def enqueue(
    session: Session,
    actor: Actor,
    kind: str,
    arguments: dict[str, Any] | None = None,
    *,
    not_before: datetime | None = None,
    awaited_by: int | None = None,
    schedule: str | None = None,
) -> Job:
    """A job that begins once the session's transaction is committed, and never when it is not.

    `not_before`: a moment (UTC) until which it waits. `awaited_by`: the user who is notified of its end when that isn't the
    actor.
    """
    job = Job(
        kind=kind,
        user_id=actor.user_id,
        organisation_id=actor.organisation or None,
        arguments=arguments or {},
        not_before=not_before,
        awaited_by_id=awaited_by,
        schedule=schedule,
        language=language(),
    )
    session.add(job)
    session.flush()
    record(session, "core.job.enqueue", subject="core.job", subject_id=job.id, summary=kind)
    return job


def enqueue_single(session: Session, actor: Actor, kind: str, arguments: dict[str, Any] | None = None) -> Job:
    """The job of this kind, with these arguments, that waits or runs already; a new one when there is none. So whoever asks
    again and again has one done at a time.

    Refused (Conflict): somebody else's, which isn't open to the actor.
    """
    session.execute(select(Organisation.id).with_for_update())  # two who ask at once
    alive = select(Job).where(Job.kind == kind, Job.state.in_(("queued", "running")))
    for job in session.scalars(alive.order_by(Job.id)):
        if job.arguments == (arguments or {}):
            if not is_open_to(job, actor):
                raise Conflict(_l("Somebody else has begun this already. Try again when it is done."))
            return job
    return enqueue(session, actor, kind, arguments)


def is_open_to(job: Job, actor: Actor) -> bool:
    """Whether the actor may see the job: it is their own, they wait for it, or they look after all jobs."""
    is_own = actor.user_id is not None and actor.user_id in (job.user_id, job.awaited_by_id)
    return is_own or actor.may("core.job.view")


def job_for(session: Session, actor: Actor, job_id: int) -> Job:
    """The job, when it is open to the actor; otherwise NotFound."""
    job = session.get(Job, job_id)
    if job is None or not is_open_to(job, actor):
        raise NotFound
    return job


def latest_jobs(session: Session, kind: str, count: int) -> list[Job]:
    """The newest jobs of a kind: the actor's own, or everybody's for who looks after them all."""
    actor: Actor = session.info["actor"]
    query = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(count)
    if not actor.may("core.job.view"):
        query = query.where(Job.user_id == actor.user_id)
    return list(session.scalars(query))


def attempt_of(session: Session, job_id: int) -> int:
    """Which attempt of a job this is, from 1."""
    return session.get_one(Job, job_id).attempt


def cancel(session: Session, actor: Actor, job: Job) -> None:
    """Cancel it: at once while it waits; a running one stops at its next step and rolls back what is uncommitted.

    Refused: somebody else's, without the right to it.
    """
    if job.user_id != actor.user_id:
        require(actor, "core.job.cancel")
    jobs = Job.__table__
    waiting = update(Job).where(jobs.c.id == job.id, jobs.c.state == "queued")
    if session.execute(waiting.values(state="cancelled", ended_at=utc_now())).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(update(Job).where(jobs.c.id == job.id).values(is_cancel_asked=True))
    else:
        hear_of_end(session, job.id)
    record(session, "core.job.cancel", subject="core.job", subject_id=job.id, summary=job.kind)
