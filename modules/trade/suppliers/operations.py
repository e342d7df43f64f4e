"""Writing who supplies an item."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.api.data import begin_version, begin_versions, pieces, remove_rows
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import base_currency, check_currency, check_day
from app.api.security import Actor, record, require, unrestricted
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, Quantity
from modules.contacts.api import contact_by_id
from modules.trade.suppliers import EDIT
from modules.trade.suppliers.models import COST, ItemSupplier
from modules.warehouse.api import Item, check_counted, drop_codes, items_by_id, keep_code, keep_codes

SOURCE = "trade.item_supplier"
#: days: of more nobody waits
MOST_DAYS = 3650


def supplier_by_id(session: Session, supplier_id: int) -> ItemSupplier:
    """A supplier of an item, when its contact is open to the session's actor; otherwise NotFound."""
    found = session.scalars(select(ItemSupplier).where(ItemSupplier.id == supplier_id)).first()
    if found is None:
        raise NotFound
    return found


def add_supplier(
    session: Session, actor: Actor, *, item_id: int | None, contact_id: int | None, **fields: Any
) -> ItemSupplier:
    """Say that a contact supplies an item: `code`, `name`, `price` with `currency` and `since`, `least_quantity`, `lead_days`,
    `is_main`.

    Refused: no item or no contact that is open to the actor, figures that can't be right (Invalid); the same contact with the
    same code twice (Conflict); a price by whom prices are closed to (Forbidden).
    """
    require(actor, EDIT)
    if item_id is None:
        raise Invalid(_l("Choose an item."), field="item_id")
    if contact_id is None:
        raise Invalid(_l("Choose a supplier."), field="contact_id")
    items_by_id(session, {item_id})
    contact = contact_by_id(session, contact_id)
    row = ItemSupplier(item_id=item_id, contact_id=contact.id, code="", name="", is_main=False)
    row.currency = base_currency(session)
    _set(session, actor, row, fields)
    session.add(row)
    _write(session, row, "create")
    return row


def change_supplier(
    session: Session, actor: Actor, row: ItemSupplier, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given, but neither item nor contact. Refused: as `add_supplier` does; what was saved since `version`
    (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _set(session, actor, row, fields)
    _write(session, row, "change")


def remove_supplier(session: Session, actor: Actor, row: ItemSupplier, *, version: int | None = None) -> None:
    """Say that the contact doesn't supply the item any more. Refused: what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _record(session, row, "remove")
    drop_codes(session, SOURCE, [row.id])
    remove_rows(session, ItemSupplier, ItemSupplier.id == row.id)


def set_suppliers(
    session: Session, actor: Actor, *, new: Collection[Mapping[str, Any]], changed: Mapping[int, Mapping[str, Any]]
) -> None:
    """Keep many, as `checked_supplier` gives them: `new` ones, each with item_id and contact_id, and by its number what is
    `changed` of one. Whoever calls names one main supplier of an item at most, and records the whole.

    Refused: as `add_supplier` does; what was added or removed since it was looked up (Conflict).
    """
    require(actor, EDIT)
    if not actor.sees(COST) and any("price" in values for values in (*new, *changed.values())):
        raise Forbidden(COST)
    known = {
        row.id: row
        for some in pieces(sorted(changed))
        for row in session.scalars(select(ItemSupplier).where(ItemSupplier.id.in_(some)))
    }
    made = [ItemSupplier(**{"code": "", "name": "", "is_main": False, **values}) for values in new]
    there = {
        (row.item_id, row.contact_id, row.code) for row in suppliers_of_pairs(session, {_pair(row) for row in made})
    }
    if known.keys() != changed.keys() or any((*_pair(row), row.code) in there for row in made):
        raise Conflict(_l("Somebody has changed the suppliers of these items meanwhile. Try again."))
    begin_versions(session, dict.fromkeys(known.values()))
    mains = {row.item_id for row in made if row.is_main}
    mains |= {known[n].item_id for n, values in changed.items() if values.get("is_main") and not known[n].is_main}
    with session.no_autoflush:
        _make_way(session, mains)
        for number, values in changed.items():
            for name, value in values.items():
                setattr(known[number], name, value)
    session.add_all(made)
    session.flush()
    named = [*made, *(known[number] for number, values in changed.items() if "code" in values)]
    keep_codes(session, SOURCE, {row.id: (row.item_id, row.code) for row in named})


def suppliers_of_pairs(session: Session, pairs: Collection[tuple[int, int]]) -> list[ItemSupplier]:
    """What is there of these items by these contacts, in the order in which it was added."""
    c = ItemSupplier
    found: list[ItemSupplier] = []
    for some in pieces(sorted(pairs)):
        found += session.scalars(select(c).where(tuple_(c.item_id, c.contact_id).in_(some)).order_by(c.id))
    return found


def checked_supplier(session: Session, item_id: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept of a supplier of the item. Refused (Invalid): figures that can't be right."""
    values = kept(ItemSupplier, fields)
    _check(session, item_id, values)
    return values


def _pair(row: ItemSupplier) -> tuple[int, int]:
    return row.item_id, row.contact_id


def _set(session: Session, actor: Actor, row: ItemSupplier, fields: Mapping[str, Any]) -> None:
    values = checked_supplier(
        session, row.item_id, {n: v for n, v in fields.items() if n not in ("item_id", "contact_id")}
    )
    if not actor.sees(COST) and values.pop("price", None) is not None:
        raise Forbidden(COST)
    with session.no_autoflush:
        if values.get("is_main") and not row.is_main:
            _make_way(session, {row.item_id})
        for name, value in values.items():
            setattr(row, name, value)
        _refuse_same(session, row)


def _check(session: Session, item_id: int, values: Mapping[str, Any]) -> None:
    price, least, days = (values.get(name) for name in ("price", "least_quantity", "lead_days"))
    if price is not None and not (Price.holds(price) and price >= 0):
        raise Invalid(_l("A price is a number from zero on, with at most six digits after the point."), field="price")
    if values.get("currency"):
        check_currency(values["currency"])
    if isinstance(values.get("since"), date):
        check_day(values["since"], field="since")
    if least is not None:
        if not (Quantity.holds(least) and least > 0):
            raise Invalid(
                _l("A quantity is above zero, with at most six digits after the point."), field="least_quantity"
            )
        check_counted(items_by_id(session, {item_id})[item_id], least, field="least_quantity")
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise Invalid(_l("Say the days as a whole number from 0 to %(most)s.", most=MOST_DAYS), field="lead_days")


def _make_way(session: Session, items: Collection[int]) -> None:
    """No other supplier of the items is the main one, whoever may see it."""
    for some in pieces(sorted(items)):
        session.scalars(select(Item.id).where(Item.id.in_(some)).order_by(Item.id).with_for_update()).all()
        items_by_id(session, some)
        with unrestricted(session, "an item has one main supplier, whoever may see which"):
            main = select(ItemSupplier).where(ItemSupplier.item_id.in_(some), ItemSupplier.is_main)
            for other in session.scalars(main).all():
                other.is_main = False
                _record(session, other, "change")
            session.flush()  # before there is another


def _refuse_same(session: Session, row: ItemSupplier) -> None:
    same = select(ItemSupplier.id).where(
        ItemSupplier.item_id == row.item_id,
        ItemSupplier.contact_id == row.contact_id,
        ItemSupplier.code == row.code,
        ItemSupplier.id != (row.id or 0),
    )
    if session.scalars(same).first() is not None:
        raise Conflict(_l("This supplier stands here already with the same code."), field="code")


def _write(session: Session, row: ItemSupplier, verb: str) -> None:
    session.flush()
    keep_code(session, SOURCE, row.id, row.item_id, row.code)
    _record(session, row, verb)


def _record(session: Session, row: ItemSupplier, verb: str) -> None:
    code = items_by_id(session, {row.item_id})[row.item_id].code
    record(session, f"{SOURCE}.{verb}", subject=SOURCE, subject_id=row.id, summary=code)
