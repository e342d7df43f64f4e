"""How prices are rounded and found, and what several discounts come to; against naive models that count in fractions."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.trade.pricing.rules import (
    BEST,
    DIRECTIONS,
    EACH,
    Priced,
    Rule,
    Step,
    Tier,
    check_formula,
    discount_lines,
    margin_of,
    path_up,
    price_in_force,
    rounded_price,
    stacked,
    with_tax_as,
)

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
PRICES = st.decimals(0, 100_000, places=6)
PERCENT = st.decimals(0, 100, places=2)


@pytest.mark.parametrize(
    ("price", "step", "ending", "direction", "rounded"),
    [
        ("13.02", "0.05", "0", "nearest", "13.00"),
        ("13.03", "0.05", "0", "nearest", "13.05"),
        ("13.01", "0.05", "0", "up", "13.05"),
        ("13.04", "0.05", "0", "down", "13.00"),
        ("13.20", "1", "0.90", "nearest", "12.90"),
        ("13.50", "1", "0.90", "nearest", "13.90"),
        ("13.91", "1", "0.90", "up", "14.90"),
        ("13.00", "1", "0.90", "down", "12.90"),
        ("0.30", "1", "0.90", "down", "0"),
        ("13.4567", "0", "0", "nearest", "13.46"),
        ("149.99", "100", "0", "nearest", "100"),
    ],
)
def test_a_price_is_rounded_to_a_step_and_an_ending(
    price: str, step: str, ending: str, direction: str, rounded: str
) -> None:
    assert rounded_price(D(price), step=D(step), ending=D(ending), direction=direction, digits=2) == D(rounded)


@given(
    PRICES,
    st.sampled_from(["0.05", "0.1", "1", "5", "100"]),
    st.sampled_from([0, 90, 99]),
    st.sampled_from(list(DIRECTIONS)),
)
def test_a_rounded_price_is_the_neighbour_that_its_direction_says(
    price: D, step: str, part: int, direction: str
) -> None:
    size = D(step)
    ending = size * part / 100
    found = rounded_price(price, step=size, ending=ending, direction=direction, digits=2)
    whole, more = divmod(Fraction(price - ending), Fraction(size))
    below = Fraction(size) * whole + Fraction(ending)
    above = below + Fraction(size) if more else below
    nearer = above if more * 2 >= Fraction(size) else below
    wanted = {"up": above, "down": below, "nearest": nearer}[direction]
    if wanted < 0 or price >= ending or direction == "up":  # below zero a half goes away from it
        assert found == max(wanted, 0)


def test_the_price_of_the_highest_quantity_that_is_reached_counts_as_it_stands_on_the_day() -> None:
    tiers = [Tier(JAN, D(0), D(10)), Tier(FEB, D(0), D(11)), Tier(JAN, D(5), D(9)), Tier(MAR, D(5), D(8))]
    found = [price_in_force(tiers, day, D(n)) for day in (JAN, FEB, MAR) for n in (1, 5)]
    assert found == [10, 9, 11, 9, 11, 8]
    assert price_in_force(tiers, date(2025, 12, 31), D(9)) is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"percent": D(-100)}, "percent"),
        ({"step": D(-1)}, "step"),
        ({"step": D(1), "ending": D(1)}, "ending"),
        ({"ending": D("0.9")}, "ending"),
        ({"formula": "guess"}, "formula"),
        ({"direction": "aside"}, "direction"),
        ({"formula": "type"}, "base_id"),
        ({"base_id": 3}, "base_id"),
    ],
)
def test_a_formula_that_cannot_be_right_is_refused_at_its_field(said: dict[str, object], field: str) -> None:
    usual = {"formula": "cost", "percent": D(30), "step": D(0), "ending": D(0), "direction": "nearest", "base_id": None}
    with pytest.raises(Invalid) as refused:
        check_formula(**{**usual, **said})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_tax_is_put_on_a_price_or_taken_out_of_it() -> None:
    assert with_tax_as(D("12"), tax_rate=D(20), included=True, wanted=False) == 10
    assert with_tax_as(D("10"), tax_rate=D(20), included=False, wanted=True) == 12
    assert with_tax_as(D("10"), tax_rate=D(20), included=True, wanted=True) == 10


def test_the_best_discount_counts_or_one_comes_off_after_the_other() -> None:
    steps = [Step("contract", D(10)), Step("rule", D(0), "none"), Step("rule", D(5), "five")]
    assert stacked(steps, BEST) == (10, [steps[0]])
    assert stacked(steps, EACH) == (D("14.5"), [steps[0], steps[2]])
    assert stacked([], EACH) == (0, [])


@given(st.lists(PERCENT, max_size=5))
def test_discounts_one_after_the_other_are_those_of_fractions(percents: list[D]) -> None:
    left = Fraction(100)
    for percent in percents:
        left *= 1 - Fraction(percent) / 100
    found, _ = stacked([Step("rule", p, "r") for p in percents], EACH)
    assert abs(Fraction(found) - (100 - left)) <= Fraction(1, 20_000)
    best, counted = stacked([Step("rule", p, "r") for p in percents], BEST)
    assert best == max(percents, default=0)
    assert len(counted) == (best > 0)


@given(st.integers(1, 60), st.integers(2, 6), st.data())
def test_who_takes_three_pays_two_and_so_on_to_the_cent(quantity: int, taken: int, data: st.DataObject) -> None:
    paid = data.draw(st.integers(1, taken - 1))
    off = Rule("promotion", taken=taken, paid=paid).off(1, D(quantity))
    to_pay = quantity // taken * paid + quantity % taken  # counted in bundles, as a shop does
    assert abs(Fraction(off) - 100 * (1 - Fraction(to_pay, quantity))) <= Fraction(1, 20_000)


def test_a_discount_on_the_total_looks_at_what_the_other_discounts_leave() -> None:
    rules = [Rule("five", D(10), from_quantity=D(5)), Rule("big", D(20), from_total=D(100))]
    lines = [Priced(1, D(5), D(20)), Priced(2, D(1), D(9))]
    discount_lines(lines, [], rules, stacking=EACH, digits=2)  # 90 + 9: not 100
    assert [line.discount for line in lines] == [10, 0]
    lines[1].price, lines[0].steps = D(10), []
    discount_lines(lines, [], rules, stacking=EACH, digits=2)
    assert [line.discount for line in lines] == [28, 20]
    assert [step.name for step in lines[0].steps] == ["five", "big"]


@pytest.mark.parametrize(("stacking", "discount"), [(BEST, "19"), (EACH, "23.05")])
def test_a_coupon_comes_off_last_whatever_the_stacking(stacking: str, discount: str) -> None:
    rules = [Rule("coupon", D(10), is_coupon=True), Rule("five", D(5))]
    line = Priced(1, D(1), D(100))
    discount_lines([line], [Step("contract", D(10))], rules, stacking=stacking, digits=2)
    assert line.discount == D(discount)  # 90 or 85.50, less a tenth
    assert (line.steps[-1].what, line.steps[0].what) == ("coupon", "contract")


def test_nothing_comes_off_a_special_price_and_rules_are_of_their_items() -> None:
    lines = [Priced(1, D(1), D(20), is_special=True), Priced(2, D(1), D(20)), Priced(3, D(1), None)]
    discount_lines(lines, [], [Rule("two", D(7), items=frozenset({1, 2}))], stacking=BEST, digits=2)
    assert [line.discount for line in lines] == [0, 7, 0]


def test_the_margin_is_what_is_left_of_what_is_asked() -> None:
    assert margin_of(D(100), D(75)) == D("25.0")
    assert margin_of(D(100), D(130)) == D("-30.0")
    assert margin_of(D(0), D(1)) is None


def test_a_ring_of_folders_ends() -> None:
    assert list(path_up({1: 2, 2: 3, 3: 1}, 1)) == [1, 2, 3]
    assert list(path_up({}, None)) == []
