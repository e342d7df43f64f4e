"""The lists of boxes and pallets, and of repackings."""

from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, journal
from modules.warehouse.logistic_units import EDIT, VIEW
from modules.warehouse.logistic_units.kinds import REPACKING
from modules.warehouse.logistic_units.models import KINDS, LogisticUnit, Repacking
from modules.warehouse.logistic_units.registers import Packing
from modules.warehouse.models import NONE, TRANSIT, Place
from modules.warehouse.queries import warehouse_choices

_PACKED, _E = Packing.packed.table.c, Packing.entries.c
_PARENT = aliased(LogisticUnit)
_CHILD = aliased(LogisticUnit)
#: what becomes of a unit: it holds goods, has held some, or never did
STATES = {"packed": _l("packed"), "emptied": _l("emptied or gone"), "new": _l("new")}


def _holds(unit: Any) -> Any:
    return exists().where(_PACKED.unit_id == unit, _PACKED.quantity != 0)


_is_packed = _holds(LogisticUnit.id) | exists().where(_CHILD.parent_id == LogisticUnit.id, _holds(_CHILD.id))
_was_packed = exists().where(_E.unit_to_id == LogisticUnit.id)
_state = case((_is_packed, "packed"), (_was_packed, "emptied"), else_="new")


def _warehouses(session: Session) -> list[tuple[str, object]]:
    return [(str(number), name) for number, name in warehouse_choices(session)]


logistic_units = Table(
    name="warehouse.logistic_unit",
    title=_l("Boxes and pallets"),
    needs=VIEW,
    source=lambda _session: (
        select()
        .select_from(LogisticUnit)
        .join(Place, Place.id == LogisticUnit.warehouse_id)
        .outerjoin(_PARENT, _PARENT.id == LogisticUnit.parent_id)
        .where(LogisticUnit.id > NONE)
    ),
    key=LogisticUnit.id,
    columns=(
        Column(
            "code",
            _l("Code"),
            LogisticUnit.code,
            headline=True,
            link=Link("warehouse.logistic_unit_view", unit_id="id"),
        ),
        Column("kind", _l("Kind"), LogisticUnit.kind, words=lambda kind: KINDS[kind]),
        Column("state", _l("State"), _state, words=lambda state: STATES[state], sortable=False),
        Column(
            "place",
            _l("Warehouse"),
            case((Place.id == TRANSIT, ""), else_=Place.name),
            words=lambda name: name or _l("in transit"),
        ),
        Column("parent", _l("Within"), _PARENT.code, sortable=False),
        Column("id", "", LogisticUnit.id, hidden=True, sortable=False),
    ),
    order="-code",
    search=(func.lower(LogisticUnit.code),),
    filters=(
        Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _warehouses),
        Filter("state", _l("State"), lambda state: _state == state, tuple(STATES.items())),
        Filter("kind", _l("Kind"), lambda kind: LogisticUnit.kind == kind, tuple(KINDS.items())),
    ),
    create="warehouse.logistic_unit_new",
    create_needs=EDIT,
    create_title=_l("New box or pallet"),
    empty=_l("No box or pallet yet. Press Insert to add some."),
)

repackings = journal(
    REPACKING,
    Column("place", _l("Warehouse"), Place.name),
    Column("note", _l("Note"), Repacking.note, sortable=False),
    source=lambda _session: select().select_from(Repacking).join(Place, Place.id == Repacking.place_id),
    search=(func.lower(Repacking.note), func.lower(Place.name)),
    title=_l("Repackings"),
    create_title=_l("New repacking"),
    empty=_l("Nothing has been packed into boxes or on pallets yet."),
)
