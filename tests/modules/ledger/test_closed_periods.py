"""A closed period takes no new documents; what corrects it lands on the first open day."""

from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import ATTIC, SHELF
from sqlalchemy import func, select

from app import ledger
from app.errors import PeriodClosed
from app.ledger import Posting, Written

JANUARY, FEBRUARY, MARCH = datetime(2026, 1, 31, 23, 59), datetime(2026, 2, 5, 9), datetime(2026, 3, 1)
SUPPLIERS, CUSTOMERS = -1, -2


def moved(books: Any, month: int) -> dict[str, tuple]:
    """In and out of the first house in a month of 2026, per amount."""
    days = (date(2026, month, 1), date(2026, month, monthrange(2026, month)[1]))
    (row,) = books.ask(ledger.turnover, books.registers.Flow.in_houses, *days, by=("house",), where={"house": 1})
    return {n: (row.taken_in[n], row.given_out[n]) for n in ("quantity", "value")}


def entries(books: Any, *columns: str) -> list[tuple]:
    table = books.registers.Flow.entries
    return books.ask(
        lambda s: [
            tuple(r) for r in s.connection().execute(select(*(table.c[c] for c in columns)).order_by(table.c.id))
        ]
    )


@pytest.fixture
def closed(books: Any) -> Any:
    """Books with a receipt on the last minute of January, which is closed."""
    books.receipt = books.post(books.flow(10, SUPPLIERS, SHELF, value=D(25)), moment=JANUARY)
    books.close("2026-01-31")
    return books


@pytest.mark.parametrize("moment", [datetime(2025, 12, 31), JANUARY])
def test_a_closed_period_refuses_new_documents(closed: Any, moment: datetime) -> None:
    before = closed.everything()
    with pytest.raises(PeriodClosed):
        closed.post(closed.flow(1, SUPPLIERS, SHELF), moment=moment)
    assert closed.everything() == before
    closed.post(closed.flow(1, SUPPLIERS, SHELF), moment=datetime(2026, 2, 1))


def test_a_closed_period_refuses_entries_of_open_documents(closed: Any) -> None:
    before = closed.everything()
    with pytest.raises(PeriodClosed):
        closed.post(closed.flow(1, SUPPLIERS, SHELF, moment=JANUARY), moment=FEBRUARY)
    assert closed.everything() == before


def test_a_batch_with_one_document_in_a_closed_period_is_refused_whole(closed: Any) -> None:
    def work(session: Any) -> None:
        closed.posting(session, closed.flow(1, SUPPLIERS, SHELF), moment=FEBRUARY)
        closed.posting(session, closed.flow(1, SUPPLIERS, SHELF), moment=JANUARY)

    before = closed.everything()
    with pytest.raises(PeriodClosed):
        closed.do(work)
    assert closed.everything() == before


def test_a_reversal_lands_on_the_first_open_day_and_the_closed_month_stays_as_it_was(closed: Any) -> None:
    january = moved(closed, 1)
    assert january == {"quantity": (D(10), D(0)), "value": (D(25), D(0))}
    closed.reverse(closed.receipt)
    assert moved(closed, 1) == january
    assert moved(closed, 2) == {"quantity": (D(-10), D(0)), "value": (D(-25), D(0))}
    assert entries(closed, "document_id", "moment", "cause_id") == [
        (closed.receipt, JANUARY, None),
        (closed.receipt, datetime(2026, 2, 1), None),
    ]
    assert closed.verify() == []


def test_a_reversal_needs_what_it_reverses_from_the_first_open_day_on(closed: Any) -> None:
    closed.post(closed.flow(4, SHELF, CUSTOMERS), moment=FEBRUARY)
    before = closed.everything()
    with pytest.raises(ledger.NotEnough) as refusal:
        closed.reverse(closed.receipt)
    assert refusal.value.short == {(1, SHELF): ledger.Shortage(D(4), FEBRUARY, D(6))}
    assert closed.everything() == before


def test_a_reversal_of_an_open_document_keeps_its_moment(closed: Any) -> None:
    later = closed.post(closed.flow(3, SUPPLIERS, SHELF), moment=FEBRUARY)
    closed.reverse(later)
    assert [row[1] for row in entries(closed, "document_id", "moment") if row[0] == later] == [FEBRUARY, FEBRUARY]
    assert moved(closed, 2) == {"quantity": (D(0), D(0)), "value": (D(0), D(0))}


def test_an_entry_with_a_moment_of_its_own_is_reversed_at_that_moment(books: Any) -> None:
    """A cost that came later belongs to the day of the goods: without it, that day is as it was."""
    books.post(books.flow(10, SUPPLIERS, SHELF, value=D(25)), moment=JANUARY)
    late = books.post(books.flow(0, SUPPLIERS, SHELF, value=D(5), moment=JANUARY), moment=FEBRUARY)
    assert moved(books, 1)["value"] == (D(30), D(0))
    books.reverse(late)
    assert moved(books, 1)["value"] == (D(25), D(0))
    assert moved(books, 2)["value"] == (D(0), D(0))
    assert books.verify() == []


def correct(books: Any, difference: str) -> int:
    """A document of March that corrects what the receipt is worth, in the receipt's own name."""

    def work(session: Any) -> int:
        cause = books.posting(session, books.flow(1, SUPPLIERS, ATTIC), moment=MARCH)
        posting = Posting(session, [cause])
        register, values = books.flow(0, SUPPLIERS, SHELF, value=D(difference))
        corrected = Written(books.receipt, JANUARY, cause.organisation_id)
        posting.add(register, corrected, 1, moment=posting.open_moment(JANUARY), cause_id=cause.id, **values)
        posting.write()
        return int(cause.id)

    return int(books.do(work))


def test_a_correction_belongs_to_what_it_corrects_and_names_its_cause(closed: Any) -> None:
    cause = correct(closed, "2.50")
    assert entries(closed, "document_id", "cause_id", "moment", "value") == [
        (closed.receipt, None, JANUARY, D(25)),
        (cause, None, MARCH, D(0)),
        (closed.receipt, cause, datetime(2026, 2, 1), D("2.50")),
    ]
    assert moved(closed, 1)["value"] == (D(25), D(0))
    assert moved(closed, 2)["value"] == (D("2.50"), D(0))
    days = (date(2026, 1, 1), date(2026, 3, 31))
    lines = closed.ask(ledger.statement, closed.registers.Flow.in_houses, *days, where={"house": 1}).lines
    assert [(x.document_id, x.cause_id, x.balance["value"]) for x in lines] == [
        (closed.receipt, None, D(25)),
        (closed.receipt, cause, D("27.50")),
    ]


def test_a_reversal_takes_corrections_with_it(closed: Any) -> None:
    correct(closed, "2.50")
    closed.reverse(closed.receipt)
    table = closed.registers.Flow.entries.c
    (left,) = closed.ask(
        lambda s: s.connection().execute(select(func.sum(table.value)).where(table.document_id == closed.receipt)).one()
    )
    assert left == 0
    assert moved(closed, 1)["value"] == (D(25), D(0))
    assert moved(closed, 2)["value"] == (D(-25), D(0))
    assert closed.verify() == []
