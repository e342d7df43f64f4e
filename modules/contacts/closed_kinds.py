"""What a contact's statement doesn't say to whoever may not see some of its documents.

The amount of a purchase, beside what came into stock that day, tells what goods cost. So of a kind that is closed to the reader
no amount is given, and no balance from which one could be worked out: those after the first such document, except for what is
owed at the present moment (docs/adr/0028).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.ledger import Line, Statement, first_closed
from app.api.security import MASKED
from modules.contacts.registers import Settlements


def without_closed(
    session: Session, found: Statement, since: date, until: date, *, contact: Sequence[int], currency: str
) -> Statement:
    """A statement of the days from `since` to `until`, as far as its amounts are open to the session's actor."""
    first = first_closed(session, Settlements.balance, where={"contact": contact, "currency": currency})
    if first is None:
        return found
    opening = _masked(found.opening) if datetime.combine(since, time.min) > first else found.opening
    is_past = first.date() <= until < wall_clock().date()
    closing = _masked(found.closing) if is_past else found.closing
    return replace(found, opening=opening, lines=[_line(line, first) for line in found.lines], closing=closing)


def _line(line: Line, first: datetime) -> Line:
    if line.moment < first:
        return line
    amounts = line.amounts if line.kind else _masked(line.amounts)
    return replace(line, amounts=amounts, balance=_masked(line.balance))


def _masked(amounts: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(amounts, MASKED)
