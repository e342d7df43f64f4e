"""The row that every document has, whatever its kind."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, utc_now
from app.security import Actor, Scoped, criterion_of
from app.values import Money

#: From which state a document may go to which.
TRANSITIONS = {("draft", "posted"), ("posted", "reversed")}


class Document(Scoped, Base):
    """Something that happened, as a person recorded it. Drafts move no figure; posted documents never change."""

    __tablename__ = "core_document"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "number"),
        Index("ix_core_document_kind_moment_id", "kind", "moment", "id"),
        # A salesperson's own journals, newest first.
        Index("ix_core_document_responsible_id_kind_moment_id", "responsible_id", "kind", "moment", "id"),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    #: what one is called, for people
    title: ClassVar[object] = ""
    #: how its numbers begin, when the series gives them
    prefix: ClassVar[str] = ""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: `module.noun`
    kind: Mapped[str] = mapped_column(String(60))
    #: given at posting, without gaps within the kind; an imported document keeps its own
    number: Mapped[str | None] = mapped_column(String(40))
    #: when it happened, by the organisation's own clock and calendar
    moment: Mapped[datetime]
    #: whether somebody chose the moment; otherwise it is taken when the document is posted
    is_dated: Mapped[bool] = mapped_column(default=True)
    #: draft, posted or reversed
    state: Mapped[str] = mapped_column(String(10), default="draft")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    #: whose it is: the scopes "own" and "team" go by it
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: ISO 4217; of `amount` and of the document's prices
    currency: Mapped[str] = mapped_column(String(3))
    #: what the document comes to, tax included
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: one line for journals: with whom, or from where to where
    summary: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    #: names the act that made it, so that the same act sent twice makes one document
    operation_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @staticmethod
    def scope_over(actor: Actor, kind: str) -> str | None:
        """How far the actor sees documents of a kind: none, own, team or all; None when he may not view the kind."""
        return actor.scope(kind) if actor.may(f"{kind}.view") else None

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Kinds the actor may view, each as far as his scope over it goes."""
        if actor.is_system:
            return None
        kinds: dict[str, list[str]] = {}
        for kind in Document.__mapper__.polymorphic_map:
            if (scope := cls.scope_over(actor, kind)) is not None:
                kinds.setdefault(scope, []).append(kind)
        whole = Document.kind.in_(kinds.pop("all", []))
        parts = []
        for scope, names in kinds.items():
            criterion = criterion_of(actor, scope, Document.responsible_id)
            assert criterion is not None  # only the scope "all" has none
            parts.append(and_(Document.kind.in_(names), criterion))
        return or_(whole, *parts)


class LineOf(Scoped):
    """Mixed into the lines of a document: a line is open to whom its document is. Its column is `document_id`."""

    noun = ""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        criterion = Document.visible_to(actor)
        if criterion is None:
            return None
        document_id: Any = cls.document_id  # type: ignore[attr-defined]
        table = Document.__table__
        visible: ColumnElement[bool] = document_id.in_(select(table.c.id).where(criterion))
        return visible
