"""Reminders that went out: runs, a letter to each contact, and what it named; and contacts that get none."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import Base, Id
from app.api.security import User
from app.api.values import Money
from modules.contacts.letters.models import Letter
from modules.contacts.models import FINANCIAL, PRIVATE, Contact, OfContact


class ReminderRun(Base):
    """The reminders that somebody let go out together."""

    audited_as = ""
    said_as: ClassVar = "contacts.reminder"

    __tablename__ = "contacts_reminder_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), index=True)
    #: days overdue count until here
    day: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User | None] = relationship()


class Reminder(OfContact, Base):
    """One letter of a run. It is open to whom its contact is."""

    __tablename__ = "contacts_reminder"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("contacts_reminder_run.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: 1, 2, 3: the highest of what it names
    level: Mapped[int]
    #: en, ru or vi
    language: Mapped[str] = mapped_column(String(2))
    #: what it says above the list
    text: Mapped[str] = mapped_column(Text, info=PRIVATE)
    #: the e-mail; None: it is printed
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_letter.id", ondelete="SET NULL"), index=True)
    #: why it was not sent by e-mail, though it should have been
    why: Mapped[str] = mapped_column(Text, default="")

    contact: Mapped[Contact] = relationship()
    letter: Mapped[Letter | None] = relationship()
    run: Mapped[ReminderRun] = relationship()
    lines: Mapped[list["ReminderLine"]] = relationship(
        order_by="ReminderLine.item_id", cascade="all, delete-orphan", passive_deletes=True
    )


class ReminderLine(Base):
    """A debt that a letter names."""

    __tablename__ = "contacts_reminder_line"

    reminder_id: Mapped[int] = mapped_column(ForeignKey("contacts_reminder.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("contacts_open_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: its level from then on
    level: Mapped[int]
    #: what was open of it then, in its document's currency
    open: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)


class ReminderExclusion(OfContact, Base):
    """A contact that isn't reminded."""

    __tablename__ = "contacts_reminder_exclusion"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    contact: Mapped[Contact] = relationship()


def levels_at(day: date) -> Any:
    """The level at which each item was reminded of by the end of a day, as a subquery."""
    level = func.max(ReminderLine.level).label("level")
    query = select(ReminderLine.item_id, level).join(Reminder, Reminder.id == ReminderLine.reminder_id)
    query = query.join(ReminderRun, ReminderRun.id == Reminder.run_id).where(ReminderRun.day <= day)
    return query.group_by(ReminderLine.item_id).subquery("reminded")
