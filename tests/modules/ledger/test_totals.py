"""One fact counts in several totals, each by keys of its own, and in none where it moves nothing."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import ATTIC, CELLAR, SHELF

from app import ledger

JANUARY, FEBRUARY = datetime(2026, 1, 10, 12), datetime(2026, 2, 5, 9)
SUPPLIERS, CUSTOMERS = -1, -2


def now(books: Any, totals: Any, *by: str, **where: Any) -> dict[tuple, tuple]:
    """What stands now, by key: the amounts in the total's order."""
    figures = books.ask(ledger.now, totals, by=by or totals.by, where=where)
    return {f.key: tuple(f.amounts.values()) for f in figures}


def turnover(books: Any, totals: Any, since: date, until: date, *by: str) -> dict[tuple, tuple]:
    """Opening, in, out and closing of the total's first amount, by key."""
    rows = books.ask(ledger.turnover, totals, since, until, by=by or totals.by)
    name = totals.of[0]
    return {r.key: (r.opening[name], r.taken_in[name], r.given_out[name], r.closing[name]) for r in rows}


def of_january(books: Any, totals: Any) -> dict[tuple, tuple]:
    return turnover(books, totals, date(2026, 1, 1), date(2026, 1, 31))


def test_a_receipt_counts_in_every_total_where_its_ends_differ_inside(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF, value=D("5.50")), moment=JANUARY)
    assert now(books, flow.in_bins) == {(1, SHELF): (D(10),)}
    assert now(books, flow.in_houses) == {(1, 1): (D(10), D("5.50"))}
    assert now(books, flow.promised) == {(1, 1, 0): (D(10),)}
    assert now(books, flow.in_work) == {}
    assert books.rows("SELECT count(*) FROM own_flow_entry") == [(1,)]
    assert books.verify() == []


def test_a_move_from_bin_to_bin_is_not_a_turnover_of_the_house(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
    books.post(books.flow(4, SHELF, CELLAR), moment=JANUARY)
    assert of_january(books, flow.in_bins) == {
        (1, SHELF): (D(0), D(10), D(4), D(6)),
        (1, CELLAR): (D(0), D(4), D(0), D(4)),
    }
    assert of_january(books, flow.in_houses) == {(1, 1): (D(0), D(10), D(0), D(10))}
    assert books.rows("SELECT bin_id, entries FROM own_flow_in_bins_total ORDER BY bin_id") == [(SHELF, 2), (CELLAR, 1)]
    assert books.rows("SELECT entries FROM own_flow_in_houses_total") == [(1,)]
    assert books.verify() == []


def test_a_move_from_house_to_house_is_a_turnover_of_both(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
    books.post(books.flow(4, SHELF, ATTIC), moment=JANUARY)
    assert of_january(books, flow.in_houses) == {
        (1, 1): (D(0), D(10), D(4), D(6)),
        (1, 2): (D(0), D(4), D(0), D(4)),
    }
    assert now(books, flow.in_houses, "thing") == {(1,): (D(10), D(0))}


def test_a_promise_moves_nothing_but_what_is_promised(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
    books.post(books.flow(3, SHELF, SHELF, promise=(0, 7)), moment=FEBRUARY)
    assert now(books, flow.promised) == {(1, 1, 0): (D(7),), (1, 1, 7): (D(3),)}
    assert books.rows("SELECT entries FROM own_flow_in_bins_total") == [(1,)]
    assert books.rows("SELECT entries FROM own_flow_in_houses_total") == [(1,)]
    statement = books.ask(ledger.statement, flow.in_bins, date(2026, 1, 1), date(2026, 2, 28), where={"bin": SHELF})
    assert [(line.moment, line.amounts["quantity"]) for line in statement.lines] == [(JANUARY, D(10))]


def test_an_entry_that_moves_no_amount_of_a_total_is_not_counted_there(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
    books.post(books.flow(0, SUPPLIERS, SHELF, value=D("2.25")), moment=FEBRUARY)
    assert now(books, flow.in_houses) == {(1, 1): (D(10), D("2.25"))}
    assert books.rows("SELECT entries, last_moment FROM own_flow_in_bins_total")[0][0] == 1
    assert books.rows("SELECT entries FROM own_flow_in_houses_total") == [(2,)]
    part, whole = (date(2026, 2, 5), date(2026, 2, 5)), (date(2026, 2, 1), date(2026, 2, 28))
    for days in (part, whole):
        assert turnover(books, flow.in_bins, *days) == {(1, SHELF): (D(10), D(0), D(0), D(10))}
    books.post(books.flow(0, SUPPLIERS, CELLAR, value=D("2.25")), moment=FEBRUARY)
    assert (1, CELLAR) not in turnover(books, flow.in_bins, *part)
    assert books.verify() == []


@pytest.mark.parametrize("outside", [0, -1, -99])
def test_ends_outside_the_company_have_no_totals(books: Any, outside: int) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, outside, SHELF), moment=JANUARY)
    books.post(books.flow(10, SHELF, outside), moment=FEBRUARY)
    assert now(books, flow.in_bins) == {(1, SHELF): (D(0),)}
    assert books.rows("SELECT DISTINCT bin_id FROM own_flow_in_bins_turnover") == [(SHELF,)]
    assert books.verify() == []


def test_what_never_was_inside_counts_nowhere(books: Any) -> None:
    books.post(books.flow(10, SUPPLIERS, CUSTOMERS), moment=JANUARY)
    for totals in books.registers.Flow.totals:
        assert now(books, totals) == {}
    assert books.verify() == []


def test_an_entry_may_be_keyed_by_its_own_document(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF, value=D(20)), moment=JANUARY)
    used = books.flow(4, SHELF, CUSTOMERS, value=D(8), work=lambda document: (0, document.id))
    made = books.post(used, moment=FEBRUARY)
    assert now(books, flow.in_work) == {(made,): (D(8),)}
    other = books.post(used, moment=FEBRUARY)
    assert now(books, flow.in_work) == {(made,): (D(8),), (other,): (D(8),)}
    books.reverse(made)
    assert now(books, flow.in_work) == {(made,): (D(0),), (other,): (D(8),)}
    assert books.verify() == []


def test_every_amount_of_a_register_is_kept_apart(books: Any) -> None:
    debts = books.registers.Debts
    books.post(
        books.debt("10.25", side=1, currency="EUR", base=D("9.15")),
        books.debt("-4", side=-1, currency="EUR", base=D("-3.50")),
        books.debt("7", side=1),
        moment=JANUARY,
    )
    assert now(books, debts.balance) == {(1, "EUR"): (D("6.25"), D("5.65")), (1, "GBP"): (D(7), D(7))}
    assert now(books, debts.open) == {(1, 0): (D("13.25"),)}
    assert now(books, debts.balance, "party", currency=["EUR", "GBP"]) == {(1,): (D("13.25"), D("12.65"))}
    assert books.verify() == []


class TestSides:
    """What is reversed lessens the side that it counted on: turnovers show what really moved."""

    def test_two_reversed_receipts_of_three_leave_one_that_came_in(self, books: Any) -> None:
        flow = books.registers.Flow
        books.post(books.flow(10, SUPPLIERS, SHELF, value=D(3)), moment=JANUARY)
        for _ in range(2):
            books.reverse(books.post(books.flow(10, SUPPLIERS, SHELF, value=D(5)), moment=JANUARY))
        assert of_january(books, flow.in_bins) == {(1, SHELF): (D(0), D(10), D(0), D(10))}
        (row,) = books.ask(ledger.turnover, flow.in_houses, date(2026, 1, 1), date(2026, 1, 31), by=("house",))
        assert row.taken_in == {"quantity": D(10), "value": D(3)}
        assert row.given_out == {"quantity": D(0), "value": D(0)}
        assert books.verify() == []

    def test_a_reversed_issue_lessens_what_went_out(self, books: Any) -> None:
        flow = books.registers.Flow
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
        books.post(books.flow(1, SHELF, CUSTOMERS), moment=JANUARY)
        books.reverse(books.post(books.flow(6, SHELF, ATTIC), moment=JANUARY))
        assert of_january(books, flow.in_bins) == {
            (1, SHELF): (D(0), D(10), D(1), D(9)),
            (1, ATTIC): (D(0), D(0), D(0), D(0)),
        }
        assert books.verify() == []

    def test_of_a_register_with_sides_the_same_holds(self, books: Any) -> None:
        debts = books.registers.Debts
        books.post(books.debt(10, side=1), moment=JANUARY)
        for _ in range(2):
            books.reverse(books.post(books.debt(10, side=1), moment=JANUARY))
        books.post(books.debt(-3, side=-1), moment=JANUARY)
        books.reverse(books.post(books.debt(-4, side=-1), moment=JANUARY))
        assert of_january(books, debts.balance) == {(1, "GBP"): (D(0), D(10), D(3), D(7))}
        assert books.verify() == []

    def test_what_a_document_took_in_and_gave_out_at_one_key_is_reversed_side_by_side(self, books: Any) -> None:
        debts = books.registers.Debts
        both = books.post(books.debt(10, side=1), books.debt(-4, side=-1), moment=JANUARY)
        assert of_january(books, debts.balance) == {(1, "GBP"): (D(0), D(10), D(4), D(6))}
        books.reverse(both)
        assert of_january(books, debts.balance) == {(1, "GBP"): (D(0), D(0), D(0), D(0))}

    def test_a_reversal_in_a_later_month_makes_that_months_side_negative(self, books: Any) -> None:
        flow = books.registers.Flow
        receipt = books.post(books.flow(10, SUPPLIERS, SHELF), moment=JANUARY)
        books.close("2026-01-31")
        books.reverse(receipt)
        assert of_january(books, flow.in_bins) == {(1, SHELF): (D(0), D(10), D(0), D(10))}
        february = turnover(books, flow.in_bins, date(2026, 2, 1), date(2026, 2, 28))
        assert february == {(1, SHELF): (D(10), D(-10), D(0), D(0))}
        assert books.verify() == []


def test_two_organisations_never_mix(books: Any) -> None:
    flow, debts = books.registers.Flow, books.registers.Debts
    columns = "name, country, currency, edition, tax_id, zone, is_sample, version"
    books.sql(f"INSERT INTO core_organisation (id, {columns}) SELECT 2, {columns} FROM core_organisation")
    other = type(books)(books.company, books.registers, organisation=2)
    books.post(books.flow(10, SUPPLIERS, SHELF), books.debt(1, side=1), moment=JANUARY)
    other.post(other.flow(3, SUPPLIERS, SHELF), other.debt(2, side=1), moment=JANUARY)
    year = (date(2026, 1, 1), date(2026, 12, 31))
    for mine, quantity, debt in ((books, D(10), D(1)), (other, D(3), D(2))):
        assert now(mine, flow.in_bins) == {(1, SHELF): (quantity,)}
        assert now(mine, debts.balance) == {(1, "GBP"): (debt, debt)}
        assert [f.amounts["quantity"] for f in mine.ask(ledger.at, flow.in_bins, JANUARY, by=("bin",))] == [quantity]
        assert turnover(mine, flow.in_bins, *year) == {(1, SHELF): (D(0), quantity, D(0), quantity)}
        assert turnover(mine, flow.in_bins, date(2026, 1, 10), date(2026, 1, 10)) == {
            (1, SHELF): (D(0), quantity, D(0), quantity)
        }
        lines = mine.ask(ledger.statement, debts.balance, *year, where={"party": 1}).lines
        assert [line.amounts["amount"] for line in lines] == [debt]
    assert books.verify() == []
