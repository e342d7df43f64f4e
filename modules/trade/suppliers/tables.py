"""The suppliers of an item, and the items of a supplier."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.contacts.api import Contact, ContactSearch, family_of
from modules.trade.suppliers import EDIT, VIEW
from modules.trade.suppliers.models import ItemSupplier
from modules.warehouse.api import Item


def suppliers_of(session: Session | None = None, *, item_id: int | None = None, contact_id: int | None = None) -> Table:
    """Suppliers of an item, the main one first; or the items of a contact, or of all."""
    whose: Any = None
    if item_id is not None:
        whose = ItemSupplier.item_id == item_id
    elif contact_id is not None and session is not None:
        whose = ItemSupplier.contact_id.in_(family_of(session, contact_id))
    query = (
        select()
        .select_from(ItemSupplier)
        .join(Contact, Contact.id == ItemSupplier.contact_id)
        .join(Item, Item.id == ItemSupplier.item_id)
        .join(Unit, Unit.id == Item.unit_id)
    )
    arguments = {"item": item_id, "contact": contact_id}
    edit = Link("trade.item_supplier_edit", supplier_id="id")
    return Table(
        name="trade.item_supplier",
        title=_l("Suppliers of items"),
        needs=VIEW,
        source=lambda _session: query if whose is None else query.where(whose),
        key=ItemSupplier.id,
        columns=(
            *(
                (
                    Column("item_code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
                    Column("item", _l("Item"), Item.name, headline=True, link=edit),
                )
                if item_id is None
                else ()
            ),
            *(
                (Column("supplier", _l("Supplier"), Contact.name, headline=item_id is not None, link=edit),)
                if contact_id is None
                else ()
            ),
            Column("is_main", _l("Main supplier"), ItemSupplier.is_main, "flag"),
            Column("code", _l("Their code"), ItemSupplier.code),
            Column("name", _l("Their name for it"), ItemSupplier.name, sortable=False),
            Column("price", _l("Price"), ItemSupplier.price, "price", nullable=True),
            Column("currency", _l("Currency"), ItemSupplier.currency, sortable=False),
            Column("since", _l("From day"), ItemSupplier.since, "date", nullable=True),
            Column("least_quantity", _l("Minimum quantity"), ItemSupplier.least_quantity, "quantity", nullable=True),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("lead_days", _l("Lead time, days"), ItemSupplier.lead_days, "integer", nullable=True),
            Column("id", "", ItemSupplier.id, hidden=True, sortable=False),
            Column("item_id", "", ItemSupplier.item_id, hidden=True, sortable=False),
        ),
        order="-is_main" if item_id is not None else "item_code",
        search=(
            Item.folded,
            func.lower(ItemSupplier.code),
            func.lower(ItemSupplier.name),
            FoundBy(ContactSearch, ItemSupplier.contact_id),
        ),
        filters=(
            Filter("main", _l("Main supplier"), lambda _yes: ItemSupplier.is_main.is_(True), (("yes", _l("yes")),)),
        ),
        create="trade.item_supplier_new",
        create_needs=EDIT,
        create_title=_l("New supplier of an item"),
        create_arguments={name: str(value) for name, value in arguments.items() if value is not None},
        empty=_l("No supplier yet. Press Insert to add the first."),
        is_found=False,
    )


item_suppliers = suppliers_of()
