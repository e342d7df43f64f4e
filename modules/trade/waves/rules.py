"""Into which boxes goes what is picked. No database."""

from collections.abc import Sequence
from decimal import Decimal


def allot(given: Sequence[Decimal], wanted: Sequence[Decimal]) -> list[list[tuple[int, Decimal]]]:
    """For each part that is given, in its turn: which of `wanted`, by their places from 0, gets how much of it. Each is filled
    before the next gets anything; what nobody wants is given to nobody."""
    room, at, found = list(wanted), 0, []
    for rest in given:
        shares = []
        while rest > 0 and at < len(room):
            if part := min(rest, room[at]):
                shares.append((at, part))
            rest -= part
            room[at] -= part
            at += not room[at]
        found.append(shares)
    return found


def split(lots: str, shares: Sequence[Decimal]) -> list[str]:
    """Serial numbers, as a line says them, for shares of whole pieces: each gets as many as it has pieces."""
    codes, found, at = [code.strip() for code in lots.split(",") if code.strip()], [], 0
    for share in shares:
        found.append(", ".join(codes[at : at + int(share)]))
        at += int(share)
    return found
