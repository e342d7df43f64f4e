"""What is to be paid by a day, and the documents whose payment is late: for the home page, To do and the list of open items."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem
from modules.contacts.queries import OPEN, is_open, of_item, sees_open_items


def due_of(document: Any) -> ColumnElement[Any]:
    """When an item of a document, a model or alias joined with it, is to be paid: what says no day, on the day of its document.
    What is open of a payment was paid ahead, and is due on no day."""
    return case((document.kind != "contacts.payment", func.coalesce(OpenItem.due, func.date(document.moment))))


DUE = due_of(Document)


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a contact owes by a document, or a part of it, that was to be paid before today."""

    id: int
    number: str
    kind: str
    name: str
    due: date
    currency: str
    amount: Decimal


def due_items(session: Session, day: date, *, is_owed_to_us: bool) -> Any:
    """The open items that are to be paid by a day, that day included, without what was paid ahead: a question for their ids,
    joined with documents."""
    units = type_coerce(OPEN.c.amount, BigInteger)
    rows = select(OpenItem.id).join(Contact).join(OPEN, of_item(session))
    rows = rows.join(Document, Document.id == OpenItem.document_id)
    is_asked = units > literal_column("0") if is_owed_to_us else units < literal_column("0")
    return rows.where(is_open(), is_asked, day >= DUE)


def overdue_documents(session: Session, *, limit: int, user_id: int | None = None) -> list[Overdue]:
    """What contacts owe and should have paid, by documents of whatever kind but payments, as far as that is open to the
    session's actor; where `user_id` says whose, of their documents alone. Empty for whoever may not see what is owed."""
    if not sees_open_items(session.info["actor"]):
        return []
    rows: list[Any] = list(session.execute(_overdue(session, limit, user_id)))
    return [Overdue(*[*row[:6], from_units(int(row[6]), Money.scale)]) for row in rows]


def count_overdue(session: Session, *, limit: int, user_id: int | None = None) -> int:
    """How many `overdue_documents` would give, by one statement that brings none of them."""
    if not sees_open_items(session.info["actor"]):
        return 0
    some = _overdue(session, limit, user_id).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _overdue(session: Session, limit: int, user_id: int | None) -> Any:
    of = (Document.id, Document.number, Document.kind, Document.summary)
    units = type_coerce(OPEN.c.amount, BigInteger).label("units")
    asked = due_items(session, wall_clock().date() - timedelta(days=1), is_owed_to_us=True)
    if user_id is not None:
        asked = asked.where(or_(Document.responsible_id == user_id, Document.owner_id == user_id))
    asked = asked.with_only_columns(*of, DUE.label("due"), Document.currency, units)
    return asked.order_by(DUE, Document.id, OpenItem.id).limit(limit)
