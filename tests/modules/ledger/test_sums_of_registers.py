"""What a register's amounts sum to: of transfers, what is inside the company."""

from datetime import datetime
from decimal import Decimal as D
from typing import Any

from own_registers import CELLAR, SHELF

from app import ledger

NOON, SUPPLIERS, CUSTOMERS = datetime(2026, 2, 10, 12), -1, -2


def test_each_register_says_how_many_entries_it_has_and_what_they_come_to(books: Any) -> None:
    moves = [
        books.flow(7, SUPPLIERS, SHELF, value=D(21)),
        books.flow(2, SHELF, CELLAR, value=D(6)),
        books.flow(1, CELLAR, CUSTOMERS, value=D(3)),
    ]
    books.post(*moves, books.debt(9, side=1), books.debt(-4, side=-1, party=2), books.cash(5), moment=NOON)
    found = books.ask(ledger.totals_of)
    assert {name: sums for name, sums in found.items() if name.startswith("own.")} == {
        "own.cash": {"entries": 1, "amount": D(5)},
        "own.debts": {"entries": 2, "amount": D(5), "base": D(5)},
        "own.flow": {"entries": 3, "quantity": D(6), "value": D(18)},
    }
