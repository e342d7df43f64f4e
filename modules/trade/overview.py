"""What trade says on the management overview: what was shipped and earned in a period."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.ledger import moved_in_period
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import money, number
from app.api.web import OverviewFigure
from modules.trade.models import GoodsReceipt, Purchase, Sale
from modules.trade.registers import Sales


def figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """Shipments and deliveries; revenue, and margin where costs are open."""
    days: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat()}
    for kind, title, note in (
        (Sale, _("Shipped to customers"), ""),
        (GoodsReceipt, _("Received on orders"), _("Order receipts")),
        (Purchase, _("Received from suppliers"), _("Purchases")),
    ):
        noun = str(kind.__mapper_args__["polymorphic_identity"])
        if actor.may(f"{noun}.view"):
            within = (kind.moment >= since, kind.moment <= datetime.combine(until, time.max), kind.state == "posted")
            count = session.scalars(select(func.count(kind.id)).where(*within)).one()
            yield OverviewFigure(title, number(count), url_for(f"{noun}_list", state="posted", **days), note)
    if not actor.may("trade.result.view"):
        return
    currency, sold = base_currency(session), moved_in_period(session, Sales.results, since, until, by=())
    address = url_for("trade.result_list", by="contact", then="alone", **days)
    names = ("revenue", "cost") if actor.sees("warehouse.cost") else ("revenue",)
    sums = {n: sum((row.taken_in[n] - row.given_out[n] for row in sold), Decimal(0)) for n in names}
    revenue = f"{money(sums['revenue'], currency)} {currency}"
    yield OverviewFigure(_("Revenue"), revenue, address, _("less returns, without tax"))
    if "cost" in sums:
        margin = f"{money(sums['revenue'] - sums['cost'], currency)} {currency}"
        yield OverviewFigure(_("Margin"), margin, address, _("less returns, without tax"))
