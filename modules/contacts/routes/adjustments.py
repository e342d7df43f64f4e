"""Debt adjustments: opening debts, write-offs, offsets."""

import secrets
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import KontorError, NotFound
from app.api.reference import base_currency
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
from modules.contacts.models import Adjustment
from modules.contacts.money import adjustment_tables as tables
from modules.contacts.money.adjustment_forms import OffsetForm, OpeningDebtForm, PolicyForm, WriteOffForm
from modules.contacts.money.adjustments import (
    policy_of,
    record_opening_debt,
    reverse_adjustment,
    set_policy,
    write_off,
)
from modules.contacts.money.offsets import offset
from modules.contacts.money.small_rests import MOST_RESTS, small_rests
from modules.contacts.queries import allocations_of
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/adjustments", needs="contacts.adjustment.view")
def adjustment_list() -> Any:
    """Opening debts, write-offs and offsets."""
    return show_list(tables.adjustments, list_template="contacts/adjustment_list.html")


@routes.form("/contacts/adjustments/new", needs="contacts.adjustment.post")
def adjustment_new() -> Any:
    """Enter a document that was unpaid when the books began; `?contact=` says of whom."""
    form = OpeningDebtForm()
    if request.method == "GET":
        form.contact_id.data = request.args.get("contact", type=int)
        form.currency.data = base_currency(current_session())
    if form.validate_on_submit():
        values = form.values()
        values["moment"] = datetime.combine(values["moment"], time())
        try:
            made = record_opening_debt(current_session(), current_actor(), **values, operation_id=operation_id())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.adjustment_view", document_id=made.id))
    return _form(form, _("Enter an opening debt"), "contacts/opening_debt_form.html")


@routes.form("/contacts/adjustments/offset", needs="contacts.adjustment.post", help="adjustment")
def adjustment_offset() -> Any:
    """Offset what one contact owes us against what we owe another, or under another contract. The address may say what the
    form has so far, of which the contracts follow."""
    is_asked = request.method == "GET" and "debtor_id" in request.args
    form = OffsetForm(request.args) if is_asked else OffsetForm()
    if request.method == "GET" and not is_asked:
        form.debtor_id.data = form.creditor_id.data = request.args.get("contact", type=int)
        form.currency.data = base_currency(current_session())
        form.moment.offer_present()
    if form.validate_on_submit():
        try:
            first, _other = offset(current_session(), current_actor(), **form.values(), operation_id=operation_id())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=first.number), "success")
            return redirect(url_for("contacts.adjustment_view", document_id=first.id))
    return _form(form, _("Offset two debts"), "contacts/offset_form.html")


@routes.form("/contacts/adjustments/write-off", needs="contacts.adjustment.post", help="adjustment")
def adjustment_write_off() -> Any:
    """Write off small rests: those that are ticked, for one reason."""
    session, form = current_session(), WriteOffForm()
    rests = small_rests(session)
    ticked = request.form.getlist("document", type=int)
    if form.validate_on_submit():
        try:
            made = write_off(
                session,
                current_actor(),
                document_ids=ticked,
                reason=form.reason.data or "",
                operation_id=operation_id(),
            )
        except KontorError as error:
            session.rollback()
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)d rest is written off.", "%(num)d rests are written off.", len(made)), "success")
            return redirect(url_for("contacts.adjustment_list"))
    record(session, "contacts.statement.view", subject="contacts.open_item", summary=f"write-off, {len(rests)}")
    return render_template(
        "contacts/write_off.html",
        form=form,
        rests=rests,
        is_cut=len(rests) == MOST_RESTS,
        ticked=ticked,
        limit=policy_of(session).write_off_limit,
        operation=secrets.token_hex(12),
    )


@routes.form("/contacts/adjustments/limit", needs="contacts.account.edit", help="adjustment")
def adjustment_limit() -> Any:
    """Decide up to which amount rests may be written off."""
    session, may_post = current_session(), current_actor().may("contacts.adjustment.post")
    policy, back = policy_of(session), "contacts.adjustment_write_off" if may_post else "contacts.account_list"
    form = PolicyForm(obj=policy)
    if form.validate_on_submit():
        try:
            set_policy(session, current_actor(), **form.values(), version=form.version.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(back))
    return render_template("form.html", form=form, title=_("Limit of write-offs"), back=url_for(back))


@routes.get("/contacts/adjustments/<int:document_id>", needs="contacts.adjustment.view")
def adjustment_view(document_id: int) -> Any:
    """A debt adjustment, and what it settled."""
    session = current_session()
    document = session.get(Adjustment, document_id)
    if document is None:
        raise NotFound
    return show_document(
        document, document_template="contacts/payment.html", settled=allocations_of(session, document_id)
    )


@routes.post("/contacts/adjustments/<int:document_id>/reverse", needs="contacts.adjustment.reverse")
def adjustment_reverse(document_id: int) -> Any:
    """Reverse a debt adjustment; of an offset both halves."""
    try:
        document = reverse_adjustment(current_session(), current_actor(), document_id)
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=document.number), "success")
    return redirect(url_for("contacts.adjustment_view", document_id=document_id))


def _form(form: Any, title: str, template: str = "contacts/move_form.html") -> Any:
    back = url_for("contacts.adjustment_list")
    return render_template(template, form=form, title=title, back=back, operation=secrets.token_hex(12))
