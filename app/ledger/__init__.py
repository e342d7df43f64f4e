"""Registers: entries that are facts, and current totals and monthly turnovers that can be rebuilt from them."""

from app.ledger.closed_kinds import closed_keys, first_closed
from app.ledger.floors import Held, NotEnough, Shortage, forget_what_fell, say_what_fell
from app.ledger.parts import is_of_entries
from app.ledger.posting import Posting, Written, floors_together, has_tables
from app.ledger.queries import (
    Figure,
    Line,
    Movement,
    Statement,
    Turnover,
    at,
    entries_between,
    entries_of,
    lies_ahead,
    moved_between,
    moved_in_period,
    now,
    standing,
    statement,
    totals_of,
    turnover,
)
from app.ledger.register import Register, code, dimension, document_line, end, exact, number, time, word
from app.ledger.sql import NEVER
from app.ledger.totals import Ask, Floor, Totals
from app.ledger.verification import rebuild, rebuild_totals, verify
from app.ledger.watching import WrittenEntries, entries_watched

__all__ = [
    "NEVER",
    "Figure",
    "Ask",
    "Floor",
    "Held",
    "Line",
    "Movement",
    "NotEnough",
    "Posting",
    "Register",
    "Shortage",
    "forget_what_fell",
    "say_what_fell",
    "Statement",
    "Totals",
    "Turnover",
    "Written",
    "WrittenEntries",
    "entries_between",
    "entries_of",
    "entries_watched",
    "exact",
    "at",
    "closed_keys",
    "code",
    "dimension",
    "document_line",
    "end",
    "first_closed",
    "floors_together",
    "has_tables",
    "is_of_entries",
    "lies_ahead",
    "number",
    "moved_between",
    "moved_in_period",
    "now",
    "rebuild",
    "rebuild_totals",
    "standing",
    "statement",
    "time",
    "totals_of",
    "turnover",
    "verify",
    "word",
]
