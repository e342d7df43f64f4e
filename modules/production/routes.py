"""Production's pages."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api import (
    Conflict,
    KontorError,
    NotFound,
    Routes,
    current_actor,
    current_session,
    locked,
    number,
    show_list,
    wall_clock,
)
from modules.production import tables
from modules.production.forms import BomForm, WorkOrderForm
from modules.production.models import Bom, WorkOrder
from modules.production.operations import (
    BomDraft,
    ComponentDraft,
    WorkOrderDraft,
    components_of,
    post_work_orders,
    reverse_work_order,
    save_bom,
    save_work_order,
)
from modules.production.queries import bom_by_id
from modules.warehouse.models import Item
from modules.warehouse.operations import items_by_id

routes = Routes("production", __name__)


@routes.get("/production/boms", needs="production.bom.view")
def bom_list() -> Any:
    """Bills of materials."""
    return show_list(tables.boms)


@routes.get("/production/boms/<int:bom_id>", needs="production.bom.view")
def bom_view(bom_id: int) -> Any:
    """A bill of materials."""
    return render_template("production/bom.html", bom=bom_by_id(current_session(), bom_id))


@routes.form("/production/boms/new", needs="production.bom.edit")
def bom_new() -> Any:
    """A new bill."""
    return _edit_bom(None)


@routes.form("/production/boms/<int:bom_id>/edit", needs="production.bom.edit")
def bom_edit(bom_id: int) -> Any:
    """Change a bill; orders made after it stay as they are."""
    return _edit_bom(bom_by_id(current_session(), bom_id))


@routes.get("/production/work-orders", needs="production.work_order.view")
def work_order_list() -> Any:
    """Work orders."""
    return show_list(tables.work_orders)


@routes.get("/production/work-orders/<int:document_id>", needs="production.work_order.view")
def work_order_view(document_id: int) -> Any:
    """A work order: what it makes, and what that takes."""
    return render_template("production/work_order.html", document=_order(document_id))


@routes.form("/production/work-orders/new", needs="production.work_order.edit")
def work_order_new() -> Any:
    """A new work order; `?bom=` fills in the bill."""
    return _edit_order(None)


@routes.form("/production/work-orders/<int:document_id>/edit", needs="production.work_order.edit")
def work_order_edit(document_id: int) -> Any:
    """Change a draft."""
    return _edit_order(_order(document_id))


@routes.post("/production/work-orders/<int:document_id>/post", needs="production.work_order.post")
def work_order_post(document_id: int) -> Any:
    """Post a draft."""
    document = locked(current_session(), WorkOrder, document_id)
    try:
        post_work_orders(current_session(), current_actor(), [document])
    except Conflict as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("%(number)s is posted.", number=document.number), "success")
    return redirect(url_for("production.work_order_view", document_id=document_id))


@routes.post("/production/work-orders/<int:document_id>/reverse", needs="production.work_order.reverse")
def work_order_reverse(document_id: int) -> Any:
    """Take a work order back."""
    try:
        reverse_work_order(current_session(), current_actor(), document_id)
    except Conflict as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Taken back."), "success")
    return redirect(url_for("production.work_order_view", document_id=document_id))


def _edit_bom(bom: Bom | None) -> Any:
    session = current_session()
    form = BomForm(obj=bom)
    if request.method == "GET":
        form.output.data = bom.output if bom else Decimal(1)
        form.lines.data = _rows(session, bom.lines) if bom else []
    _name_product(form)
    if form.validate_on_submit():
        draft = BomDraft(
            form.item_id.data or 0,
            _components(form.lines.data),
            output=form.output.data,
            name=form.name.data or "",
            note=form.note.data or "",
            is_active=form.is_active.data,
        )
        try:
            saved = save_bom(session, current_actor(), draft, bom=bom)
        except KontorError as error:
            session.rollback()
            form.lines.errors = [str(error)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("production.bom_view", bom_id=saved.id))
    return render_template("production/bom_form.html", form=form, is_new=bom is None)


def _edit_order(document: WorkOrder | None) -> Any:
    """The form of a work order: filled from its bill, saved as a draft, or saved and posted in one transaction."""
    session, actor = current_session(), current_actor()
    if document is not None and document.state != "draft":
        raise Conflict(_("A posted document can't be changed; take it back and make a new one."))
    form = WorkOrderForm(obj=document)
    form.offer(session)
    if request.method == "GET":
        form.moment.data = document.moment if document else wall_clock()
        form.lines.data = _rows(session, document.lines) if document else []
        if document is None:
            form.bom_id.data, form.quantity.data = request.args.get("bom", type=int), Decimal(1)
    bom = session.get(Bom, form.bom_id.data) if form.bom_id.data else None
    form.bom_id.title = _title_of(bom)
    if (request.method == "GET" and document is None) or request.form.get("then") == "fill":
        _fill(session, form, bom)
    elif form.validate_on_submit():
        draft = WorkOrderDraft(
            form.bom_id.data or 0,
            form.quantity.data,
            _components(form.lines.data) or None,
            place_id=form.place_id.data,
            moment=form.moment.data,
            note=form.note.data or "",
            operation_id=_operation(),
        )
        try:
            document = save_work_order(session, actor, draft, document=document)
            if request.form.get("then") == "post" and document.state in (None, "draft"):
                post_work_orders(session, actor, [document])
            session.flush()
        except KontorError as error:
            session.rollback()
            form.lines.errors = [str(error)]
        else:
            is_posted = document.state == "posted"
            flash(_("%(number)s is posted.", number=document.number) if is_posted else _("Draft saved."), "success")
            return redirect(url_for("production.work_order_view", document_id=document.id))
    return render_template("production/work_order_form.html", form=form, operation=secrets.token_hex(12))


def _fill(session: Any, form: WorkOrderForm, bom: Bom | None) -> None:
    """Put into the form's lines what the bill asks for."""
    form.lines.raw_data = None
    form.lines.data = []
    if bom is not None and form.quantity.data and form.quantity.data > 0:
        form.lines.data = _rows(session, components_of(bom, form.quantity.data))


def _name_product(form: BomForm) -> None:
    item = current_session().get(Item, form.item_id.data) if form.item_id.data else None
    form.item_id.title = f"{item.code} {item.name}" if item else ""


def _title_of(bom: Bom | None) -> str:
    return f"{bom.item.code} {bom.item.name} {bom.name}".strip() if bom else ""


def _components(rows: Sequence[dict[str, Any]]) -> list[ComponentDraft]:
    return [ComponentDraft(row["item_id"], row["quantity"] or Decimal(0)) for row in rows]


def _rows(session: Any, lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Lines as the grid takes them."""
    items = items_by_id(session, {line.item_id for line in lines})
    return [
        {
            "item_id": line.item_id,
            "item": f"{items[line.item_id].code} {items[line.item_id].name}",
            "quantity": number(line.quantity),
        }
        for line in lines
    ]


def _operation() -> str | None:
    """The act that this form is: the same form sent twice makes one document."""
    operation = request.form.get("operation", "")[:60]
    return f"form:{operation}" if operation else None


def _order(document_id: int) -> WorkOrder:
    document = current_session().get(WorkOrder, document_id)
    if document is None:
        raise NotFound
    return document
