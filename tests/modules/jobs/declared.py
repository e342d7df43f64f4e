"""Jobs and schedules that the core has for a test alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from app.company import core_files
from app.db import utc_now
from app.jobs import Job, ScheduleState
from app.security import SYSTEM


@contextmanager
def declared(**values: Any) -> Iterator[None]:
    """The core declares these among its jobs."""
    file = core_files().files["jobs"]
    for name, value in values.items():
        setattr(file, name, value)
    try:
        yield
    finally:
        for name in values:
            delattr(file, name)


def job_of(app: Any, job_id: int) -> Job:
    found: Job = app.company.database.run(lambda s: s.get_one(Job, job_id), actor=SYSTEM, write=False)
    return found


def jobs_of(app: Any, schedule: str) -> list[Job]:
    from sqlalchemy import select

    query = select(Job).where(Job.schedule == schedule).order_by(Job.id)
    found: list[Job] = app.company.database.run(lambda s: list(s.scalars(query)), actor=SYSTEM, write=False)
    return found


def set_back(app: Any, schedule: str, by: timedelta) -> datetime:
    """As if the schedule had been looked at so long ago and never since."""

    def work(session: Any) -> datetime:
        state = session.get_one(ScheduleState, schedule)
        state.begun_until = utc_now() - by
        moment: datetime = state.begun_until
        return moment

    moment: datetime = app.company.database.run(work, actor=SYSTEM)
    return moment
