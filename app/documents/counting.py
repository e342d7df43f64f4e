"""How many documents there are of each kind and state in a period, and what they come to."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.documents.outcomes import shown_state
from app.values import Money, from_units

#: Drafts have whatever somebody typed, so all of them may come to more than 64 bits hold: high and low are summed apart.
_HALF = 2**31


class Counted(NamedTuple):
    """Documents of a kind, in a state (or what became of them) and a currency: how many, and their total with tax."""

    kind: str
    state: str
    currency: str
    number: int
    amount: Decimal


def documents_by_state(session: Session, kinds: Iterable[str], since: date, until: date) -> list[Counted]:
    """The documents of some kinds, dated from `since` to `until`, both included, as far as they are open to the actor. By the
    index of kinds and moments: its cost goes with the period."""
    units = type_coerce(Document.amount, BigInteger)
    rows = (
        select(Document.kind, shown_state(Document).label("state"), Document.currency, units.label("units"))
        .where(
            Document.kind.in_(sorted(kinds)),
            Document.moment >= since,
            Document.moment <= datetime.combine(until, time.max),
        )
        .subquery()
    )
    c = rows.c
    query = select(c.kind, c.state, c.currency, func.count(), func.sum(c.units // _HALF), func.sum(c.units % _HALF))
    query = query.group_by(c.kind, c.state, c.currency)
    return [
        Counted(kind, state, currency, count, from_units(int(high) * _HALF + int(low), Money.scale))
        for kind, state, currency, count, high, low in session.execute(query)
    ]
