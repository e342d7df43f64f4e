"""The pages of whoever buys: answers side by side, and how far an invoice may differ."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError, NotFound
from app.api.reference import base_currency
from app.api.web import current_actor, current_session, refusal_words, show_refusal
from modules.trade.blueprint import routes
from modules.trade.models import SupplierOffer
from modules.trade.sourcing.comparing import compare, order_offers
from modules.trade.sourcing.forms import AskForm, TolerancesForm
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.requests import ask_supplier
from modules.trade.sourcing.tolerances import EDIT, change_tolerances, tolerances


def _request(request_id: int) -> SupplierRequest:
    found = current_session().get(SupplierRequest, request_id)
    if found is None:
        raise NotFound
    return found


def compared(offer: SupplierOffer) -> str:
    """Where an answer stands beside the others; empty where it answers no request that is open to the user."""
    request_id = offer.supplier_request_id
    if request_id is None or current_session().get(SupplierRequest, request_id) is None:
        return ""
    return url_for("trade.supplier_request_answers", request_id=request_id)


@routes.form(
    "/trade/supplier-requests/<int:request_id>/answers", needs="trade.supplier_offer.view", help="supplier_request"
)
def supplier_request_answers(request_id: int) -> Any:
    """What each supplier answered, beside the others; and asking one more."""
    session, actor, request = current_session(), current_actor(), _request(request_id)
    form = AskForm()
    may_ask = actor.may("trade.supplier_offer.edit") and actor.may("trade.supplier_offer.post")
    if may_ask and form.validate_on_submit():
        try:
            offer = ask_supplier(session, actor, request, form.contact_id.data or 0)
            session.flush()
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(
                _(
                    "%(name)s is on the list. Send the request by mail from %(number)s.",
                    name=offer.summary,
                    number=offer.number,
                ),
                "success",
            )
            return redirect(url_for("trade.supplier_request_answers", request_id=request_id))
    comparison = compare(session, request)
    values = {"comparison": comparison, "form": form, "may_ask": may_ask and request.state == "posted"}
    return render_template("trade/answers.html", request_=request, base=base_currency(session), **values)


@routes.post(
    "/trade/supplier-requests/<int:request_id>/order",
    needs="trade.purchase_order.edit",
    endpoint="supplier_request_order",
)
def supplier_request_order(request_id: int) -> Any:
    """Draft orders of the best answer of each line."""
    return _ordered(request_id, None)


@routes.post(
    "/trade/supplier-requests/<int:request_id>/order/<int:offer_id>",
    needs="trade.purchase_order.edit",
    endpoint="supplier_offer_order",
)
def supplier_offer_order(request_id: int, offer_id: int) -> Any:
    """A draft order of all that one supplier offers."""
    return _ordered(request_id, offer_id)


def _ordered(request_id: int, offer_id: int | None) -> Any:
    session = current_session()
    try:
        orders = order_offers(session, current_actor(), _request(request_id), offer_id)
        session.flush()
    except NotFound:
        raise
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
        return redirect(url_for("trade.supplier_request_answers", request_id=request_id))
    names = ", ".join(order.summary for order in orders)
    flash(_("Orders are drafted: %(names)s. Confirm each of them.", names=names), "success")
    if len(orders) == 1:
        return redirect(url_for("trade.purchase_order_view", document_id=orders[0].id))
    return redirect(url_for("trade.purchase_order_list"))


@routes.form("/trade/tolerances", needs=EDIT, help="supplier_invoice")
def tolerance_edit() -> Any:
    """How far a supplier's invoice may differ, and a delivery from its order."""
    session = current_session()
    form = TolerancesForm(obj=tolerances(session))
    if form.validate_on_submit():
        try:
            change_tolerances(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.tolerance_edit"))
    return render_template("form.html", form=form, title=_("Tolerances"), back=None)
