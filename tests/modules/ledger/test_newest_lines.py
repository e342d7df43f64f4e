"""A statement may be asked for its newest lines alone: so many, with what stood before them."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import SHELF

from app import ledger

NOON, SUPPLIERS = datetime(2026, 2, 10, 12), -1


@pytest.mark.parametrize(
    ("newest", "opening", "shown", "is_cut"),
    [(1, 3, [4], True), (2, 1, [2, 4], True), (3, 0, [1, 2, 4], False), (4, 0, [1, 2, 4], False)],
)
def test_so_many_lines_are_shown_and_the_rest_is_in_the_opening(
    books: Any, newest: int, opening: int, shown: list[int], is_cut: bool
) -> None:
    for day, quantity in enumerate((1, 2, 4)):
        books.post(books.flow(quantity, SUPPLIERS, SHELF), moment=NOON + timedelta(days=day))
    month = NOON.date().replace(day=1), NOON.date().replace(day=28)
    found = books.ask(ledger.statement, books.registers.Flow.in_bins, *month, where={"bin": SHELF}, newest=newest)
    assert found.opening == {"quantity": D(opening)}
    assert [line.amounts["quantity"] for line in found.lines] == [D(quantity) for quantity in shown]
    assert (found.closing, found.is_cut) == ({"quantity": D(7)}, is_cut)
