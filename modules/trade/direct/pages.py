"""The page on which a purchase order is recorded as brought to the customer: a box for each line."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import Optional

from app.api.documents import left_of
from app.api.errors import KontorError, NotFound
from app.api.texts import lazy_gettext as _l
from app.api.web import DecimalField, Form, current_actor, current_session, operation_id, show_refusal
from modules.trade.blueprint import routes
from modules.trade.direct.operations import deliver_directly
from modules.trade.models import PurchaseOrder


@routes.form("/trade/purchase-orders/<int:document_id>/direct", needs="trade.direct.post", help="trade.purchase_order")
def purchase_order_direct(document_id: int) -> Any:
    """What the supplier has brought to the customer, bought and sold together."""
    session, actor = current_session(), current_actor()
    order = session.get(PurchaseOrder, document_id)
    if order is None or order.state != "posted":
        raise NotFound
    left = left_of(session, order, "trade.purchase")
    lines = [line for line in order.lines if line.direct and left[line.line] > 0]
    form = _form([(line.line, left[line.line]) for line in lines])()
    if form.validate_on_submit():
        quantities = {x.line: form[f"line_{x.line}"].data for x in lines if form[f"line_{x.line}"].data}
        number = form["supplier_number"].data or ""
        try:
            bought, sales = deliver_directly(
                session, actor, document_id, quantities, supplier_number=number, operation_id=operation_id()
            )
            sold = ", ".join(str(each.number) for each in sales)
            words = _("%(bought)s and %(sold)s are posted.", bought=bought.number, sold=sold)
            address = url_for("trade.purchase_view", document_id=bought.id)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(words, "success")
            return redirect(address)
    return render_template(
        "trade/direct.html",
        form=form,
        order=order,
        rows=[(line, left[line.line], form[f"line_{line.line}"]) for line in lines],
        operation=secrets.token_hex(12),
    )


def _form(lines: Sequence[tuple[int, Decimal]]) -> type[Form]:
    boxes: dict[str, Any] = {
        f"line_{number}": DecimalField(_l("Quantity, line %(n)s", n=number), [Optional()], default=left)
        for number, left in lines
    }
    return type("DirectForm", (Form,), {"supplier_number": StringField(_l("Supplier's number")), **boxes})
