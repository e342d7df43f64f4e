"""Registers: entries that are facts, and current totals and monthly turnovers that can be rebuilt from them."""

from app.ledger.closed_kinds import closed_keys, first_closed
from app.ledger.posting import Held, NotEnough, Posting, Shortage, Written
from app.ledger.queries import (
    Figure,
    Line,
    Statement,
    Turnover,
    at,
    lies_ahead,
    moved_between,
    now,
    standing,
    statement,
    totals_of,
    turnover,
)
from app.ledger.register import Register, code, dimension, document_line, end, exact, time, word
from app.ledger.sql import NEVER
from app.ledger.totals import Floor, Totals
from app.ledger.verification import rebuild, verify

__all__ = [
    "NEVER",
    "Figure",
    "Floor",
    "Held",
    "Line",
    "NotEnough",
    "Posting",
    "Register",
    "Shortage",
    "Statement",
    "Totals",
    "Turnover",
    "Written",
    "exact",
    "at",
    "closed_keys",
    "code",
    "dimension",
    "document_line",
    "end",
    "first_closed",
    "lies_ahead",
    "moved_between",
    "now",
    "rebuild",
    "standing",
    "statement",
    "time",
    "totals_of",
    "turnover",
    "verify",
    "word",
]
