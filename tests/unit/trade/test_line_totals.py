"""What a line comes to, tax on top or included; and lines together, whose tax is rounded once for each rate."""

from decimal import ROUND_HALF_UP
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trade.rules import line_totals, taxed_by_rate


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


COIN = D("0.01")
AMOUNTS = st.lists(
    st.tuples(st.integers(0, 10**6).map(lambda coins: D(coins).scaleb(-2)), st.sampled_from([D(0), D("5.5"), D(23)])),
    max_size=12,
)


def test_tax_of_a_rate_is_that_of_the_sum_of_its_lines() -> None:
    # 23 % of 22.22 are 5.1106; three of them rounded are 15.33, but 23 % of 66.66 are 15.3318 – and of 66.63 are 15.3249.
    three = [(D("22.22"), D(23))] * 3
    assert [line.tax for line in taxed_by_rate(three, tax_included=False, digits=2)] == [
        D("5.11"),
        D("5.11"),
        D("5.11"),
    ]
    # 0.02 takes 0.0046, so five of them rounded take nothing; 0.10 takes 0.023.
    five = [(D("0.02"), D(23))] * 5
    assert [line.tax for line in taxed_by_rate(five, tax_included=False, digits=2)] == list(
        map(D, ["0.00", "0.01", "0.00", "0.01", "0.00"])
    )


@given(AMOUNTS, st.booleans())
def test_lines_make_the_tax_of_each_rate_to_the_last_coin(lines: list[tuple[D, D]], included: bool) -> None:
    made = list(taxed_by_rate(lines, tax_included=included, digits=2))
    for rate in {rate for _, rate in lines}:
        amount = sum((amount for amount, other in lines if other == rate), D(0))
        tax = sum((line.tax for line, (_, other) in zip(made, lines, strict=True) if other == rate), D(0))
        share = rate / (100 + rate) if included else rate / 100
        assert tax == (amount * share).quantize(COIN, ROUND_HALF_UP)
    for line, (amount, rate) in zip(made, lines, strict=True):
        alone = line_totals(D(1), amount, discount=D(0), tax_rate=rate, tax_included=included, digits=2)
        assert (line.gross if included else line.net) == amount
        assert line.net + line.tax == line.gross
        assert line.net >= 0
        assert abs(line.tax - alone.tax) <= COIN
