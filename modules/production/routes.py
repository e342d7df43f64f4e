"""Production's pages."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Conflict,
    KontorError,
    Routes,
    current_actor,
    current_session,
    declare_pages,
    number,
    operation_id,
    show_list,
    tell_saved,
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
from modules.warehouse.items import items_by_id
from modules.warehouse.models import Item
from modules.warehouse.queries import costs_of

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
            form.lines.refuse(error)
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
    if bom:
        form.bom_id.title = _title_of(bom)
    if (request.method == "GET" and document is None) or request.form.get("then") == "fill":
        _fill(session, form, bom)
    elif form.validate_on_submit():
        draft = WorkOrderDraft(
            form.bom_id.data or 0,
            form.quantity.data,
            _components(form.lines.data),
            place_id=form.place_id.data,
            moment=form.moment.data,
            note=form.note.data or "",
            operation_id=operation_id(),
        )
        try:
            document = save_work_order(session, actor, draft, document=document)
            if request.form.get("then") == "post" and document.state in (None, "draft"):
                post_work_orders(session, actor, [document])
            session.flush()
        except KontorError as error:
            session.rollback()
            form.lines.refuse(error)
        else:
            tell_saved(document)
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
    if item:
        form.item_id.title = f"{item.code} {item.name}"


def _title_of(bom: Bom) -> str:
    return f"{bom.item.code} {bom.item.name} {bom.name}".strip()


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


def _show_order(document: WorkOrder) -> Any:
    """A work order: what it makes, and what that takes."""
    costs = costs_of(current_session(), document.id) if document.state == "posted" else {}
    return render_template("production/work_order.html", document=document, costs=costs)


def _reverse_order(session: Session, actor: Actor, _kind: type[WorkOrder], document_id: int) -> Any:
    return reverse_work_order(session, actor, document_id)


declare_pages(
    routes,
    "work_order",
    WorkOrder,
    table=tables.work_orders,
    show=_show_order,
    edit=_edit_order,
    post=post_work_orders,
    reverse=_reverse_order,
)
