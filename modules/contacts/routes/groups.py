"""A group of companies: what its members owe together, and one payment for all of them."""

import secrets
from collections.abc import Collection
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.errors import KontorError
from app.api.reference import base_currency
from app.api.security import record
from app.api.web import (
    current_actor,
    current_session,
    in_asked_language,
    named,
    note_rows,
    operation_id,
    send_pdf,
    send_workbook,
    show_refusal,
    with_custom_fields,
)
from modules.contacts import cards
from modules.contacts.forms import GroupPaymentForm, named_parts, parts_form, parts_of, plain_values
from modules.contacts.groups import Group, group_of, payable, sign_of, turnovers_by_member
from modules.contacts.models import Contact, Payment
from modules.contacts.operations import record_payment
from modules.contacts.queries import OpenDocuments, open_sums, statements_of, turnovers_of
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.payments import offer_accounts
from modules.contacts.statement_pdf import statement_pdf
from modules.contacts.tabs import period_asked, periods_offered
from modules.contacts.workbook import statement_workbook

#: so many open documents of a group stand on one page
MOST = 2000


@routes.get("/contacts/<int:contact_id>/group", needs="contacts.statement.view", help="group")
def group_view(contact_id: int) -> Any:
    """The statement of a company and all that belong to its group; `?as=xlsx` and `?as=pdf` give the file."""
    session = current_session()
    group = group_of(session, contact_id)
    since, until = period_asked()
    statements = statements_of(session, group.member_of, since, until)
    names = {member.id: member.name for member in group.members.values()}
    name, wanted = named(_("Statement"), group.head.code, since, until), request.args.get("as")
    options: dict[str, Any] = {"without_reversed": False, "members": names}
    _note(group.head, "export" if wanted in ("xlsx", "pdf") else "view", f"{len(names)}, {since} – {until}")
    if wanted == "xlsx":
        return send_workbook(statement_workbook(group.head, since, until, statements, **options), name)
    if wanted == "pdf":
        with in_asked_language():
            return send_pdf(statement_pdf(session, group.head, since, until, statements, **options), name)
    return render_template(
        "contacts/group.html",
        **cards.contact.values_of(group.head),
        group=group,
        rows=turnovers_by_member(session, group, since, until),
        statements=statements,
        members=names,
        since=since,
        until=until,
        periods=periods_offered(),
        turnovers_of=turnovers_of,
    )


@routes.form("/contacts/<int:contact_id>/group/payment", needs="contacts.payment.post", help="group")
def group_payment_new(contact_id: int) -> Any:
    """Record a payment of one member for open documents of all: those beside which an amount is typed, or the oldest.
    `then=show` only shows what is open."""
    session, actor = current_session(), current_actor()
    group = group_of(session, contact_id)
    shows = request.form.get("then") == "show"
    documents = _documents(session, group)
    form = parts_form(with_custom_fields(GroupPaymentForm, Payment), documents, () if shows else request.form)()
    form.contact_id.choices = [(str(member.id), member.name) for member in group.members.values()]
    offer_accounts(session, form)
    if request.method == "GET":
        form.contact_id.data, form.currency.data = group.head.id, _asked(session)[0]
        form.moment.offer_present()
    elif not shows and form.validate_on_submit():
        try:
            pays = parts_of(form) or named_parts(
                form.reference.data or "", partial(_documents, session, group), form.amount.data
            )
            said = plain_values(form)
            payment = record_payment(
                session, actor, **said, pays=pays or None, group_of=group.head.id, operation_id=operation_id()
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Payment %(number)s is recorded.", number=payment.number), "success")
            return redirect(url_for("contacts.payment_view", document_id=payment.id))
    note_rows("contacts.open_item", len(documents), subject="contacts.contact", subject_id=contact_id)
    return render_template(
        "contacts/group_payment.html",
        **cards.contact.values_of(group.head),
        form=form,
        documents=documents,
        whose={i: group.members[m].name for i, m in group.member_of.items()},
        total=_open_of(session, group),
        currency=_asked(session)[0],
        is_cut=documents.is_cut,
        operation=secrets.token_hex(12),
    )


def _documents(session: Session, group: Group, named: Collection[str] | None = None) -> OpenDocuments:
    """The oldest open documents of a group, as many as a page can show; or those `named`."""
    currency, direction = _asked(session)
    return payable(session, group.member_of, currency, direction, limit=MOST, named=named)


def _open_of(session: Session, group: Group) -> Decimal:
    """What all of it comes to, also of what isn't shown."""
    currency, direction = _asked(session)
    found = open_sums(session, group.member_of, currency, sign=sign_of(direction))
    return abs(found.get(currency, Decimal(0)))


def _asked(session: Session) -> tuple[str, str]:
    """Currency and direction, as the form was sent."""
    currency = request.values.get("currency") or base_currency(session)
    return currency, "out" if request.values.get("direction") == "out" else "in"


def _note(head: Contact, verb: str, summary: str) -> None:
    record(
        current_session(),
        f"contacts.statement.{verb}",
        subject="contacts.contact",
        subject_id=head.id,
        summary=summary,
    )
