"""A price list as PDF and as a workbook: what each item in use is sold at by a price type, today."""

import io
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.prints import Fact, Paper, PaperColumn, paper_pdf
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
                lines.append({**item_cells(item), "group": group, "unit_of": unit_word(item.unit.name), "price": price})
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


def price_list_pdf(session: Session, kind: PriceType) -> bytes:
    """The list as PDF, in the reader's language."""
    return paper_pdf(session, _title(kind), price_list(session, kind))


def price_list_workbook(session: Session, kind: PriceType) -> io.BytesIO:
    """The list as XLSX."""
    return paper_workbook(_title(kind), price_list(session, kind))


def _title(kind: PriceType) -> str:
    return str(_l("Price list: %(name)s", name=kind.name))
