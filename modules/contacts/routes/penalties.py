"""Penalty interest: looked for, charged, shown; and the key rates that it follows."""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError, NotFound
from app.api.security import record
from app.api.web import (
    current_actor,
    current_session,
    operation_id,
    refusal_words,
    show_document,
    show_list,
    show_refusal,
)
from modules.contacts import tables
from modules.contacts.contracts import contract_by_id
from modules.contacts.penalties.agreed import rate_words
from modules.contacts.penalties.charging import Late, charge, charged_until, proposed, reverse_penalty
from modules.contacts.penalties.forms import KeyRateForm, PenaltyForm, PeriodForm
from modules.contacts.penalties.key_rates import key_rate_by_id, remove_key_rate, save_key_rate
from modules.contacts.penalties.models import Penalty
from modules.contacts.routes.blueprint import routes

_DAY = timedelta(days=1)


@routes.get("/contacts/penalties", needs="contacts.penalty.view")
def penalty_list() -> Any:
    """Penalties that were charged."""
    return show_list(tables.penalties, list_template="contacts/penalty_list.html")


@routes.form("/contacts/penalties/new", needs="contacts.penalty.post")
def penalty_new() -> Any:
    """What was paid late under `?contract_id=` from `?since=` to `?until=`, and what that costs; sent, it is charged."""
    session, form = current_session(), PenaltyForm()
    period: Any = _period()
    late: list[Late] = []
    contract = None
    if "until" in request.args and period.validate():
        try:
            contract = contract_by_id(session, period.contract_id.data)
            late = proposed(session, contract, period.since.data, period.until.data)
        except KontorError as error:
            show_refusal(period, error)
        else:
            of = contract.contact_id
            said = f"penalty, {len(late)}"
            record(session, "contacts.statement.view", subject="contacts.contact", subject_id=of, summary=said)
    if late and form.validate_on_submit():
        try:
            made = _charged(period, form)
        except KontorError as error:
            session.rollback()
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.penalty_view", document_id=made.id))
    return render_template(
        "contacts/penalty_new.html",
        period=period,
        form=form,
        late=late,
        contract=contract,
        chosen=request.form.getlist("late") if form.is_submitted() else None,
        rate_words=rate_words,
        operation=secrets.token_hex(12),
    )


def _period() -> Any:
    """What the address asks for; without a day, up to the end of last month, from where the last penalty ended."""
    form: Any = PeriodForm(request.args, meta={"csrf": False})
    if "until" not in request.args:
        form.until.data = wall_clock().date().replace(day=1) - _DAY
        last = charged_until(current_session(), request.args.get("contract_id", 0, type=int))
        form.since.data = None if last is None else last + _DAY
    return form


def _charged(period: Any, form: Any) -> Penalty:
    """What is ticked, each open item with the amount that was shown beside it."""
    try:
        ticked = [text.split(":") for text in request.form.getlist("late")]
        amounts = {int(item): Decimal(amount) for item, amount in ticked}
        expected = sum(amounts.values(), Decimal(0))
    except (ValueError, ArithmeticError):
        raise Invalid(_("Look at the lines again.")) from None
    return charge(
        current_session(),
        current_actor(),
        contract_id=period.contract_id.data,
        since=period.since.data,
        until=period.until.data,
        items=amounts,
        expected=expected,
        note=form.note.data or "",
        operation_id=operation_id(),
    )


@routes.get("/contacts/penalties/<int:document_id>", needs="contacts.penalty.view")
def penalty_view(document_id: int) -> Any:
    """A penalty, line by line."""
    penalty = current_session().get(Penalty, document_id)
    if penalty is None:
        raise NotFound
    return show_document(penalty)


@routes.post("/contacts/penalties/<int:document_id>/reverse", needs="contacts.penalty.reverse")
def penalty_reverse(document_id: int) -> Any:
    """Reverse a penalty."""
    try:
        penalty = reverse_penalty(current_session(), current_actor(), document_id)
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=penalty.number), "success")
    return redirect(url_for("contacts.penalty_view", document_id=document_id))


@routes.get("/contacts/key-rates", needs="contacts.penalty.view", help="penalty")
def key_rate_list() -> Any:
    """From which day on which key rate is in force."""
    return show_list(tables.key_rates)


@routes.form("/contacts/key-rates/new", needs="contacts.penalty.post", help="penalty")
def key_rate_new() -> Any:
    """A new key rate."""
    return _key_rate(None, _("New key rate"))


@routes.form("/contacts/key-rates/<int:rate_id>", needs="contacts.penalty.post", help="penalty")
def key_rate_edit(rate_id: int) -> Any:
    """Change a key rate, or remove it."""
    return _key_rate(key_rate_by_id(current_session(), rate_id), _("Key rate"))


@routes.post("/contacts/key-rates/<int:rate_id>/remove", needs="contacts.penalty.post")
def key_rate_remove(rate_id: int) -> Any:
    """Remove a key rate."""
    session = current_session()
    remove_key_rate(session, current_actor(), key_rate_by_id(session, rate_id))
    flash(_("Removed."), "success")
    return redirect(url_for("contacts.key_rate_list"))


def _key_rate(known: Any, title: str) -> Any:
    form = KeyRateForm(obj=known)
    if form.validate_on_submit():
        try:
            save_key_rate(current_session(), current_actor(), known=known, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.key_rate_list"))
    back = url_for("contacts.key_rate_list")
    return render_template("contacts/key_rate.html", form=form, known=known, title=title, back=back)
