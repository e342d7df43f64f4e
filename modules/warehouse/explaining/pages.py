"""The pages of what a document's goods cost, and of what the cost of one of its lines is made of."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from flask import render_template
from sqlalchemy import BigInteger, func, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.documents import Document, document_title, documents_by_id
from app.api.errors import NotFound
from app.api.prints import Fact
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units
from app.api.web import current_session
from modules.warehouse.blueprint import routes
from modules.warehouse.explaining.queries import (
    BACK,
    CLOSED,
    COMPONENTS,
    LAST,
    LAYERS,
    LOT,
    POOL,
    PRICE,
    explained,
    steps_of,
)
from modules.warehouse.models import NONE, Item, Lot
from modules.warehouse.pending import items_waiting
from modules.warehouse.places import moves_here
from modules.warehouse.registers import CLAIMED, CORRECTED, LANDED, REVERSED, Stock

SEE = "warehouse.cost.view"
#: parts of a cost that a page lists; the rest is summed
MOST = 50

_HOW = {
    PRICE: _l("Its own price, and what landed on it"),
    LAYERS: _l("First in, first out: what it took of these"),
    POOL: _l("The average of what was there just before"),
    BACK: _l("Its share of what comes back or goes back"),
    LOT: _l("The average of what was there of the lot just before"),
    COMPONENTS: _l("What went into the work order, less what its other products took"),
    CLOSED: _l(
        "It left a warehouse that isn't open to you, or a cost that the whole company shares: its parts aren't shown"
    ),
    LAST: _l("The average of what was there, or the last that was known"),
}
_STEPS = {CORRECTED: _l("Recalculated because of"), REVERSED: _l("Reversed"), LANDED: _l("Landed cost")}


@routes.get("/warehouse/costs/<int:document_id>", needs=SEE)
def cost_list(document_id: int) -> Any:
    """What the lines of a document cost, each leading to what that is made of."""
    session = current_session()
    document = _document(session, document_id)
    lines = lines_of(session, document_id)
    return render_template(
        "warehouse/costs.html",
        document=document,
        title=f"{document_title(document.kind)} {document.number}",
        lines=lines,
        currency=base_currency(session),
    )


@routes.get("/warehouse/costs/<int:document_id>/<int:line>", needs=SEE)
def cost_view(document_id: int, line: int) -> Any:
    """What the cost of a line is made of."""
    session = current_session()
    document, found = _document(session, document_id), explained(session, (document_id, line))
    if not found:
        raise NotFound
    steps = steps_of(session, (document_id, line))
    parts = [part for each in found for part in (*each.parts, *each.inflows)]
    return render_template(
        "warehouse/cost.html",
        document=document,
        line=line,
        title=f"{document_title(document.kind)} {document.number}",
        found=found,
        how=_HOW,
        steps=steps,
        step_words=_STEPS,
        lots=_lots(session, {each.booked.lot for each in found}),
        items=_items(session, {each.booked.item_id for each in found} | {part.item_id for part in parts}),
        documents=documents_by_id(session, {part.line[0] for part in parts} | {step.document_id for step in steps}),
        most=MOST,
        total=money_of(sum(each.booked.value for each in found)),
        money_of=money_of,
        quantity_of=lambda units: from_units(units, Quantity.scale),
        one_of=one_of,
        is_waiting=not {each.booked.item_id for each in found}.isdisjoint(items_waiting(session)),
        currency=base_currency(session),
    )


def _lots(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What lots are called, by number; without "none"."""
    rows = session.execute(select(Lot.id, Lot.code).where(Lot.id.in_(ids), Lot.id > NONE))
    return {row.id: row.code for row in rows}


def document_costs(session: Session, document: Document) -> Sequence[Fact]:
    """What the goods of a document cost, for its page; none where it moved none."""
    if document.state == "draft":
        return ()
    e = _entries(document.id)
    # What goes into a work order comes out of it again.
    query = select(func.sum(e.value)).where(e.work_order_to_id == NONE).having(func.sum(e.quantity) != 0)
    total = session.scalar(query)
    if total is None:
        return ()
    address: dict[str, Any] = {"endpoint": "warehouse.cost_list", "arguments": (("document_id", document.id),)}
    return (Fact(_l("Cost"), money_of(int(total)), "money", **address),)


def lines_of(session: Session, document_id: int) -> list[tuple[int, Item, Decimal, Decimal]]:
    """The lines of a document that moved goods: number, item, quantity, and cost with what landed on it."""
    e = _entries(document_id)
    quantity = func.sum(e.quantity)
    query: Any = select(e.line, e.item_id, quantity, func.sum(e.value))
    rows = session.execute(query.group_by(e.line, e.item_id).having(quantity != 0).order_by(e.line)).all()
    items = _items(session, {row[1] for row in rows})
    return [
        (line, items[item], from_units(int(moved), Quantity.scale), money_of(int(worth)))
        for line, item, moved, worth in rows
        if item in items
    ]


def _entries(document_id: int) -> Any:
    """The columns of a subquery: the entries of the stock register by which a document moved goods, and by which costs landed
    on its lines, as far as an end of them is open."""
    e = Stock.entries.c
    units = [type_coerce(column, BigInteger).label(column.name) for column in (e.quantity, e.value)]

    def of(line: Any, *where: Any) -> Any:
        return select(line.label("line"), e.item_id, e.work_order_to_id, *units).where(*where, moves_here(e))

    own = of(e.line, e.document_id == document_id, e.basis.not_in((CLAIMED, LANDED)))
    landed = of(e.origin_line, e.origin_document_id == document_id, e.basis == LANDED)
    return union_all(own, landed).subquery().c


def money_of(units: int) -> Decimal:
    """A value in units as money."""
    return from_units(units, Money.scale)


def one_of(quantity: int, value: int) -> Decimal | None:
    """What one of so many costs, rounded to the scale of money; None of none."""
    return round(money_of(value) / from_units(quantity, Quantity.scale), 4) if quantity else None


def _document(session: Session, document_id: int) -> Document:
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound
    return document


def _items(session: Session, ids: set[int]) -> dict[int, Item]:
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))}
