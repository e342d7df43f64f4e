"""What sales and their returns have moved of points, by the lines of the sales: read from the register."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, LineKey
from app.api.security import PastPolicy
from modules.trade.credited import credited
from modules.trade.models import TradeLine
from modules.trade.points.balances import whole
from modules.trade.points.models import PointsLot
from modules.trade.points.register import Points
from modules.trade.points.rules import Lot

_BOOKS = PastPolicy("what comes back of a sale gives and takes its points, whoever sold it")
_ENTRY, _LOT, _LINK, _DOCUMENT = (
    t.c for t in (Points.entries, PointsLot.__table__, DocumentLink.__table__, Document.__table__)
)


def _sum(column: Any) -> Any:
    return type_coerce(func.sum(type_coerce(column, BigInteger)), BigInteger)


@dataclass(slots=True)
class SoldPoints:
    """A sale: what it earned in all, what of that was withdrawn, and what has expired; None: nobody has asked."""

    earned: int = 0
    withdrawn: int = 0
    expired: int | None = None


@dataclass(slots=True)
class SoldLine:
    """A line of a sale that comes back: what it earned and spent, and what returns before have moved of that."""

    key: LineKey
    sale: SoldPoints
    quantity: Decimal
    #: how much of it came back before
    came: Decimal = Decimal(0)
    earned: int = 0
    earned_of: tuple[Lot, int] | None = None
    #: by lot, in the order in which they were taken: how many, of which programme, and the lot's last day
    spent_of: list[tuple[Lot, int, date | None]] = field(default_factory=list)
    withdrawn: int = 0
    given_back: int = 0

    @property
    def spent(self) -> list[Lot]:
        """What was spent on it."""
        return [lot for lot, _, _ in self.spent_of]


def points_of_sales(session: Session, document: Any, keys: Collection[LineKey]) -> dict[LineKey, SoldLine]:
    """The lines of sales that a return gives back, as far as points moved by them; three questions for all of them."""
    if not keys:
        return {}
    sales = {sale for sale, _ in keys}
    found = _lines(session, sales, keys)
    if not found:
        return {}
    came = credited(session, sales, (document.kind,), but=document.id)
    for (sale, line), earned, spent in _returned(session, document, sales):
        if (of := found.get((sale, line))) is not None:
            of.withdrawn, of.given_back = -earned, -spent
    totals: dict[int, int] = defaultdict(int)
    for of in found.values():
        of.came = came[of.key].quantity if of.key in came else Decimal(0)
        totals[of.key[0]] += of.withdrawn
    for of in found.values():
        of.sale.withdrawn = totals[of.key[0]]
    return {key: of for key, of in found.items() if key in keys}


def _lines(session: Session, sales: set[int], keys: Collection[LineKey]) -> dict[LineKey, SoldLine]:
    entry = (_ENTRY.document_id, _ENTRY.line, _ENTRY.contact_id, _ENTRY.programme_id, _ENTRY.lot_id)
    line = TradeLine.__table__
    of_line = and_(line.c.document_id == _ENTRY.document_id, line.c.line == _ENTRY.line)
    query = (
        select(
            *entry,
            _sum(_ENTRY.earned).label("earned"),
            _sum(_ENTRY.spent).label("spent"),
            line.c.quantity,
            _LOT.expires,
        )
        .join_from(Points.entries, line, of_line)
        .join(PointsLot.__table__, _LOT.id == _ENTRY.lot_id)
        .where(_ENTRY.document_id.in_(sales))
        .group_by(*entry, line.c.quantity, _LOT.expires, _LOT.earned)
        .order_by(_LOT.earned, _ENTRY.lot_id)
    )
    found: dict[LineKey, SoldLine] = {}
    whole_sales: dict[int, SoldPoints] = defaultdict(SoldPoints)
    for row in _BOOKS(session).execute(query):
        sale, key = whole_sales[row.document_id], (row.document_id, row.line)
        of = found.setdefault(key, SoldLine(key, sale, row.quantity))
        if earned := whole(row.earned):
            of.earned, of.earned_of = earned, (Lot(row.lot_id, row.contact_id, 0), row.programme_id)
            sale.earned += earned
        if spent := whole(row.spent):
            of.spent_of.append((Lot(row.lot_id, row.contact_id, spent), row.programme_id, row.expires))
    return found


def _returned(session: Session, own: Any, sales: set[int]) -> list[tuple[LineKey, int, int]]:
    """What posted returns, without this one, have moved by the lines that they give back."""
    query = (
        select(
            _LINK.origin_id, _LINK.origin_line, _sum(_ENTRY.earned).label("earned"), _sum(_ENTRY.spent).label("spent")
        )
        .join_from(
            Points.entries,
            DocumentLink.__table__,
            and_(_LINK.document_id == _ENTRY.document_id, _LINK.line == _ENTRY.line),
        )
        .join(Document.__table__, _DOCUMENT.id == _ENTRY.document_id)
        .where(_LINK.origin_id.in_(sales), _DOCUMENT.kind == "trade.sales_return", _DOCUMENT.state == "posted")
        .where(_DOCUMENT.id != (own.id or 0))
        .group_by(_LINK.origin_id, _LINK.origin_line)
    )
    rows = _BOOKS(session).execute(query)
    return [((row.origin_id, row.origin_line), whole(row.earned), whole(row.spent)) for row in rows]


class Expiry(NamedTuple):
    """What a document wrote off of a lot."""

    document_id: int
    moment: datetime
    contact_id: int
    programme_id: int
    points: int


def expiries_of(session: Session, lot_id: int) -> list[Expiry]:
    """Which documents wrote off points of a lot that had expired, and how many each."""
    keys = (_ENTRY.document_id, _ENTRY.moment, _ENTRY.contact_id, _ENTRY.programme_id)
    query = select(*keys, _sum(_ENTRY.expired).label("units"))
    query = query.where(_ENTRY.lot_id == lot_id, Points.has_expired()).group_by(*keys)
    rows = _BOOKS(session).execute(query.having(_sum(_ENTRY.expired) != 0).order_by(*keys))
    return [Expiry(*row[:4], whole(row.units)) for row in rows]


def moved_by(session: Session, documents: Sequence[int]) -> dict[int, dict[str, int]]:
    """What documents have moved of points: by document, earned, spent, expired and corrected, as they stand."""
    names = ("points", "earned", "spent", "expired", "corrected")
    sums = [_sum(_ENTRY[name]).label(name) for name in names]
    query = select(_ENTRY.document_id, *sums).where(_ENTRY.document_id.in_(documents)).group_by(_ENTRY.document_id)
    return {
        row.document_id: {name: whole(row._mapping[name]) for name in names} for row in _BOOKS(session).execute(query)
    }
