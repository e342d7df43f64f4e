"""What is let off for paying early, and the share of each line."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.early.rules import Left, reduction, split

COINS = st.integers(0, 10**7)
LINES = st.lists(st.tuples(st.sampled_from(["S20", "S5", "Z"]), COINS, COINS), min_size=1, max_size=8)


def test_a_discount_is_rounded_once() -> None:
    assert reduction(D("1000.00"), D(2), 2) == D("20.00")
    assert reduction(D("33.25"), D(2), 2) == D("0.67")
    assert reduction(D("1234567"), D("2.5"), 0) == D("30864")


def test_each_rate_has_its_share_of_both() -> None:
    lines = [
        Left("S20", D("100.00"), D("20.00")),
        Left("S5", D("100.00"), D("5.00")),
        Left("S20", D("50.00"), D("10.00")),
    ]
    assert split(D("5.70"), lines, 2) == [(D("2.00"), D("0.40")), (D("2.00"), D("0.10")), (D("1.00"), D("0.20"))]


@given(LINES, st.integers(0, 100), st.sampled_from([0, 2, 3]))
def test_shares_make_the_discount_and_none_is_more_than_is_left(
    rows: list[tuple[str, int, int]], percent: int, digits: int
) -> None:
    coin = D(1).scaleb(-digits)
    lines = [Left(taxed, net * coin, tax * coin) for taxed, net, tax in rows]
    whole = sum((x.net + x.tax for x in lines), D(0))
    amount = reduction(whole, D(percent), digits)
    shares = split(amount, lines, digits)
    assert sum((net + tax for net, tax in shares), D(0)) == amount
    assert all(0 <= net <= x.net and 0 <= tax <= x.tax for x, (net, tax) in zip(lines, shares, strict=True))
    for taxed in {x.taxed for x in lines}:
        own = [n for n, x in enumerate(lines) if x.taxed == taxed]
        nets, share = sum((lines[n].net for n in own), D(0)), sum((shares[n][0] for n in own), D(0))
        assert abs(share * whole - nets * amount) < coin * whole or not whole
