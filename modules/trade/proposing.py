"""Proposes what the lines of a document say: price and discount, and whatever else takes part. One door, for forms and for
operations. How to take part in it: docs/proposing-lines.md.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.api.security import Actor
from modules.trade.availability import say_availability
from modules.trade.pricing.explaining import explanation
from modules.trade.pricing.margins import say_margins
from modules.trade.pricing.proposing import propose_prices
from modules.trade.proposals import Asked, AskedLine, Part, Proposal, Proposed
from modules.trade.sourcing.history import propose_last_prices
from modules.trade.taxes.proposing import propose_taxes

#: one after the other: who needs the tax rate of a line stands behind whoever proposes it
PARTS: tuple[Part, ...] = (propose_taxes, propose_prices, propose_last_prices, say_margins, say_availability)


def propose(session: Session, actor: Actor, asked: Asked, parts: tuple[Part, ...] | None = None) -> Proposal:
    """What is proposed for the lines of a document. Nothing is written. Refused (NotFound): items or a contact that aren't
    there or aren't open to the actor."""
    proposal = Proposal([Proposed() for _ in asked.lines])
    for part in PARTS if parts is None else parts:
        part(session, actor, asked, proposal)
    return proposal


class LinePrice(NamedTuple):
    """What one line is proposed: price, discount in per cent, and how they came about in the reader's words."""

    price: Decimal | None
    discount: Decimal
    explanation: str


def propose_line(
    session: Session,
    actor: Actor,
    *,
    contact_id: int | None,
    contract_id: int | None,
    currency: str,
    day: date,
    item_id: int,
    quantity: Decimal,
    tax_included: bool = False,
) -> LinePrice:
    """The price and discount of one line by itself, as `propose`: what the document comes to besides is not known."""
    line = AskedLine(item_id, quantity)
    asked = Asked("sale", currency, day, [line], contact_id, contract_id, tax_included=tax_included)
    (found,) = propose(session, actor, asked).lines
    return LinePrice(found.cells.get("price"), found.cells.get("discount") or Decimal(0), explanation(found.pricing))
