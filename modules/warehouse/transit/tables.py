"""The list of what is on its way between warehouses."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.models import TRANSIT, Item, MovementLine, Place, PlaceNamed, Transfer
from modules.warehouse.queries import warehouses
from modules.warehouse.registers import Stock
from modules.warehouse.transit.outcomes import units_left

IN_TRANSIT = _l("In transit")

_E, _HELD = Stock.entries.c, Stock.on_hand.table.c
_SOURCE, _TARGET = aliased(PlaceNamed, name="source"), aliased(PlaceNamed, name="target")


class _Sent:
    """The columns of a line by which `units_left` asks for what is on its way of it."""

    document_id, line = MovementLine.document_id, MovementLine.line
    units = type_coerce(MovementLine.quantity, BigInteger)


_LEFT = units_left(_Sent)
_CAME_IN = (
    _E.document_id == MovementLine.document_id,
    _E.line == MovementLine.line,
    _E.place_to_id == TRANSIT,
    _E.place_to_id.in_(select(Place.id)),
)
_WENT_ON = (
    _E.origin_document_id == MovementLine.document_id,
    _E.origin_line == MovementLine.line,
    _E.place_from_id == TRANSIT,
    _E.place_from_id.in_(select(Place.id)),
)


def _value(criteria: tuple[Any, ...]) -> Any:
    total = select(func.coalesce(func.sum(type_coerce(_E.value, BigInteger)), 0)).where(*criteria)
    return total.correlate(MovementLine).scalar_subquery()


_ON_ITS_WAY = type_coerce(cast(_LEFT, BigInteger), Quantity)
_WORTH = type_coerce(cast(_value(_CAME_IN) - _value(_WENT_ON), BigInteger), Money)


def _is_on_its_way(session: Session) -> tuple[Any, ...]:
    return _HELD.organisation_id == organisation_id(session), _HELD.place_id == TRANSIT, _HELD.quantity > 0


def sent_until(day: date) -> Any:
    """Says of transfers that they were sent by the end of a day."""
    return Transfer.moment <= datetime.combine(day, time.max)


def _choices(session: Session) -> list[tuple[str, object]]:
    return [(str(place.id), place.name) for place in warehouses(session) if not place.is_on_commission]


transit = Table(
    name="warehouse.transit",
    title=_l("Goods in transit"),
    needs="warehouse.transfer.view",
    source=lambda session: (
        select()
        .select_from(MovementLine)
        .join(Transfer, Transfer.id == MovementLine.document_id)
        .join(Item, Item.id == MovementLine.item_id)
        .join(Unit, Unit.id == Item.unit_id)
        .join(_SOURCE, _SOURCE.id == Transfer.source_id)
        .join(_TARGET, _TARGET.id == Transfer.target_id)
        # Of what is in transit now alone, so that what arrived long ago isn't asked about.
        .where(
            MovementLine.item_id.in_(
                select(_HELD.item_id).where(*_is_on_its_way(session), _HELD.place_id.in_(select(Place.id)))
            )
        )
        .where(Transfer.state == "posted", Transfer.in_two_steps, _LEFT > 0)
    ),
    key=MovementLine.document_id * 1_000_000 + MovementLine.line,
    columns=(
        Column(
            "number",
            _l("Transfer"),
            Transfer.number,
            headline=True,
            link=Link("warehouse.transfer_view", document_id="id"),
        ),
        Column("moment", _l("Since"), Transfer.moment, "moment"),
        Column("source", _l("From"), _SOURCE.name),
        Column("target", _l("To"), _TARGET.name),
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
        Column("item", _l("Item"), Item.name),
        Column(
            "quantity",
            _l("On its way"),
            _ON_ITS_WAY,
            "quantity",
            sortable=False,
            summed=("unit",),
        ),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column(
            "value",
            _l("Value"),
            _WORTH,
            "money",
            sortable=False,
            summed=(),
        ),
        Column("item_id", "", Item.id, hidden=True, sortable=False),
        Column("id", "", Transfer.id, hidden=True, sortable=False),
    ),
    order="moment",
    search=(func.lower(Transfer.number), Item.folded),
    filters=(
        Filter("source", _l("From"), lambda place: _SOURCE.id == int(place), _choices),
        Filter("target", _l("To"), lambda place: _TARGET.id == int(place), _choices),
        Filter("until", _l("Until"), lambda text: sent_until(date.fromisoformat(text)), is_aside=True),
    ),
    empty=_l("Nothing is on its way between warehouses."),
    is_found=False,
)
