"""The row that every document has, whatever its kind."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.custom import Customised, CustomValue
from app.db import Base, Id, mapper_of, utc_now
from app.ordering import order, ordered
from app.security import INTERNAL, Actor, Partner, Scoped, criterion_of, criterion_through, ways_within
from app.values import Money, Quantity


class Document(Customised, Scoped, Base):
    """Something that happened, as a person recorded it. Drafts move no figure; a posted one changes by correction alone."""

    is_of_books = is_of_limits = True

    __tablename__ = "core_document"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "number"),
        Index("ix_core_document_kind_moment_id", "kind", "moment", "id"),
        # A salesperson's own journals, newest first.
        Index("ix_core_document_responsible_id_kind_moment_id", "responsible_id", "kind", "moment", "id"),
        # What others are responsible for, made with somebody's own contacts.
        Index("ix_core_document_owner_id_kind_moment_id", "owner_id", "kind", "moment", "id"),
        # What somebody has begun: few, however many documents are theirs.
        Index(
            "ix_core_document_draft",
            "responsible_id",
            "moment",
            "id",
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        # The id of a discarded draft is never given again: addresses, the audit and what people keep of forms name it.
        {"sqlite_autoincrement": True},
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    #: what one is called, for people
    title: ClassVar[object] = ""
    #: how its numbers begin, when the series gives them
    prefix: ClassVar[str] = ""
    #: of kinds that are made with somebody: the column that says with whom. Whose that record is, theirs are its documents
    partner: ClassVar[str] = ""
    #: the columns that name what users may be limited to, such as warehouses. Whoever reaches one of them sees the document;
    #: who reaches the first that isn't open to everybody writes it
    limited_by: ClassVar[tuple[str, ...]] = ()
    #: whether who reaches any of them acts on it too, such as makes others of it or closes it; only what it says is for who
    #: reaches the first
    is_for_both_ends: ClassVar[bool] = False
    #: whether it clears up: what is no longer in use may be named by it, as it goes out, goes back or is paid
    clears_up: ClassVar[bool] = False
    #: whether payments are made for it before there is a debt, as for an order
    is_paid_in_advance: ClassVar[bool] = False
    #: whether its paper is for whom it is made with to read, without its note and the company's own fields
    is_for_partner: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: `module.noun`
    kind: Mapped[str] = mapped_column(String(60))
    #: given at posting, without gaps within the kind; an imported document keeps its own
    number: Mapped[str | None] = mapped_column(String(40))
    #: when it happened, by the organisation's own clock and calendar
    moment: Mapped[datetime]
    #: whether somebody chose the moment; otherwise it is taken when the document is posted
    is_dated: Mapped[bool] = mapped_column(default=True)
    #: one of its kind's
    state: Mapped[str] = mapped_column(String(10), default="draft")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    #: whose it is: the scopes "own" and "team" go by it
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: whose it is too: who has the record that it is made with, where that is somebody else (`app.documents.owners`)
    owner_id: Mapped[int | None] = mapped_column(BigInteger)
    #: ISO 4217; of `amount` and of the document's prices
    currency: Mapped[str] = mapped_column(String(3))
    #: what the document comes to, tax included
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: one line for journals: with whom, or from where to where
    summary: Mapped[str] = mapped_column(String(200), default="", info=order("summary_order"))
    summary_order: Mapped[str] = ordered()
    #: the company's own: partners never read it
    note: Mapped[str] = mapped_column(Text, default="", info=INTERNAL)
    #: names the act that made it, so that the same act sent twice makes one document
    operation_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: counts how often somebody has saved it, from 1: who began from an older one gets a message
    version: Mapped[int] = mapped_column(default=1)

    #: the lines of others that its own were made from
    links: Mapped[list["DocumentLink"]] = relationship(
        order_by="DocumentLink.line", cascade="all, delete-orphan", foreign_keys="DocumentLink.document_id"
    )
    #: of its custom fields
    values: Mapped[list["DocumentValue"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @classmethod
    def custom_subject(cls) -> str:
        """Its kind."""
        return str(cls.__mapper_args__["polymorphic_identity"])

    @property
    def origins(self) -> dict[int, tuple[int, int]]:
        """Of its lines that were made from another document's: the number → that document's id and line."""
        return {link.line: (link.origin_id, link.origin_line) for link in self.links}

    @classmethod
    def nouns(cls) -> Iterable[str]:
        """The kinds that there are."""
        return Document.__mapper__.polymorphic_map

    @staticmethod
    def scope_over(actor: Actor, kind: str) -> str | None:
        """How far the actor sees documents of a kind: none, own, team or all; None when they may not view the kind."""
        return actor.scope(kind) if actor.may(f"{kind}.view") else None

    @staticmethod
    def is_closed(actor: Actor, kind: str) -> bool:
        """Whether nothing may be said to the actor of what documents of a kind come to: they lack the right to view it. Whoever
        only can't use it, as its module is switched off, may know."""
        return not actor.may(f"{kind}.view") and f"{kind}.view" not in actor.dormant

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Kinds the actor may view, each as far as their scope over it goes (docs/adr/0028)."""
        if actor.is_system:
            return None
        alike: dict[tuple[str, bool], list[str]] = {}
        for kind, mapper in Document.__mapper__.polymorphic_map.items():
            if (scope := cls.scope_over(actor, kind)) is not None:
                alike.setdefault((scope, bool(mapper.class_.partner)), []).append(kind)
        parts = []
        for kinds in alike.values():
            ways, of_kinds = cls.ways_over(actor, kinds[0]), Document.kind.in_(kinds)
            parts.append(and_(of_kinds, or_(*ways)) if ways else of_kinds)
        open_kinds = and_(or_(*parts) if parts else false(), *cls._within_limits(actor))
        # Who works in one organisation's books sees those of no other (docs/adr/0072).
        return and_(cls.organisation_id == actor.organisation, open_kinds) if actor.organisation else open_kinds

    @classmethod
    def _within_limits(cls, actor: Actor) -> list[ColumnElement[bool]]:
        """What holds documents to the actor's limits: nothing where there are none."""
        if not actor.limits:
            return []
        alike: dict[Any, list[str]] = {}
        for kind, mapper in Document.__mapper__.polymorphic_map.items():
            if mapper.class_.limited_by and cls.scope_over(actor, kind) is not None:
                alike.setdefault(mapper.class_.__table__, []).append(kind)
        parts = []
        for table, kinds in alike.items():
            model = Document.__mapper__.polymorphic_map[kinds[0]].class_
            # By an alias: where a statement has documents by another name, the kind's key would be taken for that of theirs.
            columns = table.alias().c
            if ways := ways_within(actor, model, {name: columns[name] for name in model.limited_by}):
                own = select(columns.id).where(or_(*ways)).correlate(None)
                parts.append(or_(Document.kind.not_in(kinds), Document.id.in_(own)))
        return parts

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        """What is made with them, and not a draft; whether they may read its paper too says `is_for_partner`."""
        kinds = (m.class_ for m in Document.__mapper__.polymorphic_map.values() if m.class_.partner)
        columns = {
            kind.__table__: kind.__table__.c[kind.partner]
            for kind in kinds
            if kind.partner_model().noun == partner.noun
        }
        # Uncorrelated: the statement around it may ask for the same tables.
        made = (
            Document.id.in_(select(table.c.id).where(column.in_(partner.ids)).correlate(None))
            for table, column in columns.items()
        )
        return and_(Document.state != "draft", or_(false(), *made))

    @classmethod
    def ways_over(cls, actor: Actor, kind: str) -> list[ColumnElement[bool]]:
        """The ways, each by an index of its own, by which documents of a kind are within the actor's scope: those that one is
        responsible for, and those made with whom is one's own, whoever made them. None: all are."""
        scope = cls.scope_over(actor, kind) or "none"
        model = Document.__mapper__.polymorphic_map[kind].class_
        columns = (Document.responsible_id, Document.owner_id) if model.partner else (Document.responsible_id,)
        ways = (criterion_of(actor, scope, column) for column in columns)
        return [way for way in ways if way is not None]

    @classmethod
    @cache
    def partner_model(cls) -> Any:
        """The model of whom documents of the kind are made with."""
        (key,) = cls.__mapper__.local_table.c[cls.partner].foreign_keys
        model: Any = mapper_of(key.column.table)
        return model.class_


class LineOf(Scoped):
    """Mixed into the lines of a document: a line is open to whom its document is. Its column is `document_id`."""

    noun = ""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Document, actor, cls.document_id)  # type: ignore[attr-defined]

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        own = select(Document.__table__.c.id).where(Document.visible_to_partner(partner)).correlate(None)
        return cls.document_id.in_(own)  # type: ignore[attr-defined, no-any-return]


class DocumentLink(LineOf, Base):
    """A line that was made from another document's line: what came back of it, what was delivered of an order."""

    __tablename__ = "core_document_link"
    __table_args__ = (Index("ix_core_document_link_origin_id_origin_line", "origin_id", "origin_line"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    origin_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"))
    origin_line: Mapped[int] = mapped_column(Integer)
    #: how much of the origin's line, in the item's base unit
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: of what goes back: whether as much of the line that its origin was made from is to be made once more
    reopens: Mapped[bool] = mapped_column(default=False, server_default=false())


class DocumentValue(CustomValue, Base):
    """What a document says in a custom field."""

    __tablename__ = "core_document_value"
    owner = Document


class DocumentVersion(LineOf, Base):
    """What a posted document said before somebody corrected it."""

    audited_as = ""

    __tablename__ = "core_document_version"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: of the document, when it said so
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    #: UTC; until when it stood
    until: Mapped[datetime] = mapped_column(default=utc_now)
    #: who corrected it
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: the draft that would make it, as JSON with exact numbers as text
    content: Mapped[str] = mapped_column(Text)

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        del partner
        return false()  # it has the note that the document had
