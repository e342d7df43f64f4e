"""Goods go back to their supplier out of the inspection that holds them: nobody has to release bad goods for it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.holds.models import Hold
from modules.warehouse.models import SUPPLIERS, Claim
from modules.warehouse.moving import Move

_BOOKS = PastPolicy("goods that are inspected go back, whoever may see their hold")
_CLAIM, _HOLD, _D = Claim.__table__.c, Hold.__table__.c, Document.__table__.c


def go_back(moves: Sequence[Move]) -> bool:
    """Whether any goods go back to the supplier from whom they came."""
    return any(m.target_id == SUPPLIERS and m.origin is not None and not m.claim_id for m in moves)


def out_of_inspection(session: Session, own: int, moves: Sequence[tuple[int, Move]]) -> list[tuple[int, Move]]:
    """The moves of an organisation's posting, each with its number: what goes back of an arrival leaves the claim of its
    inspection first, lot by lot, and the rest as ever. What the items are worth is held, so what is kept doesn't change."""
    going = [m for _, m in moves if go_back([m])]
    claims = _inspections(session, {m.origin[0] for m in going if m.origin is not None})
    if not claims:
        return list(moves)
    left: dict[tuple[int, int, int, int], int] = defaultdict(int)
    for (item, place), parts in kept_back(session, own, {m.item_id for m in going}).items():
        for each in parts:
            left[each.claim_id, item, place, each.lot] += each.units
    return [(i, part) for i, m in moves for part in (_parts(m, claims, left) if go_back([m]) else (m,))]


def held_by_inspection(
    session: Session, arrivals: Collection[int], place_id: int | None, items: Collection[int]
) -> dict[int, Decimal]:
    """Item → what inspections of some arrivals still keep of it in a warehouse."""
    claims = {claim for of_arrival in _inspections(session, arrivals).values() for claim in of_arrival}
    if not claims:
        return {}
    found: dict[int, Decimal] = defaultdict(Decimal)
    for (item, place), parts in kept_back(session, organisation_id(session), items).items():
        for each in parts:
            if place == place_id and each.claim_id in claims:
                found[item] += from_units(each.units, Quantity.scale)
    return found


def _parts(m: Move, claims: dict[int, list[int]], left: dict[tuple[int, int, int, int], int]) -> Iterator[Move]:
    units = to_units(m.quantity, Quantity.scale)
    for claim in claims.get(m.origin[0], ()) if m.origin is not None else ():
        key = (claim, m.item_id, m.source_id, m.lots[0])
        if taken := min(units, left[key]):
            left[key] -= taken
            units -= taken
            yield replace(m, quantity=from_units(taken, Quantity.scale), claim_id=claim)
    if units:
        yield replace(m, quantity=from_units(units, Quantity.scale))


def _inspections(session: Session, arrivals: Collection[int]) -> dict[int, list[int]]:
    """Arrival → the claims of the posted holds that were made when its goods came."""
    if not arrivals:
        return {}
    query = (
        select(_HOLD.arrival_id, _CLAIM.id)
        .join_from(Hold.__table__, Claim.__table__, _CLAIM.document_id == _HOLD.id)
        .join(Document.__table__, _D.id == _HOLD.id)
        .where(_HOLD.arrival_id.in_(sorted(arrivals)), _D.state == "posted")
        .order_by(_CLAIM.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for arrival, claim in _BOOKS(session).execute(query):
        found[arrival].append(claim)
    return dict(found)
