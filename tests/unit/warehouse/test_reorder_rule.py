"""When goods are bought again: what the rule says, beside buying lot by lot until there is enough."""

from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.warehouse.planning.rules import Level, checked_level, to_order

#: in hundredths, so that lots of a fraction are among them
hundredths = st.integers(0, 3000).map(lambda n: D(n) / 100)
ITEM = SimpleNamespace(name="Anvil", kind="goods", digits=0, unit="piece")


def by_hand(available: D, level: Level, digits: int) -> D:
    """Lot after lot, until the maximum and the least quantity are reached."""
    if available >= level.minimum:
        return D(0)
    lot, bought = level.multiple or D(1).scaleb(-digits), D(0)
    while available + bought < level.maximum or bought < level.least:
        bought += lot
    return bought


@given(
    st.integers(-3000, 3000).map(lambda n: D(n) / 100),
    hundredths,
    hundredths,
    st.integers(0, 500).map(lambda n: D(n) / 100),
    hundredths,
    st.sampled_from((0, 1, 2)),
)
def test_as_much_is_bought_as_lot_by_lot_would_be_enough(
    available: D, minimum: D, beyond: D, multiple: D, least: D, digits: int
) -> None:
    level = Level(minimum, minimum + beyond, multiple, least)
    assert to_order(available, level, digits=digits) == by_hand(available, level, digits)


@pytest.mark.parametrize(
    ("available", "level", "quantity"),
    [
        ("17", ("20", "50", "12", "0"), "36"),
        ("20", ("20", "50", "12", "0"), "0"),  # not below it
        ("19", ("20", "20", "0", "0"), "1"),
        ("19", ("20", "20", "0", "30"), "30"),
        ("19", ("20", "20", "12", "30"), "36"),
        ("-5", ("0", "0", "0", "0"), "5"),  # customers wait for what nobody has
        ("-4.5", ("0", "0", "0", "0"), "5"),  # whole pieces
        ("0", ("0", "0", "0", "0"), "0"),
    ],
)
def test_what_is_bought(available: str, level: tuple[str, ...], quantity: str) -> None:
    assert to_order(D(available), Level(*map(D, level)), digits=0) == D(quantity)


def test_what_is_left_empty_is_zero_and_the_maximum_the_minimum() -> None:
    found = checked_level({"minimum": D(5), "maximum": None, "multiple": None, "lead_days": None}, ITEM)
    by_hand = {"from_demand": False, "review_days": 30}
    assert found == {"minimum": 5, "maximum": 5, "multiple": 0, "least": 0, "lead_days": 0, **by_hand}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minimum": D(-1)}, "minimum"),
        ({"minimum": D("0.5")}, "minimum"),
        ({"minimum": D("NaN")}, "minimum"),
        ({"minimum": D(10**9)}, "minimum"),
        ({"minimum": D(5), "maximum": D(4)}, "maximum"),
        ({"multiple": D("1.5")}, "multiple"),
        ({"least": D("0.0000001")}, "least"),
        ({"lead_days": -1}, "lead_days"),
        ({"lead_days": 731}, "lead_days"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_level(values, ITEM)
    assert refusal.value.field == field


def test_services_are_not_planned() -> None:
    service = SimpleNamespace(name="Fitting", kind="service", digits=0, unit="hour")
    with pytest.raises(Invalid):
        checked_level({"minimum": D(1)}, service)
