"""What holds keep, by lots: goods of them are taken by whoever ends the hold, and by nobody else.

How much each hold keeps of an item is in the totals of claims; of which lots, in the entries of these. What no entry names the
lot of has none.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import PastPolicy
from modules.warehouse.models import NONE, Claim
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("what is held back is held back, whoever may see the hold")

_E, _TOTAL, _HELD = Stock.entries.c, Stock.claims.table.c, Stock.on_hand.table.c
_CLAIM, _DOCUMENT = Claim.__table__.c, Document.__table__.c


#: the claims of holds, as a query: all others are of orders
HOLDS = select(_CLAIM.id).where(_CLAIM.is_hold)


@dataclass(frozen=True, slots=True)
class Kept:
    """So many units of a lot that a hold keeps."""

    claim_id: int
    number: str
    lot: int
    units: int


def kept_back(session: Session, organisation_id: int, items: Collection[int]) -> dict[tuple[int, int], Sequence[Kept]]:
    """Item and warehouse → what holds keep there, the oldest hold first."""
    units = type_coerce(_TOTAL.quantity, BigInteger)
    query = (
        select(_TOTAL.item_id, _TOTAL.warehouse_id, _TOTAL.claim_id, _DOCUMENT.number, units.label("units"))
        .join_from(Stock.claims.table, Claim.__table__, _CLAIM.id == _TOTAL.claim_id)
        .join(Document.__table__, _DOCUMENT.id == _CLAIM.document_id)
        .where(_TOTAL.organisation_id == organisation_id, _TOTAL.item_id.in_(sorted(items)))
        .where(_TOTAL.claim_id > NONE, _TOTAL.quantity > 0, _CLAIM.is_hold)
        .order_by(_TOTAL.claim_id)
    )
    rows = list(_BOOKS(session).execute(query))
    by_lot = _by_lot(session, organisation_id, rows) if rows else {}
    found: dict[tuple[int, int], list[Kept]] = defaultdict(list)
    for item, warehouse, claim, number, whole in rows:
        lots = {lot: n for lot, n in sorted(by_lot.get((item, warehouse, claim), {}).items()) if n > 0}
        lots[NONE] = whole - sum(lots.values())
        found[item, warehouse] += [Kept(claim, number, lot, n) for lot, n in lots.items() if n > 0]
    return dict(found)


def _by_lot(session: Session, organisation_id: int, rows: Sequence[Any]) -> dict[tuple[int, int, int], dict[int, int]]:
    """Item, warehouse and claim → lot → units of it that the claim keeps, of lots that are in stock."""
    items, claims = {row.item_id for row in rows}, {row.claim_id for row in rows}
    there = select(_HELD.lot_id).where(_HELD.organisation_id == organisation_id, _HELD.item_id.in_(items))
    there = there.where(_HELD.lot_id > NONE, _HELD.quantity > 0)
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    found: dict[tuple[int, int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for warehouse, claim, sign in (
        (_E.warehouse_to_id, _E.claim_to_id, 1),
        (_E.warehouse_from_id, _E.claim_from_id, -1),
    ):
        query = (
            select(_E.item_id, warehouse, claim, _E.lot_to_id, units)
            .where(_E.organisation_id == organisation_id, _E.item_id.in_(items), claim.in_(claims))
            .where(_E.lot_to_id > NONE, _E.lot_to_id.in_(there))
            .group_by(_E.item_id, warehouse, claim, _E.lot_to_id)
        )
        for item, place, of_claim, lot, moved in _BOOKS(session).execute(query):
            found[item, place, of_claim][lot] += sign * int(moved)
    return found
