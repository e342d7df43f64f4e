"""What a counter sale is paid by, and what has to lie in the till."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.trade.till.rules import expected_cash, sum_of, tender_of

D = Decimal
money = st.decimals(0, 10_000, places=2)


def test_change_is_given_of_cash_alone() -> None:
    assert tender_of(D("17.50"), given=D(20), card=D(0), on_account=D(0), currency="GBP") == (
        D("17.50"),
        0,
        0,
        D("2.50"),
    )
    mixed = tender_of(D(100), given=D(50), card=D(30), on_account=D(30), currency="GBP")
    assert mixed == (D(40), D(30), D(30), D(10))


@pytest.mark.parametrize(
    ("given_cash", "card", "on_account", "field"),
    [
        ("17.49", "0", "0", "given"),
        ("0", "17.51", "0", "card"),
        ("0", "0", "18", "on_account"),
        ("-1", "20", "0", "given"),
    ],
)
def test_what_does_not_pay_the_sale_is_refused(given_cash: str, card: str, on_account: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        tender_of(D("17.50"), given=D(given_cash), card=D(card), on_account=D(on_account), currency="GBP")
    assert refusal.value.field == field


@given(total=money, given_cash=money, card=money, on_account=money)
def test_a_tender_pays_the_sale_to_the_last_coin(
    total: Decimal, given_cash: Decimal, card: Decimal, on_account: Decimal
) -> None:
    is_enough = card + on_account <= total <= given_cash + card + on_account
    try:
        paid = tender_of(total, given=given_cash, card=card, on_account=on_account, currency="GBP")
    except Invalid:
        assert not is_enough
        return
    assert is_enough
    assert paid.cash + paid.card + paid.on_account == total
    assert paid.cash + paid.change == given_cash
    assert min(paid) >= 0


@given(opening=money, moved=st.lists(st.decimals(-1000, 1000, places=2)))
def test_the_cash_that_is_expected_follows_every_coin(opening: Decimal, moved: list[Decimal]) -> None:
    left = opening
    for amount in moved:
        left += amount
    assert expected_cash(opening, moved) == left


def test_notes_and_coins_make_a_sum() -> None:
    assert sum_of({D(20): 3, D("0.05"): 7, D(1): 0}) == D("60.35")
    assert sum_of({}) == 0
    with pytest.raises(Invalid):
        sum_of({D(20): -1})
