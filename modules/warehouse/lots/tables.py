"""The list of lots and serial numbers: how much of each is there, and until when it may be used."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, and_, cast, exists, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from app.api.web import MOST_COUNTED, Column, Filter, Link, Table
from modules.warehouse.lots.queries import HELD, OF_LOT, OWN, was_here
from modules.warehouse.models import NONE, Item, Lot
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

_UNITS = select(func.coalesce(func.sum(type_coerce(HELD.quantity, BigInteger)), 0)).where(OF_LOT)
_UNITS_HERE = cast(_UNITS.correlate(Lot, OWN).scalar_subquery(), BigInteger)
_ON_HAND = type_coerce(_UNITS_HERE, Quantity)
_WORTH = Stock.worth.table.c
# As in the list of stock: known only where all that shares the cost is what the list says is there.
_VALUE = (
    select(func.sum(type_coerce(_WORTH.value, BigInteger)))
    .where(
        _WORTH.organisation_id == OWN.id,
        _WORTH.item_id == Lot.item_id,
        _WORTH.layer_id == Lot.id,
        _WORTH.pool_id.in_(own_places()),
    )
    .group_by(_WORTH.layer_id)
    .having(func.sum(type_coerce(_WORTH.quantity, BigInteger)) == _UNITS_HERE)
)


def _is_there(value: str) -> Any:
    there = exists().where(OF_LOT, HELD.quantity > 0).correlate(Lot, OWN)
    return there if value == "yes" else ~there


def _expires(value: str) -> Any:
    today = wall_clock().date()
    if value == "expired":
        return Lot.expires < today
    return and_(Lot.expires >= today, Lot.expires <= today + timedelta(days=int(value)))


def days_in_stock(session: Session, until: date) -> list[date]:
    """The days on which lots in stock expire, until a day; of many only MOST_COUNTED."""
    of_own = select(Lot.expires).join(OWN, OWN.id == organisation_id(session))
    asked = of_own.where(Lot.id > NONE, Lot.expires <= until, _is_there("yes"))
    return [day for day in session.scalars(asked.limit(MOST_COUNTED)) if day is not None]


lots = Table(
    name="warehouse.lot",
    title=_l("Lots and serial numbers"),
    needs="warehouse.stock.view",
    source=lambda session: (
        select()
        .select_from(Lot)
        .join(Item, Item.id == Lot.item_id)
        .join(Unit, Unit.id == Item.unit_id)
        .join(OWN, OWN.id == organisation_id(session))
        .where(Lot.id > NONE, *was_here(session))
    ),
    key=Lot.id,
    columns=(
        Column("code", _l("Lot"), Lot.code, headline=True, link=Link("warehouse.lot_view", lot_id="id")),
        Column("item", _l("Item"), Item.name, link=Link("warehouse.item_view", item_id="item_id")),
        Column("item_code", _l("Code"), Item.code),
        Column("quantity", _l("On hand"), _ON_HAND, "quantity", sortable=False, summed=("unit",)),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("expires", _l("Use by"), Lot.expires, "date", nullable=True),
        #: of lots that cost by themselves; nobody knows it of others
        Column(
            "value",
            _l("Value"),
            type_coerce(cast(_VALUE.correlate(Lot, OWN).scalar_subquery(), BigInteger), Money),
            "money",
            nullable=True,
            sortable=False,
            summed=(),
        ),
        Column("item_id", "", Item.id, hidden=True, sortable=False),
        Column("id", "", Lot.id, hidden=True, sortable=False),
    ),
    order="-expires",
    search=(func.lower(Lot.code), Item.folded),
    filters=(
        Filter("stock", _l("Shown"), _is_there, (("yes", _l("in stock")), ("no", _l("gone"))), default="yes"),
        Filter(
            "expires",
            _l("Use by"),
            _expires,
            (
                ("expired", _l("expired")),
                ("7", _l("within a week")),
                ("30", _l("within 30 days")),
                ("90", _l("within 90 days")),
            ),
        ),
        Filter("item", _l("Item"), lambda value: Lot.item_id == int(value), is_aside=True),
    ),
    empty=_l("No lot or serial number is in stock."),
)
