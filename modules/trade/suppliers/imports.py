"""Bringing in what suppliers call our items and ask for them, such as a supplier's price list: a row for each item."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.imports import (
    Field,
    Import,
    Record,
    Target,
    as_code,
    as_day,
    as_decimal,
    as_flag,
    as_whole,
    plain_preset,
    records,
)
from app.api.reference import base_currency
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import contacts_called
from modules.trade.suppliers import EDIT
from modules.trade.suppliers.models import COST, ItemSupplier
from modules.trade.suppliers.operations import SOURCE, checked_supplier, set_suppliers, suppliers_of_pairs
from modules.warehouse.api import items_by_id, items_called


def _currency(cell: Any) -> str:
    return as_code(cell).upper()


_FIELDS = (
    Field("item_code", as_code, required=True, titles=(_l("Code"), _l("Barcode"), _l("Item"))),
    Field("supplier", as_code, required=True, titles=(_l("Supplier"),)),
    Field("their_code", as_code, titles=(_l("Their code"), _l("Supplier's code"))),
    Field("their_name", titles=(_l("Their name for it"),)),
    Field("price", as_decimal, titles=(_l("Price"),)),
    Field("currency", _currency, titles=(_l("Currency"),)),
    Field("since", as_day, titles=(_l("From day"),)),
    Field("least_quantity", as_decimal, titles=(_l("Minimum quantity"),)),
    Field("lead_days", as_whole, titles=(_l("Lead time, days"),)),
    Field("is_main", as_flag, titles=(_l("Main supplier"),)),
)
#: fields of a row that the record calls otherwise
_KEPT_AS = {"their_code": "code", "their_name": "name"}


class _Fitting(NamedTuple):
    """A row that can be taken."""

    row: Record
    #: what is there of it; None: it is new
    there: ItemSupplier | None
    values: dict[str, Any]


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    good = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(each.row for each in good):
        return
    changed = {each.there.id: each.values for each in good if each.there is not None}
    new = [each.values for each in good if each.there is None]
    if not job.dry_run and good:
        job.write(lambda session: _write(session, job, new, changed))
    job.report.created.update({SOURCE: len(new)} if new else {})
    job.report.updated.update({SOURCE: len(changed)} if changed else {})


def _write(session: Session, job: Import, new: list[dict[str, Any]], changed: dict[int, dict[str, Any]]) -> None:
    set_suppliers(session, job.actor, new=new, changed=changed)
    summary = f"{job.preset.name}: {len(new)} new, {len(changed)} changed"
    record(session, f"{SOURCE}.import", summary=summary)


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[_Fitting]:
    """The rows that can be taken, each with what is there of it; of the others, reports why."""
    items = items_called(session, [row.values["item_code"] for row in rows])
    contacts = contacts_called(session, [row.values["supplier"] for row in rows])
    items_by_id(session, {number for some in items.values() for number in some})  # all at once
    pairs = {
        (item, contact)
        for row in rows
        for item in items.get(row.values["item_code"], ())
        for contact in contacts.get(row.values["supplier"], ())
    }
    there: dict[tuple[int, int], list[ItemSupplier]] = {}
    for supplier in suppliers_of_pairs(session, pairs):
        there.setdefault((supplier.item_id, supplier.contact_id), []).append(supplier)
    usual, fitting = base_currency(session), list[_Fitting]()
    taken, mains = set[Any](), set[int]()
    for row in rows:
        said = {_KEPT_AS.get(name, name): value for name, value in row.values.items()}
        try:
            contact_id = _contact(contacts.get(said.pop("supplier"), ()))
            item_id = _item(said, items, contact_id, there)
            old = _old(said, there.get((item_id, contact_id), ()), taken)
            values = _checked(session, job, said, item_id, old)
            key = (item_id, contact_id, values.get("code", "")) if old is None else old.id
            if key in taken:
                raise Invalid(
                    _l("This supplier of the item stands in an earlier row with the same code."), field="item_code"
                )
            if values.get("is_main") and item_id in mains:
                raise Invalid(_l("An earlier row names another main supplier of the item."), field="is_main")
        except Invalid as error:
            column = {kept: name for name, kept in _KEPT_AS.items()}.get(error.field or "", error.field)
            job.refuse(row, Invalid(error.message, field=column))
            continue
        taken.add(key)
        mains |= {item_id} if values.get("is_main") else set()
        if old is None:
            values = {"currency": usual, "item_id": item_id, "contact_id": contact_id, **values}
        elif all(getattr(old, name) == value for name, value in values.items()):
            job.report.skip(row.file, row.row, _l("is so already"))
            continue
        fitting.append(_Fitting(row, old, values))
    return fitting


def _contact(called: Sequence[int]) -> int:
    if not called:
        message = _l("There is no contact with this code or name, or it is not open to you.")
        raise Invalid(message, field="supplier")
    if len(called) > 1:
        raise Invalid(_l("Several contacts have this name. Name the supplier by its code."), field="supplier")
    return called[0]


def _item(said: dict[str, Any], items: dict[str, list[int]], contact_id: int, there: dict[Any, Any]) -> int:
    """The item that a row names: of several that are called so, the one that this supplier calls so, which also says which of
    its codes is meant."""
    name = said.pop("item_code")
    called = items.get(name, [])
    own = [i for i in called if any(row.code == name for row in there.get((i, contact_id), ()))]
    if len(own) == 1:
        called = own
        said.setdefault("code", name)
    if not called:
        raise Invalid(_l("There is no item “%(code)s”.", code=name), field="item_code")
    if len(called) > 1:
        raise Invalid(
            _l("Several items are called “%(code)s”. Name the item by your own code.", code=name), field="item_code"
        )
    return called[0]


def _old(said: dict[str, Any], rows: Sequence[ItemSupplier], taken: Collection[Any]) -> ItemSupplier | None:
    """Which of what the supplier has for the item is meant: that of the same code, or else the one without a code, which gets
    it; where a row says no code, the only one."""
    by_code = {row.code: row for row in rows}
    if "code" in said:
        blank = by_code.get("")
        return by_code.get(said["code"]) or (blank if blank is not None and blank.id not in taken else None)
    if "" in by_code or not rows:
        return by_code.get("")
    if len(rows) > 1:
        raise Invalid(_l("The supplier has several codes for this item. Say which is meant."), field="code")
    return rows[0]


def _checked(
    session: Session, job: Import, said: dict[str, Any], item_id: int, old: ItemSupplier | None
) -> dict[str, Any]:
    """What a row says, as it is kept. A new price without a day is one from today on."""
    if "price" in said:
        if not job.actor.sees(COST):
            raise Invalid(_l("this field is not open to you"), field="price")
        if old is None or old.price != said["price"]:
            said.setdefault("since", wall_clock().date())
    return checked_supplier(session, item_id, said)


suppliers = Target(
    name="trade.item_suppliers",
    title=_l("Suppliers of items, with their codes and prices"),
    shown="trade.item_supplier_list",
    permissions=(EDIT, "contacts.contact.view", "warehouse.item.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
