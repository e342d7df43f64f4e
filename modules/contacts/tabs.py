"""What the contacts show on a contact's card: the statement, and what is open."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Invalid
from app.api.files import files_tab
from app.api.security import record
from app.api.web import (
    Shown,
    Table,
    current_actor,
    current_company,
    in_asked_language,
    named,
    note_rows,
    send_pdf,
    send_workbook,
    timeline_of,
)
from modules.contacts import tables
from modules.contacts.clients.forms import client_access_form
from modules.contacts.clients.giving import access_of, signed_in_count
from modules.contacts.clients.models import KINDS, PARTS
from modules.contacts.contract_tables import contracts_of
from modules.contacts.contracts import titles_of
from modules.contacts.dunning.proposing import is_late
from modules.contacts.letters.enclosures import contact_of, enclosure_for, sheets_for_contact
from modules.contacts.letters.models import STATES, Letter
from modules.contacts.letters.sending import letters_to, letters_with
from modules.contacts.models import Contact
from modules.contacts.queries import statement_of, turnovers_by_contract, turnovers_of
from modules.contacts.statement_pdf import statement_pdf
from modules.contacts.work.entry import entry_form
from modules.contacts.work.queries import open_tasks_of
from modules.contacts.workbook import statement_workbook


def statement_view(session: Session, contact: Contact) -> Any:
    """A contact's statement for a period, by currency; `?as=xlsx` and `?as=pdf` give the file."""
    since, until = period_asked()
    without_reversed = bool(request.args.get("without_reversed"))
    contract = request.args.get("contract", type=int)
    values: dict[str, Any] = {
        "since": since,
        "until": until,
        "periods": periods_offered(),
        "without_reversed": without_reversed,
    }
    values |= {"by_contract": [], "contract": contract, "turnovers_of": turnovers_of}
    try:
        statements = statement_of(
            session, contact.id, since, until, without_reversed=without_reversed, contract=contract
        )
    except Invalid as error:
        if request.args.get("as"):
            raise
        return Shown("contacts/statement.html", {**values, "statements": {}, "problem": error.message})
    values["by_contract"] = turnovers_by_contract(session, contact.id, since, until)
    values["titles"] = titles_of(session, {row.contract for row in values["by_contract"]} | {contract or 0})
    said = values["titles"].get(contract, _("without a contract")) if contract is not None else ""
    options: dict[str, Any] = {"without_reversed": without_reversed, "contract": said}
    _note(session, contact, "view", f"{since} – {until}")
    if request.args.get("as") == "xlsx":
        _note(session, contact, "export", f"{since} – {until}")
        book = statement_workbook(contact, since, until, statements, **options)
        return send_workbook(book, named(_("Statement"), contact.code, since, until))
    if request.args.get("as") == "pdf":
        _note(session, contact, "export", f"PDF, {since} – {until}")
        with in_asked_language():
            pdf = statement_pdf(session, contact, since, until, statements, **options)
        return send_pdf(pdf, named(_("Statement"), contact.code, since, until))
    return Shown("contacts/statement.html", {**values, "statements": statements})


def timeline(session: Session, contact: Contact) -> Shown:
    """Everything that happened with a contact, and what is to be done; on top, what just happened is written down."""
    actor = current_actor()
    page = timeline_of(session, actor, "contacts.contact", contact, request.args)
    note_rows("contacts.activity", len(page.entries), subject="contacts.contact", subject_id=contact.id, way="page")
    return Shown(
        "contacts/timeline.html",
        {
            "page": page,
            "tasks": open_tasks_of(session, contact.id) if actor.may("contacts.task.view") else (),
            "now": wall_clock(),
            "form": entry_form(session, contact) if actor.may("contacts.activity.edit") else None,
        },
    )


def files(_session: Session, contact: Contact) -> Shown:
    """The files of a contact."""
    return files_tab("contacts.contact", contact)


def open_items_of_contact(_session: Session, contact: Contact) -> Table:
    """A contact's open documents."""
    return tables.open_items_of(contact.id)


def contract_tab(_session: Session, contact: Contact) -> Table:
    """A contact's contracts."""
    return contracts_of(contact.id)


def letters_of_contact(session: Session, contact: Contact) -> Shown:
    """The letters to a contact, and what can be sent."""
    late = current_actor().may("contacts.reminder.send") and is_late(session, contact)
    return _letters(letters_to(session, contact.id), contact=contact, is_late=late)


def client_access_of_contact(session: Session, contact: Contact) -> Shown:
    """What a contact may open itself, and, for who may, the form that gives it more."""
    given = access_of(session, contact.id)
    values: dict[str, Any] = {
        "given": given,
        "signed_in": signed_in_count(session, [each.id for each in given]),
        "access_kinds": KINDS,
        "access_parts": PARTS,
        "site": (current_company().config.site or request.url_root).rstrip("/"),
        "form": None,
    }
    if current_actor().may("contacts.client.edit"):
        values["form"] = client_access_form(session, contact)
    return Shown("contacts/client_access.html", values)


def letters_of_document(session: Session, document: Document) -> Shown:
    """The letters with a document, and its sheets to be sent."""
    contact_id = contact_of(document)
    contact = session.get(Contact, contact_id) if contact_id else None
    sheets = sheets_for_contact(session, current_company(), document) if contact else []
    found = letters_with(session, document.id) if contact else []
    what = enclosure_for(document.kind).name
    return _letters(found, contact=contact, letter_document=document, document_sheets=sheets, encloses=what)


def _letters(letters: Sequence[Letter], **known: Any) -> Shown:
    return Shown("contacts/letters.html", {"letters": letters, "letter_states": STATES, **known})


def _note(session: Session, contact: Contact, verb: str, summary: str) -> None:
    record(session, f"contacts.statement.{verb}", subject="contacts.contact", subject_id=contact.id, summary=summary)


def period_asked() -> tuple[date, date]:
    """The period of the address; this year so far, unless it says another. Refused (Invalid): what isn't a day."""
    today = wall_clock().date()
    try:
        since = date.fromisoformat(request.args.get("since") or f"{today.year}-01-01")
        until = date.fromisoformat(request.args.get("until") or today.isoformat())
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31.")) from None
    return since, until


def periods_offered() -> list[tuple[str, date, date]]:
    """Periods that are chosen by one click: title, first and last day."""
    today = wall_clock().date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This year"), date(today.year, 1, 1), today),
        (_("Everything"), date(1990, 1, 1), today),
    ]
