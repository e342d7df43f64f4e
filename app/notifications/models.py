"""What users are notified of, and how they want to be."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, utc_now
from app.security import Actor, Scoped


class Notification(Scoped, Base):
    """One thing that one user is notified of; nobody else sees it, whatever their rights."""

    audited_as = ""

    __tablename__ = "core_notification"
    __table_args__ = (
        UniqueConstraint("user_id", "once"),
        Index("ix_core_notification_user_id_id", "user_id", "id"),
        # Every page counts what is unread; of a long history that is little.
        Index(
            "ix_core_notification_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )
    noun: ClassVar[str] = "core.notification"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    #: the declared kind's name
    kind: Mapped[str] = mapped_column(String(60))
    #: the text before translation, and what is filled in: every reader reads it in their own language
    message: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: the page that it is about: a path within the program, or nothing
    link: Mapped[str] = mapped_column(String(500), default="")
    #: names what happened: nobody is notified of it twice
    once: Mapped[str | None] = mapped_column(String(200))
    #: shown by the bell
    is_belled: Mapped[bool] = mapped_column(default=True)
    #: goes with the daily mail
    is_mailed: Mapped[bool] = mapped_column(default=False)
    #: UTC, as are all that follow
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: for one that the bell doesn't show: when it was mailed
    read_at: Mapped[datetime | None]
    #: when it was taken into a mail
    mailed_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """One's own, and no wider whatever the roles say."""
        return None if actor.is_system else cls.user_id == (-1 if actor.user_id is None else actor.user_id)


class NotificationChoice(Base):
    """The channel that a user has chosen for a kind."""

    audited_as = ""

    __tablename__ = "core_notification_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: bell, mail, both or off
    channel: Mapped[str] = mapped_column(String(4))


class DailyMail(Base):
    """A user's mail of a day: written down before it is sent, so that no second one goes out."""

    audited_as = ""

    __tablename__ = "core_daily_mail"

    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True)
    #: by the organisation's own clock
    day: Mapped[date] = mapped_column(primary_key=True)
    #: sending, sent, refused (the server took nothing, so that it may be tried again), or unknown (it may have gone out)
    state: Mapped[str] = mapped_column(String(10))
    #: UTC
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
