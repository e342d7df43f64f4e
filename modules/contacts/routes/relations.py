"""How contacts belong together: the form, and its end."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import current_actor, current_session, note_card, show_refusal
from modules.contacts.forms import RelationForm
from modules.contacts.parties import contact_by_id
from modules.contacts.relations import add_relation, choices_of, remove_relation
from modules.contacts.routes.blueprint import routes


@routes.form("/contacts/<int:contact_id>/relations/new", needs="contacts.contact.edit", help="contact")
def relation_new(contact_id: int) -> Any:
    """Let a contact belong together with another."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    form, own = RelationForm(), url_for("contacts.contact_view", contact_id=contact_id)
    form.what.choices = choices_of(contact)
    if form.validate_on_submit():
        try:
            add_relation(session, current_actor(), contact, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(own)
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("form.html", form=form, title=contact.name, back=own)


@routes.post("/contacts/<int:contact_id>/relations/<int:relation_id>/remove", needs="contacts.contact.edit")
def relation_remove(contact_id: int, relation_id: int) -> Any:
    """Let two contacts belong together no longer."""
    session = current_session()
    remove_relation(session, current_actor(), contact_by_id(session, contact_id), relation_id)
    flash(_("Removed."), "success")
    return redirect(url_for("contacts.contact_view", contact_id=contact_id))
