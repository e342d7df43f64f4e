"""Reading what a line says of lots, and which lots goods leave by."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.warehouse.lots.rules import LOT, SERIAL, Held, Part, first_to_expire, lots_of_line

_CODES = st.from_regex(r"[A-Z0-9][A-Z0-9 /-]{0,8}[A-Z0-9]", fullmatch=True)


def test_a_line_says_lots_in_few_characters() -> None:
    assert lots_of_line(1, "", D(5), LOT) == []
    assert lots_of_line(1, " A17 ", D(5), LOT) == [Part("A17", D(5))]
    assert lots_of_line(1, "A17: 2,5; B2", D(5), LOT) == [Part("A17", D("2.5")), Part("B2", D("2.5"))]
    assert lots_of_line(1, "A17: 2, B2: 3", D(5), LOT) == [Part("A17", D(2)), Part("B2", D(3))]
    assert lots_of_line(1, "S1,S2\nS:3", D(3), SERIAL) == [Part("S1", D(1)), Part("S2", D(1)), Part("S:3", D(1))]


@pytest.mark.parametrize(
    "text",
    [
        "A; B",
        "1001,1002",
        "A: x",
        ": 5",
        "A;; B: 2",
        "A: 6",
        "A: 5; B",
        "A: 0; B",
        "A: 2; B: 2",
        "A: 2; A: 3",
        "x" * 61,
    ],
)
def test_lots_that_are_not_the_lines_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        lots_of_line(7, text, D(5), LOT)
    assert (refused.value.field, refused.value.column) == ("lines", "lots")
    assert "Line 7" in str(refused.value)


@given(st.dictionaries(_CODES, st.integers(1, 10**6), min_size=1, max_size=6), st.data())
def test_what_is_written_is_read_again(parts: dict[str, int], data: st.DataObject) -> None:
    whole = D(sum(parts.values()))
    open_ = data.draw(st.sampled_from([None, *parts]))
    text = "; ".join(code if code == open_ else f"{code}: {quantity}" for code, quantity in parts.items())
    assert lots_of_line(1, text, whole, LOT) == [Part(code, D(quantity)) for code, quantity in parts.items()]


_HELD = st.builds(
    Held,
    st.integers(0, 9),
    st.integers(-3, 9),
    st.none() | st.integers(0, 5).map(lambda n: date(2026, 1, 1) + timedelta(days=n)),
)


@given(st.lists(_HELD, unique_by=lambda h: h.lot, max_size=8), st.integers(0, 60))
def test_pieces_leave_one_by_one_as_each_would(held: list[Held], wanted: int) -> None:
    """Beside a store that gives one piece after the other."""
    store = {h.lot: h for h in held if h.units > 0}
    left = {lot: h.units for lot, h in store.items()}
    given_: dict[int, int] = {}
    for _ in range(wanted):
        there = [h for h in store.values() if left[h.lot]]
        if not there:
            break
        first = min(there, key=lambda h: (h.lot != 0, h.expires is None, h.expires or date.min, h.lot))
        left[first.lot] -= 1
        given_[first.lot] = given_.get(first.lot, 0) + 1
    taken, rest = first_to_expire(held, wanted)
    assert dict(taken) == given_
    assert rest == wanted - sum(given_.values())
