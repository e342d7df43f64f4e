"""What is kept of a person: shown, given to them as a file, erased."""

import tempfile
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.persons import archive_of
from app.api.texts import lazy_gettext as _l
from app.api.web import current_actor, current_company, current_session, note_card
from modules.contacts.parties import contact_by_id
from modules.contacts.persons import erase_person, find_person, hindrances_of, note_given, person_of
from modules.contacts.routes.blueprint import routes

#: what rows of tables without a word of their own are called
_LINES = _l("Lines of documents")
_TITLES = {
    "core_document": _l("Documents"),
    "contacts_channel": _l("Phones and e-mail"),
    "contacts_address": _l("Addresses"),
    "contacts_tax_number": _l("Tax numbers"),
    "contacts_bank_account": _l("Bank accounts"),
    "contacts_relation": _l("Connections"),
    "contacts_client_access": _l("Client access"),
    "core_audit_value": _l("Old and new values in the audit"),
}


@routes.get("/contacts/<int:contact_id>/person", needs="contacts.person.export")
def person_view(contact_id: int) -> Any:
    """How much is kept of a person, and where; `?as=zip` gives all of it."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    found = find_person(session, actor, contact)
    if request.args.get("as") == "zip":
        note_given(session, contact, found)
        target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        archive_of(found, contact.name, current_company().config.data_dir, target)
        target.seek(0)
        return send_file(target, "application/zip", as_attachment=True, download_name=f"person-{contact.id}.zip")
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/person.html", **_shown(contact, found))


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


def _shown(contact: Any, found: Any) -> dict[str, Any]:
    session = current_session()
    counts: dict[str, int] = {}
    for name, rows in found.rows.items():
        title = str(_TITLES.get(name) or (_LINES if name.endswith("_line") else name.replace("_", ".", 1)))
        if not name.endswith("_document") or name in _TITLES:  # a kind's own part of a document counts once
            counts[title] = counts.get(title, 0) + len(rows)
    hindrances = hindrances_of(session, person_of(session, contact), found)
    return {"contact": contact, "counts": counts.items(), "files": len(found.files), "hindrances": hindrances}
