"""The pages of whoever ships and receives: what waits, and one order with a box for each line."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.validators import Optional

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError, NotFound
from app.api.prints import paper_pdf
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    DecimalField,
    Form,
    current_actor,
    current_session,
    named,
    operation_id,
    refusal_words,
    send_pdf,
    show_refusal,
)
from modules.trade.blueprint import routes
from modules.trade.crossing.queries import granted_by, ready_shipments, to_go
from modules.trade.parcels import EDIT as PACK
from modules.trade.prints import delivery_paper
from modules.trade.registers import IN, OUT
from modules.trade.shipping.operations import for_the_order, receive, ship, shipped
from modules.trade.shipping.picking import picking_pdf
from modules.trade.shipping.queue import MOST, POST, VIEW, Left, left_of_order, waiting
from modules.trade.waves.forms import DueForm
from modules.trade.waves.models import wave_code
from modules.trade.waves.planning import wave_ids_of, waves_of


@routes.get("/trade/shipping", needs=VIEW)
def shipping_list() -> Any:
    """What waits to be shipped, and what waits to be received; `?note=` offers the delivery note of what has just gone,
    `?came=` labels of what has just come. The fields of `DueForm` narrow what waits to be shipped."""
    session = current_session()
    may_pack = current_actor().may(PACK)
    ready = ready_shipments(session, most=MOST)
    due = DueForm()
    criteria = due.criteria()
    chosen = [x for x in waiting(session, OUT, *criteria) if not due.is_whole or x.ready == x.lines]
    return render_template(
        "trade/shipping.html",
        out=chosen,
        is_narrowed=bool(criteria) or due.is_whole or bool(due.errors),
        due=due,
        waves=wave_ids_of(session, [each.id for each in chosen]),
        wave_code=wave_code,
        come=waiting(session, IN),
        note=request.args.get("note", type=int),
        came=request.args.get("came", type=int) if current_actor().may("warehouse.item.view") else None,
        ready=ready,
        may_pack=may_pack,
        may_post=current_actor().may(POST),
    )


@routes.form("/trade/shipping/<direction>/<int:order_id>", needs=VIEW)
def shipping_order(direction: str, order_id: int) -> Any:
    """What is left of an order, with a box for each line: as much as can be shipped, unless somebody types otherwise."""
    session, actor = current_session(), current_actor()
    if direction not in (OUT, IN):
        raise NotFound
    order, lines = left_of_order(session, order_id, direction)
    form = _form(lines)()
    if form.validate_on_submit():
        quantities = {x.line: form[f"line_{x.line}"].data for x in lines if form[f"line_{x.line}"].data}
        act = ship if direction == OUT else receive
        try:
            made = act(session, actor, order_id, quantities, operation_id=operation_id())
            number, made_id = made.number, made.id
        except KontorError as error:
            show_refusal(form, error)
        else:
            is_out = direction == OUT
            flash(_("%(number)s is posted.", number=number), "success")
            if direction == IN and granted_by(session, made):
                return redirect(url_for("trade.crossing", receipt=made_id))
            return redirect(
                url_for("trade.shipping_list", note=made_id if is_out else None, came=None if is_out else made_id)
            )
    return render_template(
        "trade/shipping_order.html",
        order=order,
        rows=[(x, form[f"line_{x.line}"]) for x in lines],
        form=form,
        is_out=direction == OUT,
        wave=waves_of(session, [order_id]).get(order_id) if direction == OUT else None,
        at_once=to_go(session, order.place_id, lines) if direction == IN else (),
        may_post=actor.may(POST),
        operation=secrets.token_hex(12),
    )


@routes.get("/trade/shipping/picking", needs=VIEW, help=None)
def shipping_picking() -> Any:
    """The picking list of the orders of the address (`?order=`, several of them), as PDF."""
    try:
        pdf = picking_pdf(current_session(), request.args.getlist("order", type=int))
    except Invalid as error:
        flash(refusal_words(error), "error")
        return redirect(url_for("trade.shipping_list"))
    return send_pdf(pdf, named(_("Picking list"), wall_clock().date()))


@routes.get("/trade/shipping/notes/<int:document_id>", needs=VIEW, help=None)
def shipping_note(document_id: int) -> Any:
    """The delivery note of what has been shipped for an order, as PDF: what goes with the goods, without prices."""
    session = current_session()
    with for_the_order(session, current_actor()):
        sale = shipped(session, document_id)
        title = _("Delivery note %(number)s", number=sale.number)
        pdf = paper_pdf(session, title, delivery_paper(session, sale))
        return send_pdf(pdf, title)


def _form(lines: Sequence[Left]) -> type[Form]:
    boxes = {
        f"line_{x.line}": DecimalField(_l("Quantity, line %(n)s", n=x.line), [Optional()], default=x.available)
        for x in lines
    }
    return type("ShippingForm", (Form,), boxes)
