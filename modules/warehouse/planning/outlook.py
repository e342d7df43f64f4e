"""What has gone out by a rule month by month and what is expected to: for people to look at, as a chart and as a table."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.texts import language
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units, share_of
from modules.warehouse.items import items_by_id
from modules.warehouse.planning.forecast import first_of, month_of
from modules.warehouse.planning.history import histories
from modules.warehouse.planning.models import Forecast, ForecastMonth, ReorderRule

SEASON = _l("Season, %")
#: so many months the season has
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is over, or one ahead; quantities in base units."""

    first: date
    #: None: it lies ahead, or nothing was there that could have gone out
    went: Decimal | None = None
    #: rounded to how finely the item is counted; None: it is over
    expected: Decimal | None = None
    #: of a month ahead: what is expected of it, in per cent of the mean of a year; None: no season is known
    season: Decimal | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return str(format_date(self.first, "LLL y", locale=language()))


def outlook_of(session: Session, rule: ReorderRule) -> list[Month]:
    """The months in which any went out by a rule, of the last BACK, and those ahead as its forecast has them; in turn."""
    today = wall_clock().date()
    this = month_of(today)
    history = histories(session, {rule.item_id}, today).get((rule.item_id, rule.place_id), [])
    past = [
        Month(first_of(this - len(history) + at), None if units is None else from_units(units, Quantity.scale))
        for at, units in enumerate(history)
    ]
    return [*past, *_ahead(session, rule, first_of(this))]


def _ahead(session: Session, rule: ReorderRule, since: date) -> list[Month]:
    rows = session.execute(
        select(ForecastMonth.start, ForecastMonth.quantity)
        .where(ForecastMonth.rule_id == rule.id, ForecastMonth.start >= since.toordinal())
        .order_by(ForecastMonth.start)
    ).all()
    has_season = session.scalar(select(Forecast.has_season).where(Forecast.rule_id == rule.id))
    year = sum((row.quantity for row in rows[:_YEAR]), Decimal(0))
    step = Decimal(1).scaleb(-items_by_id(session, {rule.item_id})[rule.item_id].digits)
    share = {
        row.start: share_of(Decimal(100 * _YEAR), row.quantity, year, digits=0)
        for row in rows
        if has_season and year and len(rows) >= _YEAR
    }
    return [
        Month(date.fromordinal(row.start), None, row.quantity.quantize(step, ROUND_HALF_UP), share.get(row.start))
        for row in rows
    ]


def chart_of(months: list[Month]) -> dict[str, Any]:
    """The same as a chart takes it, with what went out in the month a year before those ahead."""
    went = {month.first: month.went for month in months}
    before = [went.get(_a_year_before(m.first)) if m.expected is not None else None for m in months]
    series = [(_l("Quantity out"), [m.went for m in months])]
    if any(m.expected is not None for m in months):
        series.append((_l("Expected"), [m.expected for m in months]))
    if any(value is not None for value in before):
        series.append((_l("A year before"), before))
    return {
        "labels": [month.title for month in months],
        "series": [
            {"name": str(name), "values": [None if value is None else str(value) for value in values]}
            for name, values in series
        ],
        "is_period": True,
    }


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1)
