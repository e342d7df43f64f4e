"""What is packed in which box or pallet, and where these are.

A register of its own beside the stock: what a warehouse holds, what it is worth and for whom it is kept doesn't hang on it.
What lies in no unit is what the warehouse holds beyond them (docs/adr/0103).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Index, func, select, text, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, dimension, end, exact
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity
from modules.warehouse.logistic_units.models import LogisticUnit
from modules.warehouse.models import Item, Lot, Place
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a proof of the books counts every entry; what a refusal names is named by its line already")
_UNIT = LogisticUnit.__table__.c


def _not_packed_there(session: Session, error: NotEnough) -> Conflict:
    """Goods that are to leave a unit are in it no longer: said of the first."""
    (item_id, unit_id, *_), short = min(error.short.items())
    item = session.get_one(Item, item_id)
    code = _BOOKS(session).scalars(select(_UNIT.code).where(_UNIT.id == unit_id)).one()
    said = {"item": f"{item.code} {item.name}", "unit": code, "missing": number(short.amount)}
    return Conflict(
        _l("%(item)s: %(missing)s of it are no longer in %(unit)s. Reverse first what took them out.", **said)
    )


class Packing(Register):
    """Goods on their way into a unit, out of it, or with it to another warehouse; unit 0: none."""

    name = "warehouse.logistic_units"
    title = _l("Contents of boxes and pallets")
    needs = "warehouse.logistic_unit.view"
    item = dimension(Item)
    unit = end(LogisticUnit)
    place = end(Place, scope=Place)
    lot = end(Lot)
    quantity = exact(Quantity)

    # From now on: a document that is dated back takes the goods from where they are packed by now.
    packed = Totals(
        by=("item", "unit", "place", "lot"),
        turnovers=False,
        floor=Floor("quantity", from_now_on=True, refusal=_not_packed_there),
    )

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """No units hold more than their warehouse, and each lies in one."""
        own, all_packed, held = organisation_id(session), in_units().subquery(), Stock.on_hand.table
        there = (held.c.item_id == all_packed.c.item_id) & (held.c.lot_id == all_packed.c.lot_id)
        there &= (held.c.place_id == all_packed.c.place_id) & (held.c.organisation_id == own)
        more = all_packed.c.units > func.coalesce(type_coerce(held.c.quantity, BigInteger), 0)
        query = select(all_packed.c.item_id, all_packed.c.place_id).join_from(all_packed, held, there, isouter=True)
        for item, place in _BOOKS(session).execute(query.where(all_packed.c.organisation_id == own, more)):
            yield f"warehouse.logistic_units: the units in warehouse {place} hold more of item {item} than it does"
        lying = cls.packed.table.c
        astray = (
            select(lying.unit_id)
            .join_from(cls.packed.table, LogisticUnit.__table__, _UNIT.id == lying.unit_id)
            .where(lying.organisation_id == own, lying.quantity != 0, lying.place_id != _UNIT.warehouse_id)
        )
        for unit in _BOOKS(session).scalars(astray.distinct()):
            yield f"warehouse.logistic_units: unit {unit} holds goods in another warehouse than its own"


def in_units() -> Any:
    """A query: organisation, item, warehouse and lot, with the `units` that are packed there."""
    lying = Packing.packed.table.c
    keys = (lying.organisation_id, lying.item_id, lying.place_id, lying.lot_id)
    units = func.sum(type_coerce(lying.quantity, BigInteger)).label("units")
    return select(*keys, units).where(lying.quantity != 0).group_by(*keys)


# What one unit holds, and what became of it, is read by its number.
_LYING, _E = Packing.packed.table.c, Packing.entries.c
_HOLDS, _CAME, _WENT = text("quantity <> 0"), text("unit_to_id > 0"), text("unit_from_id > 0")
for _name, _column, _where in (
    ("packed_total_unit", _LYING.unit_id, _HOLDS),
    ("entry_unit_to", _E.unit_to_id, _CAME),
    ("entry_unit_from", _E.unit_from_id, _WENT),
):
    Index(f"ix_warehouse_logistic_units_{_name}", _column, sqlite_where=_where, postgresql_where=_where)
