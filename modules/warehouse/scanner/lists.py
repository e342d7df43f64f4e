"""Lists by which goods are received or picked with a scanner. A module adds one by declaring a `ScanList` in its
`scanning.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.api.security import Actor


@dataclass(frozen=True, slots=True)
class Scanned:
    """So much of a line, in base units, with what labels said of it; `line` is its number on the list, or an item. Of what is
    put away: the codes of the bins; empty: none."""

    line: int
    quantity: Decimal
    lots: str = ""
    expires: date | None = None
    from_bin: str = ""
    to_bin: str = ""
    #: the box or pallet that was scanned for it, by its code
    logistic_unit: str = ""


@dataclass(frozen=True, slots=True)
class ToScan:
    """A line of a list: so much of an item is to be scanned, in base units. No price. Of what is picked: from which bin, or
    bins with commas between them; empty: none. Of what is picked for several at once: of which lot, and how much goes into
    which box, the boxes in their turn."""

    line: int
    item_id: int
    quantity: Decimal
    bin: str = ""
    lot: str = ""
    boxes: Sequence[tuple[int, Decimal]] = ()


class Finished(NamedTuple):
    """What became of what was scanned: its number, what else whoever scanned it has to know, and where that is shown if it is
    open to them."""

    number: str
    says: str = ""
    address: str | None = None


@dataclass(frozen=True)
class ScanList:
    """Documents of one kind whose lines are received or picked."""

    name: str
    title: object
    icon: str
    #: the right to do it, without which it isn't offered
    needs: str
    #: what waits: `id`, `title`, `note` of each, what is first due first
    waiting: Callable[[Session], Sequence[dict[str, Any]]]
    #: what is left of one of them. Refused (NotFound): one of which nothing waits
    lines: Callable[[Session, int], Sequence[ToScan]]
    #: posts what was scanned of one, once for each operation id
    finish: Callable[[Session, Actor, int, Sequence[Scanned], str], Finished]
