"""The table of jobs: what is to be done, by whom it was asked for, how far it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, utc_now
from app.translation import lazy_gettext as _l
from app.versions import Versioned

#: what the states of a job are called
STATES: dict[str, object] = {
    "queued": _l("waiting"),
    "running": _l("under way"),
    "done": _l("done"),
    "failed": _l("failed"),
    "cancelled": _l("cancelled"),
}


class Job(Base):
    """One thing to do in the background. Its arguments and result hold no secret and no confidential value."""

    audited_as = ""

    __tablename__ = "core_job"
    __table_args__ = (Index("ix_core_job_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: `module.verb`; a module declares its kinds in `jobs.py`
    kind: Mapped[str] = mapped_column(String(60))
    #: queued, running, done, failed or cancelled
    state: Mapped[str] = mapped_column(String(10), default="queued")
    #: who asked; the job runs with the rights they have when it begins. None: the system
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id", ondelete="SET NULL"), index=True)
    #: in whose books it works; None: the first one's
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    #: who waits for its end, and is notified of it, when that isn't `user_id`
    awaited_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id", ondelete="SET NULL"), index=True)
    #: the schedule that asked for it
    schedule: Mapped[str | None] = mapped_column(String(60))
    #: in which it was asked for: its texts are in that of whoever waits for it, if they chose one, or else in this
    language: Mapped[str | None] = mapped_column(String(10))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: how much is done, of `total`; a total of zero: nobody can know
    progress: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    #: for people: what it is at, or why it failed
    message: Mapped[str] = mapped_column(Text, default="")
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    #: the server that runs it: host, process and a random part
    worker: Mapped[str | None] = mapped_column(String(120))
    #: UTC, as are all moments that follow
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: it waits at least until then
    not_before: Mapped[datetime | None]
    #: how often it was begun
    attempt: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    #: when its server last said that it is alive
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in ("done", "failed", "cancelled")


class ScheduleState(Versioned, Base):
    """What is kept of a schedule that the core or a module declares: what administrators changed, and how far it is."""

    audited_as = ""

    __tablename__ = "core_schedule"

    #: the declared schedule's name
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: the administrators' own time; None: as declared
    cron: Mapped[str | None] = mapped_column(String(100))
    is_paused: Mapped[bool] = mapped_column(default=False)
    #: UTC: whatever was due up to this moment has been asked for
    begun_until: Mapped[datetime]
    last_job_id: Mapped[int | None] = mapped_column(ForeignKey("core_job.id", ondelete="SET NULL"))
