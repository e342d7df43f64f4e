"""A price list as PDF and as a workbook: what each item in use is sold at by a price type, today."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.prints import Fact, Form, Paper, PaperColumn, form_pdf, value_text
from app.api.reference import unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import paper_workbook
from modules.trade.pricing.finding import Prices
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import PriceType
from modules.warehouse.api import Item, ItemGroup, item_cells, item_column

_ZERO = Decimal(0)


def price_list(session: Session, kind: PriceType) -> Paper:
    """The prices of a type today, by group and name of the items; items without a price are left out."""
    query = select(Item).outerjoin(ItemGroup, ItemGroup.id == Item.group_id).where(Item.is_active)
    items = session.scalars(query.order_by(ItemGroup.name_order, Item.name_order, Item.id)).all()
    today, lines = wall_clock().date(), []
    for some in pieces([item.id for item in items]):
        prices = Prices(session, known_prices(session), today, some)
        for item in (item for item in items if item.id in prices.items):
            price = prices.of_type(kind.id, item.id, _ZERO)
            if price is None:
                price = item.price and prices.converted(item.price, prices.base, kind.currency)
            if price is not None:
                group = item.group.name if item.group is not None else ""
                named = {**item_cells(item), "code": item.code, "name": item.name}
                lines.append({**named, "group": group, "unit_of": unit_word(item.unit.name), "price": price})
    return Paper(
        facts=(
            Fact(_l("Price type"), kind.name),
            Fact(_l("Date"), today, "date"),
            Fact(_l("Currency"), kind.currency),
            Fact(_l("Tax"), _l("included") if kind.tax_included else _l("on top")),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("group", _l("Group"), "text"),
            PaperColumn("unit_of", _l("Unit"), "text"),
            PaperColumn("price", _l("Price"), "price"),
        ),
        lines=lines,
        totals=(),
        currency=kind.currency,
    )


def price_list_data(session: Session, kind: PriceType) -> dict[str, Any]:
    """The data of `price_list.typ`: the list, by group."""
    paper = price_list(session, kind)
    groups: dict[str, list[list[str]]] = {}
    for line in paper.lines:
        row = [line["code"], line["name"], line["unit_of"], value_text(line["price"], "price")]
        groups.setdefault(line["group"], []).append(row)
    return {
        "title": _title(kind),
        "name": kind.name,
        "facts": [[str(fact.title), value_text(fact.value, fact.kind)] for fact in paper.facts[1:]],
        "columns": [str(title) for title in (_l("Code"), _l("Item"), _l("Unit"), _l("Price"))],
        "groups": [{"name": name, "lines": lines} for name, lines in groups.items()],
    }


def price_list_pdf(session: Session, kind: PriceType) -> bytes:
    """The list as PDF, in the reader's language, by the company's own template where it has one. Refused: more items than one
    PDF takes (Invalid)."""
    return form_pdf(session, price_list_form, kind)


def price_list_workbook(session: Session, kind: PriceType) -> io.BytesIO:
    """The list as XLSX."""
    return paper_workbook(_title(kind), price_list(session, kind))


def _newest(session: Session) -> PriceType | None:
    return session.scalars(select(PriceType).order_by(PriceType.id.desc()).limit(1)).first()


price_list_form = Form(
    "trade.price_list",
    _l("Price list"),
    (),
    Path(__file__).parent.parent / "print" / "price_list.typ",
    price_list_data,
    example=_newest,
)


def _title(kind: PriceType) -> str:
    return str(_l("Price list: %(name)s", name=kind.name))
