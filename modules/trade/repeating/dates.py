"""On which days something is repeated. Pure: no database, no clock."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

WEEK, MONTH, QUARTER, YEAR = "week", "month", "quarter", "year"
EVERY = {WEEK: _l("every week"), MONTH: _l("every month"), QUARTER: _l("every quarter"), YEAR: _l("every year")}
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
#: nobody plans more at once
MOST = 600


@dataclass(frozen=True, slots=True)
class Rhythm:
    """From the day `first` on, each turn a week, month, quarter or year later, to the day `until` or `count` times.

    Each turn is counted from `first` and not from the one before: what began on 31 January comes on 28 February and on
    31 March. `month_end`: on the last day of the month, whichever day `first` is.
    """

    every: str
    first: date
    until: date | None = None
    count: int | None = None
    month_end: bool = False

    def day(self, turn: int) -> date | None:
        """The day of a turn, 0 being the first; None: it is over by then."""
        if self.count is not None and turn >= self.count:
            return None
        day = self._counted(turn)
        return None if day is None or (self.until is not None and day > self.until) else day

    def _counted(self, turn: int) -> date | None:
        if self.every == WEEK:
            return self.first + timedelta(weeks=turn)
        months = self.first.month - 1 + turn * _MONTHS[self.every]
        year, month = self.first.year + months // 12, months % 12 + 1
        if year > date.max.year:
            return None
        last = monthrange(year, month)[1]
        return date(year, month, last if self.month_end else min(self.first.day, last))

    def days(self, turn: int = 0) -> Iterator[date]:
        """The days from a turn on; MOST at most."""
        for n in range(turn, turn + MOST):
            if (day := self.day(n)) is None:
                return
            yield day

    def last_covered(self, turn: int) -> date:
        """The last day before the next turn would begin: a turn stands for the days up to it."""
        following = self._counted(turn + 1)
        return following - timedelta(days=1) if following is not None else date.max


def check_rhythm(rhythm: Rhythm) -> None:
    """Refuse (Invalid) a rhythm that there isn't, a count that isn't 1 to MOST, a last day before the first."""
    if rhythm.every not in EVERY:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=rhythm.every), field="every")
    if rhythm.month_end and rhythm.every == WEEK:
        raise Invalid(_l("The last day of the month goes with months, quarters and years."), field="month_end")
    if rhythm.count is not None and not 1 <= rhythm.count <= MOST:
        raise Invalid(_l("Repeat it 1 to %(most)d times.", most=MOST), field="count")
    if rhythm.day(0) is None:
        raise Invalid(_l("The last day is before the first one."), field="until")
