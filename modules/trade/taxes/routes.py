"""The pages of taxes: the report, codes with their rates, and what has which of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import Invalid, KontorError, NotFound
from app.api.ledger import moved_in_period
from app.api.reference import base_currency, organisation
from app.api.reports import show_report
from app.api.texts import lazy_gettext as _l
from app.api.web import Routes, current_actor, current_session, show_list, show_refusal
from modules.trade.taxes import reports, tables
from modules.trade.taxes.categories import STANDARD
from modules.trade.taxes.entering import INPUT, OUTPUT
from modules.trade.taxes.forms import CashStepForm, OwnTaxForm, PresetForm, TaxCodeForm, TaxDefaultForm, TaxPolicyForm
from modules.trade.taxes.models import TaxDefault
from modules.trade.taxes.operations import (
    OWNERS,
    cash_steps,
    code_by_id,
    default_of,
    policy_of,
    remove_tax_rate,
    save_code,
    save_policy,
    set_cash_step,
    set_default,
    set_tax_rate,
)
from modules.trade.taxes.presets import countries, take_preset
from modules.trade.taxes.register import Taxes
from modules.trade.taxes.rounded import rounded_in_cash


def declare_tax_pages(routes: Routes) -> None:
    """Make the pages."""
    routes.get("/trade/taxes", needs=tables.VIEW)(tax_list)
    routes.get("/trade/taxes/documents", needs=tables.VIEW, help="tax")(tax_document_list)
    routes.get("/trade/tax-codes", needs=tables.VIEW)(tax_code_list)
    routes.form("/trade/tax-codes/new", needs=tables.EDIT)(tax_code_new)
    routes.form("/trade/tax-codes/<int:code_id>", needs=tables.EDIT)(tax_code_edit)
    routes.post("/trade/tax-codes/<int:code_id>/rates/<since>/remove", needs=tables.EDIT)(tax_rate_remove)
    routes.post("/trade/tax-codes/preset", needs=tables.EDIT)(tax_preset_take)
    routes.form("/trade/tax-settings", needs=tables.EDIT, help="tax_code")(tax_policy_edit)
    routes.post("/trade/tax-settings/cash", needs=tables.EDIT)(cash_step_set)
    routes.get("/trade/tax-defaults", needs=tables.VIEW, help="tax_code")(tax_default_list)
    routes.form("/trade/tax-defaults/new", needs=tables.EDIT, help="tax_code")(tax_default_new)
    routes.form("/trade/tax-defaults/<int:default_id>", needs=tables.EDIT, help="tax_code")(tax_default_edit)
    routes.post("/trade/tax-defaults/<int:default_id>/remove", needs=tables.EDIT)(tax_default_remove)
    routes.post("/trade/tax-of/<owner>/<int:owner_id>", needs=tables.EDIT)(own_tax_set)


def tax_list() -> Any:
    """What is owed and deducted on some days, by category and rate."""
    session, said = current_session(), reports.taxes.said(request.args)
    reports.taxes.asked(session, request.args)  # refuses what isn't a day
    since, until = (date.fromisoformat(said[name]) for name in ("since", "until"))
    sums = dict.fromkeys((OUTPUT, INPUT), Decimal(0))
    for row in moved_in_period(session, Taxes.by_rate, since, until, by=("direction",)):
        sums[row.key[0]] = row.taken_in["tax"] - row.given_out["tax"]
    shown: dict[str, Any] = {"owed": sums[OUTPUT], "deducted": sums[INPUT], "currency": base_currency(session)}
    shown["rounded"] = rounded_in_cash(session, since, until)
    return show_report(reports.taxes, list_template="trade/taxes.html", **shown)


def tax_document_list() -> Any:
    """The documents of a figure."""
    return show_report(reports.tax_documents)


def tax_code_list() -> Any:
    """Tax codes."""
    form = PresetForm()
    home = organisation(current_session()).country
    form.country.data = home if home in countries() else form.country.data
    return show_list(tables.codes, list_template="trade/tax_codes.html", preset=form)


def tax_preset_take() -> Any:
    """Add the codes of a country."""
    try:
        added = take_preset(current_session(), current_actor(), request.form.get("country", ""))
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(ngettext("%(num)d tax code was added.", "%(num)d tax codes were added.", added), "success")
    return redirect(url_for("trade.tax_code_list"))


def tax_code_new() -> Any:
    """A new tax code."""
    form: Any = TaxCodeForm()
    if form.validate_on_submit():
        try:
            if form.category.data == STANDARD and form.rate.data is None:
                raise Invalid(_l("How many per cent?"), field="rate")
            code = save_code(current_session(), current_actor(), **_of_code(form), category=form.category.data)
            _set_rate(code, form)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.tax_code_list"))
    return _code_page(form, None, _("New tax code"))


def tax_code_edit(code_id: int) -> Any:
    """Change a tax code, or give it another rate from a day on."""
    code = code_by_id(current_session(), code_id)
    form: Any = TaxCodeForm(obj=code)
    form.leave_out("category", *(() if code.category == STANDARD else ("rate", "since")))
    if form.validate_on_submit():
        try:
            save_code(current_session(), current_actor(), code, version=form.version.data, **_of_code(form))
            if "rate" in form:
                _set_rate(code, form)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.tax_code_edit", code_id=code_id))
    return _code_page(form, code, code.name)


def _of_code(form: Any) -> dict[str, Any]:
    return {"name": form.name.data or "", "reason": form.reason.data or "", "is_active": form.is_active.data}


def _set_rate(code: Any, form: Any) -> None:
    if form.rate.data is None:
        return
    if form.since.data is None:
        raise Invalid(_l("From which day on?"), field="since")
    set_tax_rate(current_session(), current_actor(), code, since=form.since.data, rate=form.rate.data)


def _code_page(form: Any, code: Any, title: str) -> Any:
    return render_template(
        "trade/tax_code.html", form=form, code=code, title=title, back=url_for("trade.tax_code_list")
    )


def tax_rate_remove(code_id: int, since: str) -> Any:
    """Take a rate out."""
    session = current_session()
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise NotFound from None
    remove_tax_rate(session, current_actor(), code_by_id(session, code_id), day)
    flash(_("Removed."), "success")
    return redirect(url_for("trade.tax_code_edit", code_id=code_id))


def tax_policy_edit() -> Any:
    """The codes that the organisation uses, and what is paid in coins."""
    session = current_session()
    form: Any = TaxPolicyForm(obj=policy_of(session))
    if form.validate_on_submit():
        try:
            save_policy(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.tax_policy_edit"))
    steps, cash = sorted(cash_steps(session).items()), CashStepForm()
    cash.currency.data = base_currency(session)
    title, back = _("Tax settings"), url_for("trade.tax_code_list")
    return render_template("trade/tax_settings.html", form=form, cash=cash, steps=steps, title=title, back=back)


def cash_step_set() -> Any:
    """Set the smallest coin of a currency."""
    form: Any = CashStepForm()
    try:
        if not form.validate_on_submit():
            raise Invalid(_l("The smallest coin is above 0 and no finer than the currency, such as 0.05."))
        set_cash_step(current_session(), current_actor(), form.currency.data, form.step.data)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Saved."), "success")
    return redirect(url_for("trade.tax_policy_edit"))


def tax_default_list() -> Any:
    """What has a tax of its own."""
    return show_list(tables.defaults)


def tax_default_new() -> Any:
    """Set the tax of an item, a group of items or a contact."""
    form: Any = TaxDefaultForm()
    if form.validate_on_submit():
        owners = [(name, form[name].data) for name in OWNERS if form[name].data is not None]
        try:
            if len(owners) != 1:
                raise Invalid(_l("Choose an item, a group or a contact: one of the three."), field="item_id")
            set_default(current_session(), current_actor(), *owners[0], form.code_id.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.tax_default_list"))
    return render_template("form.html", form=form, title=_("Set a tax"), back=url_for("trade.tax_default_list"))


def _default(default_id: int) -> tuple[TaxDefault, str, int]:
    found = current_session().get(TaxDefault, default_id)
    if found is None:
        raise NotFound
    owner = next(name for name in OWNERS if getattr(found, name) is not None)
    return found, owner, getattr(found, owner)


def tax_default_edit(default_id: int) -> Any:
    """Change the tax of one of them, or let it have the usual one."""
    found, owner, owner_id = _default(default_id)
    form: Any = TaxDefaultForm(obj=found)
    form.leave_out(*OWNERS)
    if form.validate_on_submit():
        set_default(current_session(), current_actor(), owner, owner_id, form.code_id.data)
        flash(_("Saved."), "success")
        return redirect(url_for("trade.tax_default_list"))
    return render_template(
        "trade/tax_default.html", form=form, found=found, title=_("Tax"), back=url_for("trade.tax_default_list")
    )


def tax_default_remove(default_id: int) -> Any:
    """Let it have the usual tax again."""
    _found, owner, owner_id = _default(default_id)
    set_default(current_session(), current_actor(), owner, owner_id, None)
    flash(_("Removed."), "success")
    return redirect(url_for("trade.tax_default_list"))


def own_tax_set(owner: str, owner_id: int) -> Any:
    """Set the tax of the item or contact whose card it is."""
    places = {"item": ("trade.item_tax", "item_id"), "contact": ("trade.contact_tax", "contact_id")}
    if owner not in places:
        raise NotFound
    endpoint, argument = places[owner]
    form: Any = OwnTaxForm()
    if form.validate_on_submit():
        set_default(current_session(), current_actor(), argument, owner_id, form.code_id.data)
        flash(_("Saved."), "success")
    here: dict[str, Any] = {argument: owner_id}
    return redirect(url_for(endpoint, **here))


def own_tax_form(owner: str, owner_id: int) -> OwnTaxForm:
    """The form of a card, showing what is set."""
    form: Any = OwnTaxForm()
    found = default_of(current_session(), owner, owner_id)
    form.code_id.data = found.code_id if found is not None else None
    return form  # type: ignore[no-any-return]
