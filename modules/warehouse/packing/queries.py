"""Packings as lines of documents need them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid, NotFound
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Packing


def packings_of(session: Session, items: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Item → its packings, as a line grid takes them; those no longer in use are `off`."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = select(Packing).where(Packing.item_id.in_(items)).order_by(Packing.numerator, Packing.id)
    for p in session.scalars(query) if items else ():
        said = {"id": p.id, "name": p.name, "factor": [str(p.numerator), str(p.denominator)]}
        found[p.item_id].append(said if p.is_active else {**said, "off": True})
    return found


def check_packings(session: Session, lines: Sequence[Any]) -> None:
    """Refuse (Invalid) a line, which has an item and perhaps a packing, that is counted in a packing of another item."""
    named = {line.packing_id for line in lines} - {None}
    query = select(Packing.id, Packing.item_id).where(Packing.id.in_(named))
    items = {row.id: row.item_id for row in session.execute(query)} if named else {}
    for number, line in enumerate(lines, 1):
        if line.packing_id is not None and items.get(line.packing_id) != line.item_id:
            message = _l("Line %(n)s: the item has no such packing. Choose the unit again.", n=number)
            raise Invalid(message, field="lines", column="quantity")


def packing_by_id(session: Session, item_id: int, packing_id: int) -> Packing:
    """One of an item's packings; NotFound when it has none such."""
    found = session.get(Packing, packing_id)
    if found is None or found.item_id != item_id:
        raise NotFound
    return found
