"""A statement may be asked for its newest lines alone: so many, with what stood before them."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import ATTIC, SHELF

from app import ledger
from app.values import Quantity

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


def test_the_smallest_amount_is_a_line_and_what_moves_nothing_of_it_is_none(books: Any) -> None:
    smallest = D(1).scaleb(-Quantity.scale)
    books.post(books.flow(smallest, SUPPLIERS, SHELF), books.flow(0, SUPPLIERS, SHELF, value=D(5)), moment=NOON)
    found = books.ask(ledger.statement, books.registers.Flow.in_bins, NOON, NOON, where={"bin": SHELF})
    assert [line.amounts["quantity"] for line in found.lines] == [smallest]


def test_what_is_kept_without_months_is_narrowed_at_a_past_day_too(books: Any) -> None:
    books.post(books.flow(10, SUPPLIERS, SHELF), books.flow(7, SUPPLIERS, ATTIC), moment=NOON)
    books.post(
        books.flow(1, SUPPLIERS, ATTIC), moment=NOON + timedelta(days=60)
    )  # so that the day lies early in the books
    totals = books.registers.Flow.promised
    found = books.ask(ledger.at, totals, NOON.date(), by=("house",), where={"house": ATTIC // 10})
    assert [(figure.key, figure.amounts) for figure in found] == [((ATTIC // 10,), {"quantity": D(7)})]


def test_the_reversals_of_two_alike_documents_are_each_marked(books: Any) -> None:
    both = [books.post(books.flow(5, SUPPLIERS, SHELF), moment=NOON) for _ in range(2)]
    for document in both:
        books.reverse(document)
    found = books.ask(ledger.statement, books.registers.Flow.in_bins, NOON, NOON, where={"bin": SHELF})
    marks = [(line.document_id, line.amounts["quantity"], line.is_reversal) for line in found.lines]
    assert marks == [(d, amount, amount < 0) for amount in (D(5), D(-5)) for d in both]
