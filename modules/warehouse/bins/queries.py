"""What lies in which bin, and what isn't put away."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, and_, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.ledger import lies_ahead, standing
from app.api.reference import organisation_id
from app.api.values import Quantity
from modules.warehouse.bins.models import Bin, BinLevel
from modules.warehouse.bins.registers import Bins
from modules.warehouse.models import NONE, Lot, Place
from modules.warehouse.registers import Stock

_KEY = ("item_id", "place_id", "lot_id")
_BIN, _LEVEL = Bin.__table__.c, BinLevel.__table__.c


def stock_by_bin(lying: Any, held: Any) -> Any:
    """A subquery of what warehouses with bins hold: `item_id`, `place_id`, `lot_id`, `bin_id`, which is 0 for what isn't put
    away, and `quantity`; by `organisation_id` too, where `lying` in bins and `held` in warehouses say it, as totals do."""
    own = [name for name in ("organisation_id",) if name in held.c]
    names = (*own, *_KEY)
    said = {**{name: lying.c[name] for name in names if name in lying.c}, "place_id": Bin.warehouse_id}
    placed = (
        select(*(said[name].label(name) for name in names), lying.c.bin_id, _units(lying.c.quantity))
        .join_from(lying, Bin, Bin.id == lying.c.bin_id)
        .where(lying.c.quantity != 0)
    )
    each = placed.subquery("each_bin").c
    keys = [each[name] for name in names]
    put = select(*keys, func.sum(each.units).label("units")).group_by(*keys).subquery("put")
    rest = cast(type_coerce(held.c.quantity, BigInteger) - func.coalesce(put.c.units, 0), BigInteger)
    unplaced = (
        select(*(held.c[name] for name in names), literal(NONE, BigInteger).label("bin_id"), rest.label("units"))
        .join_from(held, put, and_(*(put.c[name] == held.c[name] for name in names)), isouter=True)
        .where(held.c.place_id.in_(select(Bin.warehouse_id).where(Bin.id > NONE)), rest != 0)
    )
    both = union_all(placed, unplaced).subquery("both").c
    quantity = type_coerce(both.units, Quantity()).label("quantity")
    return select(*(both[name] for name in names), both.bin_id, quantity).subquery("by_bin")


def bins_of_item(session: Session, item_id: int) -> list[Any]:
    """Where an item lies in warehouses with bins at the present moment, in the order of the walk: `place`, `bin`, `lot` and
    `quantity`."""
    held, own = held_in_bins(session)
    query = (
        select(Place.name.label("place"), Bin.code.label("bin"), Lot.code.label("lot"), held.quantity)
        .join_from(held.item_id.table, Place, Place.id == held.place_id)
        .join(Bin, Bin.id == held.bin_id)
        .join(Lot, Lot.id == held.lot_id)
        .where(held.item_id == item_id, *own)
        .order_by(Place.name_order, Bin.position, Bin.code_order, Lot.code)
    )
    return list(session.execute(query))


def held_in_bins(session: Session) -> tuple[Any, Sequence[Any]]:
    """The columns of what `stock_by_bin` gives at the present moment, and the criteria of one's own organisation."""
    held = (present_stock_by_bin(session) if is_ahead(session) else TOTALS).c
    return held, [held.organisation_id == organisation_id(session)] if "organisation_id" in held else []


def in_turn(query: Any, lying: Any) -> Any:
    """A query on bins and what is `lying` in them, in the order in which goods are taken: of each item its usual bins first,
    then others, both in the order of the walk; what isn't put away last. Lots have their turn before (`first_to_expire`)."""
    usual = and_(_LEVEL.bin_id == lying.bin_id, _LEVEL.item_id == lying.item_id)
    turn = (lying.bin_id == NONE, _LEVEL.id.is_(None), _BIN.position, _BIN.code_order, _BIN.id)
    return query.outerjoin(BinLevel.__table__, usual).order_by(*turn)


def is_ahead(session: Session) -> bool:
    """Whether totals are more than what stands at the present moment."""
    return lies_ahead(session, Stock.on_hand) or lies_ahead(session, Bins.lying)


def present_stock_by_bin(session: Session) -> Any:
    """The same at the present moment, of one's own organisation."""
    lying = standing(session, Bins.lying, by=("item", "bin", "lot"), name="lying")
    return stock_by_bin(lying, standing(session, Stock.on_hand, by=("item", "place", "lot"), name="held"))


def _units(quantity: Any) -> Any:
    return type_coerce(quantity, BigInteger).label("units")


#: the same of totals, which is what stands unless something lies ahead
TOTALS = stock_by_bin(Bins.lying.table, Stock.on_hand.table)
