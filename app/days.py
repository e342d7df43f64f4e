"""Days as numbers, and the roundest of them between two: the one that the highest power of two divides.

Pure: no database. What for: `app/ledger/spans.py`.
"""

from datetime import datetime

#: days are numbers below two to this power
BITS = 27


def day_of(moment: datetime) -> int:
    """The day's number: 20260131 for the last of January 2026."""
    return (moment.year * 100 + moment.month) * 100 + moment.day


def roundest(first: int, last: int) -> int:
    """The roundest number from `first` to `last`, which is at least as high."""
    return next(last >> n << n for n in range(BITS, -1, -1) if last >> n << n >= first)


def roundest_sql(first: str, last: str) -> str:
    """The same of two expressions of SQL; zero where the last is less than the first."""
    each = " ".join(f"WHEN ({last}) >> {n} << {n} >= {first} THEN ({last}) >> {n} << {n}" for n in range(BITS, -1, -1))
    return f"CASE {each} ELSE 0 END"


def round_days(day: int) -> tuple[set[int], set[int]]:
    """The numbers that the roundest one of any span with `day` in it can be: at or before the day, and after it."""
    down = {day >> n << n for n in range(BITS + 1)}
    return down, {(day >> n << n) + (1 << n) for n in range(BITS + 1)} - down
