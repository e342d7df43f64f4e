"""What a count found of goods in their second unit. That is kept by warehouse: a count by bins compares what a lot is in all of
them together, once nobody has left out one of them (ADR 110)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from modules.warehouse.counting.books import Book, Spot, second_books
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.rules import Counted, expected_at, expected_in_bins

#: an item and its lot, of goods without such ""
Goods = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a lot was expected and counted to be in its second unit; None: not all of it was weighed, or it has none."""

    expected: int | None = None
    counted: int | None = None
    #: where nobody weighed it, though somebody did in other bins
    lacking: Sequence[int] = ()
    #: whether nobody can say what was expected, as goods moved between its bins while they were counted
    has_moved: bool = False


def weighings(
    session: Session,
    count: StockCount,
    items: Sequence[Any],
    counted: Mapping[Goods, Mapping[int, Counted]],
    said: Mapping[Spot, Mapping[str, Book]],
    since: datetime,
) -> dict[Goods, Weighing]:
    """What was found of these items, by item and lot. `counted`: what of each lot was counted in which bin; `said`: what the
    books say of all bins from `since` on."""
    wanted = {item.id: item for item in items if item.second is not None}
    if not wanted:
        return {}
    seconds, there = (
        second_books(session, count, list(wanted.values()), since),
        defaultdict[Goods, dict[int, Book]](dict),
    )
    for (item_id, bin_id), lots in said.items():
        for lot, book in lots.items():
            there[item_id, lot][bin_id] = book
    return {
        goods: _weighing(bins, there.get(goods, {}), seconds.get(goods, Book()))
        for goods, bins in counted.items()
        if goods[0] in wanted
    }


def _weighing(counted: Mapping[int, Counted], there: Mapping[int, Book], second: Book) -> Weighing:
    last = max(each.last for each in counted.values())
    # Bins that nobody counted don't matter where the books have none of it there when the last one was counted.
    others = {bin_id: book for bin_id, book in there.items() if bin_id not in counted}
    lacking = [bin_id for bin_id, book in others.items() if expected_at(book.held, book.moves, last)]
    lacking += [bin_id for bin_id, each in counted.items() if each.second is None]
    is_weighed = any(each.second for each in counted.values())
    if lacking:
        return Weighing(lacking=sorted(lacking) if is_weighed else ())
    bins = [(each, there[bin_id].moves if bin_id in there else ()) for bin_id, each in counted.items()]
    bins += [(Counted(0, last, last), book.moves) for book in others.values()]
    expected = expected_in_bins(bins, second.held, second.moves)
    if expected is None:
        return Weighing(has_moved=is_weighed)
    return Weighing(expected, sum(each.second or 0 for each in counted.values()))
