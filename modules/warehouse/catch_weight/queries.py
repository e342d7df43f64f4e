"""Second quantities as lines and lists need them."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import now
from app.api.values import Quantity
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.catch_weight.rules import refuse_missing, said_units
from modules.warehouse.items import items_by_id
from modules.warehouse.models import Movement, TransferReceipt
from modules.warehouse.places import moves_here


def refuse_unweighed(session: Session, document: Any) -> None:
    """Ask (Invalid) for the second quantity of a line that moves goods of an item that has one. What arrives by a transfer
    receipt is what was sent, so nobody is asked."""
    if isinstance(document, TransferReceipt):
        return
    items = items_by_id(session, {line.item_id for line in document.lines})
    for line in document.lines:
        refuse_missing(line.line, items[line.item_id], line.second)


def seconds_at(session: Session, items: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Item and place → how much lies there by now in the item's second unit."""
    found = now(session, SecondQuantities.lying, by=("item", "place"), where={"item": sorted(items)})
    return {(f.key[0], f.key[1]): f.amounts["second"] for f in found}


def arrived_seconds(session: Session, document: Movement) -> dict[int, str]:
    """Line of a transfer receipt → what arrived by it in the item's second unit, as people say it: it is typed by nobody."""
    units: dict[int, str] = {line.line: line.item.second_unit.name for line in document.lines if line.item.second_unit}
    if not units or document.target_id is None:
        return {}
    e = SecondQuantities.entries.c
    total = func.sum(
        case((e.place_to_id == document.target_id, 1), (e.place_from_id == document.target_id, -1), else_=0)
        * type_coerce(e.second, BigInteger)
    )
    query = select(e.line, total).where(e.document_id == document.id, moves_here(e)).group_by(e.line)
    return {line: said_units(int(n), units[line]) for line, n in session.execute(query) if line in units and n}


def second_of(held: Any, own: Any) -> Any:
    """How much lies there by now in the item's second unit, beside each row of stock by item, place and perhaps lot."""
    t = SecondQuantities.lying.table.c
    lot = (t.lot_id == held.c.lot_id,) if "lot_id" in held.c else ()
    units = select(func.coalesce(func.sum(type_coerce(t.second, BigInteger)), 0)).where(
        t.item_id == held.c.item_id, t.place_id == held.c.place_id, t.organisation_id == own.id, *lot
    )
    return type_coerce(cast(units.correlate(held, own).scalar_subquery(), BigInteger), Quantity)
