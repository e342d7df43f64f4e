"""Changing a contact's kind: what would be lost is shown before."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.errors import Conflict, Invalid, KontorError
from app.api.web import current_actor, current_session, note_card, show_refusal
from modules.contacts.changing_kind import change_kind, check_kind, losses
from modules.contacts.forms import KindForm
from modules.contacts.models import KINDS, Contact
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.contacts import form_of


@routes.form("/contacts/<int:contact_id>/kind", needs="contacts.contact.edit", help="contact")
def contact_kind(contact_id: int) -> Any:
    """What each other kind would cost, and a button for each that can be."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    form = KindForm(obj=contact)
    if form.validate_on_submit():
        try:
            change_kind(session, actor, contact, form.kind.data, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Changed. Look through the card: a contact of this kind has other fields."), "success")
            return redirect(url_for("contacts.contact_view", contact_id=contact_id))
    note_card("contacts.contact", contact.id, contact.code)
    ways = [(kind, model.title, *_way(contact, kind)) for kind, model in KINDS.items() if kind != contact.kind]
    return render_template("contacts/contact_kind.html", contact=contact, form=form, ways=ways)


def _way(contact: Contact, kind: str) -> tuple[str, list[tuple[str, Any]]]:
    """Why it can't be, and what would be lost: titles and values."""
    session, form = current_session(), form_of(contact.kind, contact)
    try:
        check_kind(session, current_actor(), contact, kind)
    except (Invalid, Conflict) as error:
        return str(error.message), []
    lost = losses(contact, kind, session)
    return "", [(loss.title or form[loss.name].label.text, loss.value) for loss in lost]
