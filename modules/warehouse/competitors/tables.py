"""Prices of competitors beside ours: of all items, and of one."""

from typing import Any

from sqlalchemy import BigInteger, exists, select, type_coerce
from sqlalchemy.orm import aliased

from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.analysis.sums import quotient
from modules.warehouse.competitors import EDIT, VIEW
from modules.warehouse.competitors.models import CompetitorPrice
from modules.warehouse.models import PRICE, Item
from modules.warehouse.nesting import group_choices, in_group

_C = CompetitorPrice
_newer = aliased(_C, name="newer")
#: a hundred per cent, in units of a quantity
_WHOLE = 100 * 10**Quantity.scale
_SHOWN = (("newest", _l("the newest of each")), ("all", _l("all")))
_COMPARED = {"dearer": _l("we are dearer"), "cheaper": _l("we are cheaper"), "same": _l("the prices are equal")}


def difference() -> Any:
    """By how many per cent our price is above theirs, to a tenth; below it under zero, without a price of ours none."""
    return type_coerce(type_coerce(quotient(Item.price, _C.in_base, times=100), BigInteger) - _WHOLE, Quantity)


def _compared(value: str) -> Any:
    if value == "same":
        return Item.price == _C.in_base
    return Item.price > _C.in_base if value == "dearer" else Item.price < _C.in_base


def _shown(value: str) -> Any:
    same = (_newer.item_id == _C.item_id, _newer.folded == _C.folded, _newer.day > _C.day)
    return _C.id > 0 if value == "all" else ~exists().where(*same)


def competitors_of(item: Item | None = None) -> Table:
    """Prices of competitors for an item, the newest first; or for all items."""
    edit = Link("warehouse.competitor_edit", price_id="id")
    query = select().select_from(_C).join(Item, Item.id == _C.item_id)
    closed = PRICE["group"]
    of_items = (
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_competitors", item_id="item_id")),
        Column("item", _l("Item"), Item.name, link=Link("warehouse.item_competitors", item_id="item_id")),
    )
    return Table(
        name="warehouse.competitor",
        title=_l("Prices of competitors"),
        needs=VIEW,
        source=lambda _session: query if item is None else query.where(_C.item_id == item.id),
        key=_C.id,
        columns=(
            *(of_items if item is None else ()),
            Column("competitor", _l("Competitor"), _C.competitor, headline=True, link=edit),
            Column("day", _l("Day"), _C.day, "date"),
            Column("price", _l("Their price"), _C.price, "price", sortable=False),
            Column("currency", _l("Currency"), _C.currency, sortable=False),
            Column("in_base", _l("In our own currency"), _C.in_base, "price"),
            Column("own", _l("Our price"), Item.price, "price", nullable=True),
            Column("difference", _l("Ours above theirs, %"), difference(), "quantity", nullable=True, closed=closed),
            Column("note", _l("Note"), _C.note, sortable=False),
            Column("id", "", _C.id, hidden=True, sortable=False),
            Column("item_id", "", _C.item_id, hidden=True, sortable=False),
        ),
        order="-day",
        search=(_C.folded, Item.folded),
        filters=(
            *((Filter("group", _l("Group"), in_group, group_choices),) if item is None else ()),
            Filter("compared", _l("Compared with ours"), _compared, tuple(_COMPARED.items()), group=closed),
            Filter("shown", _l("Shown"), _shown, _SHOWN, default="newest" if item is None else "all"),
        ),
        create="warehouse.competitor_new",
        create_needs=EDIT,
        create_title=_l("New price of a competitor"),
        create_arguments={} if item is None else {"item": str(item.id)},
        empty=_l("No price of a competitor yet. Press Insert to add the first."),
        is_found=False,
    )


competitors = competitors_of()
report = Report.on(
    competitors,
    _l("For which items we ask more or less than competitors, by the newest price of each."),
    endpoint="warehouse.competitor_list",
)
