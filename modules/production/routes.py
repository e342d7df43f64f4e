"""Production's pages."""

from decimal import Decimal
from typing import Any, TypeGuard

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import Invalid, KontorError
from app.api.texts import number, typed
from app.api.values import Quantity
from app.api.web import (
    LinesField,
    Routes,
    current_actor,
    current_session,
    declare_pages,
    parse_decimal,
    show_list,
    show_refusal,
)
from modules.production import tables
from modules.production.following import followed, typed_in
from modules.production.forms import BomForm, WorkOrderForm
from modules.production.kinds import WORK_ORDER
from modules.production.models import Bom
from modules.production.operations import BomDraft, components_of, rescaled, save_bom
from modules.production.queries import bom_by_id
from modules.production.rules import ComponentDraft, Typed
from modules.warehouse.api import TOO_MANY

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


@routes.get("/production/work-orders/scaled", needs="production.work_order.edit", help=None)
def components_scaled() -> Any:
    """How much of each component an order takes for another quantity: asked by the form while somebody types. `line` is an
    item's number, how much of it somebody typed, and for how much of the product where that isn't `before`; as often as there
    are lines. The answer has as many quantities, as one types them."""
    session = current_session()
    try:
        before, after = (parse_decimal(request.args.get(name, "")) for name in ("before", "after"))
        said = [line.split(":") for line in request.args.getlist("line")]
        lines = [_typed(before, *parts) for parts in said]
    except (ValueError, TypeError):  # more parts, or fewer
        raise Invalid(_("Choose from the list.")) from None
    bom = bom_by_id(session, request.args.get("bom", 0, type=int))
    if not all(map(_is_quantity, (before, after, *(line.ordered for line in lines)))):
        raise Invalid(_("The quantity must be above zero."))
    return {"quantities": [typed(c.quantity) for c in rescaled(session, bom, lines, after=after)]}


def _typed(before: Decimal, item: str, quantity: str, ordered: str | None = None) -> Typed:
    return Typed(int(item), parse_decimal(quantity), before if ordered is None else parse_decimal(ordered))


def _prepare(form: WorkOrderForm, is_new: bool) -> bool:
    """Fill in what the bill asks for, when the form of a new order is opened and when somebody asks for it; and let the
    components follow another quantity, where the browser has not done so. True: show it again."""
    if (request.method == "GET" and is_new) or request.form.get("then") == "fill":
        _fill_in(form)
        return True
    if request.method == "GET":
        return False
    try:
        form.filled = parse_decimal(request.form.get("filled") or "")
    except ValueError:
        form.filled = form.quantity.data
    return _follow_quantity(form)


def _fill_in(form: WorkOrderForm) -> None:
    if form.quantity.data is None and request.method == "GET":
        form.quantity.data = Decimal(1)
    bom = current_session().get(Bom, form.bom_id.data) if form.bom_id.data else None
    form.lines.raw_data, form.lines.data = None, []
    if bom is not None and _is_quantity(form.quantity.data):
        form.lines.show(components_of(current_session(), bom, form.quantity.data))
    form.filled = form.quantity.data


def _follow_quantity(form: WorkOrderForm) -> bool:
    """Whether the quantity is another than the components below were for; then they follow it, for somebody to look at."""
    before, after = form.filled, form.quantity.data
    bom = current_session().get(Bom, form.bom_id.data) if form.bom_id.data else None
    if bom is None or before == after or not (_is_quantity(before) and _is_quantity(after)) or form.lines.line_errors:
        return False
    lines = [typed_in(row, before) for row in form.lines.data or ()]
    if not lines or not all(_is_quantity(line.ordered) for line in lines):
        return False
    try:
        form.lines.show(followed(current_session(), bom, lines, after=after))
    except Invalid:
        return False  # saving says what is wrong
    form.filled = after
    words = _(
        "The quantity was changed from %(before)s to %(after)s, and the components below with it. Look, then save again.",
        before=number(before),
        after=number(after),
    )
    form.form_errors = [words]
    return True


def _is_quantity(value: Decimal | None) -> TypeGuard[Decimal]:
    return value is not None and value > 0 and value < TOO_MANY and Quantity.holds(value)


declare_pages(
    routes,
    WORK_ORDER,
    table=tables.work_orders,
    form=WorkOrderForm,
    form_template="production/work_order_form.html",
    prepare=_prepare,
)
