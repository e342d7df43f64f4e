"""What is still to be charged of an order: by example, and against fractions."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.expected.rules import LineLeft, counted_from, still_to_charge

amounts = st.integers(0, 10**9).map(lambda cents: D(cents) / 100)
quantities = st.integers(1, 10**9).map(lambda units: D(units) / 10**6)
lines = st.builds(
    lambda gross, quantity, part: LineLeft(gross, quantity, quantity * part / 4), amounts, quantities, st.integers(0, 4)
)


@given(st.lists(lines, max_size=6), st.integers(0, 3))
def test_each_line_counts_its_share_within_half_a_digit(some: list[LineLeft], digits: int) -> None:
    # the document has a line more, of which nothing is left
    found = still_to_charge(some, gross=sum((x.gross for x in some), D(1)), amount=D(-1), digits=digits)
    exact = sum(Fraction(x.gross) * Fraction(x.left) / Fraction(x.quantity) for x in some)
    assert abs(Fraction(found) - exact) <= Fraction(len(some), 2 * 10**digits)
    assert found == round(found, digits)


def test_all_of_a_document_comes_to_what_it_says_with_the_rounding_of_cash() -> None:
    whole = [LineLeft(D("10.03"), D(3), D(3)), LineLeft(D(2), D(1), D(1))]
    assert still_to_charge(whole, gross=D("12.03"), amount=D("12.05"), digits=2) == D("12.05")
    part = [LineLeft(D("10.03"), D(3), D(1)), whole[1]]
    assert still_to_charge(part, gross=D("12.03"), amount=D("12.05"), digits=2) == D("5.34")


def test_terms_count_from_the_delivery_and_of_a_late_one_from_today() -> None:
    today = date(2026, 3, 10)
    days = (None, date(2026, 3, 1), date(2026, 3, 20))
    assert [counted_from(day, today) for day in days] == [None, today, date(2026, 3, 20)]
