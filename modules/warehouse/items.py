"""Items as documents and postings need them: each is read once a session."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.data import remembered
from app.api.errors import NotFound
from app.api.reference import Unit
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Item

_BOOKS = PastPolicy(
    "documents are priced by the items' prices whoever types; what is shown of them asks for warehouse.price"
)

# Made once: every document asks this. Items have no scope, so the bare table does.
_ITEM, _UNIT = Item.__table__.c, Unit.__table__.c
_SECONDS = Unit.__table__.alias("second")
_SECOND = _SECONDS.c
_OF_ITEM = (
    _ITEM.id,
    _ITEM.code,
    _ITEM.name,
    _ITEM.kind,
    _ITEM.is_active,
    _ITEM.price,
    _ITEM.group_id,
    _ITEM.weight,
    _ITEM.volume,
    _ITEM.tracking,
    _ITEM.is_inspected,
    _ITEM.is_priced_by_second,
    _ITEM.second_per_unit,
)
_ITEMS = (
    select(
        *_OF_ITEM,
        _UNIT.digits,
        _UNIT.name.label("unit"),
        _SECOND.digits.label("second_digits"),
        _SECOND.name.label("second"),
    )
    .join_from(Item.__table__, Unit.__table__, _UNIT.id == _ITEM.unit_id)
    .outerjoin(_SECONDS, _SECOND.id == _ITEM.second_unit_id)
    .where(_ITEM.id.in_(bindparam("ids", expanding=True)))
)


def item_by_id(session: Session, item_id: int) -> Item:
    """The item; NotFound when there is none."""
    found = session.get(Item, item_id)
    if found is None:
        raise NotFound
    return found


def hold_items(session: Session, ids: Collection[int]) -> None:
    """Of two acts that begin with the same items, the second waits until the first is written, and then sees what it wrote."""
    query = select(Item.id).where(Item.id.in_(sorted(ids))).order_by(Item.id)
    session.execute(query.with_for_update(key_share=True)).all()


def items_by_id(session: Session, ids: Collection[int]) -> dict[int, Any]:
    """What documents need of items: rows of id, code, name, kind, is_active, price, group_id, weight, volume, tracking,
    is_inspected, is_priced_by_second, second_per_unit, of their unit digits and unit, its name, and of the second unit
    second_digits and second, its name or None. Refuses (NotFound) one that does not exist.

    A session reads each once, until it changes.
    """
    known = remembered(session, "warehouse.item")
    if missing := set(ids) - known.keys():
        known |= {item.id: item for item in _BOOKS(session).execute(_ITEMS, {"ids": list(missing)})}
    if not set(ids) <= known.keys():
        raise NotFound(_l("An item of this document does not exist any more."))
    return {i: known[i] for i in ids}
