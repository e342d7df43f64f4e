"""Days, weeks, months, quarters and years, counted: which one a day lies in, and which one it is compared with.

Each is the number of its kind since the beginning of the calendar, so the one before is that number less one. A year ago is the
same month, quarter or year; for days and weeks it is 364 days, so that weekdays meet.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Any

from flask_babel import format_date
from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

from app.api.texts import lazy_gettext as _l

#: what figures are compared with
EARLIER = {"before": _l("the period before"), "year": _l("the same a year ago")}
_YEAR_OF_DAYS = 364


@dataclass(frozen=True)
class Step:
    """A length of period: so many `months`, or so many `days`."""

    title: object
    days: int = 0
    months: int = 0

    def number(self, day: date) -> int:
        """Which of them a day lies in."""
        if self.months:
            return (day.year * 12 + day.month - 1) // self.months
        return (day.toordinal() - 1) // self.days  # the first day of the calendar is a Monday

    def first_day(self, number: int) -> date:
        """When one begins."""
        if self.months:
            year, month = divmod(number * self.months, 12)
            return date(year, month + 1, 1)
        return date.fromordinal(number * self.days + 1)

    def last_day(self, first: date) -> date:
        """When the one ends that begins on a day; the last of all ends with the calendar."""
        if self.days:
            return date.fromordinal(min(first.toordinal() + self.days - 1, date.max.toordinal()))
        year, month = divmod(first.year * 12 + first.month - 1 + self.months, 12)
        return date.max if year > MAXYEAR else date(year, month + 1, 1) - timedelta(days=1)

    def shift(self, earlier: str) -> int:
        """By how many of them one is later than what it is compared with."""
        return 1 if earlier == "before" else (12 // self.months if self.months else _YEAR_OF_DAYS // self.days)

    def words(self, first: date) -> str:
        """What the one that begins on a day is called."""
        if self.months == 1:
            return str(format_date(first, "LLLL y"))
        if self.months == 3:
            return str(_l("Q%(quarter)s %(year)s", quarter=(first.month + 2) // 3, year=first.year))
        if self.months == 12:
            return str(first.year)
        if self.days == 7:
            year, week, _day = first.isocalendar()
            return str(_l("Week %(week)s, %(year)s", week=week, year=year))
        return str(format_date(first, "medium"))


STEPS: Mapping[str, Step] = {
    "day": Step(_l("Day"), days=1),
    "week": Step(_l("Week"), days=7),
    "month": Step(_l("Month"), months=1),
    "quarter": Step(_l("Quarter"), months=3),
    "year": Step(_l("Year"), months=12),
}


class FirstDay(TypeDecorator[date]):
    """The number of a period in the database, and in Python the day on which it begins."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def process_bind_param(self, value: Any, _dialect: Any) -> int | None:
        """The number."""
        return None if value is None else STEPS[self.step].number(value)

    def process_result_value(self, value: Any, _dialect: Any) -> date | None:
        """The day."""
        return None if value is None else STEPS[self.step].first_day(value)


def usual_spans(today: date) -> list[tuple[object, date, date]]:
    """The periods that people ask for most, up to their last day."""
    month, quarter, year = STEPS["month"], STEPS["quarter"], STEPS["year"]

    def span(step: Step, back: int) -> tuple[date, date]:
        first = step.first_day(step.number(today) - back)
        return first, step.last_day(first)

    return [
        (_l("Today"), today, today),
        (_l("This month"), *span(month, 0)),
        (_l("Last month"), *span(month, 1)),
        (_l("This quarter"), *span(quarter, 0)),
        (_l("This year"), *span(year, 0)),
        (_l("Last year"), *span(year, 1)),
    ]


def earlier_span(since: date, until: date, earlier: str, step: Step | None = None) -> tuple[date, date]:
    """The days that those from `since` to `until` are compared with; with a `step`, one of it or a year back.

    Without one, the period before is as many months before where it begins with a month, else as many days. Days before the
    calendar begins are its first.
    """
    if step is not None and not step.months:
        days = step.days if earlier == "before" else _YEAR_OF_DAYS
        return _days_back(since, days), _days_back(until, days)
    if earlier == "year":
        months = 12
    elif step is not None:
        months = step.months
    elif since.day != 1:
        days = (until - since).days + 1
        return _days_back(since, days), _days_back(until, days)
    else:
        months = max((until.year - since.year) * 12 + until.month - since.month + 1, 1)
    return _months_back(since, months), _months_back(until, months, is_end=True)


def _days_back(day: date, days: int) -> date:
    return date.fromordinal(max(day.toordinal() - days, 1))


def _months_back(day: date, months: int, *, is_end: bool = False) -> date:
    """The same day of an earlier month; the last of a month stays the last, where it is the end of a span."""
    number = day.year * 12 + day.month - 1 - months
    if number < 12:
        return date.min
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = is_end and day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_last else min(day.day, last))
