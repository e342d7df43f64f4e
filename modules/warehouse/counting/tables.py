"""The list of stock counts."""

from sqlalchemy import BigInteger, case, cast, func, or_, select, type_coerce

from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, journal
from modules.warehouse.counting.kinds import COUNT
from modules.warehouse.counting.models import CountLine, StockCount
from modules.warehouse.models import Place
from modules.warehouse.places import moves_here
from modules.warehouse.registers import Stock

_E = Stock.entries.c
_gained = case((_E.place_to_id == StockCount.place_id, 1), else_=-1)
#: what the surpluses are worth less what the shortages cost
_worth = type_coerce(
    cast(
        select(func.coalesce(func.sum(_gained * type_coerce(_E.value, BigInteger)), 0))
        .where(_E.document_id == StockCount.id, moves_here(_E))
        .correlate(StockCount)
        .scalar_subquery(),
        BigInteger,
    ),
    Money,
)
_differing = (
    select(func.count())
    .where(
        CountLine.document_id == StockCount.id,
        or_(CountLine.counted != CountLine.expected, CountLine.counted_second != CountLine.expected_second),
    )
    .correlate(StockCount)
    .scalar_subquery()
)

counts = journal(
    COUNT,
    Column("place", _l("Warehouse"), Place.name),
    Column("differing", _l("Items that differ"), _differing, "integer", sortable=False),
    Column("note", _l("Note"), StockCount.note, sortable=False),
    Column("value", _l("Value"), _worth, "money", sortable=False, summed=("state",)),
    source=lambda _session: select().select_from(StockCount).join(Place, Place.id == StockCount.place_id),
    search=(func.lower(StockCount.note), func.lower(Place.name)),
    title=_l("Stock counts"),
    create_title=_l("New stock count"),
    empty=_l("Nothing has been counted yet. Press Insert to begin a count."),
)
