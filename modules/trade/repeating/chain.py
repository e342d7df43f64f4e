"""Repeated documents in the picture of a chain."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.security import PastPolicy
from modules.trade.repeating.models import Repetition, RepetitionTurn

_BOOKS = PastPolicy("which documents hang together; what is shown of them is what is open to whoever looks")
#: of a document that is repeated for years, so many that were made last
LATEST = 12


def repeated_pairs(session: Session, documents: Collection[int]) -> Iterator[tuple[int, int]]:
    """The document that is repeated with each that was made of it, as far as one of both is among `documents`."""
    r, t = Repetition.__table__.c, RepetitionTurn.__table__.c
    query = select(r.source_id, t.document_id).join_from(
        Repetition.__table__, RepetitionTurn.__table__, t.repetition_id == r.id
    )
    query = query.where(t.document_id.is_not(None)).order_by(t.id.desc())
    of_source = query.where(r.source_id.in_(documents)).limit(LATEST)
    of_made = query.where(t.document_id.in_(documents)).limit(LATEST)
    for each in (of_source, of_made):
        for source, made in _BOOKS(session).execute(each):
            yield int(source), int(made)
