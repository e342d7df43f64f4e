"""Proving cash: every document moved what it says on the account that it names, and nothing else did."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, String, case, cast, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import PastPolicy
from modules.contacts.models import Payment
from modules.contacts.money.models import MoneyAccount, OtherPayment, Revaluation, Transfer
from modules.contacts.money.registers import AccountResults, Cash

_BOOKS = PastPolicy("a proof of the books counts every entry")

#: so many disagreements of one kind are reported; more would say nothing new
_REPORTED = 20
_DOCUMENT = Document.__table__.c


def disagreements(session: Session) -> Iterator[str]:
    """Every disagreement, in words."""
    for query, words in _questions():
        for row in _BOOKS(session).execute(query):
            yield "contacts.cash: " + words.format(*row)


@cache
def _questions() -> list[tuple[Any, str]]:
    asked = (
        (_not_what_documents_say(), "document {} moved otherwise on account {} than it says"),
        (_not_what_they_are_worth(), "document {}, less its exchange results, is not what it is worth"),
        (_in_another_currency(), "account {} has entries in {}"),
    )
    return [(query.limit(_REPORTED), words) for query, words in asked]


def _units(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _says() -> list[Any]:
    """What each posted document says of an account: document, account, amount and base in units."""
    parts = []
    for model in (Payment, OtherPayment):
        t = model.__table__.c
        sign = case((t.direction == "in", 1), else_=-1)
        parts.append((t.id, t.account_id, sign * _units(_DOCUMENT.amount), sign * _units(t.base)))
    t = Transfer.__table__.c
    parts.append((t.id, t.source_id, -_units(_DOCUMENT.amount), -_units(t.base)))
    parts.append((t.id, t.target_id, _units(t.received), _units(t.received_base)))
    return [
        select(_DOCUMENT.id.label("document"), account.label("account"), amount.label("amount"), base.label("base"))
        .join_from(Document.__table__, own.table, own == _DOCUMENT.id)
        .where(_DOCUMENT.state == "posted", account.is_not(None))
        for own, account, amount, base in parts
    ]


def _not_what_documents_say() -> Any:
    e = Cash.entries.c
    said = [select(s.c.document, s.c.account, -s.c.amount, -s.c.base) for s in (q.subquery() for q in _says())]
    moved = select(
        e.document_id.label("document"),
        e.account_id.label("account"),
        _units(e.amount).label("amount"),
        case((e.document_id.in_(select(Revaluation.__table__.c.id)), 0), else_=_units(e.base)).label("base"),
    )
    c = union_all(moved, *said).subquery().c
    return (
        select(c.document, c.account)
        .group_by(c.document, c.account)
        .having(or_(func.sum(c.amount) != 0, func.sum(c.base) != 0))
        .order_by(c.document, c.account)
    )


def _not_what_they_are_worth() -> Any:
    """What a transfer or revaluation moved is worth nothing but its exchange results; no other document has any."""
    e, r = Cash.entries.c, AccountResults.entries.c
    transfers = select(Transfer.__table__.c.id).union_all(select(Revaluation.__table__.c.id))
    parts = union_all(
        select(e.document_id.label("document"), _units(e.base).label("base")).where(e.document_id.in_(transfers)),
        select(r.document_id, -_units(r.base)),
    ).subquery()
    query = select(parts.c.document).group_by(parts.c.document).having(func.sum(parts.c.base) != 0)
    return query.order_by(parts.c.document)


def _in_another_currency() -> Any:
    t, account = Cash.balance.table.c, MoneyAccount.__table__.c
    return (
        select(cast(t.account_id, String), t.currency)
        .join_from(Cash.balance.table, MoneyAccount.__table__, account.id == t.account_id)
        .where(account.currency != t.currency)
        .order_by(t.account_id)
    )
