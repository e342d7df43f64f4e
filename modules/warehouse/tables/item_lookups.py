"""Items as they are looked up in a field: by code, name, barcode or what others call them."""

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session

from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import called, fold, number
from app.api.texts import lazy_gettext as _l
from app.api.web import Creates, Lookup
from modules.warehouse.barcodes import key_of
from modules.warehouse.catch_weight.lookups import SECOND_COLUMNS, SECOND_UNIT, second_details
from modules.warehouse.counting import EDIT
from modules.warehouse.element_strings import label_of
from modules.warehouse.logistic_units.scanning import unit_row
from modules.warehouse.models import Barcode, Item
from modules.warehouse.other_codes import codes_of, items_with_codes
from modules.warehouse.packing.queries import packings_of
from modules.warehouse.pictures.models import ItemPicture
from modules.warehouse.queries import shown_price
from modules.warehouse.scanned import found_by, refuse_unfound
from modules.warehouse.tables.item_lists import ITEM_TEXTS, on_hand_of, thumbnail


def find_items(
    session: Session,
    text: str,
    limit: int,
    *,
    goods_only: bool = False,
    with_unused: bool = False,
    with_held: bool = True,
    with_units: bool = False,
) -> list[dict[str, Any]]:
    """Items by code, barcode, name or a code that others give them, an exact one first: with their price for who may see it,
    and what is on hand for who may see stock, unless not `with_held`. A barcode that was given is `barcode`, as it was; what a
    scanned label says besides is `scanned`. Refused (Invalid): a label that can't be read, or of no item.

    `with_units`: a box or pallet that the text names, with what is in it (`logistic_units.scanning`), instead.
    `with_unused`: those that are no longer in use as well, behind the others; what clears up may name them.
    """
    query = select(
        Item.id,
        Item.code,
        Item.name,
        Item.barcode,
        shown_price(session),
        Item.kind,
        Item.is_active,
        Unit.code.label("unit_code"),
        Unit.name.label("unit"),
        Unit.digits,
        Item.tracking,
        on_hand_of(organisation_id(session)).label("held"),
        Barcode.key,
        Barcode.packing_id,
        ItemPicture.id.label("picture_id"),
        *SECOND_COLUMNS,
    ).join(Unit, Unit.id == Item.unit_id)
    query = query.outerjoin(ItemPicture, and_(ItemPicture.item_id == Item.id, ItemPicture.is_main))
    query = query.outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
    query = query.outerjoin(Barcode, and_(Barcode.item_id == Item.id, Barcode.key == key_of(text)))
    if not with_unused:
        query = query.where(Item.is_active)
    if goods_only:
        query = query.where(Item.kind == "goods")
    words = (or_(*(e.contains(word, autoescape=True) for e in ITEM_TEXTS)) for word in fold(text).split())
    has_words = and_(true(), *words)
    query = query.where(or_(has_words, Barcode.id.is_not(None)))
    exact = or_(Item.code == text, Barcode.id.is_not(None), Item.id.in_(items_with_codes({text})))
    rows = session.execute(query.order_by(exact.desc(), Item.is_active.desc(), Item.code_order).limit(limit)).all()
    if with_units and (unit := unit_row(session, text)) is not None:
        return [unit]
    if not rows:
        refuse_unfound(text)
    codes = codes_of(session, {row.id for row in rows})
    packings = packings_of(session, [row.id for row in rows])
    sees_stock = with_held and session.info["actor"].may("warehouse.stock.view")
    return [
        {
            "id": row.id,
            "code": row.code,
            "barcode": text if row.key else row.barcode,
            "codes": codes.get(row.id, []),
            "title": called(f"{row.code} {row.name}", is_active=row.is_active),
            "note": f"{number(row.held)} {unit_word(row.unit)}" if row.kind == "goods" and sees_stock else "",
            "price": number(row.price) if row.price is not None else None,
            "unit": unit_word(row.unit),
            "digits": row.digits,
            "tracking": row.tracking,
            **second_details(row),
            **({"packings": packings[row.id]} if row.id in packings else {}),
            **({"picture": thumbnail(row)} if row.picture_id is not None else {}),
            **(found_by(row, label_of(text)) if row.key else {}),
        }
        for row in rows
    ]


def _item_titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Item.id, Item.code, Item.name, Item.is_active).where(Item.id.in_(ids)))
    return {row.id: called(f"{row.code} {row.name}", is_active=row.is_active) for row in rows}


def _item_details(session: Session, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    of_item = (Item.id, Item.tracking, Unit.name.label("unit"), Unit.digits, *SECOND_COLUMNS)
    query = select(*of_item).join(Unit, Unit.id == Item.unit_id)
    query = query.outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
    packings = packings_of(session, ids)
    return {
        row.id: {"unit": unit_word(row.unit), "digits": row.digits, "tracking": row.tracking, **second_details(row)}
        | ({"packings": packings[row.id]} if row.id in packings else {})
        for row in session.execute(query.where(Item.id.in_(ids)))
    }


_NEW_ITEM = (Creates(_l("New item"), "warehouse.item_new", "warehouse.item.edit"),)
_find_any = partial(find_items, with_units=True)
item_lookup = Lookup("items", "warehouse.item.view", _find_any, _item_titles, _item_details, _NEW_ITEM)
_find_goods = partial(find_items, goods_only=True)
goods_lookup = Lookup("goods", "warehouse.item.view", _find_goods, _item_titles, _item_details, _NEW_ITEM)
_find_all = partial(find_items, with_unused=True)
all_item_lookup = Lookup("all_items", "warehouse.item.view", _find_all, _item_titles, _item_details, _NEW_ITEM)
_find_all_goods = partial(find_items, goods_only=True, with_unused=True, with_units=True)
all_goods_lookup = Lookup("all_goods", "warehouse.item.view", _find_all_goods, _item_titles, _item_details, _NEW_ITEM)
#: for whoever counts, and isn't to know what the books expect
_find_counted = partial(find_items, goods_only=True, with_unused=True, with_held=False)
counted_goods_lookup = Lookup("counted_goods", EDIT, _find_counted, _item_titles, _item_details)
