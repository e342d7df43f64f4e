"""What a till sells, as its page keeps it: items with their prices, so that it goes on while the network is away."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select, union
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.search import fold
from app.api.values import shortest
from modules.trade.till.models import Till
from modules.trade.till.prices import prices_to_keep
from modules.warehouse.api import KILOGRAM, SERIAL, Barcode, Item, barcodes_to_keep, key_of, refuse_unfound

#: so many items a browser keeps at most: the newest. Others are asked for while there is a network
MOST_KEPT = 10_000
_OFFERED = 12
_OF_ITEM = select(
    Item.id, Item.code, Item.name, Unit.name.label("unit"), Unit.digits, (Unit.code == KILOGRAM).label("is_weighed")
).join(Unit, Unit.id == Item.unit_id)
#: a till has nowhere to say which piece goes: what has serial numbers is sold by a sale
_IS_SOLD = and_(Item.is_active, Item.tracking != SERIAL)


def goods_to_keep(session: Session, till: Till) -> list[list[Any]]:
    """Each item in use as `[id, code, barcodes, name, price, unit, digits, boxes, is weighed]`; the price is a text, empty
    where there is none. Of each barcode of a packing that is an exact number of units, `boxes` has it and that number, a
    text."""
    query = _OF_ITEM.where(_IS_SOLD).order_by(Item.id.desc()).limit(MOST_KEPT)
    return _rows(session, till, session.execute(query).all())


def find_goods(session: Session, till: Till, text: str) -> list[list[Any]]:
    """The items in use whose code or barcode is the text, and then those that have each of its words. Refused (Invalid): a
    label that can't be read, or of no item."""
    exact = union(select(Item.id).where(Item.code == text), select(Barcode.item_id).where(Barcode.key == key_of(text)))
    query = _OF_ITEM.where(_IS_SOLD)
    for word in fold(text).split()[:8]:
        query = query.where(Item.folded.contains(word, autoescape=True))
    found = session.execute(_OF_ITEM.where(_IS_SOLD, Item.id.in_(exact))).all()
    found = found or session.execute(query.order_by(Item.code_order).limit(_OFFERED)).all()
    if not found:
        refuse_unfound(text)
    return _rows(session, till, found)


def _rows(session: Session, till: Till, items: Sequence[Any]) -> list[list[Any]]:
    prices = prices_to_keep(session, till, [item.id for item in items]) if items else {}
    said = {i: "" if price is None else f"{shortest(price):f}" for i, price in prices.items()}
    barcodes, boxes = barcodes_to_keep(session, list(prices))
    return [
        [x.id, x.code, barcodes[x.id], x.name, said[x.id], unit_word(x.unit), x.digits, boxes[x.id], x.is_weighed]
        for x in items
    ]
