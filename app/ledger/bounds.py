"""What the books can count: every sum of an amount over all keys and all months stays within 64 bits.

So no figure can be one that a database can't add up, and whoever would get there is refused before, not everybody after.
"""

from collections.abc import Sequence

from app.driver import Driver
from app.errors import Conflict
from app.ledger.register import Register
from app.ledger.totals import Row
from app.translation import lazy_gettext as _l

#: Units that an amount of a register may have moved by in all, one way and the other together. Half of what 64 bits hold:
#: postings at the same moment do not see each other.
MOST = 2**62
#: By less a posting asks nobody: it would take a hundred thousand of them to move that much.
RARE = 2**63 // 10**5


class TooMuch(Conflict):
    """The books would move more than can be counted."""

    def __init__(self) -> None:
        super().__init__(_l("The amounts are too large: with them the books would come to more than can be counted."))


def refuse_beyond(driver: Driver, organisation_id: int, register: type[Register], entries: Sequence[Row]) -> None:
    """Refuse (TooMuch) entries with which an amount of the register would have moved by more than MOST.

    Not to be asked of what only reverses, as the books come to less by it.
    """
    for amount, units in zip(register.amounts, _moved(register, entries), strict=True):
        if units <= RARE:
            continue
        for totals in register.totals:
            if amount.name not in totals.of:
                continue
            table, columns = (
                (totals.table, (amount.name,))
                if totals.months is None
                else (totals.months, (f"{amount.name}_in", f"{amount.name}_out"))
            )
            # A float is exact enough to be compared with a bound that is half of what there is, and overflows nowhere.
            size = " + ".join(f"abs(CAST({column} AS double precision))" for column in columns)
            asked = f"SELECT coalesce(sum({size}), 0) FROM {table.name} WHERE organisation_id = ?"  # noqa: S608 - our names
            ((held,),) = driver.rows(asked, (organisation_id,))
            if held + units > MOST:
                raise TooMuch


def _moved(register: type[Register], entries: Sequence[Row]) -> list[int]:
    """By how many units entries move each amount, whichever way; amounts come last in a row."""
    width = len(register.amounts)
    return [sum(abs(row[i - width]) for row in entries) for i in range(width)]
