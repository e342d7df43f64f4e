"""Which tax a line has, what documents enter of it, and what is paid in coins."""

from datetime import date
from decimal import Decimal as D
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import ExchangeRate
from modules.trade.rules import line_totals, taxed_by_rate
from modules.trade.taxes.cash import cash_difference
from modules.trade.taxes.categories import CATEGORIES, STANDARD
from modules.trade.taxes.categories import EXPORT as EXPORTED
from modules.trade.taxes.deciding import Party, Policy, rate_on, tax_for
from modules.trade.taxes.entering import INPUT, OUTPUT, Taxed, tax_entries, taxed_alike
from modules.trade.taxes.presets import countries, preset_of

USUAL, EXPORT, WITHIN, REVERSE, ABROAD, OF_ITEM, OF_GROUP, AGREED, IMPORT = range(1, 10)
GERMAN = Policy("DE", USUAL, EXPORT, WITHIN, REVERSE, ABROAD, IMPORT)


@pytest.mark.parametrize(
    ("party", "is_sale", "is_goods", "own", "code"),
    [
        (Party("DE"), True, True, {}, USUAL),
        (Party(""), True, True, {}, USUAL),
        (Party("DE"), True, True, {"group_code_id": OF_GROUP}, OF_GROUP),
        (Party("DE"), True, True, {"item_code_id": OF_ITEM, "group_code_id": OF_GROUP}, OF_ITEM),
        (Party("FR", has_vat_number=True), True, True, {"item_code_id": OF_ITEM}, WITHIN),
        (Party("FR", has_vat_number=True), True, False, {}, REVERSE),
        (Party("FR"), True, True, {"item_code_id": OF_ITEM}, OF_ITEM),
        (Party("FR", has_vat_number=True), False, True, {}, WITHIN),
        (Party("CH"), True, True, {}, EXPORT),
        (Party("CH", has_vat_number=True), True, False, {}, ABROAD),
        (Party("CH"), False, True, {}, IMPORT),
        (Party("CH"), False, False, {}, REVERSE),
        (Party("CH", code_id=AGREED), True, True, {"item_code_id": OF_ITEM}, AGREED),
    ],
)
def test_the_nearest_rule_decides(party: Party, is_sale: bool, is_goods: bool, own: dict[str, int], code: int) -> None:
    assert tax_for(GERMAN, party, is_sale=is_sale, is_goods=is_goods, **own).code_id == code


def test_a_border_without_a_code_of_its_own_is_as_at_home() -> None:
    policy = Policy("RU", USUAL, EXPORT)
    assert tax_for(policy, Party("VN"), is_sale=True, is_goods=False).code_id == USUAL
    assert tax_for(Policy(), Party("VN"), is_sale=True, is_goods=True).code_id is None


@pytest.mark.parametrize(
    ("country", "key", "day", "rate"),
    [
        ("RU", "standard", date(2025, 12, 31), "20"),
        ("RU", "standard", date(2026, 1, 1), "22"),
        ("RU", "standard", date(2018, 12, 31), "18"),
        ("VN", "lowered", date(2022, 1, 31), "10"),
        ("VN", "lowered", date(2026, 12, 31), "8"),
        ("VN", "lowered", date(2027, 1, 1), "10"),
        ("DE", "standard", date(2020, 6, 30), "19"),
        ("DE", "standard", date(2020, 12, 31), "16"),
        ("DE", "reduced", date(2020, 7, 1), "5"),
        ("DE", "reduced", date(2021, 1, 1), "7"),
        ("GB", "standard", date(2011, 1, 3), "17.5"),
        ("GB", "standard", date(2011, 1, 4), "20"),
        ("GB", "standard", date(1990, 1, 1), None),
    ],
)
def test_countries_have_the_rates_of_their_days(country: str, key: str, day: date, rate: str | None) -> None:
    code = next(code for code in preset_of(country)["codes"] if code["key"] == key)
    rates = [(date.fromisoformat(since), D(value)) for since, value in code["rates"].items()]
    assert rate_on(rates, day) == (None if rate is None else D(rate))


def test_what_countries_say_holds_together() -> None:
    assert {"DE", "GB", "RU", "VN"} <= set(countries())
    for country in countries():
        preset = preset_of(country)
        keys = [code["key"] for code in preset["codes"]]
        assert len(keys) == len(set(keys))
        assert {f"{role}_id" for role in preset["policy"]} <= set(Policy._fields)
        assert set(preset["policy"].values()) <= set(keys)
        categories = {code["key"]: code["category"] for code in preset["codes"]}
        assert categories[preset["policy"]["import"]] != EXPORTED  # what is bought abroad isn't exported
        for code in preset["codes"]:
            assert code["category"] in CATEGORIES
            assert bool(code.get("rates")) == (code["category"] == STANDARD), code["name"]
            assert bool(code.get("reason")) == (code["category"] != STANDARD), code["name"]


AMOUNTS = st.integers(-(10**9), 10**9).map(lambda n: D(n).scaleb(-2))
LINES = st.lists(
    st.builds(
        Taxed,
        st.just(1),
        st.sampled_from(["S", "Z", "E", "AE", "G", ""]),
        st.sampled_from([D(0), D(5), D(20)]),
        st.sampled_from([D(0), D(20)]),
        AMOUNTS,
        AMOUNTS,
    ),
    min_size=1,
    max_size=8,
)


@given(LINES, st.integers(1, 10**7).map(lambda n: D(n).scaleb(-5)), st.sampled_from([0, 2, 3]))
def test_what_is_entered_comes_to_what_the_document_is_worth(lines: list[Taxed], rate: D, digits: int) -> None:
    in_base = partial(ExchangeRate(rate).in_base, digits=digits)
    whole = sum((line.net + line.tax for line in lines), D(0))
    entered = tax_entries(taxed_alike(lines), is_sale=True, in_base=in_base, digits=digits)
    assert sum((entry.base + entry.tax for entry in entered), D(0)) == in_base(whole)
    assert {(entry.category, entry.rate) for entry in entered} == {(line.category, line.rate) for line in lines}


def test_what_is_bought_with_reverse_charge_is_owed_and_deducted() -> None:
    lines = [Taxed(1, "AE", D(0), D(19), D("100.03"), D(0)), Taxed(2, "S", D(7), D(0), D(50), D("3.50"))]
    entered = tax_entries(lines, is_sale=False, in_base=lambda amount: amount, digits=2)
    assert [(x.direction, x.category, x.rate, x.base, x.tax) for x in entered] == [
        (OUTPUT, "AE", D(19), D("100.03"), D("19.01")),
        (INPUT, "AE", D(19), D("100.03"), D("19.01")),
        (INPUT, "S", D(7), D(50), D("3.50")),
    ]
    (sold,) = tax_entries(lines[:1], is_sale=True, in_base=lambda amount: amount, digits=2)
    assert (sold.direction, sold.rate, sold.tax) == (OUTPUT, D(0), D(0))  # the customer owes it


@pytest.mark.parametrize(
    ("amount", "step", "difference"),
    [
        ("10.02", "0.05", "-0.02"),
        ("10.03", "0.05", "0.02"),
        ("10.025", "0.05", "0.025"),
        ("-10.025", "0.05", "-0.025"),
        ("99.75", "0.5", "0.25"),
        ("1234", "100", "-34"),
        ("10.05", "0.05", "0"),
        ("10.02", None, "0"),
    ],
)
def test_cash_is_rounded_to_the_nearest_coin(amount: str, step: str | None, difference: str) -> None:
    assert cash_difference(D(amount), D(step) if step else None) == D(difference)


CELLS = st.lists(
    st.tuples(
        st.integers(1, 10**7).map(lambda n: D(n).scaleb(-3)),
        st.integers(0, 10**8).map(lambda n: D(n).scaleb(-4)),
        st.integers(0, 100).map(D),
        st.sampled_from([D(0), D(5), D("17.5"), D(22)]),
    ),
    min_size=1,
    max_size=10,
)


@given(CELLS, st.booleans(), st.booleans(), st.sampled_from([0, 2, 3]))
def test_lines_make_their_document_in_every_mode(
    cells: list[tuple[D, D, D, D]], included: bool, per_line: bool, digits: int
) -> None:
    own = [
        line_totals(quantity, price, discount=off, tax_rate=rate, tax_included=included, digits=digits)
        for quantity, price, off, rate in cells
    ]
    priced = [(line.gross if included else line.net, cell[3]) for line, cell in zip(own, cells, strict=True)]
    lines = own if per_line else list(taxed_by_rate(priced, tax_included=included, digits=digits))
    coin = D(1).scaleb(-digits)
    for rate in {rate for _, rate in priced}:
        amount = sum((a for a, r in priced if r == rate), D(0))
        taxes = [line.tax for line, (_, r) in zip(lines, priced, strict=True) if r == rate]
        exact = amount * rate / (100 + rate if included else D(100))
        assert abs(sum(taxes, D(0)) - exact) <= coin / 2 * (len(taxes) if per_line else 1) + D("1e-15")
    for line, (amount, _) in zip(lines, priced, strict=True):
        assert (line.gross if included else line.net) == amount
        assert line.net + line.tax == line.gross
        assert all(each == each.quantize(coin) for each in line)
