"""Entries of documents whose kind is closed to the actor: which keys they have moved, and since when.

What such a document came to, beside what it was about on another page, would tell a price. Whoever shows running figures leaves
out those from which it could be worked out (docs/adr/0028).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.ledger.parts import Where, criteria_of, parts_of
from app.ledger.totals import Totals
from app.reference import organisation_id


def first_closed(session: Session, totals: Totals, *, where: Where) -> datetime | None:
    """When a document of a kind that is closed to the actor first moved a key; None: none ever has, or no kind is closed."""
    keys = _closed(session, totals, (), where)
    if keys is None:
        return None
    moved = keys.subquery()
    found: datetime | None = session.scalar(select(func.min(moved.c.moment)))
    return found


def closed_keys(session: Session, totals: Totals, before: datetime, *, by: tuple[str, ...]) -> Any:
    """The keys that documents of closed kinds moved before a moment, as a subquery with columns named as the totals' own; None
    where no kind is closed to the actor."""
    keys = _closed(session, totals, by, None)
    if keys is None:
        return None
    moved = keys.subquery()
    columns = [moved.c[totals.column(name)] for name in by]
    return select(*columns).where(moved.c.moment < before).distinct().subquery("closed_keys")


def _closed(session: Session, totals: Totals, by: tuple[str, ...], where: Where | None) -> Any:
    """Moments of the entries of closed kinds, with their keys."""
    from app.documents.models import Document  # documents post to the ledger, so the ledger can't import them above

    actor, documents = session.info["actor"], Document.__table__.c
    if actor.is_system or session.info.get("unrestricted"):
        return None
    closed = [kind for kind in Document.__mapper__.polymorphic_map if Document.scope_over(actor, kind) is None]
    if not closed:
        return None
    entries = totals.register.entries
    selects = [
        select(entries.c.moment, *(part.keys[name].label(totals.column(name)) for name in by))
        # Beside the entries themselves: which document made one is for whoever may see it (app.security.inspection).
        .join_from(entries, Document.__table__, documents.id == entries.c.document_id)
        .where(
            entries.c.organisation_id == organisation_id(session),
            documents.kind.in_(closed),
            *part.where,
            *criteria_of(session, totals, part.keys, where),
        )
        for part in parts_of(totals)
    ]
    return union_all(*selects)
