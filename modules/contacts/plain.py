"""A contact's statement as programs read it: by the command and by the API."""

from decimal import Decimal
from typing import Any

from app.api.ledger import Statement
from app.api.security import MASKED
from app.api.values import shortest


def plain_statement(statement: Statement, digits: int) -> dict[str, Any]:
    """Opening, lines and closing, amounts with the currency's `digits`; what is closed to the reader is as pages show it."""

    def money(amount: Any) -> Any:
        return str(MASKED) if amount is MASKED else shortest(amount, digits)

    def side(amount: Any, sign: int) -> Any:
        return money(amount if amount is MASKED else max(sign * amount, Decimal(0)))

    return {
        "opening": money(statement.opening["amount"]),
        "lines": [
            {
                "moment": line.moment,
                "document": line.kind,
                "number": line.number,
                "debit": side(line.amounts["amount"], 1),
                "credit": side(line.amounts["amount"], -1),
                "balance": money(line.balance["amount"]),
            }
            for line in statement.lines
        ],
        "closing": money(statement.closing["amount"]),
    }
