"""What labels of goods are chosen from: items, a lot, or what a document brings, with as many of each as came. No price."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, documents_by_id
from app.api.errors import Invalid, NotFound
from app.api.reference import organisation_id
from app.api.search import fold
from app.api.security import require
from app.api.values import Quantity, from_units
from modules.warehouse.items import item_by_id
from modules.warehouse.labels.asked import MOST_OF_ONE
from modules.warehouse.lots.operations import lot_by_id
from modules.warehouse.lots.rules import Part, lots_of_line
from modules.warehouse.models import FIRST_WAREHOUSE, GOODS, NONE, Assembly, Item, Lot, Movement
from modules.warehouse.nesting import Tree
from modules.warehouse.places import own_places
from modules.warehouse.registers import CLAIMED, LANDED, Stock

#: labels that the page shows at once
MOST_SHOWN = 300
_E, _LOT = Stock.entries.c, Lot.__table__.c


@dataclass(frozen=True, slots=True)
class GoodsLabel:
    """A label that can be printed: of an item, or of a lot or serial number of it."""

    item: Item
    lot: str = ""
    #: the last day on which the lot may be used
    expires: date | None = None
    #: how many are proposed
    count: int = 1

    @property
    def key(self) -> str:
        """What tells it from the others of a page."""
        return f"{self.item.id} {self.lot}".strip()


@dataclass(frozen=True, slots=True)
class Asked:
    """From what labels are chosen: a document, a lot, an item, or whatever goods of a group have each word. The text narrows
    what a document brings, too."""

    document_id: int | None = None
    lot_id: int | None = None
    item_id: int | None = None
    group_id: int | None = None
    text: str = ""


def labels_of(session: Session, asked: Asked) -> tuple[list[GoodsLabel], bool]:
    """What is asked for, and whether there is more of it than MOST_SHOWN. NotFound: a document, a lot or an item that there
    isn't, or that isn't open to the session's actor."""
    if asked.document_id is not None:
        words = fold(asked.text).split()[:8]
        found = [label for label in _of_document(session, asked.document_id) if _has(label, words)]
    elif asked.lot_id is not None:
        require(session.info["actor"], "warehouse.stock.view")
        lot = lot_by_id(session, asked.lot_id)
        found = [GoodsLabel(item_by_id(session, lot.item_id or 0), lot.code, lot.expires)]
    elif asked.item_id is not None:
        found = [GoodsLabel(item_by_id(session, asked.item_id))]
    else:
        found = _of_items(session, asked.group_id, asked.text)
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def _has(label: GoodsLabel, words: list[str]) -> bool:
    said = f"{label.item.folded} {fold(label.lot)}"
    return all(word in said for word in words)


def _of_items(session: Session, group_id: int | None, text: str) -> list[GoodsLabel]:
    query = select(Item).where(Item.is_active, Item.kind == GOODS)
    if group_id is not None:
        query = query.where(Item.group_id.in_([group_id, *Tree(session).below(group_id)]))
    for word in fold(text).split()[:8]:
        query = query.where(Item.folded.contains(word, autoescape=True))
    found = session.scalars(query.order_by(Item.code_order, Item.id).limit(MOST_SHOWN + 1))
    return [GoodsLabel(item) for item in found]


def _of_document(session: Session, document_id: int) -> list[GoodsLabel]:
    """Of what is in the books whoever sees stock sees what came into their warehouses, by whatever document: storekeepers label
    what a purchase brought, which they don't see as its lines say prices (ADR 111). What is still a draft is open to whoever
    sees that."""
    document = documents_by_id(session, {document_id}).get(document_id)
    if document is not None and document.state == "draft":
        return _labels(session, _drafted(document))
    if document is None:
        require(session.info["actor"], "warehouse.stock.view")
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    query = (
        select(_E.item_id, _LOT.code, _LOT.expires, _LOT.id, units)
        .join(Lot.__table__, _LOT.id == _E.lot_to_id)
        .where(_E.organisation_id == organisation_id(session), _E.document_id == document_id)
        .where(_E.place_to_id.in_(own_places()), _E.place_from_id != _E.place_to_id, _E.basis.not_in((CLAIMED, LANDED)))
        .group_by(_E.item_id, _LOT.code, _LOT.expires, _LOT.id)
        .having(units > 0)
        .order_by(func.min(_E.line), _E.item_id, _LOT.id)
    )
    rows = session.execute(query).all()
    if document is None and not rows:
        raise NotFound
    packed = {line.item_id for line in getattr(document, "lines", ()) if getattr(line, "packing_id", None)}
    return _labels(
        session,
        (
            _Came(
                row.item_id,
                from_units(int(row[-1]), Quantity.scale),
                row.code if row.id != NONE else "",
                row.expires,
                is_packed=row.item_id in packed,
            )
            for row in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class _Came:
    """So much of an item comes by a document, in base units."""

    item_id: int
    quantity: Decimal
    lot: str = ""
    expires: date | None = None
    #: whether it was counted in a packing: one label then, as nobody knows what it is stuck on
    is_packed: bool = False


def _drafted(document: Document) -> Iterable[_Came]:
    """What a draft would bring, as far as its lines say it."""
    if isinstance(document, Assembly):
        if document.kit_id is not None and document.kit_quantity:
            lots = document.kit_lots
            return _by_lots(document.kit_id, document.kit_quantity, lots, document.kit.tracking if document.kit else "")
        return ()
    lines: Any = getattr(document, "lines", ())
    comes = _goes_in(document)
    return [
        came
        for line in (lines if comes else ())
        if line.item.kind == GOODS
        for came in _by_lots(
            line.item_id,
            line.quantity - getattr(line, "missing", 0),
            line.lots,
            line.item.tracking,
            line.expires,
            is_packed=line.packing_id is not None,
        )
    ]


def _goes_in(document: Any) -> bool:
    if isinstance(document, Movement):
        return document.target_id >= FIRST_WAREHOUSE and not document.in_two_steps
    # a neighbour's kinds say it by a number above or below zero
    return getattr(document, "goods_leave", 0) < 0


def _by_lots(
    item_id: int, quantity: Decimal, text: str, tracking: str, expires: date | None = None, **more: Any
) -> list[_Came]:
    try:
        parts = lots_of_line(1, text, quantity, tracking) if tracking and text else []
    except Invalid:  # nobody has posted it yet: what is wrong there is said then
        parts = []
    return [
        _Came(item_id, part.quantity, part.code, expires if part.code else None, **more)
        for part in parts or [Part("", quantity)]
    ]


def _labels(session: Session, came: Iterable[_Came]) -> list[GoodsLabel]:
    """The labels of what came: of an item or lot that came twice those of both."""
    rows = list(came)
    items = {i.id: i for i in session.scalars(select(Item).where(Item.id.in_({row.item_id for row in rows})))}
    days = _known_days(session, rows)
    found: dict[tuple[int, str], GoodsLabel] = {}
    for row in rows:
        key, item = (row.item_id, row.lot), items[row.item_id]
        before = found.get(key) or GoodsLabel(item, row.lot, days.get(key), 0)
        count = min(before.count + _pieces(item, row), MOST_OF_ONE)
        found[key] = GoodsLabel(item, row.lot, row.expires or before.expires, count)
    return list(found.values())


def _known_days(session: Session, rows: list[_Came]) -> dict[tuple[int, str], date]:
    """Until when lots may be used that there were before, of those whose line doesn't say it."""
    asked = {(row.item_id, row.lot) for row in rows if row.lot and row.expires is None}
    if not asked:
        return {}
    query = select(Lot.item_id, Lot.code, Lot.expires).where(
        Lot.item_id.in_({item for item, _ in asked}), Lot.code.in_({lot for _, lot in asked})
    )
    return {(row.item_id, row.code): row.expires for row in session.execute(query) if row.expires}


def _pieces(item: Item, row: _Came) -> int:
    """As many as there are pieces; one of what is measured, and of what is packed."""
    is_whole = item.unit.digits == 0 and row.quantity == row.quantity.to_integral_value()
    return int(row.quantity) if is_whole and not row.is_packed else 1
