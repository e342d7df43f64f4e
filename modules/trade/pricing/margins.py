"""What a sale would leave over its costs while somebody types it, by what is in stock now; later the ledger says it."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.reference import base_currency, rate_at
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import money, number
from app.api.values import digits_of
from modules.trade.pricing.guarding import is_below, least_margin_of
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.rules import margin_of
from modules.trade.proposals import Asked, Proposal, is_offered
from modules.trade.rules import line_totals
from modules.warehouse.api import GOODS, costed_by_lot, items_by_id, priced_quantity, unit_costs

_ZERO = Decimal(0)


def say_margins(session: Session, actor: Actor, asked: Asked, proposal: Proposal) -> None:
    """Say the margin of each line and of the document to whoever may see costs, and to everybody which lines would be
    refused as below their least margin. Goods whose lots cost by themselves are guarded by their average; their margin is said
    once it is known which lots went."""
    known, sees = known_prices(session), actor.sees("warehouse.cost")
    guards = known.least_margin is not None or bool(known.least_of_groups)
    if not is_offered(asked.kind) or not asked.lines or not (sees or guards):
        return
    try:
        rate = rate_at(session, asked.currency, asked.day)
    except Invalid:
        return  # nobody has entered what the currency is worth
    items = items_by_id(session, {line.item_id for line in asked.lines})
    costs, by_lot = unit_costs(session, items, asked.place_id), costed_by_lot(session, items)
    base = base_currency(session)
    revenues, spent, are_known = _ZERO, _ZERO, True
    for n, line in enumerate(asked.lines):
        price = proposal.value(asked, n, "price")
        if price is None:
            continue
        item, unit_cost = items[line.item_id], costs.get(line.item_id)
        totals = line_totals(
            priced_quantity(item, line.quantity, line.second),
            price,
            discount=proposal.value(asked, n, "discount") or _ZERO,
            tax_rate=proposal.value(asked, n, "tax_rate") or _ZERO,
            tax_included=asked.tax_included,
            digits=digits_of(asked.currency),
        )
        revenue = rate.in_base(totals.net, digits_of(base))
        revenues += revenue
        if item.kind != GOODS:
            continue
        if unit_cost is None:  # nothing is in stock to say it
            are_known = False
            continue
        cost = unit_cost * line.quantity
        spent += cost
        are_known &= line.item_id not in by_lot
        if sees and line.item_id not in by_lot and (margin := margin_of(revenue, cost)) is not None:
            proposal.lines[n].says.append(_l("margin %(percent)s %%", percent=number(margin)))
        if is_below(revenue, cost, least_margin_of(known, item)):
            proposal.lines[n].says.append(_l("below its least margin"))
    if sees and are_known and spent and (margin := margin_of(revenues, spent)) is not None:
        said = {"amount": money(revenues - spent, base), "currency": base, "percent": number(margin)}
        proposal.says.append(_l("Margin %(amount)s %(currency)s, %(percent)s %%", **said))
