"""Proving open items: nothing is paid beyond what is owed, and every document adds up."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, and_, case, func, literal, literal_column, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from app.api.documents import Document
from app.api.security import PastPolicy
from modules.contacts.models import AllocationLine, OpenItem
from modules.contacts.registers import ExchangeResults, Settlements

_BOOKS = PastPolicy("a proof of the books counts every entry")

#: so many disagreements of one kind are reported; more would say nothing new
_REPORTED = 20
_ITEM, _LINE, _DOCUMENT = OpenItem.__table__.c, AllocationLine.__table__.c, Document.__table__.c


def disagreements(session: Session) -> Iterator[str]:
    """Every disagreement, in words."""
    for query, words in _questions():
        for row in _BOOKS(session).execute(query):
            yield "contacts.settlements: " + words.format(*row)


@cache
def _questions() -> list[tuple[Any, str]]:
    """The same of every database, so they are put together once."""
    asked = (
        (_past_zero(), "open item {} is past zero against its document"),
        (_paid_with_base(), "open item {} is paid, yet not in the organisation's currency"),
        (_elsewhere(), "open item {} has entries of another contact or currency than its document"),
        (_under_another(), "open item {} has entries of another contract than its own"),
        (_not_what_they_are_worth(), "document {}, less its exchange results, is not what it made"),
        (_lines_without_entries(), "line {1} of document {0} settles otherwise than it says"),
        (_too_early(), "document {} settles what has a later date"),
    )
    return [(query.limit(_REPORTED), words) for query, words in asked]


def _units(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _open(*columns: Any) -> Any:
    t = Settlements.open_items.table
    return select(_ITEM.id, *columns).join_from(t, OpenItem.__table__, _ITEM.id == t.c.item_id).order_by(_ITEM.id)


def _past_zero() -> Any:
    t = Settlements.open_items.table.c
    amount, made = _units(t.amount), _units(_ITEM.amount)
    within = case((made >= 0, and_(amount >= 0, amount <= made)), else_=and_(amount <= 0, amount >= made))
    return _open().where(amount != 0, ~within)


def _paid_with_base() -> Any:
    t = Settlements.open_items.table.c
    return _open().where(_units(t.amount) == 0, _units(t.base) != 0)


def _elsewhere() -> Any:
    t = Settlements.open_items.table.c
    return (
        _open()
        .join(Document.__table__, _DOCUMENT.id == _ITEM.document_id)
        .where(or_(t.amount != 0, t.base != 0), or_(t.contact_id != _ITEM.contact_id, t.currency != _DOCUMENT.currency))
    )


def _under_another() -> Any:
    """A correction may have moved it to another contract: then nothing of it is left under the one before."""
    e, contract = Settlements.entries.c, func.coalesce(_ITEM.contract_id, literal_column("0"))
    return (
        select(e.item_id)
        .join(OpenItem.__table__, _ITEM.id == e.item_id)
        .where(e.contract_id != contract)
        .group_by(e.item_id, e.contract_id)
        .having(or_(func.sum(_units(e.amount)) != 0, func.sum(_units(e.base)) != 0))
        .order_by(e.item_id)
    )


def _not_what_they_are_worth() -> Any:
    """A posted document's entries are its open items' amounts, and with exchange results taken off their base; all others
    have none, nor have allocations."""
    e, r = Settlements.entries.c, ExchangeResults.entries.c
    stands = case((_DOCUMENT.state == "posted", 1), else_=0)
    nothing = literal(0, BigInteger)
    parts = union_all(
        select(e.document_id, _units(e.amount).label("amount"), _units(e.base).label("base")),
        select(r.document_id, nothing, -_units(r.base)),
        select(_ITEM.document_id, -stands * _units(_ITEM.amount), -stands * _units(_ITEM.base)).join_from(
            OpenItem.__table__, Document.__table__, _DOCUMENT.id == _ITEM.document_id
        ),
    ).subquery()
    c = parts.c
    differs = or_(func.sum(c.amount) != 0, func.sum(c.base) != 0)
    return select(c.document_id).group_by(c.document_id).having(differs).order_by(c.document_id)


def _lines_without_entries() -> Any:
    """What a line says goes to the item that it pays."""
    e = Settlements.entries.c
    moved = (
        select(func.coalesce(func.sum(_units(e.amount)), 0))
        .where(e.document_id == _LINE.document_id, e.line == _LINE.line, e.item_id == _LINE.to_item_id)
        .scalar_subquery()
    )
    stands = case((_DOCUMENT.state == "posted", _units(_LINE.amount)), else_=0)
    return (
        select(_LINE.document_id, _LINE.line)
        .join(Document.__table__, _DOCUMENT.id == _LINE.document_id)
        .where(func.abs(moved) != stands)
        .order_by(_LINE.document_id, _LINE.line)
    )


def _too_early() -> Any:
    of_item = aliased(Document.__table__)
    return (
        select(_LINE.document_id)
        .distinct()
        .join(Document.__table__, _DOCUMENT.id == _LINE.document_id)
        .join(OpenItem.__table__, _ITEM.id.in_((_LINE.from_item_id, _LINE.to_item_id)))
        .join(of_item, of_item.c.id == _ITEM.document_id)
        .where(_DOCUMENT.state == "posted", of_item.c.moment > _DOCUMENT.moment)
        .order_by(_LINE.document_id)
    )
