"""The contacts' pages."""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.api import (
    XLSX,
    Invalid,
    KontorError,
    Money,
    NotFound,
    Routes,
    base_currency,
    current_actor,
    current_company,
    current_session,
    operation_id,
    record,
    show_list,
    wall_clock,
)
from modules.contacts import tables
from modules.contacts.forms import ContactForm, IndividualForm, LegalEntityForm, PaymentForm
from modules.contacts.models import FINANCIAL, INDIVIDUAL, PRIVATE, Contact, Payment
from modules.contacts.operations import (
    KINDS,
    change_contact,
    contact_by_id,
    create_contact,
    record_payment,
    reverse_payment,
)
from modules.contacts.queries import balances_of, namesakes_of, statement_of
from modules.contacts.reports import statement_workbook

routes = Routes("contacts", __name__)


@routes.get("/contacts/companies", needs="contacts.contact.view")
def legal_entity_list() -> Any:
    """Legal entities."""
    return show_list(tables.legal_entities)


@routes.get("/contacts/people", needs="contacts.contact.view")
def individual_list() -> Any:
    """Individuals."""
    return show_list(tables.individuals)


@routes.get("/contacts/<int:contact_id>", needs="contacts.contact.view")
def contact_view(contact_id: int) -> Any:
    """A contact's card, with a tab for each thing that is known of it."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    record(
        current_session(),
        "contacts.contact.view",
        subject="contacts.contact",
        subject_id=contact.id,
        summary=contact.code,
    )
    return render_template(
        "contacts/contact.html",
        contact=contact,
        balances=balances_of(session, contact.id) if actor.may("contacts.statement.view") else {},
        tabs=tabs_of(contact),
    )


@routes.form("/contacts/new/<kind>", needs="contacts.contact.edit")
def contact_new(kind: str) -> Any:
    """A new contact of a kind."""
    if kind not in KINDS:
        raise NotFound
    session, actor = current_session(), current_actor()
    form = _form(kind)
    if request.method == "GET":
        form.responsible_id.data = actor.user_id
    if form.validate_on_submit():
        try:
            contact = create_contact(session, actor, kind=kind, **form.values())
        except KontorError as error:
            session.rollback()
            _blame(form, error)
        else:
            flash(_("Added."), "success")
            if namesakes_of(session, contact):
                flash(_("There is another contact of this name. Is it the same?"), "warning")
            return redirect(url_for("contacts.contact_view", contact_id=contact.id))
    title = _("New individual") if kind == INDIVIDUAL else _("New legal entity")
    return render_template("form.html", form=form, title=title, back=url_for(f"contacts.{kind}_list"))


@routes.form("/contacts/<int:contact_id>/edit", needs="contacts.contact.edit")
def contact_edit(contact_id: int) -> Any:
    """Change a contact; what one may not see, one does not change."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    form = _form(contact.kind, contact)
    if form.validate_on_submit():
        try:
            change_contact(session, current_actor(), contact, **form.values())
        except KontorError as error:
            session.rollback()
            _blame(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.contact_view", contact_id=contact_id))
    back = url_for("contacts.contact_view", contact_id=contact_id)
    return render_template("form.html", form=form, title=contact.name, back=back)


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now."""
    return show_list(tables.balances)


@routes.get("/contacts/<int:contact_id>/statement", needs="contacts.statement.view")
def statement_view(contact_id: int) -> Any:
    """A contact's statement for a period, by currency; `?as=xlsx` gives the file."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    since, until = _period()
    statements = statement_of(session, contact.id, since, until)
    record(
        current_session(),
        "contacts.statement.view",
        subject="contacts.contact",
        subject_id=contact.id,
        summary=f"{since} – {until}",
    )
    if request.args.get("as") == "xlsx":
        record(
            current_session(),
            "contacts.statement.export",
            subject="contacts.contact",
            subject_id=contact.id,
            summary=f"{since} – {until}",
        )
        name = f"statement-{contact.code}-{since}-{until}.xlsx"
        return send_file(
            statement_workbook(contact, since, until, statements), XLSX, as_attachment=True, download_name=name
        )
    return render_template(
        "contacts/statement.html",
        contact=contact,
        since=since,
        until=until,
        statements=statements,
        tabs=tabs_of(contact),
        periods=_periods(),
    )


@routes.get("/contacts/payments", needs="contacts.payment.view")
def payment_list() -> Any:
    """Payments in and out."""
    return show_list(tables.payments)


@routes.form("/contacts/payments/new", needs="contacts.payment.post")
def payment_new() -> Any:
    """Record a payment; sent twice, it is recorded once."""
    session, actor = current_session(), current_actor()
    form = PaymentForm()
    if request.method == "GET":
        form.contact_id.data = request.args.get("contact", type=int)
        form.direction.data = request.args.get("direction", "in")
        form.currency.data = request.args.get("currency") or base_currency(session)
        form.moment.data = wall_clock()
        form.amount.data = _outstanding(form.contact_id.data, form.direction.data, form.currency.data)
    if form.validate_on_submit():
        try:
            payment = record_payment(session, actor, **form.values(), operation_id=operation_id())
        except KontorError as error:
            session.rollback()
            _blame(form, error)
        else:
            flash(_("Payment %(number)s is recorded.", number=payment.number), "success")
            return redirect(url_for("contacts.payment_view", document_id=payment.id))
    return render_template("contacts/payment_form.html", form=form, operation=secrets.token_hex(12))


def _outstanding(contact_id: int | None, direction: str, currency: str) -> Decimal | None:
    """What is left to pay of a document of the address's `amount`: no more than is owed, as far as the user may see it."""
    try:
        amount = Decimal(request.args.get("amount", ""))
    except ArithmeticError:
        return None
    if not Money.holds(amount):
        return None
    actor = current_actor()
    if contact_id is None or not (actor.may("contacts.statement.view") and actor.sees(FINANCIAL["group"])):
        return amount
    owed: Any = balances_of(current_session(), contact_id).get(currency, Decimal(0))
    left = min(amount, owed if direction == "in" else -owed)
    return left if left > 0 else None


@routes.get("/contacts/payments/<int:document_id>", needs="contacts.payment.view")
def payment_view(document_id: int) -> Any:
    """A payment."""
    payment = current_session().get(Payment, document_id)
    if payment is None:
        raise NotFound
    return render_template(
        "contacts/payment.html", payment=payment, methods=tables.METHODS, directions=tables.DIRECTIONS
    )


@routes.post("/contacts/payments/<int:document_id>/reverse", needs="contacts.payment.reverse")
def payment_reverse(document_id: int) -> Any:
    """Reverse a payment."""
    try:
        payment = reverse_payment(current_session(), current_actor(), document_id)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Payment %(number)s is reversed.", number=payment.number), "success")
    return redirect(url_for("contacts.payment_view", document_id=document_id))


def _form(kind: str, contact: Contact | None = None) -> Any:
    form = (IndividualForm if kind == INDIVIDUAL else LegalEntityForm)(obj=contact)
    actor = current_actor()
    for mark in (PRIVATE, FINANCIAL):
        if not actor.sees(mark["group"]):
            columns = KINDS[kind].__mapper__.column_attrs
            form.close(*(c.key for c in columns if c.columns[0].info.get("group") == mark["group"]))
    form.offer_users(current_session())
    return form


def _blame(form: ContactForm | PaymentForm, error: KontorError) -> None:
    name = getattr(error, "field", None)
    field = form[name] if name and name in form else next(iter(form))
    field.errors = [str(error)]


def tabs_of(contact: Contact) -> list[tuple[str, str, str]]:
    """Endpoint, title and address of the card's tabs that are open to the user."""
    actor = current_actor()
    tabs = [("contacts.contact_view", _("Card"), url_for("contacts.contact_view", contact_id=contact.id))]
    if actor.may("contacts.statement.view"):
        tabs.append(
            ("contacts.statement_view", _("Statement"), url_for("contacts.statement_view", contact_id=contact.id))
        )
    for module in current_company().enabled:
        for tab in module.manifest.tabs if module.manifest else ():
            if tab.target == "contacts.contact" and actor.may(tab.needs):
                tabs.append((tab.endpoint, str(tab.title), url_for(tab.endpoint, contact_id=contact.id)))
    return tabs


def _period() -> tuple[date, date]:
    today = wall_clock().date()
    try:
        since = date.fromisoformat(request.args.get("since") or f"{today.year}-01-01")
        until = date.fromisoformat(request.args.get("until") or today.isoformat())
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31.")) from None
    return since, until


def _periods() -> list[tuple[str, date, date]]:
    today = wall_clock().date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This year"), date(today.year, 1, 1), today),
        (_("Everything"), date(1990, 1, 1), today),
    ]
