"""Items by their codes, many in one question: what a pasted spreadsheet names. `tables.py` offers them one by one."""

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.texts import called, number
from app.api.web import ByCode
from modules.warehouse.models import GOODS, Item
from modules.warehouse.queries import shown_price


def items_by_code(
    session: Session, codes: Collection[str], *, goods_only: bool = False, with_unused: bool = False
) -> list[dict[str, Any]]:
    """Items whose code or barcode is one of `codes`, as it stands there or in capitals or small letters: those in use, and
    `with_unused` the others behind them.

    What matches as it stands comes first. Without what is on hand, which nobody reads in a pasted line.
    """
    texts = set(codes)
    cased = {variant for text in texts for variant in (text, text.upper(), text.lower())}
    of_item = (Item.id, Item.code, Item.name, Item.barcode, Item.is_active)
    query = select(*of_item, shown_price(session), Unit.name.label("unit"), Unit.digits).join(
        Unit, Unit.id == Item.unit_id
    )
    query = query.where(or_(Item.code.in_(cased), Item.barcode.in_(cased)))
    if not with_unused:
        query = query.where(Item.is_active)
    if goods_only:
        query = query.where(Item.kind == GOODS)
    rows = session.execute(query.order_by(Item.is_active.desc(), Item.code_order)).all()
    return [
        {
            "id": row.id,
            "code": row.code,
            "barcode": row.barcode,
            "title": called(f"{row.code} {row.name}", is_active=row.is_active),
            "price": number(row.price) if row.price is not None else None,
            "unit": unit_word(row.unit),
            "digits": row.digits,
        }
        for row in sorted(rows, key=lambda row: row.code not in texts and row.barcode not in texts)
    ]


items = ByCode("items", items_by_code)
goods = ByCode("goods", partial(items_by_code, goods_only=True))
all_items = ByCode("all_items", partial(items_by_code, with_unused=True))
all_goods = ByCode("all_goods", partial(items_by_code, goods_only=True, with_unused=True))
counted_goods = ByCode("counted_goods", partial(items_by_code, goods_only=True, with_unused=True))
