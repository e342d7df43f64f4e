"""The list of warehouses."""

from sqlalchemy import select

from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.warehouse.models import ALLOW, BLOCK, FIRST_WAREHOUSE, WARN, Place

#: what happens when more goods are to leave than are there
SHORT_POLICIES = {BLOCK: _l("is refused"), WARN: _l("leaves, with a message"), ALLOW: _l("leaves")}
places = Table(
    name="warehouse.place",
    title=_l("Warehouses"),
    needs="warehouse.place.edit",
    source=lambda session: select().select_from(Place).where(Place.id >= FIRST_WAREHOUSE, Place.warehouse_id.is_(None)),
    key=Place.id,
    columns=(
        Column(
            "name",
            _l("Name"),
            Place.name,
            headline=True,
            link=Link("warehouse.stock_list", place="id"),
        ),
        Column("code", _l("Code"), Place.code, link=Link("warehouse.place_edit", place_id="id")),
        Column("below_zero", _l("What isn't there"), Place.below_zero, choices=SHORT_POLICIES, sortable=False),
        Column("is_active", _l("Open"), Place.is_active, "flag", sortable=False),
        Column("id", "", Place.id, hidden=True, sortable=False),
    ),
    order="name",
    create="warehouse.place_new",
    create_title=_l("New warehouse"),
)
