"""What a line of a sale is proposed: its price, what comes off it, and why."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.security import Actor
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.contacts.api import parties_by_id
from modules.trade.pricing.explaining import explanation, kept_steps
from modules.trade.pricing.finding import Prices, Terms, is_in_force, price_line
from modules.trade.pricing.known import Known, known_prices
from modules.trade.pricing.rules import Rule, discount_lines, path_up
from modules.trade.proposals import Asked, Proposal, is_offered
from modules.warehouse.api import items_by_id, priced_quantity


def propose_prices(session: Session, actor: Actor, asked: Asked, proposal: Proposal) -> None:
    """Propose price and discount of each line. A price that the person typed stays, and nothing is proposed to come off it."""
    del actor
    if not is_offered(asked.kind) or not asked.lines:
        return
    if asked.contact_id is not None:
        parties_by_id(session, {asked.contact_id})
    known = known_prices(session)
    items = [line.item_id for line in asked.lines]
    prices = Prices(session, known, asked.day, items)
    terms = Terms(session, known, asked.day, asked.contact_id, asked.contract_id)
    special = terms.special(items)
    priced = [
        price_line(
            prices,
            terms,
            special,
            item_id=line.item_id,
            quantity=line.quantity,
            currency=asked.currency,
            tax_included=asked.tax_included,
            tax_rate=proposal.value(asked, number, "tax_rate") or Decimal(0),
        )
        for number, line in enumerate(asked.lines)
    ]
    known_items = items_by_id(session, items)
    for line, of in zip(priced, asked.lines, strict=True):
        line.priced = priced_quantity(known_items[of.item_id], of.quantity, of.second)
        if "price" in of.own:
            line.price, line.is_special = of.own["price"], True
    rules = _rules(known, prices, terms, asked)
    digits = digits_of(asked.currency)
    discount_lines(priced, terms.discounts, rules, stacking=known.stacking, digits=digits)
    for line, of, proposed in zip(priced, asked.lines, proposal.lines, strict=True):
        if "price" in of.own:
            proposed.cells["discount"] = None
            continue
        if line.price is None:
            proposed.cells |= {"price": None, "discount": None}
            if prices.rate(asked.currency) is None:
                proposed.says.append(
                    _l(
                        "There is no exchange rate of %(currency)s for %(day)s, so no price is filled in.",
                        currency=asked.currency,
                        day=said_day(asked.day),
                    )
                )
            continue
        proposed.cells |= {"price": line.price, "discount": line.discount}
        proposed.pricing = kept_steps(line.steps)
        proposed.says.append(explanation(proposed.pricing))


def _rules(known: Known, prices: Prices, terms: Terms, asked: Asked) -> list[Rule]:
    """The discounts in force on the document's day that this customer gets."""
    found = []
    for row in known.rules:
        if not is_in_force(row, asked.day) or (row.folder_id is not None and row.folder_id not in terms.folders):
            continue
        if row.coupon and row.coupon != asked.coupon.strip().upper():
            continue
        total = row.from_total
        if total and (other := prices.converted(total, prices.base, asked.currency)) is not None:
            total = other
        found.append(
            Rule(
                row.name,
                row.percent,
                row.from_quantity,
                total,
                row.taken,
                row.paid,
                _items_of(row, known, prices),
                is_coupon=bool(row.coupon),
            )
        )
    return found


def _items_of(row: object, known: Known, prices: Prices) -> frozenset[int] | None:
    """Of which of the document's items a discount is meant; None: of all."""
    item_id, group_id = row.item_id, row.group_id  # type: ignore[attr-defined]
    if item_id is None and group_id is None:
        return None
    return frozenset(
        item.id
        for item in prices.items.values()
        if item.id == item_id or (group_id is not None and group_id in path_up(known.groups, item.group_id))
    )
