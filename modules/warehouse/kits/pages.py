"""The page on which one says what a kit is made of, and how the forms of assemblies and disassemblies are filled from it."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import LinesField, current_actor, current_session, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.forms import MovementForm
from modules.warehouse.items import item_by_id
from modules.warehouse.kits.composing import EDIT, Component, composition_of, lines_for, set_composition
from modules.warehouse.kits.forms import CompositionForm


@routes.form("/warehouse/items/<int:item_id>/composition/edit", needs=EDIT, takes=LinesField.TAKES, help="item")
def composition_edit(item_id: int) -> Any:
    """Say what a kit is made of."""
    session = current_session()
    kit = item_by_id(session, item_id)
    form = CompositionForm(obj=kit)
    if request.method == "GET":
        form.lines.show(composition_of(session, kit.id))
    back = url_for("warehouse.item_composition", item_id=kit.id)
    if form.validate_on_submit():
        components = form.lines.lines(Component)
        try:
            set_composition(session, current_actor(), kit, components, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error, said=lambda stored: {"lines": composition_of(session, stored.id)})
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    title = _("Composition of %(name)s", name=kit.name)
    return render_template("warehouse/composition_form.html", form=form, title=title, back=back, digits=2)


def fill_in(form: MovementForm, is_new: bool) -> bool:
    """Fill the lines from the kit's composition where somebody asks for it; a new document may name the kit by `?kit=`. True:
    show the form again."""
    if request.method == "GET" and is_new and (kit := request.args.get("kit", type=int)):
        form.kit_id.data, form.kit_quantity.data = kit, Decimal(1)
        form.lines.show(lines_for(current_session(), kit, Decimal(1)))
        return True
    if request.form.get("then") != "fill":
        return False
    if form.kit_quantity.data is None:
        form.kit_quantity.data = Decimal(1)
    form.lines.show(lines_for(current_session(), form.kit_id.data, form.kit_quantity.data))
    return True
