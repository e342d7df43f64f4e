"""Payments: recorded, shown, reversed."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Words
from app.api.errors import KontorError, NotFound
from app.api.reference import base_currency
from app.api.texts import money, number
from app.api.values import Money
from app.api.web import (
    Form,
    current_actor,
    current_session,
    is_back_from_preview,
    note_rows,
    operation_id,
    refusal_words,
    show_changes_first,
    show_document,
    show_list,
    show_refusal,
    with_custom_fields,
)
from modules.contacts import tables
from modules.contacts.families import family_of
from modules.contacts.forms import (
    MOST_PARTS,
    PaymentForm,
    follow_amount,
    named_parts,
    offer_part,
    offer_reduced,
    parts_form,
    parts_of,
    plain_values,
    reduced_of,
)
from modules.contacts.groups import payable, sign_of
from modules.contacts.models import FINANCIAL, Payment
from modules.contacts.money.accounts import KIND_OF_METHOD, accounts_in_use
from modules.contacts.operations import record_payment, reverse_payment
from modules.contacts.queries import (
    OpenDocuments,
    allocations_of,
    balances_of,
    open_document,
    open_sums,
    open_ways,
)
from modules.contacts.reductions import Reduction, reductions_of
from modules.contacts.routes.blueprint import routes
from modules.contacts.tables import DIRECTIONS

#: within this time payments are entered
_ENTERED = timedelta(days=14)


@routes.get("/contacts/payments", needs="contacts.payment.view")
def payment_list() -> Any:
    """Payments in and out."""
    return show_list(tables.payments)


@routes.form("/contacts/payments/new", needs="contacts.payment.post")
def payment_new() -> Any:
    """Record a payment; sent twice, it is recorded once. `?document=` offers what is open of that document, `?advance=` names
    what it is made for before there is a debt.

    With a contact chosen its open documents have a box each: what is typed there is what is paid, and the oldest first where
    nothing is. `then=show` only shows the boxes, for whoever has no script that asks for them (`payment_parts`).
    """
    session, actor = current_session(), current_actor()
    shows, is_back = request.form.get("then") == "show", is_back_from_preview()
    first = _first_payment(session) if request.method == "GET" else _Payable.sent()
    documents = _open_documents(session, first)
    find = partial(_open_documents, session, first)
    form = parts_form(with_custom_fields(PaymentForm, Payment), documents, () if shows else request.form)()
    offer_accounts(session, form)
    offers = _offered(session, documents)
    ticked = reduced_of(request.form)
    if request.method == "GET":
        form.contact_id.data, form.direction.data, form.currency.data = (
            first.contact_id,
            first.direction,
            first.currency,
        )
        form.amount.data = first.amount
        form.contract_id.data = request.args.get("contract", type=int)
        form.moment.offer_present()
        if first.document_id is not None and first.amount is not None:
            offer_part(form, first.document_id, first.amount, first.amount)
            offer = offers.get(first.document_id)
            if offer is not None and wall_clock().date() <= offer.until:
                form.amount.data, ticked = offer.rest, [offer.document_id]
                offer_part(form, offer.document_id, offer.rest, first.amount)
    else:
        follow_amount(form)
    asks_more = False
    shows = shows or is_back
    if not shows and form.validate_on_submit():
        seen = request.form.getlist("reduced_seen")
        today = form.moment.data.date() if form.moment.data else wall_clock().date()
        offers_now = {i: offer for i, offer in offers.items() if str(i) not in seen and today <= offer.until}
        if not (ticked or form.reference.data) and (found := offer_reduced(form, offers_now, form.amount.data)):
            ticked, form.amount.errors = [found], [_asked(offers[found])]
            shows = True
    if not shows and form.validate_on_submit():
        try:
            pays = parts_of(form) or named_parts(form.reference.data or "", find, form.amount.data)
            asks_more = not form.is_more.data and _is_more(session, form, first)
            if not asks_more:
                record = partial(
                    record_payment,
                    session,
                    actor,
                    **plain_values(form),
                    pays=pays or None,
                    reduced=ticked,
                    operation_id=operation_id(),
                    advance_for=request.args.get("advance", type=int),
                )
                # a supplier's discount lets goods cost less that were sold meanwhile
                title, words = _("Record a payment"), Words(post=_("Record"))
                if ticked and (page := show_changes_first(record, title, words)):
                    return page
                payment = record()
        except KontorError as error:
            show_refusal(form, error)
        else:
            if not asks_more:
                flash(_("Payment %(number)s is recorded.", number=payment.number), "success")
                return redirect(url_for("contacts.payment_view", document_id=payment.id))
    if first.contact_id is not None:
        note_rows("contacts.open_item", len(documents), subject="contacts.contact", subject_id=first.contact_id)
    return render_template(
        "contacts/payment_form.html",
        form=form,
        **_shown(session, first, documents),
        asks_more=asks_more,
        offers=offers,
        ticked=ticked,
        operation=secrets.token_hex(12),
    )


@routes.get("/contacts/payments/open", needs="contacts.payment.post", help=None)
def payment_parts() -> Any:
    """The part of the payment's form with what is open of its contact, for the page to put in when that is chosen."""
    session = current_session()
    of = _Payable.of(request.args)
    documents = _open_documents(session, of)
    if of.contact_id is not None:
        note_rows("contacts.open_item", len(documents), subject="contacts.contact", subject_id=of.contact_id)
    form = parts_form(Form, documents, ())()
    offers = _offered(session, documents)
    shown = {**_shown(session, of, documents), "offers": offers, "ticked": []}
    return render_template("contacts/open_parts.html", form=form, **shown)


def _offered(session: Session, documents: OpenDocuments) -> dict[int, Reduction]:
    """What is let off of documents that are paid early; of days that have just passed too, as a payment may be entered late."""
    return reductions_of(session, [d.document_id for d in documents], wall_clock().date() - _ENTERED)


def _asked(offer: Reduction) -> str:
    said = {"number": offer.number, "percent": number(offer.percent), "discount": money(offer.amount, offer.currency)}
    words = _(
        "It is %(number)s less %(percent)s %% for paying early: the discount of %(discount)s is ticked below.", **said
    )
    again = _("Record it again, or untick that first.")
    return f"{words} {again}"


def _shown(session: Session, of: "_Payable", documents: OpenDocuments) -> dict[str, Any]:
    """What the form's open documents are shown by; `elsewhere`: what is open the other way round, or in other currencies."""
    ways = [] if of.contact_id is None else open_ways(session, of.contact_id)
    elsewhere = [
        f"{DIRECTIONS[way]} {currency}" for way, currency in ways if (way, currency) != (of.direction, of.currency)
    ]
    shown = {"contact_id": of.contact_id, "currency": of.currency, "elsewhere": elsewhere}
    return {"documents": documents, "is_cut": documents.is_cut, **shown}


def _is_more(session: Session, form: Any, of: "_Payable") -> bool:
    """Whether a payment is more than is open: somebody may have typed a digit too many. Says so at the amount."""
    if of.contact_id is None:
        return False
    found = open_sums(session, family_of(session, of.contact_id), of.currency, sign=sign_of(of.direction))
    is_open = abs(found.get(of.currency, Decimal(0)))
    if not is_open or form.amount.data <= is_open:
        return False
    said = {"amount": money(form.amount.data, form.currency.data), "open": money(is_open, form.currency.data)}
    form.amount.errors = [_("%(amount)s is more than is open: %(open)s. Tick below if that is right.", **said)]
    return True


def offer_accounts(session: Session, form: Any) -> None:
    """Leave accounts out where the company keeps none. What is chosen, or named by `?account=`, says by what is paid."""
    known = {account.id: account for account in accounts_in_use(session)}
    if not known:
        form.leave_out("account_id")
    elif request.method == "GET":
        form.account_id.data = request.args.get("account", type=int)
    chosen = known.get(form.account_id.data) if known else None
    if chosen is not None and KIND_OF_METHOD.get(form.method.data) != chosen.kind:
        form.method.data = chosen.kind


@dataclass(frozen=True)
class _Payable:
    """Whom a payment form is about, and what it begins with."""

    contact_id: int | None
    direction: str
    currency: str
    amount: Decimal | None = None
    #: what the payment is for
    document_id: int | None = None

    @classmethod
    def sent(cls) -> "_Payable":
        """As the form was sent."""
        return cls.of(request.form)

    @classmethod
    def of(cls, form: Any) -> "_Payable":
        """As it stands in some fields."""
        return cls(form.get("contact_id", type=int), form.get("direction", "in"), form.get("currency", ""))


def _first_payment(session: Session) -> _Payable:
    """What the address says: a document of which something is open, or a contact."""
    item = open_document(session, request.args.get("document", type=int))
    if item is not None:
        return _Payable(
            item.contact_id, "in" if item.open > 0 else "out", item.currency, abs(item.open), item.document_id
        )
    contact_id, direction = request.args.get("contact", type=int), request.args.get("direction", "in")
    currency = request.args.get("currency") or _currency_of_account(session) or base_currency(session)
    return _Payable(contact_id, direction, currency, _outstanding(contact_id, direction, currency))


def _currency_of_account(session: Session) -> str | None:
    account_id = request.args.get("account", 0, type=int)
    return next((account.currency for account in accounts_in_use(session) if account.id == account_id), None)


def _open_documents(session: Session, of: _Payable, named: Collection[str] | None = None) -> OpenDocuments:
    """The oldest open documents that a contact's payment could pay, as many as a form can show; or those `named`."""
    if of.contact_id is None or "advance" in request.args:  # there is a debt only once it is sold
        return OpenDocuments()
    family = family_of(session, of.contact_id)
    return payable(session, family, of.currency, of.direction, limit=MOST_PARTS, named=named)


def _outstanding(contact_id: int | None, direction: str, currency: str) -> Decimal | None:
    """What is left to pay of a document of the address's `amount`: no more than is owed, as far as the user may see it."""
    try:
        amount = Decimal(request.args.get("amount", ""))
    except ArithmeticError:
        return None
    if not Money.holds(amount):
        return None
    actor = current_actor()
    if (
        "advance" in request.args
        or contact_id is None
        or not (actor.may("contacts.statement.view") and actor.sees(FINANCIAL["group"]))
    ):
        return amount
    owed: Any = balances_of(current_session(), contact_id).get(currency, Decimal(0))
    left = min(amount, owed if direction == "in" else -owed)
    return left if left > 0 else None


@routes.get("/contacts/payments/<int:document_id>", needs="contacts.payment.view")
def payment_view(document_id: int) -> Any:
    """A payment, what it paid and what is open of it."""
    session = current_session()
    payment = session.get(Payment, document_id)
    if payment is None:
        raise NotFound
    return show_document(
        payment,
        document_template="contacts/payment.html",
        buttons="contacts/payment_buttons.html",
        settled=allocations_of(session, document_id),
    )


@routes.post("/contacts/payments/<int:document_id>/reverse", needs="contacts.payment.reverse")
def payment_reverse(document_id: int) -> Any:
    """Reverse a payment."""
    try:
        payment = reverse_payment(current_session(), current_actor(), document_id)
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("Payment %(number)s is reversed.", number=payment.number), "success")
    return redirect(url_for("contacts.payment_view", document_id=document_id))
