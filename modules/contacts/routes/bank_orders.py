"""Payment orders: what is due is chosen, made a batch, and fetched as a file for the bank."""

import io
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_wtf.file import FileField

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    DayField,
    Form,
    SelectField,
    current_actor,
    current_session,
    refusal_words,
    show_list,
    show_refusal,
)
from modules.contacts.bank.answers import ACCEPTED, REJECTED
from modules.contacts.bank_answers import STATES, take_answer, void_orders
from modules.contacts.bank_orders import FORMATS, make_order, order_by_id, payable, write_order
from modules.contacts.bank_tables import bank_orders
from modules.contacts.money.accounts import account_by_id, accounts_in_use
from modules.contacts.money.forms import titled
from modules.contacts.money.models import BANK
from modules.contacts.queries import open_of
from modules.contacts.routes.blueprint import routes

#: bytes of an answer
LARGEST = 8 << 20
#: how many days ahead what is due is proposed
_AHEAD = timedelta(days=7)


def _banks() -> list[tuple[str, str]]:
    return [(str(a.id), titled(a)) for a in accounts_in_use(current_session()) if a.kind == BANK]


class BankOrderForm(Form):
    """From which account and when; the documents have a box each in the table."""

    account_id = SelectField(_l("Pay from"), coerce=int, choices=_banks)
    day = DayField(_l("Day"))
    until = DayField(_l("Due until"))


class AnswerForm(Form):
    """The bank's answer."""

    file = FileField(_l("The bank's answer (pain.002)"))


@routes.get("/contacts/bank/orders", needs="contacts.bank.order", help="bank_order")
def bank_order_list() -> Any:
    """The batches that were made."""
    return show_list(bank_orders, list_template="contacts/bank_order_list.html")


@routes.form("/contacts/bank/orders/new", needs="contacts.bank.order", help="bank_order")
def bank_order_new() -> Any:
    """What suppliers are to be paid by a day: all of it is chosen until somebody takes some out."""
    session, actor, today = current_session(), current_actor(), wall_clock().date()
    form = BankOrderForm()
    shows = request.form.get("then") == "show"
    if request.method == "GET":
        form.day.data, form.until.data = today, today + _AHEAD
        form.account_id.data = next((int(key) for key, _title in _banks()), None)
    account = account_by_id(session, form.account_id.data) if form.account_id.data else None
    until: date | None = form.until.data
    documents = payable(session, account.currency, until) if account is not None else []
    chosen = {int(i) for i in request.form.getlist("document") if i.isdecimal() and len(i) < 19}
    if not shows and form.validate_on_submit():
        try:
            order = make_order(
                session,
                actor,
                account_id=form.account_id.data,
                document_ids=chosen,
                day=form.day.data or today,
                until=until,
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("The batch is made. Fetch its file and give it to the bank."), "success")
            return redirect(url_for("contacts.bank_order_view", order_id=order.id))
    every = request.method == "GET" or shows
    return render_template(
        "contacts/bank_order_new.html", form=form, documents=documents, account=account, chosen=chosen, every=every
    )


@routes.get("/contacts/bank/orders/<int:order_id>", needs="contacts.bank.order", help="bank_order")
def bank_order_view(order_id: int) -> Any:
    """A batch, what it pays, and its files."""
    order = order_by_id(current_session(), order_id)
    account = account_by_id(current_session(), order.account_id)
    left = open_of(current_session(), [line.document_id for line in order.lines])
    return render_template(
        "contacts/bank_order.html",
        order=order,
        account=account,
        formats=FORMATS,
        left=left,
        states=STATES,
        form=Form(),
    )


@routes.post("/contacts/bank/orders/<int:order_id>/void", needs="contacts.bank.order")
def bank_order_void(order_id: int) -> Any:
    """Void the ticked orders of a batch."""
    session = current_session()
    lines, reason = request.form.getlist("line", type=int), request.form.get("reason", "")
    try:
        void_orders(session, current_actor(), order_by_id(session, order_id), lines, reason=reason)
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("Voided."), "success")
    return redirect(url_for("contacts.bank_order_view", order_id=order_id))


@routes.form("/contacts/bank/orders/answer", needs="contacts.bank.order", takes=LARGEST, help="bank_order")
def bank_order_answer() -> Any:
    """Read a bank's answer; the file says which batch it is about."""
    session, form = current_session(), AnswerForm()
    if form.validate_on_submit():
        content = form.file.data.read() if form.file.data else b""
        try:
            order, counts = take_answer(session, current_actor(), content)
        except KontorError as error:
            session.rollback()
            form.file.errors = [error.message]
        else:
            said = {"accepted": counts[ACCEPTED], "rejected": counts[REJECTED]}
            flash(_("The bank accepted %(accepted)s and rejected %(rejected)s.", **said), "success")
            return redirect(url_for("contacts.bank_order_view", order_id=order.id))
    back = url_for("contacts.bank_order_list")
    return render_template("contacts/bank_answer.html", form=form, back=back)


@routes.get("/contacts/bank/orders/<int:order_id>/file", needs="contacts.bank.order", help=None)
def bank_order_file(order_id: int) -> Any:
    """The batch as a file, in the format `?format=`."""
    session = current_session()
    name, content = write_order(
        session, current_actor(), order_by_id(session, order_id), request.args.get("format", "1c")
    )
    return send_file(io.BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name)
