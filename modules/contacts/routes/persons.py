"""What is kept of a person: shown, given to them as a file, erased."""

import tempfile
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.persons import archive_of
from app.api.texts import lazy_gettext as _l
from app.api.web import current_actor, current_company, current_session, note_card
from modules.contacts.contact_persons import contact_person_of, erase_contact_person, find_contact_person
from modules.contacts.details import detail_by_id
from modules.contacts.mentions import NAMING, what_becomes
from modules.contacts.models import Person
from modules.contacts.parties import contact_by_id
from modules.contacts.persons import erase_person, find_person, hindrances_of, note_given, person_of
from modules.contacts.routes.blueprint import routes

#: what rows of tables without a word of their own are called
_LINES = _l("Lines of documents")
_FIELDS = _l("Custom fields")
_TITLES = {
    "core_document": _l("Documents"),
    "contacts_channel": _l("Phones and e-mail"),
    "contacts_address": _l("Addresses"),
    "contacts_tax_number": _l("Tax numbers"),
    "contacts_bank_account": _l("Bank accounts"),
    "contacts_relation": _l("Connections"),
    "contacts_client_access": _l("Client access"),
    "contacts_person": _l("Persons"),
    "contacts_activity_person": _l("Notes, calls and letters with them"),
    "contacts_bank_line": _l("Lines of bank statements"),
    "contacts_contact_value": _FIELDS,
    "contacts_contact_label": _l("Source, status and tags"),
    "contacts_mailing_letter": _l("Letters of mailings"),
    "contacts_merge": _l("Merged contacts"),
    "contacts_pair": _l("Contacts that look alike"),
    "contacts_reminder_exclusion": _l("Exclusions from reminders"),
    "warehouse_claim": _l("Reservations"),
    "core_document_link": _l("Links between documents"),
    "core_document_version": _l("Documents before they were corrected"),
    "core_document_value": _FIELDS,
    "core_audit_value": _l("Old and new values in the audit"),
}
#: where people type of others; custom fields of any record aside
_MENTIONED = {
    "contacts_activity": _l("Notes, calls and letters"),
    "contacts_task": _l("Tasks"),
    "contacts_letter": _l("Letters"),
    "contacts_contract": _l("Contracts"),
    "contacts_person": _l("Persons"),
    "contacts_contact": _l("Contacts"),
    "core_document": _l("Documents"),
    "core_document_version": _l("Documents before they were corrected"),
    "contacts_bank_line": _l("Lines of bank statements"),
    "contacts_bank_order_line": _l("Payment orders"),
}


@routes.get("/contacts/<int:contact_id>/person", needs="contacts.person.export")
def person_view(contact_id: int) -> Any:
    """How much is kept of a person, and where; `?as=zip` gives all of it."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    found = find_person(session, actor, contact)
    if request.args.get("as") == "zip":
        return _archive(contact, found, contact.name)
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/person.html", **_shown(contact, found))


@routes.get("/contacts/<int:contact_id>/person/<int:detail_id>/all", needs="contacts.person.export", help="person")
def contact_person_view(contact_id: int, detail_id: int) -> Any:
    """How much is kept of a contact person, and where; `?as=zip` gives all of it."""
    session = current_session()
    contact, detail = contact_by_id(session, contact_id), detail_by_id(session, contact_id, Person, detail_id)
    found = find_contact_person(session, current_actor(), detail)
    if request.args.get("as") == "zip":
        return _archive(contact, found, detail.name)
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/person.html", **_of_contact_person(contact, detail, found))


@routes.post("/contacts/<int:contact_id>/person/<int:detail_id>/erase", needs="contacts.person.erase", fresh=True)
def contact_person_erase(contact_id: int, detail_id: int) -> Any:
    """Erase a contact person for good; the contact stays."""
    session, actor = current_session(), current_actor()
    contact, detail = contact_by_id(session, contact_id), detail_by_id(session, contact_id, Person, detail_id)
    try:
        name = erase_contact_person(session, actor, detail, request.form.get("name", ""))
    except KontorError as error:
        shown = _of_contact_person(contact, detail, find_contact_person(session, actor, detail))
        return render_template("contacts/person.html", **shown, problem=error.message), error.status
    flash(_("Erased. Notes and tasks that named them say “%(name)s” from now on.", name=name), "success")
    return redirect(url_for("contacts.contact_view", contact_id=contact_id))


@routes.post("/contacts/<int:contact_id>/person/erase", needs="contacts.person.erase", fresh=True)
def person_erase(contact_id: int) -> Any:
    """Erase a person for good."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    try:
        name = erase_person(session, actor, contact, request.form.get("name", ""))
    except KontorError as error:
        found = find_person(session, actor, contact)
        return render_template("contacts/person.html", **_shown(contact, found), problem=error.message), error.status
    flash(_("Erased. The books say “%(name)s” from now on.", name=name), "success")
    return redirect(url_for("contacts.contact_view", contact_id=contact_id))


def _archive(contact: Any, found: Any, name: str) -> Any:
    note_given(current_session(), contact, found)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    archive_of(found, name, current_company().config.data_dir, target)
    target.seek(0)
    return send_file(target, "application/zip", as_attachment=True, download_name=f"person-{contact.id}.zip")


def _shown(contact: Any, found: Any) -> dict[str, Any]:
    session = current_session()
    shown = _counted(found, person_of(session, contact))
    hindrances = hindrances_of(session, person_of(session, contact), found)
    here = {"contact_id": contact.id}
    acts = {"page": url_for("contacts.person_view", **here), "erase": url_for("contacts.person_erase", **here)}
    return {**shown, **acts, "contact": contact, "name": contact.name, "hindrances": hindrances, "detail": None}


def _of_contact_person(contact: Any, detail: Any, found: Any) -> dict[str, Any]:
    here = {"contact_id": contact.id, "detail_id": detail.id}
    acts = {
        "page": url_for("contacts.contact_person_view", **here),
        "erase": url_for("contacts.contact_person_erase", **here),
    }
    shown = _counted(found, contact_person_of(current_session(), detail))
    return {**shown, **acts, "contact": contact, "name": detail.name, "hindrances": (), "detail": detail}


def word_of(table: str) -> str:
    """What rows of a table are called; where the page has no word of its own, the noun, for which its module has one."""
    return str(_TITLES.get(table) or (_LINES if table.endswith("_line") else table.replace("_", ".", 1)))


def _counted(found: Any, person: Any) -> dict[str, Any]:
    """How many rows there are of each sort, and the texts of others that name the person, with what becomes of each."""
    counts: dict[str, int] = {}
    for name, rows in found.rows.items():
        title = word_of(name)
        if name.endswith(NAMING):
            continue
        if not name.endswith("_document") or name in _TITLES:  # a kind's own part of a document counts once
            counts[title] = counts.get(title, 0) + len(rows)
    mentions = [(_MENTIONED.get(table, _FIELDS), *said) for table, *said in what_becomes(found, person)]
    return {"counts": counts.items(), "files": len(found.files), "mentions": mentions}
