"""The lists of bins, of what lies in them, and of bin moves."""

from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, journal
from modules.warehouse.bins import EDIT, VIEW
from modules.warehouse.bins.kinds import BIN_MOVE
from modules.warehouse.bins.models import Bin, BinLevel, BinMove
from modules.warehouse.bins.queries import TOTALS, is_ahead, present_stock_by_bin
from modules.warehouse.models import NONE, Item, Lot, Place
from modules.warehouse.queries import warehouse_choices


def _warehouses(session: Session) -> list[tuple[str, object]]:
    return [(str(number), name) for number, name in warehouse_choices(session)]


bins = Table(
    name="warehouse.bin",
    title=_l("Bins"),
    needs=VIEW,
    source=lambda _session: select().select_from(Bin).join(Place, Place.id == Bin.warehouse_id).where(Bin.id > NONE),
    key=Bin.id,
    columns=(
        Column("code", _l("Bin"), Bin.code, headline=True, link=Link("warehouse.bin_edit", bin_id="id")),
        Column("place", _l("Warehouse"), Place.name),
        Column("zone", _l("Zone"), Bin.zone),
        Column("position", _l("Place in the walk"), Bin.position, "integer"),
        Column("is_active", _l("Open"), Bin.is_active, "flag", sortable=False),
        Column("id", "", Bin.id, hidden=True, sortable=False),
    ),
    order="position",
    search=(func.lower(Bin.code), func.lower(Bin.zone)),
    filters=(
        Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _warehouses),
        Filter(
            "active",
            _l("Shown"),
            lambda value: Bin.is_active.is_(value != "no"),
            (("yes", _l("open")), ("no", _l("closed"))),
            default="yes",
        ),
    ),
    create="warehouse.bin_new",
    create_needs=EDIT,
    create_title=_l("New bins"),
    empty=_l("No bin yet. Press Insert to add some, or import a spreadsheet."),
)


levels = Table(
    name="warehouse.bin_level",
    title=_l("Usual bins"),
    needs=VIEW,
    source=lambda _session: (
        select()
        .select_from(BinLevel)
        .join(Bin, Bin.id == BinLevel.bin_id)
        .join(Place, Place.id == Bin.warehouse_id)
        .join(Item, Item.id == BinLevel.item_id)
        .join(Unit, Unit.id == Item.unit_id)
    ),
    key=BinLevel.id,
    columns=(
        Column("bin", _l("Bin"), Bin.code, link=Link("warehouse.bin_level_edit", level_id="id")),
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
        Column("name", _l("Item"), Item.name, headline=True, link=Link("warehouse.bin_level_edit", level_id="id")),
        Column("place", _l("Warehouse"), Place.name),
        Column("minimum", _l("Minimum"), BinLevel.minimum, "quantity"),
        Column("maximum", _l("Maximum"), BinLevel.maximum, "quantity"),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("id", "", BinLevel.id, hidden=True, sortable=False),
        Column("item_id", "", Item.id, hidden=True, sortable=False),
    ),
    order="bin",
    search=(Item.folded, func.lower(Bin.code)),
    filters=(Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _warehouses),),
    create="warehouse.bin_level_new",
    create_needs=EDIT,
    create_title=_l("New usual bin"),
    empty=_l("No item has a usual bin yet. Press Insert to add one."),
    is_found=False,
)


def _bin_stock_table(by_bin: Any, instead: Any = None) -> Table:
    held = by_bin.c
    return Table(
        name="warehouse.bin_stock",
        title=_l("Stock by bin"),
        needs=VIEW,
        source=lambda session: (
            select()
            .select_from(by_bin)
            .join(Item, Item.id == held.item_id)
            .join(Unit, Unit.id == Item.unit_id)
            .join(Place, Place.id == held.place_id)
            .join(Lot, Lot.id == held.lot_id)
            .join(Bin, Bin.id == held.bin_id)
            .where(*(() if instead is None else (held.organisation_id == organisation_id(session),)))
        ),
        key=cast(held.item_id, String)
        + ":"
        + cast(held.place_id, String)
        + ":"
        + cast(held.bin_id, String)
        + ":"
        + cast(held.lot_id, String),
        key_type=str,
        columns=(
            Column("bin", _l("Bin"), Bin.code, words=lambda code: code or _l("not put away")),
            Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
            Column("name", _l("Item"), Item.name, headline=True, link=Link("warehouse.item_view", item_id="item_id")),
            Column("lot", _l("Lot"), Lot.code),
            Column("place", _l("Warehouse"), Place.name),
            Column("zone", _l("Zone"), Bin.zone),
            Column("quantity", _l("On hand"), held.quantity, "quantity", summed=("unit",)),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("item_id", "", Item.id, hidden=True, sortable=False),
        ),
        order="bin",
        search=(Item.folded, func.lower(Bin.code)),
        filters=(
            Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _warehouses),
            Filter(
                "put",
                _l("Shown"),
                lambda value: held.bin_id == NONE if value == "no" else held.bin_id > NONE,
                (("yes", _l("in bins")), ("no", _l("not put away"))),
            ),
            Filter("item", _l("Item"), lambda value: Item.id == int(value), is_aside=True),
        ),
        empty=_l("Nothing lies in bins, or waits to be put away."),
        is_found=False,
        instead=instead,
    )


def _present(session: Session) -> Table | None:
    return _bin_stock_table(present_stock_by_bin(session)) if is_ahead(session) else None


bin_stock = _bin_stock_table(TOTALS, _present)

bin_moves = journal(
    BIN_MOVE,
    Column("place", _l("Warehouse"), Place.name),
    Column("note", _l("Note"), BinMove.note, sortable=False),
    source=lambda _session: select().select_from(BinMove).join(Place, Place.id == BinMove.place_id),
    search=(func.lower(BinMove.note), func.lower(Place.name)),
    title=_l("Bin moves"),
    create_title=_l("New bin move"),
    empty=_l("No goods have changed bins yet."),
)
