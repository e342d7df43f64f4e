"""How far a document has come: how much of it was shipped, invoiced or paid, read from what followed and never typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from app.documents.kinds import LineKey, kind_of
from app.documents.links import left_for, taken_by

_ONE, _HUNDRED = Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """What has been done of a document, in whole per cent: 100 only when nothing is left, 0 only before anything is done."""

    title: object
    per_cent: int
    #: what isn't done of the whole, at least zero
    left: Decimal
    #: by which a page finds it among others; empty: it isn't looked for
    name: str = ""
    #: line → how much of it was taken, of what it has; none where nothing was taken of any, or just all of each
    lines: Mapping[int, tuple[Decimal, Decimal]] = field(default_factory=dict)


def share(title: object, done: Decimal, whole: Decimal, name: str = "") -> Share:
    """`done` of `whole`, both at least zero."""
    if done >= whole:
        return Share(title, 100, Decimal(0), name)
    per_cent = int(done * _HUNDRED / whole)
    return Share(title, max(per_cent, 1) if done > 0 else 0, whole - done, name)


def shares_taken(document: Any, takers: Mapping[LineKey, Mapping[str, Decimal]]) -> Iterator[Share]:
    """What was taken of the document's lines, once for each thing that is taken of them: by what the lines come to, as pieces
    and kilograms can't be added up; each line alike where they come to nothing."""
    if not kind_of(document).makes:
        return
    said: set[str] = set()
    lines = document.lines
    weights = {x.line: abs(getattr(x, "gross", _ONE)) for x in lines}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, _ONE)
    for makes in kind_of(document).makes:
        if not makes.share or makes.counts in said:
            continue
        said.add(makes.counts)
        if not any(makes.fits(x) for x in lines):
            continue
        left = left_for(document, takers, makes.target)
        returns = {m.target for m in kind_of(document).makes if m.is_back and m.counts == makes.counts}
        has = {x.line: x.quantity - taken_by(takers, (document.id, x.line), returns) for x in lines}
        if returns and not any(has.values()):  # all of it went back
            continue
        quantities = [(weights[x.line], has[x.line], left[x.line], x.quantity) for x in lines if x.quantity]
        done = sum(
            (weight * (had - max(rest, Decimal(0))) / all_ for weight, had, rest, all_ in quantities), Decimal(0)
        )
        whole = sum((weight * had / all_ for weight, had, _, all_ in quantities), Decimal(0))
        found = share(makes.share, done, whole)
        taken = {x.line: (has[x.line] - left[x.line], has[x.line]) for x in lines if makes.fits(x)}
        is_even = found.per_cent == 0 or all(took == had for took, had in taken.values())
        yield found if is_even else replace(found, lines=taken)
