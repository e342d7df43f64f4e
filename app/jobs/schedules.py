"""Schedules: jobs that nobody asks for because they are due again. `jobs.py` declares them; a row keeps what people changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.jobs.cron import check_cron, next_due
from app.jobs.models import Job, ScheduleState
from app.jobs.queue import enqueue
from app.security.actor import SYSTEM, Actor, require
from app.versions import begin_version


@dataclass(frozen=True)
class Schedule:
    """A job that the program itself asks for again and again.

    `name`: `module.what`, as a rule its job's. `kind`: the kind of job, with these `arguments`. `cron`: minute, hour, day of
    the month, month, day of the week, by the organisation's own clock. Its jobs are the system's own.
    """

    name: str
    title: object
    kind: str
    cron: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refused (Invalid) where it is declared: a time that isn't one. So a module with such a schedule isn't loaded."""
        object.__setattr__(self, "cron", check_cron(self.cron))


def begin_due_schedules(session: Session, declared: Iterable[Schedule], *, now: datetime) -> list[Job]:
    """Ask for the job of every schedule that is due, once however many servers look: who moves the row asks.

    One that was missed while no server ran is made up for once. One whose last job isn't over yet waits for its end. `now`:
    UTC.
    """
    states = {state.name: state for state in session.scalars(select(ScheduleState))}
    begun = []
    for schedule in declared:
        state = states.get(schedule.name)
        if state is None:
            session.add(_unchanged(schedule, now))  # from now on: it has missed nothing
        elif job := _begin_if_due(session, schedule, state, now):
            begun.append(job)
    session.flush()
    return begun


def _begin_if_due(session: Session, schedule: Schedule, state: ScheduleState, now: datetime) -> Job | None:
    if state.is_paused or next_due(state.cron or schedule.cron, state.begun_until) > now:
        return None
    last = session.get(Job, state.last_job_id) if state.last_job_id else None
    if last is not None and not last.is_over:
        return None
    seen = (ScheduleState.name == state.name, ScheduleState.begun_until == state.begun_until)
    statement = update(ScheduleState).where(*seen, ScheduleState.is_paused.is_(False)).values(begun_until=now)
    if session.execute(statement, execution_options={"synchronize_session": False}).rowcount == 0:  # type: ignore[attr-defined]
        return None  # another server was quicker
    session.refresh(state)
    return _ask_for(session, SYSTEM, schedule, state)


@dataclass(frozen=True)
class Shown:
    """A schedule as administrators see it."""

    name: str
    title: object
    cron: str
    is_paused: bool
    version: int
    last_job: Job | None
    #: UTC; None while it is paused
    due: datetime | None


def schedules_shown(session: Session, declared: Iterable[Schedule]) -> list[Shown]:
    """The schedules with the job that each asked for last, and when they are due next; nothing is written."""
    states = {state.name: state for state in session.scalars(select(ScheduleState))}
    last = {state.last_job_id for state in states.values() if state.last_job_id}
    jobs = {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(last)))} if last else {}
    return [_shown(schedule, states.get(schedule.name), jobs) for schedule in declared]


def _shown(schedule: Schedule, state: ScheduleState | None, jobs: dict[int, Job]) -> Shown:
    if state is None:
        return Shown(schedule.name, schedule.title, schedule.cron, False, 0, None, next_due(schedule.cron, utc_now()))
    cron = state.cron or schedule.cron
    due = None if state.is_paused else next_due(cron, state.begun_until)
    last = jobs.get(state.last_job_id) if state.last_job_id else None
    return Shown(schedule.name, schedule.title, cron, state.is_paused, state.version, last, due)


def run_now(session: Session, actor: Actor, schedule: Schedule) -> Job:
    """Ask for the schedule's job out of turn; its next due moment stays. One that waits or runs already is given instead."""
    require(actor, "core.schedule.manage")
    state = state_of(session, schedule)
    session.refresh(state, with_for_update=True)  # two who ask at once
    last = session.get(Job, state.last_job_id) if state.last_job_id else None
    if last is not None and not last.is_over:
        return last
    return _ask_for(session, SYSTEM, schedule, state, awaited_by=actor.user_id)


def change_schedule(
    session: Session, actor: Actor, schedule: Schedule, *, cron: str, is_paused: bool, version: int | None = None
) -> None:
    """Change when a schedule is due, or pause it. An empty `cron`: as declared. What was missed meanwhile isn't made up for.

    Refused: a time that isn't one (Invalid); a schedule saved since `version` (Changed), which is 0 where nobody had.
    """
    require(actor, "core.schedule.manage")
    state = state_of(session, schedule)
    begin_version(session, state, version)
    wanted = check_cron(cron) if cron.strip() else None
    state.cron = None if wanted == schedule.cron else wanted
    state.is_paused = is_paused
    state.begun_until = utc_now()
    session.flush()
    summary = f"{schedule.name}: {'paused' if is_paused else state.cron or schedule.cron}"
    record(session, "core.schedule.change", subject="core.schedule", summary=summary)


def state_of(session: Session, schedule: Schedule) -> ScheduleState:
    """The schedule's row; a new one, which has missed nothing, if no server has looked at it yet."""
    state = session.get(ScheduleState, schedule.name)
    if state is None:
        state = _unchanged(schedule, utc_now())
        session.add(state)
        session.flush()
    return state


def _unchanged(schedule: Schedule, now: datetime) -> ScheduleState:
    # Its version counts what people save: whoever opened the form before there was a row has seen the same as this.
    return ScheduleState(name=schedule.name, begun_until=now, version=0)


def _ask_for(
    session: Session, actor: Actor, schedule: Schedule, state: ScheduleState, *, awaited_by: int | None = None
) -> Job:
    job = enqueue(session, actor, schedule.kind, schedule.arguments, awaited_by=awaited_by, schedule=schedule.name)
    state.last_job_id = job.id
    session.flush()
    return job
