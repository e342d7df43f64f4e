"""The naive books themselves, by figures that were worked out by hand: they are what the program is measured by."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from naive_acts import (
    CUSTOMERS,
    OPENING,
    PRODUCTION,
    SUPPLIERS,
    Claimed,
    Closed,
    Document,
    Landed,
    Move,
    Refused,
    Reversed,
)
from naive_books import Books, moved, standing

ITEM, PRODUCT, MAIN, SECOND = 1, 2, 100, 101
FIFO = frozenset({ITEM})


def _day(day: int, month: int = 11) -> datetime:
    return datetime(2025, month, day, 9)


def _in(number: int, day: int, quantity: int, value: str, source: int = SUPPLIERS) -> Document:
    return Document(number, "receipt", _day(day), (Move(1, ITEM, source, MAIN, Decimal(quantity), Decimal(value)),))


def _out(number: int, day: int, quantity: int, claim: int = 0) -> Document:
    return Document(number, "issue", _day(day), (Move(1, ITEM, MAIN, CUSTOMERS, Decimal(quantity), claim=claim),))


def _back(number: int, day: int, quantity: int, origin: int) -> Document:
    move = Move(1, ITEM, CUSTOMERS, MAIN, Decimal(quantity), origin=(origin, 1))
    return Document(number, "return", _day(day), (move,))


def _story(fifo: frozenset[int]) -> Books:
    """(a) to (f): 2 @ 4 stood, 10 @ 5 came, 4 claimed, 3 shipped, 1 back, 2 to another pool and there made into 1."""
    books = Books(fifo)
    two = Decimal(2)
    for act in (
        _in(1, 1, 2, "8", OPENING),
        _in(2, 3, 10, "50"),
        Document(3, "claim", _day(5), claimed=(Claimed(ITEM, MAIN, 3, Decimal(4)),)),
        _out(4, 7, 3, claim=3),
        _back(5, 9, 1, origin=4),
        Document(6, "transfer", _day(11), (Move(1, ITEM, MAIN, SECOND, two),)),
        Document(
            7,
            "work_order",
            _day(13),
            (Move(1, ITEM, SECOND, PRODUCTION, two), Move(0, PRODUCT, PRODUCTION, SECOND, Decimal(1))),
        ),
    ):
        books.record(act)
    return books


def _costs(books: Books) -> list[str]:
    """What was shipped, returned, transferred, used and made, and what is left in the main warehouse."""
    lines, left = books.costs_of_lines(), standing(books.changes()["worth"])[ITEM, MAIN]
    expected = [lines.get(line, Decimal("0.00")) for line in ((4, 1), (5, 1), (6, 1), (7, 1), (7, 0))]
    return [str(value) for value in (*expected, left[1])]


@pytest.mark.parametrize(
    ("fifo", "first", "landed", "backdated", "undone"),
    [
        (
            frozenset(),
            ["14.50", "4.83", "9.67", "9.67", "9.67", "38.66"],
            ["16.00", "5.33", "10.67", "10.67", "10.67", "42.66"],
            ["12.82", "4.27", "8.55", "8.55", "8.55", "76.90"],
            ["0.00", "0.00", "8.55", "8.55", "8.55", "85.45"],
        ),
        (
            FIFO,
            ["13.00", "4.33", "10.00", "10.00", "10.00", "39.33"],
            ["13.60", "4.53", "11.20", "11.20", "11.20", "43.73"],
            ["9.00", "3.00", "6.00", "6.00", "6.00", "82.00"],
            ["0.00", "0.00", "6.00", "6.00", "6.00", "88.00"],
        ),
    ],
)
def test_the_story_of_the_issue(
    fifo: frozenset[int], first: list[str], landed: list[str], backdated: list[str], undone: list[str]
) -> None:
    books = _story(fifo)
    assert _costs(books) == first
    assert standing(books.changes()["claims"])[ITEM, MAIN, 3] == (Decimal(1),)
    books.record(Document(8, "landed", _day(20), landed=(Landed(1, (2, 1), Decimal("6.00")),)))
    assert _costs(books) == landed
    books.record(Document(9, "receipt", datetime(2025, 10, 30), _in(9, 1, 10, "30").moves))
    assert _costs(books) == backdated
    with pytest.raises(Refused):
        books.record(Reversed(4))
    assert _costs(books) == backdated
    books.record(Reversed(5))
    books.record(Reversed(4))
    assert _costs(books) == undone
    assert standing(books.changes()["claims"])[ITEM, MAIN, 3] == (Decimal(4),)
    for number in (9, 8, 7, 6, 3, 2, 1):
        books.record(Reversed(number))
    assert [standing(changes) for changes in books.changes().values()] == [{}] * 5


def test_what_a_closed_period_puts_off_counts_on_the_first_open_day() -> None:
    books = Books()
    for act in (_in(1, 3, 10, "50"), _out(2, 5, 4), Closed(date(2025, 11, 30))):
        books.record(act)
    books.record(Document(3, "landed", _day(10, 12), landed=(Landed(1, (1, 1), Decimal(10)),)))
    december = datetime(2025, 12, 1)
    worth = books.changes()["worth"]
    assert standing(worth, december) == {(ITEM, MAIN): (Decimal(6), Decimal(30))}
    assert standing(worth) == {(ITEM, MAIN): (Decimal(6), Decimal(36))}
    books.record(Reversed(2))
    changes = books.changes()
    assert standing(changes["worth"], december) == {(ITEM, MAIN): (Decimal(6), Decimal(30))}
    assert standing(changes["worth"]) == {(ITEM, MAIN): (Decimal(10), Decimal(60))}
    assert moved(changes["on_hand"], date(2025, 12, 1), date(2025, 12, 1)) == {
        (ITEM, MAIN): ((Decimal(0),), (Decimal(-4),))
    }
    with pytest.raises(Refused):
        books.record(_in(4, 30, 1, "1"))


def test_returns_of_a_line_come_to_exactly_what_it_went_for() -> None:
    books = Books()
    for act in (_in(1, 1, 3, "10"), _out(2, 2, 3), *(_back(number, number, 1, origin=2) for number in (3, 4, 5))):
        books.record(act)
    assert [books.costs_of_lines()[number, 1] for number in (3, 4, 5)] == [
        Decimal("3.33"),
        Decimal("3.34"),
        Decimal("3.33"),
    ]


def test_a_return_without_origin_takes_the_last_known_cost() -> None:
    books = Books()
    move = Move(1, ITEM, CUSTOMERS, MAIN, Decimal(2))
    for act in (_in(1, 1, 3, "10"), _out(2, 2, 3), Document(3, "return", _day(3), (move,))):
        books.record(act)
    assert books.costs_of_lines()[3, 1] == Decimal("6.67")
