"""What the warehouse says on the management overview: what is below zero, and what can be shipped."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import now, standing
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import money, number
from app.api.web import AHEAD, LATE, OverviewFigure
from modules.warehouse.holds.lots import HOLDS
from modules.warehouse.models import NONE
from modules.warehouse.registers import Stock


def figures(session: Session, actor: Actor) -> Iterator[OverviewFigure]:
    """Items below zero; items that are free to be shipped, and those kept for orders; what all of them cost."""
    if not actor.may("warehouse.stock.view"):
        return
    c = standing(session, Stock.claims, by=("item", "claim")).c
    units = type_coerce(c.quantity, BigInteger)
    is_held = c.claim_id.in_(HOLDS)
    kept_for_orders = (c.claim_id > NONE) & ~is_held & (units > 0)
    kinds = ((c.claim_id == NONE) & (units > 0), kept_for_orders, (c.claim_id == NONE) & (units < 0))
    counts = [func.count(func.distinct(case((kind, c.item_id)))) for kind in kinds]
    free, kept, short = tuple(session.execute(select(*counts)).one())
    stock = url_for("warehouse.stock_list")
    if short:
        yield OverviewFigure(
            _("Items below zero in stock"), number(short), url_for("warehouse.stock_list", level="short"), part=LATE
        )
    note = ngettext("and %(num)d item kept for orders", "and %(num)d items kept for orders", kept) if kept else ""
    yield OverviewFigure(_("Items free to be shipped"), number(free), stock, note, AHEAD)
    if actor.sees("warehouse.cost"):
        currency, worth = base_currency(session), now(session, Stock.worth, by=())
        value = f"{money(sum(f.amounts['value'] for f in worth), currency)} {currency}"
        yield OverviewFigure(_("Goods in stock"), value, stock, _("at what they cost"), AHEAD)
