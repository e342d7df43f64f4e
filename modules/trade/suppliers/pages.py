"""Pages on which one says who supplies an item; what there is stands on the cards of items and contacts."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.reference import base_currency
from app.api.web import changed_or_removed, current_actor, current_session, show_list, show_refusal
from modules.trade.blueprint import routes
from modules.trade.suppliers import EDIT, VIEW
from modules.trade.suppliers.forms import ItemSupplierForm
from modules.trade.suppliers.operations import add_supplier, change_supplier, remove_supplier, supplier_by_id
from modules.trade.suppliers.tables import item_suppliers


@routes.get("/trade/item-suppliers", needs=VIEW, help="item_supplier")
def item_supplier_list() -> Any:
    """Suppliers of all items."""
    return show_list(item_suppliers)


@routes.form("/trade/item-suppliers/new", needs=EDIT, help="item_supplier")
def item_supplier_new() -> Any:
    """A new supplier of an item; `?item=` and `?contact=` say of which and whom."""
    session, form = current_session(), _form()
    if request.method == "GET":
        form.item_id.data, form.contact_id.data = (request.args.get(name, type=int) for name in ("item", "contact"))
        form.currency.data, form.since.data = base_currency(session), wall_clock().date()
    if form.validate_on_submit():
        try:
            row = add_supplier(session, current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("trade.item_suppliers", item_id=row.item_id))
    back = url_for("trade.item_supplier_list")
    return render_template("form.html", form=form, title=_("New supplier of an item"), back=back)


@routes.form("/trade/item-suppliers/<int:supplier_id>", needs=EDIT, help="item_supplier")
def item_supplier_edit(supplier_id: int) -> Any:
    """Change a supplier of an item, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    row = supplier_by_id(session, supplier_id)
    form = _form(row)
    form.leave_out("item_id", "contact_id")
    back = url_for("trade.item_suppliers", item_id=row.item_id)
    title = f"{row.item.name} – {row.contact.name}"
    change, remove = (partial(act, session, actor, row) for act in (change_supplier, remove_supplier))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(back)
    confirm = _("Remove this supplier of the item?")
    return render_template("trade/price_form.html", form=form, title=title, back=back, confirm_remove=confirm)


def _form(row: Any = None) -> ItemSupplierForm:
    form = ItemSupplierForm(obj=row)
    if not current_actor().sees("warehouse.cost"):
        form.close("price")
    return form
