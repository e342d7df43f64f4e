"""From the first to the last day of a key: by this, what stood on a day of long ago is found without reading all history.

A key keeps the roundest number between its first and its last day (`app/days.py`). The keys that moved around a day then have
one of some fifty round numbers, and an index of these gives the ones that began by the day or moved since (docs/adr/0048).

Source: the virtual backbone of the relational interval tree, Kriegel, Pötke and Seidl, VLDB 2000.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    and_,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
    text,
    type_coerce,
    union,
)
from sqlalchemy.orm import Session

from app.days import day_of, round_days, roundest
from app.reference import organisation_id

if TYPE_CHECKING:
    from app.ledger.totals import Totals

#: the columns of a total that keeps spans
SPAN = ("first_day", "last_day", "round_day")
#: of a key that was only locked: no day is within it
NO_SPAN = (99991231, 0, 0)

_TICK = timedelta(microseconds=1)


def span_of(first: datetime, last: datetime) -> tuple[int, int, int]:
    """What a key keeps that moved from `first` to `last`, in the order of SPAN."""
    days = day_of(first), day_of(last)
    return *days, roundest(*days)


def columns() -> list[Column[Any]]:
    """New columns for a table of totals."""
    return [Column(name, Integer, nullable=False, server_default="0") for name in SPAN]


def indexes(prefix: str, amounts: tuple[str, ...]) -> list[Index]:
    """By these the settled keys of a day are found; what is open has an index of its own."""
    some = text(" AND ".join(f"{name} = 0" for name in amounts))
    return [
        Index(
            f"ix_{prefix}_total_{name}", "organisation_id", "round_day", name, sqlite_where=some, postgresql_where=some
        )
        for name in ("first_day", "last_day")
    ]


def spans_of(moment: Any) -> list[Any]:
    """The first and the last day of grouped entries, as labelled columns."""
    return [cast(_day_of(end(moment)), Integer).label(name) for end, name in ((func.min, SPAN[0]), (func.max, SPAN[1]))]


def _day_of(moment: Any) -> Any:
    return (extract("year", moment) * 100 + extract("month", moment)) * 100 + extract("day", moment)


def standing_before(session: Session, totals: "Totals", before: datetime, *, scope: list[Any], asked: list[Any]) -> Any:
    """A select of the values of the dimension `spans` of which something may have stood just before a moment: they are open
    now, or have moved since. `scope`: what the session's actor may see; `asked`: that, and what is asked for."""
    t = totals.table.c
    zero: Any = literal_column("0")  # in the words of the partial indexes
    key, amounts = t[totals.column(totals.spans)], [type_coerce(t[name], BigInteger) for name in totals.of]
    day = day_of(before - _TICK)
    at_or_before, after = (sorted(days) for days in round_days(day))
    own = t.organisation_id == organisation_id(session)
    # What is asked for narrows the entries in the end; here it would tempt a database to go by all keys of a contact.
    settled = (own, *scope, and_(*(amount == zero for amount in amounts)))
    return union(
        select(key).where(own, *asked, or_(*(amount != zero for amount in amounts)), t.first_day <= day),
        # Each bound that isn't asked follows from the round day.
        select(key).where(*settled, t.round_day.in_(at_or_before), t.last_day >= day_of(before)),
        select(key).where(*settled, t.round_day.in_(after), t.first_day <= day),
    )
