"""What is kept of an item, for its card: by orders, and held back by which hold and why."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.ledger import now
from app.api.reference import organisation_id
from modules.warehouse.holds import REASONS
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.holds.models import Hold
from modules.warehouse.models import NONE
from modules.warehouse.registers import Stock


@dataclass(slots=True)
class KeptThere:
    """What of an item isn't free in a warehouse."""

    #: for orders
    reserved: Decimal = Decimal(0)
    #: quantity, reason, number and id of each hold; of one that isn't open to the actor no reason, and 0
    holds: list[tuple[Decimal, object, str, int]] = field(default_factory=list)


def kept_of_item(session: Session, item_id: int) -> dict[int, KeptThere]:
    """Warehouse → what is kept of an item there."""
    kept = kept_back(session, organisation_id(session), {item_id})
    claims = {each.claim_id: each.number for parts in kept.values() for each in parts}
    holds = {h.number: h for h in session.scalars(select(Hold).where(Hold.number.in_(set(claims.values()))))}
    found: dict[int, KeptThere] = defaultdict(KeptThere)
    for figure in now(session, Stock.claims, by=("warehouse", "claim"), where={"item": item_id}):
        place, claim = figure.key
        quantity = figure.amounts["quantity"]
        if claim in claims and quantity > 0:
            hold = holds.get(claims[claim])
            said = (REASONS[hold.reason], hold.number or "", hold.id) if hold is not None else ("", claims[claim], 0)
            found[place].holds.append((quantity, *said))
        elif claim != NONE:
            found[place].reserved += quantity
    return dict(found)
