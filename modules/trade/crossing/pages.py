"""What of a receipt goes out at once, and the buttons that make it ready and let it leave."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import KontorError, NotFound
from app.api.web import current_actor, current_session, refusal_words
from modules.trade.blueprint import routes
from modules.trade.crossing.operations import let_leave, make_ready, unmake
from modules.trade.crossing.queries import crossed, granted_by, outgoing, receipt_to_cross
from modules.trade.shipping.queue import POST, VIEW


@routes.get("/trade/shipping/at-once", needs=VIEW, help="shipping")
def crossing() -> Any:
    """What a receipt (`?receipt=`) brought for orders, without prices."""
    session = current_session()
    receipt = receipt_to_cross(session, request.args.get("receipt", type=int) or 0)
    done = crossed(session, receipt.id)
    lines = outgoing(session, granted_by(session, receipt))
    return render_template(
        "trade/crossing.html",
        receipt=receipt,
        lines=lines,
        done=done,
        is_left=any(line.order_id not in done for line in lines),
        may_post=current_actor().may(POST),
    )


@routes.post("/trade/shipping/at-once/<int:receipt_id>", needs=POST)
def crossing_make(receipt_id: int) -> Any:
    """Make the shipments ready."""
    try:
        count = len(make_ready(current_session(), current_actor(), receipt_id))
    except NotFound:
        raise
    except KontorError as error:
        return _refused(error, url_for("trade.crossing", receipt=receipt_id))
    words = ngettext("%(num)d shipment is ready to leave.", "%(num)d shipments are ready to leave.", count)
    flash(words, "success")
    return redirect(url_for("trade.shipping_list"))


@routes.post("/trade/shipping/ready/<int:sale_id>/ship", needs=POST)
def crossing_ship(sale_id: int) -> Any:
    """A shipment that was made ready leaves."""
    try:
        number = let_leave(current_session(), current_actor(), sale_id).number
    except NotFound:
        raise
    except KontorError as error:
        return _refused(error, url_for("trade.shipping_list"))
    flash(_("%(number)s is posted.", number=number), "success")
    return redirect(url_for("trade.shipping_list", note=sale_id))


@routes.post("/trade/shipping/ready/<int:sale_id>/remove", needs=POST)
def crossing_remove(sale_id: int) -> Any:
    """A shipment that was made ready doesn't leave now."""
    try:
        unmake(current_session(), current_actor(), sale_id)
    except NotFound:
        raise
    except KontorError as error:
        return _refused(error, url_for("trade.shipping_list"))
    return redirect(url_for("trade.shipping_list"))


def _refused(error: KontorError, address: str) -> Any:
    current_session().rollback()
    flash(refusal_words(error), "error")
    return redirect(address)
