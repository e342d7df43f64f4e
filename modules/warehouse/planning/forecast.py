"""What will go out in the months ahead, by what went out in the months before: Holt–Winters smoothing. No database.

The level, a damped trend and, from two years on, an additive season of twelve months, as in R. J. Hyndman and G.
Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 8. How quickly each follows is what would have been least
wrong, a month ahead, over the history itself. These are estimates: what is bought by them is rounded up exactly, elsewhere.
"""

import calendar
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

#: so many months back are looked at, and so many ahead
BACK, AHEAD = 36, 14
#: with fewer months nothing is forecast; with fewer than two years no season is
LEAST, YEARS = 6, 24
#: how much of a trend is left a month later
_DAMPED = 0.9
#: how much of an error the level, the trend and the season each take up
_LEVEL, _TREND, _SEASON = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8), (0.05, 0.1, 0.3), (0.0, 0.1, 0.3)
#: a month's units as they are known; None: nothing was there that could have gone out
History = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of the current month and those after it, AHEAD in all; in the units of the history, none below zero."""

    months: tuple[int, ...]
    #: whether it follows the season
    has_season: bool = False
    #: of the next twelve months over the last, in per cent; None: not known
    growth: int | None = None
    #: so many months were left out, as nothing was there
    without: int = 0


def outlooks(histories: Sequence[History]) -> list[Outlook | None]:
    """What each leads to expect; None of one that is too short. A history begins with the first month in which anything went
    out and ends with the last that is over."""
    found: list[Outlook | None] = [None] * len(histories)
    of_length: dict[int, list[int]] = defaultdict(list)
    for at, history in enumerate(histories):
        of_length[len(history)].append(at)
    for length, places in of_length.items():
        if length >= LEAST:
            for at, months in zip(places, _expected([histories[at] for at in places], length), strict=True):
                found[at] = _outlook(histories[at], months)
    return found


def _outlook(history: History, months: tuple[int, ...]) -> Outlook:
    growth = None
    if has_season := len(history) >= YEARS:
        pairs = [(was, will) for was, will in zip(history[-12:], months, strict=False) if was is not None]
        before, after = (sum(each) for each in zip(*pairs, strict=True)) if pairs else (0, 0)
        growth = round(100 * (after - before) / before) if before > 0 else None
    return Outlook(months, has_season, growth, sum(units is None for units in history))


def _expected(histories: Sequence[History], length: int) -> list[tuple[int, ...]]:
    """The months ahead of histories of one length, all at once: of the ways to follow them, each takes its own best."""
    import numpy as np  # not every page should pay for it

    known = np.array([[math.nan if units is None else units for units in each] for each in histories]).T
    period = 12 if length >= YEARS else 1
    level, trend, season = _start(np, histories, period)
    least, best = np.full(len(histories), math.inf), np.zeros((AHEAD, len(histories)))
    for alpha, beta, gamma in product(_LEVEL, (0.0, *_TREND), _SEASON if period > 1 else _SEASON[:1]):
        # Without a trend the level is where the first year's mean stands, in its middle.
        begun = (level, trend, season) if beta else (level + trend * 6.5 * (period > 1), 0 * trend, season + 0)
        wrong, ahead = _followed(np, known, begun, (alpha, beta, gamma))
        better = wrong < least
        least, best = np.where(better, wrong, least), np.where(better, ahead, best)
    return [tuple(round(units) for units in each) for each in best.T.tolist()]


def _start(np: Any, histories: Sequence[History], period: int) -> tuple[Any, Any, Any]:
    """Level and trend just before the first month, and what each month of the season lies above the level."""
    if period == 1:
        first = [[units for units in each[:LEAST] if units is not None] for each in histories]
        level = np.array([sum(each) / len(each) for each in first])
        return level, 0 * level, np.zeros((1, len(histories)))
    y = np.array([_whole(each[:YEARS]) for each in histories]).T
    first, second = (sum(y[t] for t in range(at, at + 12)) / 12 for at in (0, 12))
    trend = (second - first) / 12
    level = first - 6.5 * trend
    above = [y[t] - level - (t + 1) * trend for t in range(YEARS)]
    return level, trend, np.array([(above[t] + above[t + 12]) / 2 for t in range(12)])


def _whole(history: History) -> list[float]:
    """Two years, where a month that isn't known is as in the other year, else as the months that are."""
    some = [units for units in history if units is not None]
    mean = sum(some) / len(some)
    found = []
    for t, units in enumerate(history):
        other = history[(t + 12) % YEARS]
        found.append(float(units if units is not None else mean if other is None else other))
    return found


def _followed(np: Any, known: Any, begun: tuple[Any, Any, Any], rates: tuple[float, float, float]) -> tuple[Any, Any]:
    """How wrong each history's next months would have been, squared, and what it leads to expect in the end."""
    (level, trend, season), (alpha, beta, gamma) = begun, rates
    season, wrong = season.copy(), 0 * level
    for t, units in enumerate(known):
        at = t % len(season)
        base = level + _DAMPED * trend
        error = np.where(np.isnan(units), 0.0, units - base - season[at])
        wrong = wrong + error * error
        level, trend = base + alpha * error, _DAMPED * trend + alpha * beta * error
        season[at] = season[at] + gamma * error
    ahead = []
    for t in range(len(known), len(known) + AHEAD):
        trend = _DAMPED * trend
        level = level + trend
        ahead.append(np.maximum(level + season[t % len(season)], 0.0))
    return wrong, np.array(ahead)


def month_of(day: date) -> int:
    """Months since the year 0: the number of a day's month."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def spans_from(month: int) -> Iterator[tuple[int, int]]:
    """The ordinal of the first day, and the number of days, of AHEAD months."""
    for each in range(month, month + AHEAD):
        first = first_of(each)
        yield first.toordinal(), calendar.monthrange(first.year, first.month)[1]
