"""What trade adds to the core's pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import Actor, base_currency, money, turnover, wall_clock
from modules.trade.models import Sale
from modules.trade.registers import Sales


@dataclass(frozen=True)
class HomeFigure:
    """A figure on the home page that leads to its rows."""

    title: str
    value: str
    address: str
    note: str = ""


def home_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """What was sold today and this month less returns, without tax, to the contacts that are open to the actor."""
    if not (actor.may("trade.sale.view") and actor.may("trade.result.view")):
        return
    currency, today = base_currency(session), wall_clock().date()
    for title, since in ((_("Sales today"), today), (_("Sales this month"), today.replace(day=1))):
        sold = turnover(session, Sales, since, today, by=())
        revenue = sum((row.taken_in["revenue"] - row.given_out["revenue"] for row in sold), Decimal(0))
        in_period = (Sale.moment >= since, Sale.moment < today + timedelta(days=1))
        count = session.scalars(select(func.count(Sale.id)).where(Sale.state == "posted", *in_period)).one()
        yield HomeFigure(
            title,
            f"{money(revenue, currency)} {currency}",
            url_for("trade.sale_list", since=since.isoformat(), until=today.isoformat()),
            ngettext("%(num)d sale, less returns, without tax", "%(num)d sales, less returns, without tax", count),
        )
