"""What trade adds to the core's pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import Actor, base_currency, money, wall_clock
from modules.trade.models import Sale


@dataclass(frozen=True)
class HomeFigure:
    """A figure on the home page that leads to its rows."""

    title: str
    value: str
    address: str
    note: str = ""


def home_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """Sales of this day and this month, as far as the actor's scope goes."""
    if not actor.may("trade.sale.view"):
        return
    currency, today = base_currency(session), wall_clock().replace(hour=0, minute=0, second=0)
    for title, since in ((_("Sales today"), today), (_("Sales this month"), today.replace(day=1))):
        query = select(func.count(), func.sum(Sale.net)).where(
            Sale.state == "posted", Sale.moment >= since, Sale.currency == currency
        )
        count, net = session.execute(query).one()
        yield HomeFigure(
            title,
            f"{money(net, currency) if net is not None else '0'} {currency}",
            url_for("trade.sale_list", since=since.date().isoformat()),
            _("%(n)s documents, without tax", n=count),
        )
