"""Keeping forecasts: made for a month, when it begins and when a rule is saved, so that no page computes any."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.jobs import JobKind, Run
from app.api.reference import books_of
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.warehouse.planning.forecast import Outlook, month_of, outlooks, spans_from
from modules.warehouse.planning.history import histories
from modules.warehouse.planning.models import Forecast, ForecastMonth, ReorderRule

#: so many are made in a transaction
_AT_ONCE = 1000


def make_forecasts(session: Session, rules: Sequence[ReorderRule]) -> None:
    """Make again, for the current month, what is expected by rules of the books that one works in; of one that doesn't follow
    demand there is nothing then."""
    for some in pieces(rules):
        ids = [rule.id for rule in some]
        session.execute(delete(ForecastMonth).where(ForecastMonth.rule_id.in_(ids)))
        session.execute(delete(Forecast).where(Forecast.rule_id.in_(ids)))
        if following := [rule for rule in some if rule.from_demand]:
            _write(session, following, wall_clock().date())


def _write(session: Session, rules: Sequence[ReorderRule], today: date) -> None:
    month, known = month_of(today), histories(session, {rule.item_id for rule in rules}, today)
    found = outlooks([known.get((rule.item_id, rule.place_id), []) for rule in rules])
    heads, months = [], []
    for rule, outlook in zip(rules, found, strict=True):
        said = outlook or Outlook(())
        says = {"has_season": said.has_season, "growth": said.growth, "without": said.without}
        heads.append({"rule_id": rule.id, "month": month, **says, "is_known": outlook is not None})
        for (start, days), units in zip(spans_from(month), said.months, strict=False):
            quantity = from_units(units, Quantity.scale)
            months.append({"rule_id": rule.id, "start": start, "days": days, "quantity": quantity})
    session.execute(insert(Forecast), heads)
    if months:
        session.execute(insert(ForecastMonth), months)


def _due() -> Any:
    """The rules that follow demand and of which the current month's forecast isn't made yet."""
    here = Forecast.month == month_of(wall_clock().date())
    made = select(Forecast.rule_id).where(Forecast.rule_id == ReorderRule.id, here)
    return select(ReorderRule).where(ReorderRule.from_demand, ~made.exists())


def forecast_part(session: Session) -> int:
    """Make some of those that are due; how many."""
    rules = session.scalars(_due().order_by(ReorderRule.organisation_id, ReorderRule.id).limit(_AT_ONCE)).all()
    if rules:
        own = rules[0].organisation_id
        rules = [rule for rule in rules if rule.organisation_id == own]
        with books_of(session, own):
            make_forecasts(session, rules)
    return len(rules)


def _run(run: Run) -> dict[str, Any]:
    done = 0
    while part := run.company.database.run(forecast_part, actor=SYSTEM):
        done += part
        run.progress(done)
    return {"rules": done}


forecast = JobKind(
    "warehouse.forecast",
    _l("Forecast what will go out"),
    _run,
    is_resumable=True,
    is_due=lambda session: session.scalars(_due().limit(1)).first() is not None,
)
