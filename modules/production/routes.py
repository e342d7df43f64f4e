"""Production's pages."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.values import Quantity
from app.api.web import LinesField, Routes, current_actor, current_session, declare_pages, show_list, show_refusal
from modules.production import tables
from modules.production.forms import BomForm, WorkOrderForm
from modules.production.kinds import WORK_ORDER
from modules.production.models import Bom
from modules.production.operations import BomDraft, components_of, save_bom
from modules.production.queries import bom_by_id
from modules.production.rules import ComponentDraft

routes = Routes("production", __name__)


@routes.get("/production/boms", needs="production.bom.view")
def bom_list() -> Any:
    """Bills of materials."""
    return show_list(tables.boms)


@routes.get("/production/boms/<int:bom_id>", needs="production.bom.view")
def bom_view(bom_id: int) -> Any:
    """A bill of materials."""
    return render_template("production/bom.html", bom=bom_by_id(current_session(), bom_id))


@routes.form("/production/boms/new", needs="production.bom.edit", takes=LinesField.TAKES)
def bom_new() -> Any:
    """A new bill."""
    return _edit_bom(None)


@routes.form("/production/boms/<int:bom_id>/edit", needs="production.bom.edit", takes=LinesField.TAKES)
def bom_edit(bom_id: int) -> Any:
    """Change a bill; orders made after it stay as they are."""
    return _edit_bom(bom_by_id(current_session(), bom_id))


def _edit_bom(bom: Bom | None) -> Any:
    session = current_session()
    form = BomForm(obj=bom)
    if request.method == "GET":
        form.output.data = bom.output if bom else Decimal(1)
        form.lines.show(bom.lines if bom else ())
    if form.validate_on_submit():
        draft = BomDraft(
            form.item_id.data or 0,
            form.lines.lines(ComponentDraft),
            output=form.output.data,
            name=form.name.data or "",
            note=form.note.data or "",
            is_active=form.is_active.data,
        )
        try:
            saved = save_bom(session, current_actor(), draft, bom=bom, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("production.bom_view", bom_id=saved.id))
    return render_template(
        "production/bom_form.html",
        form=form,
        title=_("New bill of materials") if bom is None else _("Bill of materials"),
        back=url_for("production.bom_list"),
        digits=2,
    )


def _fill_in(form: WorkOrderForm, is_new: bool) -> bool:
    """Fill in what the bill asks for, when the form of a new order is opened, and when somebody asks for it."""
    if not ((request.method == "GET" and is_new) or request.form.get("then") == "fill"):
        return False
    if form.quantity.data is None and request.method == "GET":
        form.quantity.data = Decimal(1)
    bom = current_session().get(Bom, form.bom_id.data) if form.bom_id.data else None
    form.lines.raw_data, form.lines.data = None, []
    if bom is not None and form.quantity.data and form.quantity.data > 0 and Quantity.holds(form.quantity.data):
        form.lines.show(components_of(bom, form.quantity.data))
    return True


declare_pages(
    routes,
    WORK_ORDER,
    table=tables.work_orders,
    form=WorkOrderForm,
    form_template="production/work_order_form.html",
    prepare=_fill_in,
)
