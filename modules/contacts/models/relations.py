"""How two contacts belong together: connected, one and the same, or alike."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base, Id
from app.api.security import Actor, Partner, Scoped, criterion_through
from modules.contacts.models.contacts import PRIVATE, Contact


class Relation(Scoped, Base):
    """How two contacts belong together; it is open to whom both are."""

    noun = ""

    __tablename__ = "contacts_relation"
    __table_args__ = (UniqueConstraint("first_id", "other_id", "kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: who is it to the other
    first_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: a key of `relations.KINDS`
    kind: Mapped[str] = mapped_column(String(20))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.first_id, cls.other_id)


class Merge(Scoped, Base):
    """That a contact is another one, its head: no chains, a head is never merged itself."""

    audited_as = ""

    noun = ""

    __tablename__ = "contacts_merge"

    merged_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), primary_key=True, autoincrement=False)
    head_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: UTC
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: what `merging.unmerge` needs, as JSON: confidential like the contacts, and never shown
    state: Mapped[str] = mapped_column(Text, info=PRIVATE)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.head_id)

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        return cls.head_id.in_(partner.ids)


class Pair(Scoped, Base):
    """Two contacts that may be one, as the program found, or are two, as somebody said; open to whom both are."""

    audited_as = ""

    noun = ""

    __tablename__ = "contacts_pair"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the one with the lower number
    first_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: how alike they are by their names and public texts alone, 0 to 100
    score: Mapped[int] = mapped_column(default=0)
    #: the same by what is private: keys of `duplicates.WHY`, with blanks between them
    private_score: Mapped[int] = mapped_column(default=0, info=PRIVATE)
    why: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    #: whether somebody has said that they are two
    is_distinct: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("first_id", "other_id"),)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.first_id, cls.other_id)
