"""What goods cost at a till: the prices that its page keeps, and a sale as it stands (docs/proposing-lines.md)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import money, number
from app.api.values import digits_of
from modules.contacts.api import parties_by_id
from modules.trade.drafts import TradeLineDraft
from modules.trade.points.rules import spread, spread_exactly, worth_of
from modules.trade.points.spending import offered, payable
from modules.trade.pricing.explaining import steps_of
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
    session: Session,
    actor: Actor,
    till: Till,
    contact_id: int | None,
    lines: Sequence[AskedLine],
    coupon: str = "",
) -> list[Proposed]:
    """Price and discount of each line of a sale as it stands. Refused (NotFound): a contact who isn't open to the actor, items
    that aren't there."""
    if contact_id not in (None, till.contact_id):
        parties_by_id(session, {contact_id or 0})
    with at_till(session, actor) as cashier:
        return propose(session, cashier, _asked(till, contact_id or till.contact_id, lines, coupon)).lines


def coupon_words(found: Sequence[Proposed], coupon: str, refusal: object | None) -> str:
    """What is wrong with a coupon that somebody has said: why it isn't taken, or that nothing of it is on the lines; empty:
    nothing is wrong."""
    if refusal is not None:
        return str(refusal)
    is_on_line = any(step.what == "coupon" for line in found for step in steps_of(line.pricing))
    if coupon and found and not is_on_line:
        return str(_l("The coupon “%(coupon)s” takes nothing off what is rung up so far.", coupon=coupon))
    return ""


class PricedLine(NamedTuple):
    """A line as it is priced on the screen, which points would come off."""

    item_id: int
    quantity: Decimal
    price: Decimal
    discount: Decimal


def points_at_till(
    session: Session, actor: Actor, till: Till, contact_id: int | None, lines: Sequence[PricedLine], wanted: int
) -> dict[str, Any] | None:
    """What the customer of a sale has of points, how many of them it may be paid with, and what so many as are `wanted`, or
    else as may be, take off each line; None: they are in no programme. Refused (NotFound): a contact who isn't open to the
    actor."""
    if contact_id is None or contact_id == till.contact_id:
        return None
    parties_by_id(session, {contact_id})
    currency = till.cash_account.currency
    with at_till(session, actor):
        found = offered(session, contact_id, currency, lines)
        if found is None:
            return None
        (programme, points), most = found
        taken, digits = max(0, min(wanted, most)), digits_of(currency)
        amounts = payable(session, programme, lines, digits)
    worth = worth_of(taken, programme.worth, digits)
    off = spread_exactly(worth, amounts, digits=digits)
    has = ngettext("%(n)s point", "%(n)s points", points, n=number(points))
    value = money(worth_of(points, programme.worth, digits), currency)
    return {
        "has": points,
        "most": most,
        "taken": taken,
        "off": [f"{amount:f}" for amount in off],
        "parts": spread(taken, off) if taken else [0] * len(lines),
        "words": f"{has} ({value} {currency})",
        "less": str(_l("At most %(n)s points can be spent on this sale.", n=number(most))) if wanted > most else "",
    }


def _asked(till: Till, contact_id: int, lines: Sequence[AskedLine], coupon: str = "") -> Asked:
    currency, today = till.cash_account.currency, wall_clock().date()
    return Asked(
        "sale",
        currency,
        today,
        lines,
        contact_id,
        place_id=till.place_id,
        tax_included=till.tax_included,
        coupon=coupon,
    )


def tax_rates(
    session: Session, cashier: Actor, till: Till, contact_id: int, lines: Sequence[TradeLineDraft]
) -> list[Decimal]:
    """The tax of each line in per cent: what is proposed for the item and customer, or else the till's."""
    own = [AskedLine(x.item_id, x.quantity) for x in lines]
    found = propose(session, cashier, _asked(till, contact_id, own), (propose_taxes,)).lines
    rates = (proposed.cells.get("tax_rate") for proposed in found)
    return [till.tax_rate if rate is None else rate for rate in rates]
