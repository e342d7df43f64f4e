"""The page on which goods of a sale are exchanged: a box for each line that may come back, and a grid of what goes instead."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms.validators import Optional

from app.api.documents import left_of
from app.api.errors import Conflict, KontorError, NotFound
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import digits_of
from app.api.web import (
    Cell,
    DecimalField,
    LinesField,
    LinesForm,
    current_actor,
    current_session,
    operation_id,
    show_refusal,
)
from modules.trade.blueprint import routes
from modules.trade.drafts import TradeLineDraft
from modules.trade.exchanging.operations import RIGHTS, exchange
from modules.trade.models import Sale


@routes.form(
    "/trade/sales/<int:document_id>/exchange", needs="trade.sale.post", takes=LinesField.TAKES, help="trade.sale"
)
def sale_exchange(document_id: int) -> Any:
    """What comes back of a sale and what goes instead, posted together."""
    session, actor = current_session(), current_actor()
    sale = session.get(Sale, document_id)
    if sale is None or not all(actor.may(right) for right in RIGHTS):
        raise NotFound
    if sale.state != "posted":
        raise Conflict(_l("Only a posted sale is exchanged."))
    left = left_of(session, sale, "trade.sales_return")
    lines = [line for line in sale.lines if left[line.line] > 0]
    form = _form([line.line for line in lines])()
    if form.validate_on_submit():
        back = {line.line: form[f"back_{line.line}"].data for line in lines if form[f"back_{line.line}"].data}
        instead = form.lines.lines(TradeLineDraft)
        try:
            made = exchange(session, actor, document_id, back, instead, operation_id=operation_id())
            address = _tell(made, sale.currency)
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(address)
    return render_template(
        "trade/exchange.html",
        form=form,
        rows=[(line, left[line.line], form[f"back_{line.line}"]) for line in lines],
        title=_("Exchange of %(number)s", number=sale.number),
        back=url_for("trade.sale_view", document_id=document_id),
        operation=secrets.token_hex(12),
        may_post=False,
        prices="sales",
        digits=digits_of(sale.currency),
        currency=sale.currency,
    )


def _tell(made: Any, currency: str) -> str:
    amount, said = money(abs(made.to_pay), currency), {"back": made.back.number, "sale": made.sale.number}
    if made.to_pay > 0:
        words = _(
            "%(back)s and %(sale)s are posted. To pay: %(amount)s %(currency)s.",
            **said,
            amount=amount,
            currency=currency,
        )
    elif made.to_pay < 0:
        words = _(
            "%(back)s and %(sale)s are posted. To give back: %(amount)s %(currency)s.",
            **said,
            amount=amount,
            currency=currency,
        )
    else:
        words = _("%(back)s and %(sale)s are posted. Nothing is to be paid.", **said)
    flash(words, "success")
    if made.to_pay < 0:
        return url_for("trade.sales_return_view", document_id=made.back.id)
    return url_for("trade.sale_view", document_id=made.sale.id)


def _form(numbers: Sequence[int]) -> type[LinesForm]:
    boxes: dict[str, Any] = {
        f"back_{number}": DecimalField(_l("Comes back, line %(n)s", n=number), [Optional()]) for number in numbers
    }
    cells = (
        Cell("quantity", _l("Quantity"), above=0, is_counted=True),
        Cell("price", _l("Price"), least=0, is_needed=True),
        Cell("discount", _l("Discount, %"), least=0, most=100, places=4, is_blank_at_zero=True),
    )
    return type("ExchangeForm", (LinesForm,), {**boxes, "lines": LinesField(_l("Goes instead"), cells=cells)})
