"""The list of items with their classes."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, Select, String, cast, func, literal, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent, Quantity, to_units
from app.api.web import Column, Link, Table
from modules.trade.analysis.asked import CLASSES, MEASURES, PARAMETERS, asked_of
from modules.trade.analysis.sums import Classed, classed
from modules.warehouse.api import Item

_KINDS = {"quantity": Quantity, "revenue": Money, "margin": Money}


def _list(session: Session, said: Mapping[str, Any]) -> Table:
    asked = asked_of(session, said)
    every = classed(session, asked).items
    rows = [each for each in every if asked.abc in (None, each.abc) and asked.xyz in (None, each.xyz)]
    names = [name for name in _KINDS if name != "margin" or session.info["actor"].sees("warehouse.cost")]
    found = _as_rows(session, rows, names)

    def source(_session: Session) -> Select[Any]:
        query: Select[Any] = select().select_from(found).join(Item, Item.id == found.c.item_id)
        return query.join(Unit, Unit.id == Item.unit_id)

    link = Link("warehouse.item_view", item_id="item_id")
    amounts = [
        Column(
            name,
            MEASURES[name],
            found.c[name],
            "quantity" if name == "quantity" else "money",
            summed=("unit",) if name == "quantity" else (),
            closed="warehouse.cost" if name == "margin" else None,
        )
        for name in names
    ]
    return Table(
        name="trade.item_class",
        title=_l("Items by ABC and XYZ"),
        needs="trade.result.view",
        source=source,
        key=found.c.item_id,
        columns=(
            Column("code", _l("Code"), Item.code, link=link),
            Column("name", _l("Item"), Item.name, headline=True, link=link),
            Column("abc", "ABC", found.c.abc),
            Column("xyz", "XYZ", found.c.xyz),
            amounts[0],
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            *amounts[1:],
            Column("variation", _l("Variation, %"), found.c.variation, "quantity", nullable=True),
            Column("item_id", "", Item.id, hidden=True, sortable=False),
        ),
        order=f"-{asked.by}",
        search=(Item.folded,),
        empty=_l("No item is of these classes."),
        is_found=False,
        missing=lambda _session: _l("Months before anything was sold aren't counted."),
    )


def _as_rows(session: Session, rows: list[Classed], names: list[str]) -> Any:
    """A subquery of what was classed: as one JSON text, since no statement takes a parameter for each of many items."""
    said = [
        [
            each.item_id,
            each.abc,
            each.xyz,
            None if each.variation is None else to_units(each.variation, Percent.scale),
            *(each.amounts[name] for name in names),
        ]
        for each in rows
    ]
    text = literal(json.dumps(said), String)
    is_sqlite = session.info["database"].is_sqlite
    each = (func.json_each(text) if is_sqlite else func.json_array_elements(cast(text, JSON))).table_valued("value")

    def at(place: int, type_: Any) -> Any:
        return cast(each.c.value.op("->>")(literal_column(str(place))), type_)

    columns = [
        at(0, BigInteger).label("item_id"),
        at(1, String).label("abc"),
        at(2, String).label("xyz"),
        type_coerce(at(3, BigInteger), Percent).label("variation"),
    ]
    columns += [type_coerce(at(4 + i, BigInteger), _KINDS[name]).label(name) for i, name in enumerate(names)]
    return select(*columns).subquery("classed")


item_classes = Report(
    "trade.item_class",
    _l("Items by ABC and XYZ"),
    "trade.result.view",
    _l("Which items most of the revenue, margin or quantity comes from, and how steadily each is asked for."),
    of=_list,
    parameters=(*PARAMETERS, *CLASSES),
)
