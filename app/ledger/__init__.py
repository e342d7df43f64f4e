"""Registers: entries that are facts, and current totals and monthly turnovers that can be rebuilt from them."""

from app.ledger.posting import NotEnough, Posting
from app.ledger.queries import Figure, Statement, at, now, standing, statement, totals, turnover
from app.ledger.register import Floor, Register, amount, code, dimension
from app.ledger.verification import rebuild, verify

__all__ = [
    "Figure",
    "Floor",
    "NotEnough",
    "Posting",
    "Register",
    "Statement",
    "amount",
    "at",
    "code",
    "dimension",
    "now",
    "rebuild",
    "standing",
    "statement",
    "totals",
    "turnover",
    "verify",
]
