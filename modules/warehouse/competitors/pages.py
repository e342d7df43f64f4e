"""The pages of competitors' prices."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.reference import base_currency
from app.api.reports import show_report
from app.api.web import changed_or_removed, current_actor, current_session, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.competitors import EDIT, VIEW
from modules.warehouse.competitors.forms import CompetitorPriceForm
from modules.warehouse.competitors.operations import (
    add_competitor_price,
    change_competitor_price,
    competitor_price_by_id,
    remove_competitor_price,
)
from modules.warehouse.competitors.tables import report
from modules.warehouse.models import PRICE


@routes.get("/warehouse/competitors", needs=VIEW, help="competitor")
def competitor_list() -> Any:
    """Where we are dearer or cheaper than competitors."""
    return show_report(report)


@routes.form("/warehouse/competitors/new", needs=EDIT, help="competitor")
def competitor_new() -> Any:
    """A new price; `?item=` says of which item."""
    session, form = current_session(), _form()
    item_id = request.args.get("item", type=int)
    if request.method == "GET":
        form.item_id.data = item_id
        form.currency.data, form.day.data = base_currency(session), wall_clock().date()
    if form.validate_on_submit():
        try:
            row = add_competitor_price(session, current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("warehouse.item_competitors", item_id=row.item_id))
    back = url_for("warehouse.item_competitors", item_id=item_id) if item_id else url_for("warehouse.competitor_list")
    return render_template("form.html", form=form, title=_("New price of a competitor"), back=back)


@routes.form("/warehouse/competitors/<int:price_id>", needs=EDIT, help="competitor")
def competitor_edit(price_id: int) -> Any:
    """Change a price, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    row = competitor_price_by_id(session, price_id)
    form = _form(row)
    form.leave_out("item_id")
    back = url_for("warehouse.item_competitors", item_id=row.item_id)
    title = f"{row.item.name} – {row.competitor}"
    change, remove = (partial(act, session, actor, row) for act in (change_competitor_price, remove_competitor_price))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(back)
    return render_template("warehouse/removable_form.html", form=form, title=title, back=back)


def _form(row: Any = None) -> CompetitorPriceForm:
    form = CompetitorPriceForm(obj=row)
    if not current_actor().sees(PRICE["group"]):
        form.close("price")
    return form
