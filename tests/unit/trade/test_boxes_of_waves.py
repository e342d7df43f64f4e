"""What is picked goes into boxes in their turn: as if each piece went by itself."""

from collections import Counter
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.waves.rules import allot, split

PARTS = st.lists(st.integers(0, 9), max_size=6)


def naive(picked: list[int], wanted: list[int]) -> list[Counter[int]]:
    """Piece by piece: each to the first box that still wants one."""
    room, found = list(wanted), []
    for part in picked:
        shares: Counter[int] = Counter()
        for _ in range(part):
            box = next((n for n, left in enumerate(room) if left), None)
            if box is not None:
                room[box] -= 1
                shares[box] += 1
        found.append(shares)
    return found


@given(PARTS, PARTS)
def test_each_box_is_filled_before_the_next(picked: list[int], wanted: list[int]) -> None:
    found = allot([D(n) for n in picked], [D(n) for n in wanted])
    assert [Counter(dict(shares)) for shares in found] == naive(picked, wanted)
    given_out: Counter[int] = Counter()
    for shares in found:
        assert [box for box, _ in shares] == sorted({box for box, _ in shares})
        for box, quantity in shares:
            assert quantity > 0
            given_out[box] += quantity
    assert sum(given_out.values()) == min(sum(picked), sum(wanted))
    assert all(given_out[box] <= most for box, most in enumerate(wanted))


@given(st.lists(st.integers(0, 5), max_size=6))
def test_every_serial_number_is_in_one_share(shares: list[int]) -> None:
    codes = [f"N{n}" for n in range(sum(shares))]
    found = split(", ".join(codes), [D(n) for n in shares])
    assert [len(text.split(", ")) if text else 0 for text in found] == shares
    assert [code for text in found if text for code in text.split(", ")] == codes
