"""The pages of pallets."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.web import Routes, current_actor, current_session, show_list, show_refusal
from pallets import tables
from pallets.forms import ExchangeForm
from pallets.models import Exchange
from pallets.operations import record_exchange, reverse_exchange

routes = Routes("pallets", __name__)


@routes.get("/pallets/exchanges", needs="pallets.exchange.view")
def exchange_list() -> Any:
    """Exchanges of pallets."""
    return show_list(tables.exchanges)


@routes.get("/pallets/balances", needs="pallets.exchange.view", help="exchange")
def balance_list() -> Any:
    """Who owes whom how many."""
    return show_list(tables.balances)


@routes.get("/pallets/exchanges/<int:document_id>", needs="pallets.exchange.view")
def exchange_view(document_id: int) -> Any:
    """An exchange."""
    exchange = current_session().get(Exchange, document_id)
    if exchange is None:
        raise NotFound
    return render_template("pallets/exchange.html", document=exchange)


@routes.form("/pallets/exchanges/new", needs="pallets.exchange.post")
def exchange_new() -> Any:
    """Record an exchange."""
    form = ExchangeForm()
    if request.method == "GET":
        form.moment.data = wall_clock()
    if form.validate_on_submit():
        try:
            exchange = record_exchange(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(url_for("pallets.exchange_view", document_id=exchange.id))
    return render_template("form.html", form=form, title=_("New exchange"), back=url_for("pallets.exchange_list"))


@routes.post("/pallets/exchanges/<int:document_id>/reverse", needs="pallets.exchange.reverse")
def exchange_reverse(document_id: int) -> Any:
    """Reverse an exchange."""
    reverse_exchange(current_session(), current_actor(), document_id)
    flash(_("Reversed."), "success")
    return redirect(url_for("pallets.exchange_view", document_id=document_id))
