"""Amounts so large that no database can add them up are refused before they are in the books."""

from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import SHELF

from app.ledger.bounds import TooMuch

NOON = datetime(2026, 2, 10, 12)
SUPPLIERS, CUSTOMERS = -1, -2
#: All that an amount of money, and a quantity, may move by: 2 ** 62 units.
MONEY, QUANTITY = D(2**62).scaleb(-4), D(2**62).scaleb(-6)


def refuse(books: Any, *entries: Any) -> None:
    before = books.everything()
    with pytest.raises(TooMuch, match="more than can be counted"):
        books.post(*entries, moment=NOON)
    assert books.everything() == before
    assert books.verify() == []


def test_what_would_be_too_much_of_one_key_is_refused(books: Any) -> None:
    books.post(books.debt(MONEY - 1, side=1), moment=NOON)
    refuse(books, books.debt(2, side=1), books.debt(MONEY / 2, side=1))
    books.post(books.debt(1, side=1), moment=NOON)


def test_so_is_what_would_be_too_much_of_all_together(books: Any) -> None:
    """Each key would be within its 64 bits: it is the figure over all of them that nobody could show."""
    for party in range(1, 4):
        books.post(books.debt(MONEY / 4, side=1, party=party), moment=NOON)
    refuse(books, books.debt(MONEY / 2, side=1, party=5))
    books.post(books.debt(MONEY / 4, side=1, party=5), moment=NOON)


def test_going_to_and_fro_counts_too(books: Any) -> None:
    """What stands in the end is nothing, but what came and went in the month is counted as well."""
    for _ in range(2):
        books.post(books.debt(MONEY / 4, side=1), moment=NOON)
        books.post(books.debt(-MONEY / 4, side=-1), moment=NOON)
    refuse(books, books.debt(MONEY / 4, side=1))


def test_a_reversal_takes_it_off_again(books: Any) -> None:
    large = books.post(books.debt(MONEY * 3 / 4, side=1), moment=NOON)
    refuse(books, books.debt(MONEY / 2, side=1))
    books.reverse(large)
    books.post(books.debt(MONEY * 3 / 4, side=1), moment=NOON)
    refuse(books, books.debt(MONEY / 2, side=1))


def test_quantities_are_bounded_alike(books: Any) -> None:
    books.post(books.flow(QUANTITY - 1, SUPPLIERS, SHELF), moment=NOON)
    refuse(books, books.flow(QUANTITY / 2, SUPPLIERS, SHELF))
    assert books.verify() == []


def test_usual_amounts_ask_nobody(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.driver import Driver

    asked: list[str] = []
    rows = Driver.rows

    def listened(driver: Any, statement: str, values: Any) -> Any:
        asked.append(statement)
        return rows(driver, statement, values)

    monkeypatch.setattr(Driver, "rows", listened)
    books.post(books.debt(D(900_000_000), side=1), moment=NOON)
    assert not any("double precision" in statement for statement in asked)
    books.post(books.debt(D(10**10), side=1), moment=NOON)
    assert any("double precision" in statement for statement in asked)
