"""How holds end: what each still keeps, and what is made from it."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.api.documents import left_of
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.holds.models import Hold, HoldLine
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import NONE, Claim, Lot, Movement, WriteOff
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("what a hold keeps is known to whoever ends it")
_CLAIM, _TOTAL = Claim.__table__.c, Stock.claims.table.c


def is_held(number: Any) -> ColumnElement[bool]:
    """Whether the hold of an id still keeps anything."""
    kept = select(1).join_from(Stock.claims.table, Claim.__table__, _CLAIM.id == _TOTAL.claim_id)
    kept = kept.where(_CLAIM.document_id == number, _TOTAL.claim_id > NONE, _TOTAL.quantity > 0)
    return kept.where(_TOTAL.warehouse_id.in_(own_places())).exists()


def claims_of(session: Session, holds: Collection[int]) -> dict[int, int]:
    """Hold → its claim."""
    query = select(_CLAIM.document_id, _CLAIM.id).where(_CLAIM.document_id.in_(holds))
    return {row[0]: row[1] for row in _BOOKS(session).execute(query)} if holds else {}


def claims_of_lines(session: Session, document: Movement) -> dict[int, int]:
    """Line of a write-off that ends a hold → the claim that its goods leave."""
    if not isinstance(document, WriteOff):
        return {}
    origins = document.origins
    known = claims_of(session, {hold for hold, _ in origins.values()})
    return {line: known[hold] for line, (hold, _) in origins.items()}


def left_lines(session: Session, document: Hold, target: str) -> list[tuple[HoldLine, Decimal, str]]:
    """Of each line what is left to end, and its lots as one types them: no more than the hold still keeps, as losses may have
    taken of it."""
    left, claim = left_of(session, document, target), claims_of(session, {document.id}).get(document.id)
    kept = kept_back(session, document.organisation_id, {line.item_id for line in document.lines})
    there = {
        item: [[each.lot, each.units] for each in parts if each.claim_id == claim]
        for (item, place), parts in kept.items()
        if place == document.place_id
    }
    codes = codes_of_lots(session, {each.lot for parts in kept.values() for each in parts if each.lot})
    found = []
    for line in document.lines:
        taken = _taken(there.get(line.item_id, []), to_units(left[line.line], Quantity.scale))
        if taken:
            quantity = from_units(sum(taken.values()), Quantity.scale)
            found.append((line, quantity, lots_typed(line.item.tracking, taken, codes)))
    return found


def write_off_of(session: Session, document: Hold) -> MovementDraft:
    """What is left of a hold, to be written off."""
    lines = [
        MovementLineDraft(line.item_id, quantity, lots=lots, origin=(document.id, line.line))
        for line, quantity, lots in left_lines(session, document, "warehouse.write_off")
    ]
    return MovementDraft(lines, source_id=document.place_id, note=f"{document.title} {document.number}")


def _taken(there: list[list[int]], wanted: int) -> dict[int, int]:
    """Lot → units of what a line gets; it isn't there for the next."""
    taken = {}
    for each in there:
        units = min(each[1], wanted)
        if units > 0:
            taken[each[0]] = units
            each[1] -= units
            wanted -= units
    return taken


def lots_typed(tracking: str, taken: Mapping[int, int], codes: Mapping[int, str]) -> str:
    """Lots with units of each as one types them (`lots.rules`); empty where some have none, as nobody can say it then."""
    if not tracking or NONE in taken:
        return ""
    if tracking == SERIAL:
        return ", ".join(codes[lot] for lot in taken)
    quantities = {lot: from_units(units, Quantity.scale).normalize() for lot, units in taken.items()}
    return ", ".join(f"{codes[lot]}: {quantity:f}" for lot, quantity in quantities.items())


def codes_of_lots(session: Session, lots: Collection[int]) -> dict[int, str]:
    """Lot → what its label bears."""
    rows = session.execute(select(Lot.id, Lot.code).where(Lot.id.in_(lots))) if lots else ()
    return {row.id: row.code for row in rows}
