"""In which bins items usually lie: writing it, and what is brought there once too little lies in them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version, remove_rows
from app.api.documents import save
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.warehouse.bins import EDIT, VIEW
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import Bin, BinLevel, BinMove
from modules.warehouse.bins.putting import MOST, Unplaced
from modules.warehouse.bins.queries import held_in_bins
from modules.warehouse.bins.rules import InBin, Level, bin_code, brought
from modules.warehouse.items import item_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import GOODS, NONE, Item, Lot
from modules.warehouse.warehouses import warehouse_id


@dataclass(frozen=True, slots=True)
class ToBring(Unplaced):
    """Goods that are brought from one bin to another."""

    #: empty: they aren't put away
    from_bin: str


def level_by_id(session: Session, level_id: int) -> BinLevel:
    """The usual bin; NotFound when there is none."""
    found = session.get(BinLevel, level_id)
    if found is None:
        raise NotFound
    return found


def add_level(
    session: Session, actor: Actor, *, item_id: int | None, place_id: int, bin: str, **fields: Any
) -> BinLevel:
    """Say that an item usually lies in a bin of a warehouse, by the bin's code, with its `minimum` and `maximum` there.

    Refused (Invalid): no item, a service, a bin that the warehouse doesn't have or that is closed, a minimum below zero, a
    maximum not above zero or below the minimum, either finer than the item is counted; (Conflict) a bin in which it usually
    lies already.
    """
    require(actor, EDIT)
    if item_id is None:
        raise Invalid(_l("Choose an item."), field="item_id")
    item, code = item_by_id(session, item_id), bin_code(bin)
    if item.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service. Choose goods.", name=item.name), field="item_id")
    of_place = Bin.warehouse_id == warehouse_id(session, place_id)
    found = session.scalars(select(Bin).where(of_place, Bin.code == code, Bin.is_active)).first()
    if found is None:
        raise Invalid(_l("This warehouse has no open bin “%(code)s”.", code=code), field="bin")
    row = BinLevel(bin=found, item=item, minimum=Decimal(0), maximum=Decimal(0))
    with session.no_autoflush:
        same = select(BinLevel.id).where(BinLevel.bin_id == found.id, BinLevel.item_id == item_id)
        if session.scalar(same.limit(1)) is not None:
            raise Conflict(_l("It usually lies in this bin already. Change that one."), field="bin")
        _set(row, fields)
    session.add(row)
    session.flush()
    _record(session, row, "create")
    return row


def change_level(session: Session, actor: Actor, row: BinLevel, *, version: int | None = None, **fields: Any) -> None:
    """Change minimum or maximum. Refused: as `add_level` does; what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    with session.no_autoflush:
        _set(row, fields)
    session.flush()
    _record(session, row, "change")


def remove_level(session: Session, actor: Actor, row: BinLevel, *, version: int | None = None) -> None:
    """Say that an item doesn't usually lie there any more. Refused: what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _record(session, row, "remove")
    remove_rows(session, BinLevel, BinLevel.id == row.id)


def to_bring(session: Session, place_id: int) -> list[ToBring]:
    """What is to be brought to the usual bins of a warehouse that hold less than their minimum: what expires first, of that
    what isn't put away first, then by the walk; at most MOST lines. Nothing that has expired."""
    require(session.info["actor"], VIEW)
    levels: dict[int, list[Level]] = defaultdict(list)
    rows = select(BinLevel.item_id, BinLevel.bin_id, _units(BinLevel.minimum), _units(BinLevel.maximum))
    walk = (Bin.position, Bin.code_order, Bin.id)
    rows = rows.join(Bin, Bin.id == BinLevel.bin_id).where(Bin.warehouse_id == place_id, Bin.is_active)
    for item_id, bin_id, minimum, maximum in session.execute(rows.order_by(*walk)):
        levels[item_id].append(Level(bin_id, minimum, maximum))
    if not levels:
        return []
    held, own = held_in_bins(session)
    query = (
        select(held.item_id, held.bin_id, held.lot_id, _units(held.quantity), Lot.code, Item.tracking)
        .join_from(held.item_id.table, Bin, Bin.id == held.bin_id)
        .join(Lot, Lot.id == held.lot_id)
        .join(Item, Item.id == held.item_id)
        .where(held.place_id == place_id, held.item_id.in_(sorted(levels)), held.quantity > 0, *own)
        .where(Lot.expires.is_(None) | (Lot.expires >= wall_clock().date()))
        .order_by(Item.code_order, Item.id, Lot.expires.is_(None), Lot.expires, Bin.id != NONE, *walk)
    )
    lying: dict[int, list[InBin]] = defaultdict(list)
    lots, tracking = {NONE: ""}, {}
    for item_id, bin_id, lot_id, units, code, tracked in session.execute(query):
        lying[item_id].append(InBin(bin_id, lot_id, units))
        lots[lot_id], tracking[item_id] = code, tracked
    codes = {row.id: row.code for row in session.execute(select(Bin.id, Bin.code).where(Bin.warehouse_id == place_id))}
    found: dict[tuple[int, int, int, str], tuple[int, list[str]]] = {}
    for item_id, there in lying.items():
        for source, target in brought(levels[item_id], there):
            lot = lots[source.lot]
            key = (item_id, source.bin, target, "" if tracking[item_id] == SERIAL else lot)
            units, said = found.get(key, (0, []))
            found[key] = units + source.units, [*said, lot] if lot else said
    return [
        ToBring(item_id, ", ".join(said), from_units(units, Quantity.scale), codes[target], codes.get(source, ""))
        for (item_id, source, target, _), (units, said) in found.items()
    ][:MOST]


def draft_bringing(session: Session, actor: Actor, place_id: int) -> BinMove | None:
    """A draft that brings what `to_bring` says; None when there is nothing."""
    lines = [
        BinMoveLineDraft(x.item_id, x.quantity, lots=x.lots, from_bin=x.from_bin, to_bin=x.bin)
        for x in to_bring(session, place_id)
    ]
    document = save(session, actor, BinMove, BinMoveDraft(place_id=place_id, lines=lines)) if lines else None
    session.flush()
    return document


def _set(row: BinLevel, fields: Mapping[str, Any]) -> None:
    for name in ("minimum", "maximum"):
        value = fields.get(name, getattr(row, name))
        if value is None or not Quantity.holds(value) or value < 0 or value != round(value, row.item.unit.digits):
            words = _l("Not below zero, and no finer than “%(name)s” is counted.", name=row.item.name)
            raise Invalid(words, field=name)
        setattr(row, name, value)
    if not row.maximum or row.maximum < row.minimum:
        raise Invalid(_l("The maximum is above zero, and not below the minimum."), field="maximum")


def _record(session: Session, row: BinLevel, verb: str) -> None:
    summary = f"{row.bin.code}, {row.item.code}"
    record(session, f"warehouse.bin_level.{verb}", subject="warehouse.item", subject_id=row.item_id, summary=summary)


def _units(quantity: Any) -> Any:
    return type_coerce(quantity, BigInteger)
