"""At which level a debt is reminded of. Pure: no database."""

from collections.abc import Sequence

from app.api.texts import lazy_gettext as _l

#: so many days after it was due each level begins, where the organisation says nothing else
DAYS = "3, 14, 30"
#: what the letters of each level are called
TITLES = (_l("Payment reminder"), _l("Second payment reminder"), _l("Final payment reminder"))
MOST = len(TITLES)


def next_level(levels: Sequence[int], overdue: int, level: int, waited: int) -> int:
    """The level that a debt has reached and wasn't reminded at, or 0. `levels`: days overdue at which each begins; `overdue`:
    days since it was due; `level`: of the last reminder, 0 for none; `waited`: days since that one.

    It goes up by one at a time, and waits as long between two letters as lies between their levels.
    """
    if level >= len(levels) or overdue < levels[level]:
        return 0
    if level and waited < levels[level] - levels[level - 1]:
        return 0
    return level + 1
