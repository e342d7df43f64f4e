"""Items by their codes, many in one question: what a pasted spreadsheet names. `tables` offers them one by one.

What a scanned label says beside which item it is goes with the item that is found: `scanned`.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import and_, select, union
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.texts import called, number
from app.api.texts import lazy_gettext as _l
from app.api.web import ByCode, Matrices
from modules.warehouse.barcodes import key_of
from modules.warehouse.catch_weight.lookups import SECOND_COLUMNS, SECOND_UNIT, second_details
from modules.warehouse.element_strings import label_of
from modules.warehouse.models import GOODS, Barcode, Item
from modules.warehouse.other_codes import codes_of, items_with_codes
from modules.warehouse.packing.queries import packings_of
from modules.warehouse.queries import shown_price
from modules.warehouse.scanned import found_by
from modules.warehouse.variants.queries import are_there, find_models, matrix_of


def items_by_code(
    session: Session, codes: Collection[str], *, goods_only: bool = False, with_unused: bool = False
) -> list[dict[str, Any]]:
    """Items whose code, barcode or code by others is one of `codes`, as it stands there or in capitals or small letters: those
    in use, and `with_unused` the others behind them. `barcode` is the one that was named, as it was; an item that several
    labels name is there once for each.

    What matches as it stands comes first. Without what is on hand, which nobody reads in a pasted line.
    """
    texts, exact = set(codes), {key_of(text): text for text in codes}
    cased = {variant: text for text in codes for variant in (text, text.upper(), text.lower())}
    keys = {key_of(variant): text for variant, text in cased.items()} | exact
    labels = {text: label for text in codes if (label := label_of(text))}
    of_item = (Item.id, Item.code, Item.name, Item.barcode, Item.is_active, Barcode.key, Barcode.packing_id)
    of_unit = (Unit.code.label("unit_code"), Unit.name.label("unit"), Unit.digits)
    query = select(*of_item, shown_price(session), *of_unit, Item.tracking, *SECOND_COLUMNS)
    query = query.join(Unit, Unit.id == Item.unit_id).outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
    query = query.outerjoin(Barcode, and_(Barcode.item_id == Item.id, Barcode.key.in_(keys)))
    named: Any = union(
        select(Item.id).where(Item.code.in_(cased)),
        select(Barcode.item_id).where(Barcode.key.in_(keys)),
        items_with_codes(cased),
    )
    query = query.where(Item.id.in_(named))
    if not with_unused:
        query = query.where(Item.is_active)
    if goods_only:
        query = query.where(Item.kind == GOODS)
    rows = session.execute(query.order_by(Item.is_active.desc(), Item.code_order)).all()
    packings = packings_of(session, {row.id for row in rows})
    others = codes_of(session, {row.id for row in rows})
    return [
        {
            "id": row.id,
            "code": row.code,
            "barcode": named_by or row.barcode,
            "codes": others.get(row.id, []),
            "title": called(f"{row.code} {row.name}", is_active=row.is_active),
            "price": number(row.price) if row.price is not None else None,
            "unit": unit_word(row.unit),
            "digits": row.digits,
            "tracking": row.tracking,
            **second_details(row),
            **({"packings": packings[row.id]} if row.id in packings else {}),
            **found_by(row, labels.get(named_by)),
        }
        for row in sorted(
            rows, key=lambda row: row.key not in exact and texts.isdisjoint((row.code, *others.get(row.id, ())))
        )
        for named_by in [text for text, label in labels.items() if label.gtin == row.key] or [keys.get(row.key, "")]
    ]


items = ByCode("items", items_by_code)
goods = ByCode("goods", partial(items_by_code, goods_only=True))
all_items = ByCode("all_items", partial(items_by_code, with_unused=True))
all_goods = ByCode("all_goods", partial(items_by_code, goods_only=True, with_unused=True))
counted_goods = ByCode("counted_goods", partial(items_by_code, goods_only=True, with_unused=True))


def _models(by_code: ByCode, *, with_held: bool = True) -> Matrices:
    shown = partial(matrix_of, by_code.find, with_held=with_held)
    return Matrices(by_code.lookup, _l("Variants…"), are_there, find_models, shown)


models_of_items, models_of_goods, models_of_all_items = _models(items), _models(goods), _models(all_items)
models_of_all_goods, models_counted = _models(all_goods), _models(counted_goods, with_held=False)
