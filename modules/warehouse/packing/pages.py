"""The pages of packings, reached from the card of their item."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.reference import unit_word
from app.api.web import current_actor, current_session, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.items import item_by_id
from modules.warehouse.models import Item, Packing
from modules.warehouse.packing.forms import PackingForm
from modules.warehouse.packing.operations import add_packing, change_packing
from modules.warehouse.packing.queries import packing_by_id


@routes.form("/warehouse/items/<int:item_id>/packings/new", needs="warehouse.item.edit", help="item")
def packing_new(item_id: int) -> Any:
    """A new packing of an item."""
    return _edit(item_by_id(current_session(), item_id), None)


@routes.form("/warehouse/items/<int:item_id>/packings/<int:packing_id>", needs="warehouse.item.edit", help="item")
def packing_edit(item_id: int, packing_id: int) -> Any:
    """Change a packing of an item."""
    packing = packing_by_id(current_session(), item_id, packing_id)
    return _edit(packing.item, packing)


def _edit(item: Item, packing: Packing | None) -> Any:
    session, actor = current_session(), current_actor()
    form = PackingForm(obj=packing)
    form.offer(unit_word(item.unit.name))
    back = url_for("warehouse.item_view", item_id=item.id)
    if form.validate_on_submit():
        try:
            if packing is None:
                add_packing(session, actor, item, **form.values())
            else:
                change_packing(session, actor, packing, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added.") if packing is None else _("Saved."), "success")
            return redirect(back)
    name = _("New packing") if packing is None else packing.name
    title = f"{item.name}: {name}"
    return render_template("form.html", form=form, title=title, back=back)
