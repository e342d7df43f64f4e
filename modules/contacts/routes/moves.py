"""Payments without a contact, transfers and revaluations: recorded, shown, reversed."""

import secrets
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.web import (
    current_actor,
    current_session,
    operation_id,
    refusal_words,
    show_document,
    show_list,
    show_refusal,
)
from modules.contacts.money import tables
from modules.contacts.money.forms import OtherPaymentForm, RevaluationForm, TransferForm
from modules.contacts.money.models import OtherPayment, Revaluation, Transfer
from modules.contacts.money.recording import (
    record_other_payment,
    record_transfer,
    reverse_other_payment,
    reverse_transfer,
)
from modules.contacts.money.revaluation import revalue, reverse_revaluation
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/other-payments", needs="contacts.other_payment.view")
def other_payment_list() -> Any:
    """What came in and went out without a contact."""
    return show_list(tables.other_payments)


@routes.form("/contacts/other-payments/new", needs="contacts.other_payment.post")
def other_payment_new() -> Any:
    """Record a payment by an expense item; `?account=` says on which account."""
    form = OtherPaymentForm()
    if request.method == "GET":
        form.account_id.data = request.args.get("account", type=int)
        form.moment.offer_present()
    if form.validate_on_submit():
        try:
            made = record_other_payment(
                current_session(), current_actor(), **form.values(), operation_id=operation_id()
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.other_payment_view", document_id=made.id))
    return _form(form, _("Record a payment without a contact"), url_for("contacts.other_payment_list"))


@routes.get("/contacts/other-payments/<int:document_id>", needs="contacts.other_payment.view")
def other_payment_view(document_id: int) -> Any:
    """A payment by an expense item."""
    return _document(OtherPayment, document_id)


@routes.post("/contacts/other-payments/<int:document_id>/reverse", needs="contacts.other_payment.reverse")
def other_payment_reverse(document_id: int) -> Any:
    """Reverse a payment by an expense item."""
    return _reversed(reverse_other_payment, document_id, "contacts.other_payment_view")


@routes.get("/contacts/transfers", needs="contacts.transfer.view")
def transfer_list() -> Any:
    """What went from one own account to another."""
    return show_list(tables.transfers)


@routes.form("/contacts/transfers/new", needs="contacts.transfer.post")
def transfer_new() -> Any:
    """Transfer money; `?account=` says from which account."""
    form = TransferForm()
    if request.method == "GET":
        form.source_id.data = request.args.get("account", type=int)
        form.moment.offer_present()
    if form.validate_on_submit():
        try:
            made = record_transfer(current_session(), current_actor(), **form.values(), operation_id=operation_id())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.transfer_view", document_id=made.id))
    return _form(form, _("New money transfer"), url_for("contacts.transfer_list"))


@routes.get("/contacts/transfers/<int:document_id>", needs="contacts.transfer.view")
def transfer_view(document_id: int) -> Any:
    """A transfer."""
    return _document(Transfer, document_id)


@routes.post("/contacts/transfers/<int:document_id>/reverse", needs="contacts.transfer.reverse")
def transfer_reverse(document_id: int) -> Any:
    """Reverse a transfer."""
    return _reversed(reverse_transfer, document_id, "contacts.transfer_view")


@routes.get("/contacts/revaluations", needs="contacts.revaluation.view")
def revaluation_list() -> Any:
    """What rates made of foreign currencies at periods' ends."""
    return show_list(tables.revaluations)


@routes.form("/contacts/revaluations/new", needs="contacts.revaluation.post")
def revaluation_new() -> Any:
    """Revalue at a day's end: at that of last month, unless somebody chooses another."""
    form = RevaluationForm()
    if request.method == "GET":
        form.day.data = wall_clock().date().replace(day=1) - timedelta(days=1)
    if form.validate_on_submit():
        try:
            made = revalue(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.revaluation_view", document_id=made.id))
    title, back = _("Revalue at a day's end"), url_for("contacts.revaluation_list")
    return render_template("form.html", form=form, title=title, back=back)


@routes.get("/contacts/revaluations/<int:document_id>", needs="contacts.revaluation.view")
def revaluation_view(document_id: int) -> Any:
    """A revaluation, by contact and account."""
    return _document(Revaluation, document_id)


@routes.post("/contacts/revaluations/<int:document_id>/reverse", needs="contacts.revaluation.reverse")
def revaluation_reverse(document_id: int) -> Any:
    """Reverse a revaluation."""
    return _reversed(reverse_revaluation, document_id, "contacts.revaluation_view")


def _form(form: Any, title: str, back: str) -> Any:
    return render_template(
        "contacts/move_form.html", form=form, title=title, back=back, operation=secrets.token_hex(12)
    )


def _document(model: Any, document_id: int) -> Any:
    document = current_session().get(model, document_id)
    if document is None:
        raise NotFound
    return show_document(document)


def _reversed(reverse: Any, document_id: int, page: str) -> Any:
    """Reverse a document, and show it again."""
    try:
        document = reverse(current_session(), current_actor(), document_id)
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=document.number), "success")
    return redirect(url_for(page, document_id=document_id))
