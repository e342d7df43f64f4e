"""Proving penalties: each comes to what its lines say, and no day of a document is charged twice."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.documents import Document
from app.api.security import PastPolicy
from modules.contacts.penalties.models import Penalty, PenaltyLine

_BOOKS = PastPolicy("a proof of the books counts every penalty")
_DOCUMENT, _LINE = Document.__table__.c, PenaltyLine.__table__.c


def disagreements(session: Session) -> Iterator[str]:
    """Every disagreement, in words."""
    for query, words in (
        (_sums(), "penalty {} isn't what its lines say"),
        (_twice(), "item {} is charged twice on {}"),
    ):
        for row in _BOOKS(session).execute(query.limit(20)):
            yield "contacts.penalty_income: " + words.format(*row)


def _sums() -> Any:
    lines = select(func.coalesce(func.sum(type_coerce(_LINE.amount, BigInteger)), 0))
    lines = lines.where(_LINE.document_id == _DOCUMENT.id)
    query = select(_DOCUMENT.id).join(Penalty.__table__, Penalty.__table__.c.id == _DOCUMENT.id)
    return query.where(
        _DOCUMENT.state == "posted", type_coerce(_DOCUMENT.amount, BigInteger) != lines.scalar_subquery()
    )


def _twice() -> Any:
    a, b = aliased(PenaltyLine.__table__), aliased(PenaltyLine.__table__)
    first, second = aliased(Document.__table__), aliased(Document.__table__)
    later = or_(b.c.document_id > a.c.document_id, (b.c.document_id == a.c.document_id) & (b.c.line > a.c.line))
    return (
        select(a.c.item_id, b.c.since)
        .join_from(a, b, (a.c.item_id == b.c.item_id) & later)
        .join(first, first.c.id == a.c.document_id)
        .join(second, second.c.id == b.c.document_id)
        .where(first.c.state == "posted", second.c.state == "posted", a.c.since <= b.c.until, b.c.since <= a.c.until)
    )
