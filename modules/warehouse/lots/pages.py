"""Lots and serial numbers: which there are, where one came from and went, and until when it may be used."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.documents import documents_by_id
from app.api.errors import KontorError
from app.api.ledger import now
from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, Form, current_actor, current_session, show_list, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.items import item_by_id
from modules.warehouse.lots.operations import change_expiry, lot_by_id
from modules.warehouse.lots.tables import lots
from modules.warehouse.lots.tracing import traced
from modules.warehouse.models import OUTSIDE
from modules.warehouse.places import places_by_id
from modules.warehouse.registers import Stock

#: what the places outside are called as an end of a move
_OUTSIDE = {
    "suppliers": _l("suppliers"),
    "customers": _l("customers"),
    "losses": _l("losses and surplus"),
    "opening": _l("opening stock"),
    "production": _l("production"),
}


class LotForm(Form):
    """What can be corrected of a lot."""

    expires = DayField(_l("Use by"), description=_l("The last day on which it may be used. Empty: it never expires."))


@routes.get("/warehouse/lots", needs="warehouse.stock.view")
def lot_list() -> Any:
    """Lots and serial numbers."""
    return show_list(lots)


@routes.get("/warehouse/lots/<int:lot_id>", needs="warehouse.stock.view")
def lot_view(lot_id: int) -> Any:
    """A lot: how much lies where, where it went and where it came from, through whatever was made of it."""
    session = current_session()
    lot = lot_by_id(session, lot_id)
    trees = [traced(session, lot_id, is_forward=is_forward) for is_forward in (True, False)]
    steps = [step for tree in trees for step in tree.all_steps()]
    there = now(session, Stock.on_hand, by=("place",), where={"item": lot.item_id, "lot": lot_id})
    held = [f for f in there if f.amounts["quantity"]]
    ends = {end for step in steps for end in (step.source_id, step.target_id)} | {f.key[0] for f in held}
    places = {i: _OUTSIDE.get(OUTSIDE.get(i, ""), where.name) for i, where in places_by_id(session, ends).items()}
    return render_template(
        "warehouse/lot.html",
        lot=lot,
        item=item_by_id(session, lot.item_id or 0),
        held=held,
        trees=trees,
        places=places,
        documents=documents_by_id(session, {step.document_id for step in steps}),
        may_edit=current_actor().may("warehouse.item.edit"),
    )


@routes.form("/warehouse/lots/<int:lot_id>/edit", needs="warehouse.item.edit")
def lot_edit(lot_id: int) -> Any:
    """Correct the day on which a lot expires."""
    session = current_session()
    lot = lot_by_id(session, lot_id)
    form, own = LotForm(obj=lot), url_for("warehouse.lot_view", lot_id=lot_id)
    if form.validate_on_submit():
        try:
            change_expiry(session, current_actor(), lot, form.expires.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(own)
    return render_template("form.html", form=form, title=lot.code, back=own)
