"""What a line comes to, tax on top or included."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trade.rules import line_totals


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "tax", "included", "digits", "totals"),
    [
        ("4", "2", "0", "20", False, 2, ("8.00", "1.60", "9.60")),
        ("4", "2", "0", "20", True, 2, ("6.67", "1.33", "8.00")),
        ("1", "0.99", "10", "20", True, 2, ("0.74", "0.15", "0.89")),
        ("3", "333", "0", "10", False, 0, ("999", "100", "1099")),
        ("1", "10", "100", "20", False, 2, ("0.00", "0.00", "0.00")),
        ("1", "0.01", "0", "20", True, 2, ("0.01", "0.00", "0.01")),
    ],
)
def test_a_line_comes_to(
    quantity: str, price: str, discount: str, tax: str, included: bool, digits: int, totals: tuple[str, str, str]
) -> None:
    made = line_totals(
        D(quantity), D(price), discount=D(discount), tax_rate=D(tax), tax_included=included, digits=digits
    )
    assert (made.net, made.tax, made.gross) == tuple(map(D, totals))


@given(
    st.integers(1, 10**9).map(lambda n: D(n).scaleb(-3)),
    st.integers(0, 10**9).map(lambda n: D(n).scaleb(-4)),
    st.integers(0, 10**6).map(lambda n: D(n).scaleb(-4)),
    st.integers(0, 10**6).map(lambda n: D(n).scaleb(-4)),
    st.booleans(),
)
def test_nothing_is_lost_between_net_and_tax(quantity: D, price: D, discount: D, tax: D, included: bool) -> None:
    made = line_totals(quantity, price, discount=discount, tax_rate=tax, tax_included=included, digits=2)
    assert made.net + made.tax == made.gross
    assert made.net >= 0
    assert made.tax >= 0
