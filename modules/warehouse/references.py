"""Which rows of any module refer to items: lines, bills, entries, open to the actor or not."""

from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, and_, exists, inspect, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import Base, pieces
from app.api.documents import Document
from app.api.errors import Conflict
from app.api.reference import Unit, unit_word
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, Quantity
from modules.warehouse.models import Barcode, Item, ItemValue, Packing
from modules.warehouse.variants.models import ItemModel, Variant

_BOOKS = PastPolicy(
    "whether anything refers to an item: yes or no, whoever may see what; and the names of items are open"
)


def referred_to(session: Session, items: Collection[Item], *, beyond_drafts: bool = False) -> set[int]:
    """The ids of those of the items that a row refers to; `beyond_drafts`: another than of a draft, of which nothing is done
    yet. One statement for hundreds of items."""
    if not items:
        return set()
    session.flush()
    own = Item.__table__.c.id
    found = or_(
        *(
            exists().where(key == own, *(_beyond_drafts(key.table) if beyond_drafts else ()))
            for key in _keys(session, own)
        )
    )
    ids: set[int] = set()
    for some in pieces(sorted({item.id for item in items})):
        ids.update(_BOOKS(session).execute(select(own).where(own.in_(some), found)).scalars())
    return ids


def models_of(session: Session, items: Collection[Item]) -> dict[int, str]:
    """The ids of those of the items that are variants → the name of their model."""
    found: dict[int, str] = {}
    for some in pieces(sorted({item.id for item in items})):
        query = select(Variant.item_id, ItemModel.name).join(ItemModel, ItemModel.id == Variant.model_id)
        found.update((row.item_id, row.name) for row in session.execute(query.where(Variant.item_id.in_(some))))
    return found


def refuse_other_unit(item: Item, in_books: Set[int], models: Mapping[int, str]) -> None:
    """Refuse (Conflict) another unit of an item that stands in the books, as `referred_to` says beyond drafts: those are
    checked again at posting; and of a variant (`models_of`), as a model and its variants are counted in one."""
    if item.id in models:
        message = _l(
            "“%(name)s” is a variant of “%(model)s” and is counted in its unit, %(unit)s. Take it out of the model first.",
            name=item.name,
            model=models[item.id],
            unit=unit_word(item.unit.name),
        )
        raise Conflict(message, field="unit_id")
    if item.id in in_books:
        message = _l(
            "“%(name)s” has stock or history in %(unit)s, so its unit can't change any more. Make a new item with the other"
            " unit, and take the tick “In use” from this one.",
            name=item.name,
            unit=unit_word(item.unit.name),
        )
        raise Conflict(message, field="unit_id")


def is_counted_in(session: Session, packing: Packing) -> bool:
    """Whether a line of any document, be it a draft, is counted in a packing."""
    session.flush()
    keys = _keys(session, Packing.__table__.c.id)
    return bool(_BOOKS(session).scalar(select(or_(*(exists().where(key == packing.id) for key in keys)))))


def counted_finer(session: Session, unit: Unit, digits: int) -> str | None:
    """The name of an item of the unit of which a quantity beyond drafts has more than `digits` after the point."""
    session.flush()
    item, step = Item.__table__.c, 10 ** (Quantity.scale - digits)
    for key in _keys(session, item.id):
        amounts = [c for c in key.table.c if isinstance(c.type, Quantity)]
        if not amounts:
            continue
        finer = or_(
            *(
                and_(
                    (item.second_unit_id if c.name == "second" else item.unit_id) == unit.id,
                    type_coerce(c, BigInteger) % step != 0,
                )
                for c in amounts
            )
        )
        query = select(item.name).join_from(Item.__table__, key.table, key == item.id)
        name = _BOOKS(session).scalar(query.where(finer, *_beyond_drafts(key.table)).limit(1))
        if name is not None:
            return str(name)
    return None


def _keys(session: Session, own: Any) -> Iterator[Column[Any]]:
    """The columns that refer to items, of tables that are there: those of a module never switched on are not."""
    there = set(inspect(_BOOKS(session)).get_table_names())
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if table.name in there and key.column is own and not _only_describes(table, key):
                yield key.parent


def _only_describes(table: Any, key: Any) -> bool:
    """Whether rows go with their item and say nothing that its unit measures: barcodes, codes, pictures, custom fields; and
    packings, with which nothing is done until a line is counted in them."""
    if table in (Barcode.__table__, ItemValue.__table__, Packing.__table__):
        return True
    return key.ondelete == "CASCADE" and not any(isinstance(c.type, Quantity | Price) for c in table.c)


def _beyond_drafts(table: Any) -> Iterator[ColumnElement[bool]]:
    """That a row belongs to no draft; nothing where rows of the table belong to no document."""
    documents = {m.local_table for m in Document.__mapper__.self_and_descendants}
    for column in table.c:
        if column.name in ("id", "document_id") and any(k.column.table in documents for k in column.foreign_keys):
            document = Document.__table__.alias()
            yield exists().where(document.c.id == column, document.c.state != "draft")
