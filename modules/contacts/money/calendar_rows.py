"""The rows behind one place of the payment calendar: which documents, with whom, when and how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, MoneySource, document_title
from app.api.errors import Forbidden
from app.api.security import require
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem, PlannedDay
from modules.contacts.money.calendar import OWED, Span, no_earlier
from modules.contacts.money.paid_ahead import Expected, expected_money
from modules.contacts.money.planned import HAS_PLAN, day_of, is_planned
from modules.contacts.queries import OPEN, is_open, of_item


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Money that is to come in or go out on a day because of a document; `day` None: nobody has said when."""

    source: MoneySource
    is_in: bool
    day: date | None
    contact_id: int
    contact: str
    kind: str
    document_id: int
    number: str
    currency: str
    #: what is left to be paid, and what was paid ahead of it or is a part of what is ordered: both above zero
    amount: Decimal
    paid_ahead: Decimal
    #: of a debt: its open item, when it is due, and whether `day` is what somebody has planned instead
    item_id: int | None = None
    due: date | None = None
    is_planned: bool = False

    @property
    def document(self) -> str:
        """What people call it."""
        return f"{document_title(self.kind)} {self.number}".strip()


def rows_of(
    session: Session,
    today: date,
    until: date,
    *,
    span: Span | None = None,
    currency: str | None = None,
    is_in: bool | None = None,
    source: str | None = None,
    expected: Expected | None = None,
    most: int | None = None,
) -> list[CalendarRow]:
    """The rows that lie in a span of a calendar that reaches to `until`, by day: their amounts come to what the calendar says.
    None asks for all; `expected` as of `calendar`; `most`: so many debts at most, those that are paid first. Refused
    (Forbidden): whoever may not see what is owed."""
    actor = session.info["actor"]
    require(actor, "contacts.statement.view")
    if not actor.sees("contacts.financial"):
        raise Forbidden("contacts.financial")
    if expected is None:
        expected = expected_money(session, today, until)
    rows = [*_expected(expected, today)]
    if source in (None, OWED.name):
        rows += _owed(session, expected, today, span, currency, is_in, most)
    found = [
        row
        for row in rows
        if (span is None or span.holds(row.day))
        and currency in (None, row.currency)
        and is_in in (None, row.is_in)
        and source in (None, row.source.name)
    ]
    return sorted(found, key=lambda row: (row.currency, row.day or date.max, row.contact, row.document_id))


def _expected(expected: Expected, today: date) -> Sequence[CalendarRow]:
    return [
        CalendarRow(
            row.money.source,
            row.money.is_in,
            no_earlier(row.money.day, today),
            row.money.partner_id,
            row.money.partner,
            row.money.kind,
            row.money.document_id,
            row.money.number,
            row.money.currency,
            row.left,
            row.paid_ahead,
        )
        for row in expected.rows
    ]


def _owed(
    session: Session,
    expected: Expected,
    today: date,
    span: Span | None,
    currency: str | None,
    is_in: bool | None,
    most: int | None,
) -> list[CalendarRow]:
    taken = {advance.document_id: amount for advance, amount in expected.taken}
    rows = session.execute(_open_items(session, today, span, currency, is_in).limit(most))
    found = []
    for document, kind, number, contact_id, contact, when, code, units, item, due, is_planned_ in rows:
        day = date.fromisoformat(when) if isinstance(when, str) else when
        amount, part = from_units(abs(units), Money.scale), taken.get(document, Decimal(0))
        if amount != part:
            row = (contact_id, contact, kind, document, number or "", code, amount - part, part)
            found.append(CalendarRow(OWED, units > 0, day, *row, item, due, bool(is_planned_)))
    return found


def _open_items(session: Session, today: date, span: Span | None, currency: str | None, is_in: bool | None) -> Any:
    """What is open, to be paid in the days of a span."""
    day = day_of(today)
    units = type_coerce(OPEN.c.amount, BigInteger)
    who = (OpenItem.contact_id, Contact.name)
    plan = (OpenItem.id, OpenItem.due, is_planned(today))
    query = (
        select(Document.id, Document.kind, Document.number, *who, day, OPEN.c.currency, units, *plan)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .outerjoin(PlannedDay, HAS_PLAN)
        .where(is_open())
        .order_by(day, OpenItem.id)
    )
    if currency is not None:
        query = query.where(OPEN.c.currency == currency)
    if is_in is not None:
        query = query.where(units > 0 if is_in else units < 0)
    if span is not None and span.is_undated:
        query = query.where(day.is_(None))
    if span is not None and span.since is not None:
        query = query.where(day >= span.since)
    if span is not None and span.until is not None:
        query = query.where(day <= span.until)
    return query
