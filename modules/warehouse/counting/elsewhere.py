"""What other counts of the same warehouse count: the same twice would be booked twice."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document
from app.api.security import PastPolicy
from modules.warehouse.counting.models import CountLine, StockCount, Tally, WholeBin

_BOOKS = PastPolicy("a count is compared with what others count, whoever may see which papers")

_TALLY, _WHOLE, _LINE = Tally.__table__.c, WholeBin.__table__.c, CountLine.__table__.c
_COUNT, _DOCUMENT = StockCount.__table__.c, Document.__table__.c


def counted_elsewhere(session: Session, count: StockCount, items: Collection[int], since: datetime) -> dict[int, Any]:
    """Item → another count of the same warehouse in which it is being counted, or one that was posted after `since` and says
    how many there are, also by nobody's having counted it: a row of its id and number. What one finds would be found again.
    Two counts by bins may count the same item, each in bins of its own."""
    others = [~_COUNT.is_by_bin] if count.is_by_bin else []
    posted = (_LINE.counted.is_not(None), _DOCUMENT.state == "posted", _COUNT.closed_at > since)
    return _others(session, count, _TALLY.item_id, items, *others, ~_TALLY.is_undone, _DOCUMENT.state == "draft") | (
        _others(session, count, _LINE.item_id, items, *others, *posted)
    )


def bins_counted_elsewhere(
    session: Session, count: StockCount, bins: Collection[int], since: datetime
) -> dict[int, Any]:
    """Bin → another count by bins in which it is being counted, or one that was posted after `since` and counted it."""
    if not count.is_by_bin:
        return {}
    found: dict[int, Any] = {}
    for rows in (_TALLY, _WHOLE):
        for holds in ((_DOCUMENT.state == "draft",), (_DOCUMENT.state == "posted", _COUNT.closed_at > since)):
            found |= _others(session, count, rows.bin_id, bins, _COUNT.is_by_bin, ~rows.is_undone, *holds)
    return found


def _others(session: Session, count: StockCount, column: Any, values: Collection[int], *holds: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for some in pieces(sorted(values)):
        query = (
            select(column, _DOCUMENT.id, _DOCUMENT.number)
            .distinct()
            .join_from(StockCount.__table__, Document.__table__, _DOCUMENT.id == _COUNT.id)
            .join(column.table, column.table.c.document_id == _COUNT.id)
            .where(_COUNT.place_id == count.place_id, _COUNT.id != count.id)
            .where(_DOCUMENT.organisation_id == count.organisation_id, column.in_(some), *holds)
        )
        found |= {row[0]: row for row in _BOOKS(session).execute(query)}
    return found
