"""How bins are called, and which of them goods are taken from. No database."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

#: so many bins are made at once
MOST = 1_000
#: between the first and the last of a run of codes
_BETWEEN = re.compile(r"\s*(?:\.\.+|…)\s*")
_LAST_NUMBER = re.compile(r"^(.*?)([0-9]{1,9})$")


@dataclass(frozen=True, slots=True)
class Lying:
    """What a bin holds of one lot of an item, in units."""

    bin: int
    units: int


def bin_code(text: str) -> str:
    """A code as it is kept, so that whoever types it needs no capitals."""
    return " ".join(text.split()).upper()


def codes_of(text: str) -> list[str]:
    """The codes that a text says: one on each line or between commas, `A-01..A-20` for a run that counts up.

    Refused (Invalid): a run whose ends don't count up in one number of the same length, more than MOST codes.
    """
    codes: list[str] = []
    for each in re.split(r"[\n,;]", text):
        if each.strip():
            codes += _run(each)
        if len(codes) > MOST:
            raise Invalid(_l("At most %(most)s bins are added at once.", most=MOST), field="codes")
    return list(dict.fromkeys(codes))


def _run(text: str) -> list[str]:
    ends = [bin_code(end) for end in _BETWEEN.split(text.strip())]
    if len(ends) == 1:
        return ends
    first, last = (_LAST_NUMBER.match(end) for end in (ends[0], ends[-1]))
    if len(ends) != 2 or not first or not last or first[1] != last[1] or len(first[2]) > len(last[2]):
        raise _not_a_run(text)
    begin, stop, width = int(first[2]), int(last[2]), len(first[2])
    if stop < begin or stop - begin >= MOST:
        raise _not_a_run(text)
    return [f"{first[1]}{n:0{width}d}" for n in range(begin, stop + 1)]


def _not_a_run(text: str) -> Invalid:
    words = _l("“%(text)s” doesn't count up. Write A-01..A-20; at most %(most)s at once.", text=text.strip(), most=MOST)
    return Invalid(words, field="codes")


@dataclass(frozen=True, slots=True)
class Level:
    """A bin that is filled up to `maximum` once it holds less than `minimum`, in units."""

    bin: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class InBin:
    """What a bin holds of a lot of an item; bin 0: what isn't put away."""

    bin: int
    lot: int
    units: int


def brought(levels: Sequence[Level], lying: Sequence[InBin]) -> Iterator[tuple[InBin, int]]:
    """What of an item is brought from where to which bin: each that holds less than its minimum is filled up to its maximum as
    far as there is something in bins where the item doesn't usually lie. Both are served in their order."""
    held = Counter[int]()
    for each in lying:
        held[each.bin] += each.units
    usual = {level.bin for level in levels}
    left = [each for each in lying if each.bin not in usual]
    for level in levels:
        wanted = level.maximum - held[level.bin] if held[level.bin] < level.minimum else 0
        for n, source in enumerate(left):
            if units := min(wanted, source.units):
                wanted -= units
                left[n] = source = replace(source, units=source.units - units)
                yield replace(source, units=units), level.bin


def taken_from(lying: Iterable[Lying], wanted: int) -> Iterator[Lying]:
    """How much of so many units is taken from which bins, in their order. What they don't hold lies in none of them."""
    for each in lying:
        if units := min(each.units, wanted):
            wanted -= units
            yield Lying(each.bin, units)


def taken_first(lying: Iterable[Lying], bin: int, wanted: int) -> Iterator[Lying]:
    """The same, what lies in one of the bins first."""
    return taken_from(sorted(lying, key=lambda each: each.bin != bin), wanted)
