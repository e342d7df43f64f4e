"""The contacts' pages."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

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
    documents_by_id,
    operation_id,
    record,
    show_list,
    show_refusal,
    wall_clock,
    with_custom_fields,
)
from modules.contacts import tables
from modules.contacts.allocations import AllocationLineDraft, allocate, reverse_allocation
from modules.contacts.forms import (
    AllocationForm,
    IndividualForm,
    LegalEntityForm,
    PaymentForm,
    parts_form,
    parts_of,
    plain_values,
)
from modules.contacts.models import (
    FINANCIAL,
    INDIVIDUAL,
    INSTALMENTS,
    KINDS,
    PRIVATE,
    Allocation,
    Contact,
    OpenItem,
    Payment,
)
from modules.contacts.operations import (
    change_contact,
    contact_by_id,
    create_contact,
    record_payment,
    reverse_payment,
)
from modules.contacts.queries import (
    OpenDocument,
    allocations_of,
    balances_of,
    namesakes_of,
    open_items_of,
    open_of,
    statement_of,
)
from modules.contacts.reports import statement_workbook

routes = Routes("contacts", __name__)
#: so many open documents a form shows
_SHOWN = 200


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
            show_refusal(form, error)
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
            change_contact(session, current_actor(), contact, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.contact_view", contact_id=contact_id))
    back = url_for("contacts.contact_view", contact_id=contact_id)
    return render_template("form.html", form=form, title=contact.name, back=back)


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now."""
    return show_list(tables.balances)


@routes.get("/contacts/open-items", needs="contacts.statement.view")
def open_item_list() -> Any:
    """Documents of which something is open."""
    return show_list(tables.open_items)


@routes.get("/contacts/<int:contact_id>/open-items", needs="contacts.statement.view")
def open_items_of_contact(contact_id: int) -> Any:
    """A contact's open documents: a tab of the card."""
    contact = contact_by_id(current_session(), contact_id)
    return show_list(
        tables.open_items_of(contact.id),
        list_template="contacts/open_items.html",
        contact=contact,
        tabs=tabs_of(contact),
    )


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
    """Record a payment; sent twice, it is recorded once. `?document=` offers what is open of that document.

    With a contact chosen its open documents have a box each: what is typed there is what is paid, and the oldest first where
    nothing is. `then=show` only shows the boxes.
    """
    session, actor = current_session(), current_actor()
    shows = request.form.get("then") == "show"
    first = _first_payment(session) if request.method == "GET" else _Payable.sent()
    documents = [d for d in _open_documents(session, first) if (d.open > 0) == (first.direction == "in")]
    form = parts_form(with_custom_fields(PaymentForm, Payment), documents, () if shows else request.form)()
    if request.method == "GET":
        form.contact_id.data, form.direction.data, form.currency.data = (
            first.contact_id,
            first.direction,
            first.currency,
        )
        form.moment.data, form.amount.data = wall_clock(), first.amount
        if first.document_id is not None:
            form[f"part_{first.document_id}"].data = first.amount
    if not shows and form.validate_on_submit():
        try:
            payment = record_payment(
                session, actor, **plain_values(form), pays=parts_of(form) or None, operation_id=operation_id()
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Payment %(number)s is recorded.", number=payment.number), "success")
            return redirect(url_for("contacts.payment_view", document_id=payment.id))
    return render_template(
        "contacts/payment_form.html", form=form, documents=documents, operation=secrets.token_hex(12)
    )


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
        form = request.form
        return cls(form.get("contact_id", type=int), form.get("direction", "in"), form.get("currency", ""))


def _first_payment(session: Session) -> _Payable:
    """What the address says: a document of which something is open, or a contact."""
    item = _open_item(session, request.args.get("document", type=int))
    if item is not None:
        return _Payable(
            item.contact_id, "in" if item.open > 0 else "out", item.currency, abs(item.open), item.document_id
        )
    contact_id, direction = request.args.get("contact", type=int), request.args.get("direction", "in")
    currency = request.args.get("currency") or base_currency(session)
    return _Payable(contact_id, direction, currency, _outstanding(contact_id, direction, currency))


def _open_item(session: Session, document_id: int | None) -> Any:
    """What is open of a document, as far as the user may see it; None where nothing is."""
    if document_id is None or (item := session.get(OpenItem, document_id * INSTALMENTS)) is None:
        return None
    return next((d for d in open_items_of(session, item.contact_id) if d.document_id == document_id), None)


def _open_documents(session: Session, of: _Payable) -> list[OpenDocument]:
    """The oldest open documents of a contact in a currency, as many as a form can show."""
    if of.contact_id is None:
        return []
    return open_items_of(session, of.contact_id, of.currency, limit=_SHOWN)


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
    """A payment, what it paid and what is open of it."""
    session = current_session()
    payment = session.get(Payment, document_id)
    if payment is None:
        raise NotFound
    return render_template(
        "contacts/payment.html",
        payment=payment,
        methods=tables.METHODS,
        directions=tables.DIRECTIONS,
        settled=allocations_of(session, document_id),
        left=open_of(session, [document_id]).get(document_id),
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


@routes.get("/contacts/allocations", needs="contacts.allocation.view")
def allocation_list() -> Any:
    """What was moved between open items after it was paid."""
    return show_list(tables.allocations)


@routes.form("/contacts/allocations/new", needs="contacts.allocation.post")
def allocation_new() -> Any:
    """Allocate what is open of a document (`?document=`) to others of its contact."""
    session, actor = current_session(), current_actor()
    item = _open_item(session, request.args.get("document", type=int))
    if item is None:
        raise NotFound(_("Nothing is open of this document, or it is not open to you."))
    offered = open_items_of(session, item.contact_id, item.currency, limit=_SHOWN)
    documents = [d for d in offered if (d.open > 0) != (item.open > 0)]
    form = parts_form(with_custom_fields(AllocationForm, Allocation), documents, request.form)()
    if request.method == "GET":
        form.moment.data = wall_clock()
    if form.validate_on_submit():
        pays = item.kind == "contacts.payment"
        lines = [
            AllocationLineDraft(item.document_id, i, part) if pays else AllocationLineDraft(i, item.document_id, part)
            for i, part in parts_of(form)
        ]
        try:
            made = allocate(
                session,
                actor,
                contact_id=item.contact_id,
                lines=lines,
                operation_id=operation_id(),
                **plain_values(form),
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.allocation_view", document_id=made.id))
    return render_template(
        "contacts/allocation_form.html", form=form, item=item, documents=documents, operation=secrets.token_hex(12)
    )


@routes.get("/contacts/allocations/<int:document_id>", needs="contacts.allocation.view")
def allocation_view(document_id: int) -> Any:
    """An allocation: from which documents to which."""
    session = current_session()
    allocation = session.get(Allocation, document_id)
    if allocation is None:
        raise NotFound
    ends = {i // INSTALMENTS for line in allocation.lines for i in (line.from_item_id, line.to_item_id)}
    return render_template(
        "contacts/allocation.html",
        allocation=allocation,
        documents=documents_by_id(session, ends),
        instalments=INSTALMENTS,
    )


@routes.post("/contacts/allocations/<int:document_id>/reverse", needs="contacts.allocation.reverse")
def allocation_reverse(document_id: int) -> Any:
    """Reverse an allocation; `?back=` leads to the payment from whose page it was done."""
    session = current_session()
    try:
        allocation = reverse_allocation(session, current_actor(), document_id)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=allocation.number), "success")
    if (payment_id := request.args.get("back", type=int)) is not None:
        return redirect(url_for("contacts.payment_view", document_id=payment_id))
    return redirect(url_for("contacts.allocation_view", document_id=document_id))


def _form(kind: str, contact: Contact | None = None) -> Any:
    form = with_custom_fields(IndividualForm if kind == INDIVIDUAL else LegalEntityForm, KINDS[kind])(obj=contact)
    actor = current_actor()
    for mark in (PRIVATE, FINANCIAL):
        if not actor.sees(mark["group"]):
            columns = KINDS[kind].__mapper__.column_attrs
            form.close(*(c.key for c in columns if c.columns[0].info.get("group") == mark["group"]))
    form.offer_users(current_session())
    return form


def tabs_of(contact: Contact) -> list[tuple[str, str, str]]:
    """Endpoint, title and address of the card's tabs that are open to the user."""
    actor = current_actor()
    tabs = [("contacts.contact_view", _("Card"), url_for("contacts.contact_view", contact_id=contact.id))]
    if actor.may("contacts.statement.view"):
        tabs.append(
            ("contacts.statement_view", _("Statement"), url_for("contacts.statement_view", contact_id=contact.id))
        )
        address = url_for("contacts.open_items_of_contact", contact_id=contact.id)
        tabs.append(("contacts.open_items_of_contact", _("Open items"), address))
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
