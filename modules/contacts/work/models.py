"""What happened with a contact, and what is to be done. Later modules hang what they add on these rows (docs/adr/0044)."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Column, ColumnElement, ForeignKey, Index, String, Table, Text, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now, wall_clock
from app.api.data import Base, Id, Versioned
from app.api.security import Actor, Scoped, criterion_of, criterion_through
from app.api.texts import order, ordered
from modules.contacts.models import PRIVATE, Contact, OfContact, Person

NOTE, CALL, LETTER, MEETING = "note", "call", "letter", "meeting"
OPEN, DONE, CANCELLED = "open", "done", "cancelled"

#: whom of the contact's persons an activity was with
activity_person = Table(
    "contacts_activity_person",
    Base.metadata,
    Column("activity_id", ForeignKey("contacts_activity.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("contacts_person.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Activity(OfContact, Versioned, Base):
    """Something that happened with a contact: a note, a call, a letter, a meeting. It is open to whom the contact is."""

    audited_as = "contacts.activity"

    __tablename__ = "contacts_activity"
    __table_args__ = (
        CheckConstraint("kind IN ('note', 'call', 'letter', 'meeting')", name="kind"),
        Index("ix_contacts_activity_contact_id_moment_id", "contact_id", "moment", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    #: the document that it is about, where it is about one
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="SET NULL"), index=True)
    #: when it happened, by the organisation's own clock
    moment: Mapped[datetime] = mapped_column(default=wall_clock)
    #: in: it came from them; out: it went to them; empty of notes and meetings
    direction: Mapped[str] = mapped_column(String(3), default="")
    #: of a call, whether somebody answered
    is_answered: Mapped[bool | None]
    #: minutes of a call or a meeting; None: nobody has said
    duration: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    #: who wrote it down; None: the program
    author_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    persons: Mapped[list[Person]] = relationship(secondary=activity_person, order_by=Person.id, passive_deletes=True)


class TaskKind(Base):
    """A kind of task, with the colour by which it is known at a glance."""

    __tablename__ = "contacts_task_kind"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True, info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: a key of `rules.COLOURS`
    colour: Mapped[str] = mapped_column(String(10))


_OPEN = text("state = 'open'")


class Task(Scoped, Versioned, Base):
    """Something to be done, for a contact or by itself.

    It is open to who does it and to who gave it; to others as far as their scope over tasks goes, where its contact is open to
    them too.
    """

    noun = "contacts.task"

    __tablename__ = "contacts_task"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'cancelled')", name="state"),
        # Whoever looks at their day asks for what is open alone, which is little however much was done.
        Index("ix_contacts_task_open", "responsible_id", "due", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_contacts_task_contact_id_closed_at_id", "contact_id", "closed_at", "id"),
        Index("ix_contacts_task_open_due", "due", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(200), info=order("title_order"))
    title_order: Mapped[str] = ordered()
    note: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_task_kind.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    #: the document that it is about, where it is about one
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="SET NULL"), index=True)
    #: the call or meeting that it follows from
    after_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_activity.id", ondelete="SET NULL"), index=True)
    #: who does it
    responsible_id: Mapped[int] = mapped_column(ForeignKey("core_user.id"))
    #: who gave it; None: the program
    author_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"), index=True)
    #: by when, by the organisation's own clock; the end of the day where nobody said an hour
    due: Mapped[datetime]
    #: whether somebody said the hour
    is_timed: Mapped[bool] = mapped_column(default=False)
    #: minutes before `due` at which the bell reminds of it; None: it doesn't
    remind_before: Mapped[int | None]
    #: when it will, by the organisation's own clock; None once it has
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    #: open, done or cancelled
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    #: what came of it
    result: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    #: when it was done or cancelled, by the organisation's own clock
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    kind: Mapped[TaskKind | None] = relationship()

    @property
    def day(self) -> date:
        """Of `due`."""
        return self.due.date()

    @property
    def hour(self) -> time | None:
        """Of `due`, where somebody said it."""
        return self.due.time() if self.is_timed else None

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Own ones and those that one gave; others by scope and contact."""
        if actor.is_system:
            return None
        reach = criterion_of(actor, actor.scope(cls.noun), cls.responsible_id)
        contact = criterion_through(Contact, actor, cls.contact_id)
        if not actor.may("contacts.contact.view"):
            contact = cls.contact_id.is_(None)
        elif contact is not None:
            contact = or_(cls.contact_id.is_(None), contact)
        if narrow := [each for each in (reach, contact) if each is not None]:
            own = (cls.responsible_id == actor.user_id, cls.author_id == actor.user_id)
            return or_(*own, and_(*narrow))
        return None
