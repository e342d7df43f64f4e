"""What was earned by one document, and by each of its lines: in the organisation's currency, at what the goods cost by now."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.ledger import entries_between
from app.api.prints import Fact
from app.api.reference import Unit, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, share_of
from app.api.web import Column, Link, Table
from modules.trade.figures.tables import percent
from modules.trade.models import TradeDocument
from modules.trade.registers import Sales
from modules.warehouse.api import Item

_COST = "warehouse.cost"


def margin_facts(session: Session, document: Document) -> Sequence[Fact]:
    """Revenue, cost and margin of a posted sale or return; none for whoever may not see what goods cost."""
    if document.state != "posted" or not session.info["actor"].sees(_COST):
        return ()
    e = Sales.entries.c
    sums = [type_coerce(cast(func.sum(type_coerce(c, BigInteger)), BigInteger), Money) for c in (e.revenue, e.cost)]
    query = entries_between(session, Sales, None, None).add_columns(*sums).where(e.document_id == document.id)
    revenue, cost = session.execute(query).one()
    if revenue is None:  # its customer is not open to the actor
        return ()
    margin = revenue - cost
    where = ("trade.result_lines", (("document_id", document.id),), "trade.result.view")
    return (
        Fact(_l("Revenue"), revenue, "money"),
        Fact(_l("Cost"), cost, "money"),
        Fact(_l("Margin"), margin, "money", "margin", "", *where),
        *([Fact(_l("Margin, %"), share_of(Decimal(100), margin, revenue, digits=1), "quantity")] if revenue else []),
    )


def lines_of(session: Session, document: TradeDocument) -> Table:
    """The lines of a posted sale or return, each with what was earned by it; the cost may be closed."""
    e = Sales.entries.c
    amounts: dict[str, Any] = {"quantity": (e.quantity, Quantity), "revenue": (e.revenue, Money)}
    if session.info["actor"].sees(_COST):
        amounts["cost"] = (e.cost, Money)
    sums = [
        type_coerce(cast(func.sum(type_coerce(column, BigInteger)), BigInteger), kind).label(name)
        for name, (column, kind) in amounts.items()
    ]
    query = entries_between(session, Sales, None, None).where(e.document_id == document.id)
    lines = query.add_columns(e.line, e.item_id, *sums).group_by(e.line, e.item_id).subquery("lines")
    c = lines.c
    costs: tuple[Column, ...] = ()
    if "cost" in c:
        margin = type_coerce(c.revenue - c.cost, Money)
        costs = (
            Column("cost", _l("Cost"), c.cost, "money", summed=(), closed=_COST),
            Column("margin", _l("Margin"), margin, "money", summed=(), closed=_COST),
            Column(
                "rate",
                _l("Margin, %"),
                percent(margin, c.revenue),
                "quantity",
                nullable=True,
                closed=_COST,
                of=("margin", "revenue"),
            ),
        )
    return Table(
        name="trade.result_line",
        title=_l("Margin of %(number)s", number=document.number or ""),
        needs="trade.result.view",
        source=lambda _session: (
            select().select_from(lines).join(Item, Item.id == c.item_id).join(Unit, Unit.id == Item.unit_id)
        ),
        key=c.line,
        columns=(
            Column("line", _l("Line"), c.line, "integer"),
            Column("item", _l("Item"), Item.name, headline=True, link=Link("warehouse.item_view", item_id="item_id")),
            Column("code", _l("Code"), Item.code),
            Column("quantity", _l("Quantity"), c.quantity, "quantity"),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("revenue", _l("Revenue"), c.revenue, "money", summed=()),
            *costs,
            Column("item_id", "", c.item_id, hidden=True, sortable=False),
        ),
        order="line",
        is_found=False,
    )
