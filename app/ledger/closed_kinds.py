"""Entries of documents whose kind is closed to the actor: which keys they have moved, and since when.

What such a document came to, beside what it was about on another page, would tell a price. Whoever shows running figures leaves
out those from which it could be worked out (docs/adr/0028).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, literal, select, union_all
from sqlalchemy.orm import Session

from app.db import Base
from app.ledger.parts import Where, criteria_of, parts_of
from app.ledger.totals import Totals
from app.past_policy import PastPolicy
from app.reference import organisation_id

_BOOKS = PastPolicy(
    "whether there are documents of a kind at all, which spares looking for them: nothing is shown of it"
)


def first_closed(session: Session, totals: Totals, *, where: Where) -> datetime | None:
    """When a document of a kind that is closed to the actor first moved a key; None: none ever has, or no kind is closed.

    The first entry that is found ends the search, so it costs what lies before it.
    """
    if not (closed := _closed_kinds(session)):
        return None
    moment = totals.register.entries.c.moment
    firsts = [session.scalar(part.order_by(moment).limit(1)) for part in _moved_by(session, totals, closed, (), where)]
    return min((first for first in firsts if first is not None), default=None)


def closed_keys(session: Session, totals: Totals, before: datetime, *, by: tuple[str, ...]) -> Any:
    """The keys that documents of closed kinds moved before a moment, as a subquery with columns named as the totals' own; None
    where there is no document of a kind that is closed to the actor."""
    if not (closed := _closed_kinds(session)):
        return None
    moved = union_all(*_moved_by(session, totals, closed, by, None)).subquery()
    columns = [moved.c[totals.column(name)] for name in by]
    return select(*columns).where(moved.c.moment < before).distinct().subquery("closed_keys")


def _closed_kinds(session: Session) -> list[str]:
    """Kinds that are closed to the session's actor, as far as there are documents of them."""
    from app.documents.models import Document  # documents post to the ledger, so the ledger can't import them above

    actor, kind = session.info["actor"], Document.__table__.c.kind
    if actor.is_system or session.info.get("unrestricted"):
        return []
    closed = [name for name in Document.__mapper__.polymorphic_map if Document.is_closed(actor, name)]
    there = [select(literal(name)).where(exists().where(kind == name)) for name in closed]
    return list(_BOOKS(session).scalars(union_all(*there))) if there else []


def _moved_by(
    session: Session, totals: Totals, kinds: Sequence[str], by: tuple[str, ...], where: Where | None
) -> list[Select[Any]]:
    """Moments of the entries of documents of these kinds, with their keys."""
    entries, documents = totals.register.entries, Base.metadata.tables["core_document"]
    return [
        select(entries.c.moment, *(part.keys[name].label(totals.column(name)) for name in by))
        # Beside the entries themselves: which document made one is for whoever may see it (app.security.inspection).
        .join_from(entries, documents, documents.c.id == entries.c.document_id)
        .where(
            entries.c.organisation_id == organisation_id(session),
            documents.c.kind.in_(kinds),
            *part.where,
            *criteria_of(session, totals, part.keys, where),
        )
        for part in parts_of(totals)
    ]
