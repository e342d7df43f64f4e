"""Items as documents and postings need them: each is read once a session."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.api import NotFound, remembered
from modules.warehouse.costing import AVERAGE
from modules.warehouse.models import Item, ItemGroup

# Made once: every document asks this. Items have no scope and no closed column, so the bare tables do.
_ITEM, _GROUP = Item.__table__.c, ItemGroup.__table__.c
_ITEMS = (
    select(_ITEM.id, _ITEM.code, _ITEM.name, _ITEM.kind, func.coalesce(_GROUP.costing, AVERAGE).label("costing"))
    .outerjoin_from(Item.__table__, ItemGroup.__table__, _GROUP.id == _ITEM.group_id)
    .where(_ITEM.id.in_(bindparam("ids", expanding=True)))
)


def items_by_id(session: Session, ids: Collection[int]) -> dict[int, Any]:
    """What documents need of items: rows of id, code, name, kind, costing. Refuses (NotFound) one that does not exist.

    A session reads each once, until it changes.
    """
    known = remembered(session, "warehouse.item")
    if missing := set(ids) - known.keys():
        known |= {item.id: item for item in session.connection().execute(_ITEMS, {"ids": list(missing)})}
    if not set(ids) <= known.keys():
        raise NotFound(_l("An item of this document does not exist any more."))
    return {i: known[i] for i in ids}


def costing_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """How each item costs when it leaves: average or fifo, as its group says."""
    return {i: item.costing for i, item in items_by_id(session, ids).items()}
