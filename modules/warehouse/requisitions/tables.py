"""The lists of internal requests, and of what they still ask for."""

from typing import Any

from sqlalchemy import BigInteger, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Filter, Link, Table, journal
from modules.warehouse.models import NONE, Item, PlaceNamed
from modules.warehouse.places import own_places
from modules.warehouse.queries import warehouse_choices
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.kinds import REQUESTED
from modules.warehouse.requisitions.models import Requisition
from modules.warehouse.requisitions.registers import Requests

_FOR, _FROM = aliased(PlaceNamed, name="wanted_for"), aliased(PlaceNamed, name="wanted_from")
_OPEN, _CLAIMS = Requests.open.table.c, Stock.claims.table.c
#: what is free of an item in the warehouse that is asked, where that is open to whoever looks; None elsewhere
_FREE = type_coerce(
    cast(
        select(type_coerce(_CLAIMS.quantity, BigInteger))
        .where(_CLAIMS.organisation_id == Requisition.organisation_id, _CLAIMS.item_id == _OPEN.item_id)
        .where(_CLAIMS.warehouse_id == Requisition.source_id, _CLAIMS.claim_id == NONE)
        .where(_CLAIMS.warehouse_id.in_(own_places()))
        .correlate(Requisition, Requests.open.table)
        .scalar_subquery(),
        BigInteger,
    ),
    Quantity,
)


def _choices(session: Session) -> list[tuple[str, object]]:
    return [(str(number), name) for number, name in warehouse_choices(session)]


_FILTERS = (
    Filter("source", _l("From"), lambda place: _FROM.id == int(place), _choices),
    Filter("place", _l("For warehouse"), lambda place: _FOR.id == int(place), _choices),
)


def _named(query: Any) -> Any:
    return query.join(_FOR, _FOR.id == Requisition.place_id).join(_FROM, _FROM.id == Requisition.source_id)


requisitions = journal(
    REQUESTED,
    Column("place", _l("For warehouse"), _FOR.name),
    Column("source", _l("From"), _FROM.name),
    Column("due", _l("Wanted by"), Requisition.due, "date", nullable=True),
    Column("note", _l("Note"), Requisition.note, sortable=False),
    source=lambda _session: _named(select().select_from(Requisition)),
    search=(func.lower(Requisition.note), func.lower(_FOR.name), func.lower(_FROM.name)),
    filters=_FILTERS,
    title=_l("Internal requests"),
    create_title=_l("New internal request"),
    empty=_l("No warehouse has asked another for goods yet."),
)

requested = Table(
    name="warehouse.requested",
    title=_l("Goods requested"),
    needs=f"{REQUISITION}.view",
    create="warehouse.requisition_new",
    create_needs=f"{REQUISITION}.edit",
    create_title=_l("New internal request"),
    source=lambda session: _named(
        select()
        .select_from(Requests.open.table)
        .join(Requisition, Requisition.id == _OPEN.requisition_id)
        .join(Item, Item.id == _OPEN.item_id)
        .join(Unit, Unit.id == Item.unit_id)
    ).where(Requests.is_open(organisation_id(session)), Requisition.state == "posted"),
    key=_OPEN.requisition_id * 1_000_000 + _OPEN.requisition_line_id,
    columns=(
        Column(
            "number",
            _l("Internal request"),
            Requisition.number,
            headline=True,
            link=Link("warehouse.requisition_view", document_id="id"),
        ),
        Column("due", _l("Wanted by"), Requisition.due, "date", nullable=True),
        Column("place", _l("For warehouse"), _FOR.name),
        Column("source", _l("From"), _FROM.name),
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
        Column("item", _l("Item"), Item.name),
        Column("quantity", _l("Left to send"), _OPEN.quantity, "quantity", summed=("unit",)),
        Column("free", _l("Free there"), _FREE, "quantity", sortable=False, summed=()),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("item_id", "", Item.id, hidden=True, sortable=False),
        Column("id", "", Requisition.id, hidden=True, sortable=False),
    ),
    order="due",
    search=(func.lower(Requisition.number), Item.folded),
    filters=_FILTERS,
    empty=_l("Nothing is requested that hasn't been sent."),
    is_found=False,
)


def to_send(session: Session) -> Any:
    """The posted requests of which something is left, that warehouses which the session's actor sees are to send."""
    left = select(_OPEN.requisition_id).where(Requests.is_open(organisation_id(session)))
    own = Requisition.source_id.in_(own_places())
    return select(Requisition.id).where(Requisition.state == "posted", own, Requisition.id.in_(left))
