"""What can be promised, and when: never what others wait for."""

from datetime import date
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.availability import Outlook

_DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))
_MANY = st.integers(0, 30).map(D)


def test_what_is_free_goes_at_once() -> None:
    assert Outlook(D(5), D(9)).promise(D(5)) == (D(5), None)


def test_the_rest_comes_once_others_are_served() -> None:
    coming = {date(2026, 1, 3): D(4), date(2026, 1, 2): D(3)}
    assert Outlook(D(2), D(0), coming).promise(D(5)) == (D(2), date(2026, 1, 2))
    assert Outlook(D(2), D(1), coming).promise(D(5)) == (D(2), date(2026, 1, 3))
    assert Outlook(D(2), D(9), coming).promise(D(5)) == (D(2), None)


def test_what_part_is_due_is_said_with_its_day() -> None:
    coming = {date(2026, 1, 3): D(4), date(2026, 1, 2): D(3)}
    assert Outlook(D(2), D(0), coming).parts(D(20)) == ([(date(2026, 1, 2), D(3)), (date(2026, 1, 3), D(4))], D(11))
    assert Outlook(D(2), D(4), coming).parts(D(20)) == ([(date(2026, 1, 3), D(3))], D(15))  # others come first
    assert Outlook(D(2), D(9), coming).parts(D(20)) == ([], D(18))


@given(free=_MANY, owed=_MANY, coming=st.dictionaries(_DAYS, _MANY), quantity=_MANY)
def test_parts_are_all_that_can_be_kept_on_each_day(free: D, owed: D, coming: dict[date, D], quantity: D) -> None:
    outlook = Outlook(free, owed, coming)
    parts, unknown = outlook.parts(quantity)
    at_once, when = outlook.promise(quantity)
    assert all(more > 0 for _, more in parts)
    assert at_once + sum((more for _, more in parts), unknown) == quantity
    assert (unknown == 0) == (at_once == quantity or when is not None)
    for day in coming:
        there = free - owed + sum(q for each, q in coming.items() if each <= day)
        assert at_once + sum(more for each, more in parts if each <= day) == max(at_once, min(there, quantity))


@given(free=_MANY, owed=_MANY, coming=st.dictionaries(_DAYS, _MANY), quantity=_MANY)
def test_a_promise_can_be_kept(free: D, owed: D, coming: dict[date, D], quantity: D) -> None:
    at_once, when = Outlook(free, owed, coming).promise(quantity)
    assert 0 <= at_once <= min(free, quantity)
    if when is None:
        total = free - owed + sum(coming.values())
        assert at_once == quantity or total < quantity
    else:  # on that day there is enough beyond what is owed, and on no day before it
        sums = {d: free - owed + sum(q for each, q in coming.items() if each <= d) for d in coming}
        assert sums[when] >= quantity
        assert all(sums[d] < quantity for d in coming if d < when)
