"""Documents whose payment is late, the longest first: for whoever is to ask for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal_column, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem
from modules.contacts.queries import OPEN, is_open, of_item, sees_open_items


@dataclass(frozen=True, slots=True)
class Overdue:
    """A document of which the contact owes something that was to be paid before today."""

    id: int
    number: str
    kind: str
    name: str
    due: date
    currency: str
    amount: Decimal


def overdue_documents(
    session: Session, kinds: Collection[str], *, limit: int, user_id: int | None = None
) -> list[Overdue]:
    """What contacts owe by documents of these kinds and should have paid, as far as both are open to the session's actor; where
    `user_id` says whose, of their documents and contacts alone. Empty for whoever may not see what is owed."""
    if not sees_open_items(session.info["actor"]):
        return []
    rows: list[Any] = list(session.execute(_overdue(session, kinds, limit, user_id)))
    return [Overdue(*[*row[:6], from_units(int(row[6]), Money.scale)]) for row in rows]


def count_overdue(session: Session, kinds: Collection[str], *, limit: int, user_id: int | None = None) -> int:
    """How many `overdue_documents` would give, by one statement that brings none of them."""
    if not sees_open_items(session.info["actor"]):
        return 0
    some = _overdue(session, kinds, limit, user_id).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _overdue(session: Session, kinds: Collection[str], limit: int, user_id: int | None) -> Any:
    units, due = cast(func.sum(type_coerce(OPEN.c.amount, BigInteger)), BigInteger), func.min(OpenItem.due)
    of = (Document.id, Document.number, Document.kind, Document.summary)
    whose = or_(Document.responsible_id == user_id, Document.owner_id == user_id) if user_id is not None else true()
    return (
        select(*of, due, Document.currency, units)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), type_coerce(OPEN.c.amount, BigInteger) > literal_column("0"))
        .where(OpenItem.due < wall_clock().date(), Document.kind.in_(kinds), whose)
        .group_by(*of, Document.currency)
        .order_by(due, Document.id)
        .limit(limit)
    )
