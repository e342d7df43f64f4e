"""What goods cost at a till: the prices that its page keeps, and a sale as it stands (docs/proposing-lines.md)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.security import Actor
from modules.contacts.api import parties_by_id
from modules.trade.drafts import TradeLineDraft
from modules.trade.pricing.finding import Prices, Terms, price_line
from modules.trade.pricing.known import known_prices
from modules.trade.proposals import Asked, AskedLine, Proposed
from modules.trade.proposing import propose
from modules.trade.taxes.proposing import propose_taxes
from modules.trade.till.authority import at_till
from modules.trade.till.models import Till


def prices_to_keep(session: Session, till: Till, items: Collection[int]) -> dict[int, Decimal | None]:
    """What one of each item costs the till's own customer today, before discounts; None: nobody has said."""
    known, day = known_prices(session), wall_clock().date()
    prices, terms = Prices(session, known, day, items), Terms(session, known, day, till.contact_id, None)
    terms_of_items = terms.special(list(items))
    said: dict[str, Any] = {
        "quantity": Decimal(1),
        "currency": till.cash_account.currency,
        "tax_included": till.tax_included,
        "tax_rate": till.tax_rate,
    }
    return {item: price_line(prices, terms, terms_of_items, item_id=item, **said).price for item in items}


def proposed_lines(
    session: Session, actor: Actor, till: Till, contact_id: int | None, lines: Sequence[AskedLine]
) -> list[Proposed]:
    """Price and discount of each line of a sale as it stands. Refused (NotFound): a contact who isn't open to the actor, items
    that aren't there."""
    if contact_id not in (None, till.contact_id):
        parties_by_id(session, {contact_id or 0})
    with at_till(session, actor) as cashier:
        return propose(session, cashier, _asked(till, contact_id or till.contact_id, lines)).lines


def _asked(till: Till, contact_id: int, lines: Sequence[AskedLine]) -> Asked:
    currency, today = till.cash_account.currency, wall_clock().date()
    return Asked("sale", currency, today, lines, contact_id, place_id=till.place_id, tax_included=till.tax_included)


def tax_rates(
    session: Session, cashier: Actor, till: Till, contact_id: int, lines: Sequence[TradeLineDraft]
) -> list[Decimal]:
    """The tax of each line in per cent: what is proposed for the item and customer, or else the till's."""
    own = [AskedLine(x.item_id, x.quantity) for x in lines]
    found = propose(session, cashier, _asked(till, contact_id, own), (propose_taxes,)).lines
    rates = (proposed.cells.get("tax_rate") for proposed in found)
    return [till.tax_rate if rate is None else rate for rate in rates]
