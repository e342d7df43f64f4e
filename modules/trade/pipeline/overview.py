"""Orders on the management overview: what is late, what can be shipped now, and by week what goes out and comes in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.security import Actor
from app.api.texts import number
from app.api.web import AHEAD, LATE, HomePart, OverviewFigure
from modules.trade.models import PurchaseOrder, Quote, SalesOrder
from modules.trade.pipeline.orders import open_orders, readiness
from modules.trade.pipeline.quotes import is_unanswered
from modules.trade.registers import IN, OUT

_DAY, _WEEKS = timedelta(days=1), 6


@dataclass(frozen=True, slots=True)
class Awaited:
    """Orders of one day of delivery; None: nobody said when."""

    day: date | None
    count: int
    #: how many of them can be shipped in full now
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """What is to be delivered in some days: with neither first nor last day, what has no day."""

    since: date | None
    until: date | None
    to_ship: int
    ready: int
    to_arrive: int

    @property
    def asked(self) -> dict[str, str]:
        """The filters of the lists."""
        days = {"since": self.since, "until": self.until}
        said = {name: day.isoformat() for name, day in days.items() if day is not None}
        return said or {"dated": "no"}


def awaited(session: Session, direction: str) -> list[Awaited]:
    """Open orders by day of delivery, as far as they are open to the actor."""
    model: Any = SalesOrder if direction == OUT else PurchaseOrder
    orders = open_orders(session, direction)
    ready = func.count(case((readiness(orders) == "all", 1)))
    query = select(model.delivery, func.count(model.id), ready).select_from(orders)
    rows = session.execute(query.join(model, model.id == orders.c.order_id).group_by(model.delivery))
    return [Awaited(*row) for row in rows]


def weeks(to_ship: Sequence[Awaited], to_arrive: Sequence[Awaited], today: date) -> list[Week]:
    """What is late, what is due in each of the next weeks and later, and what has no day; rows of nothing are left out."""
    ends: list[tuple[date | None, date | None]] = [(None, today - _DAY)]
    for n in range(_WEEKS):
        ends.append((today + n * 7 * _DAY, today + (n * 7 + 6) * _DAY))
    ends += [(today + _WEEKS * 7 * _DAY, None), (None, None)]
    found = []
    for since, until in ends:
        out, come = ([a for a in some if _lies_in(a.day, since, until)] for some in (to_ship, to_arrive))
        week = Week(since, until, sum(a.count for a in out), sum(a.ready for a in out), sum(a.count for a in come))
        if week.to_ship or week.to_arrive:
            found.append(week)
    return found


def _lies_in(day: date | None, since: date | None, until: date | None) -> bool:
    if day is None or (since is None and until is None):
        return day is None and since is None and until is None
    return (since is None or day >= since) and (until is None or day <= until)


def figures(session: Session, actor: Actor) -> Iterator[OverviewFigure]:
    """Quotes without an answer; orders that are late; orders that can be shipped now."""
    today = wall_clock().date()
    if actor.may("trade.quote.view"):
        query = select(func.count(Quote.id)).where(Quote.state == "posted", is_unanswered())
        if count := session.scalars(query).one():
            address = url_for("trade.quote_list", made="nothing")
            yield OverviewFigure(_("Quotes without an order"), number(count), address, part=AHEAD)
    for direction, kind, title in (
        (OUT, "trade.sales_order", _("Orders late to ship")),
        (IN, "trade.purchase_order", _("Orders late to arrive")),
    ):
        if not actor.may(f"{kind}.view"):
            continue
        name = "trade.to_ship" if direction == OUT else "trade.to_arrive"
        orders = awaited(session, direction)
        if late := sum(a.count for a in orders if a.day is not None and a.day < today):
            yield OverviewFigure(title, number(late), url_for("core.report_view", name=name, late="yes"), part=LATE)
        if direction == OUT and orders:
            ready, every = (number(sum(getattr(a, n) for a in orders)) for n in ("ready", "count"))
            address = url_for("core.report_view", name=name, ready="all")
            value = _("%(ready)s of %(all)s", ready=ready, all=every)
            yield OverviewFigure(_("Orders that can be shipped now"), value, address, part=AHEAD)


def parts(session: Session, actor: Actor) -> Iterator[HomePart]:
    """By week what is to be shipped and to arrive."""
    may = {d: actor.may(f"{kind}.view") for d, kind in ((OUT, "trade.sales_order"), (IN, "trade.purchase_order"))}
    out, come = (awaited(session, direction) if may[direction] else [] for direction in (OUT, IN))
    if found := weeks(out, come, wall_clock().date()):
        yield HomePart("trade/order_weeks.html", {"weeks": found})
