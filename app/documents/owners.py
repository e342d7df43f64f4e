"""Whose a document is beside whoever is responsible for it: whoever has the contact, or whatever record it is made with.

That is kept in the document, where an index finds the newest of somebody's own, and set here alone: as a document is written,
and as a record goes to somebody else (docs/adr/0028).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, func, inspect, select, update
from sqlalchemy.orm import Session

from app.db import pieces
from app.documents.models import Document
from app.errors import NotFound
from app.past_policy import PastPolicy
from app.remembered import forget, remembered

_BOOKS = PastPolicy("whose a document is follows from whom it is made with, whoever writes it; nothing is shown of it")


def keep_owners(session: Session, documents: Iterable[Document]) -> None:
    """Let each document know whose the record is that it is made with, if somebody else's than its own.

    The records stay with them until the transaction ends: who hands one over waits, and finds the documents then. Refused: a
    record that there isn't any more (NotFound).
    """
    made: dict[Any, list[Document]] = defaultdict(list)
    for document in documents:
        if document.partner:
            made[type(document).partner_model()].append(document)
    for model, some in made.items():
        owners = _owners(session, model, {getattr(d, d.partner) for d in some})
        for document in some:
            partner = getattr(document, document.partner)
            if partner not in owners:  # removed with the sample data meanwhile
                raise NotFound
            owner = owners[partner]
            document.owner_id = None if owner == document.responsible_id else owner


def hand_over(session: Session, model: Any, owners: Mapping[int, int | None]) -> None:
    """Let the documents that are made with these records go with them to whoever has each now: record → user.

    To be called with the records locked and written.
    """
    table: Any = Document.__table__
    connection = _BOOKS(session)
    for made in {mapper.local_table for mapper in _made_with(model)}:
        if not isinstance(made, Table) or not inspect(connection).has_table(made.name):
            continue  # of a module that was never on
        (partner,) = (c for c in made.c for key in c.foreign_keys if key.column.table is model.__table__)
        for record, owner in owners.items():
            theirs = table.c.id.in_(select(made.c.id).where(partner == record))
            connection.execute(update(table).where(theirs).values(owner_id=func.nullif(owner, table.c.responsible_id)))
    for record in owners:
        forget(session, _name(model), record)


def _owners(session: Session, model: Any, ids: set[int]) -> dict[int, int | None]:
    known = remembered(session, _name(model))
    for some in pieces(sorted(ids - known.keys())):
        rows = _BOOKS(session).execute(_asked(model), {"ids": list(some)})
        known |= {row.id: row.responsible_id for row in rows}
    return known


@cache
def _asked(model: Any) -> Any:
    """Whose records are, and locks them: put together once, as every document that is written asks it."""
    c = model.__table__.c
    query = select(c.id, c.responsible_id).where(c.id.in_(bindparam("ids", expanding=True))).order_by(c.id)
    return query.with_for_update(read=True)


def _made_with(model: Any) -> list[Any]:
    mappers = Document.__mapper__.polymorphic_map.values()
    return [m for m in mappers if m.class_.partner and m.class_.partner_model() is model]


def _name(model: Any) -> str:
    return f"core.owners.{model.__tablename__}"
