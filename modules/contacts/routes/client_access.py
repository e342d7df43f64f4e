"""Giving contacts links and sign-ins, and revoking them: for staff."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import current_actor, current_company, current_session, note_card, show_refusal
from modules.contacts.clients.forms import client_access_form
from modules.contacts.clients.giving import access_by_id, give_access, new_secret, revoke_access
from modules.contacts.clients.models import LINK
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes


@routes.post("/contacts/<int:contact_id>/client-access/give", needs="contacts.client.edit")
def client_access_give(contact_id: int) -> Any:
    """A link, shown once or written into a letter; or a sign-in."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    form, own = (
        client_access_form(session, contact),
        url_for("contacts.client_access_of_contact", contact_id=contact_id),
    )
    link = ""
    if form.validate_on_submit():
        try:
            access = give_access(
                session,
                current_actor(),
                contact,
                site=current_company().config.site or request.url_root,
                **form.given(),
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            if access.kind != LINK:
                address = f"{access.site}/client/sign-in"
                flash(_("%(email)s can sign in now, at %(address)s.", email=access.email, address=address), "success")
                return redirect(own)
            if request.form.get("then") == "letter":
                return redirect(
                    url_for(
                        "contacts.letter_new",
                        contact_id=contact_id,
                        what="contacts.client_link",
                        access=access.id,
                        language=access.language,
                    )
                )
            link = new_secret(session, access)
    note_card("contacts.contact", contact.id, contact.code)
    page = render_template("contacts/client_link.html", contact=contact, form=form, link=link, back=own)
    return page, 200 if link else 422


@routes.post("/contacts/client-access/<int:access_id>/revoke", needs="contacts.client.edit")
def client_access_revoke(access_id: int) -> Any:
    """It opens nothing any more."""
    session = current_session()
    access = access_by_id(session, access_id)
    revoke_access(session, current_actor(), access)
    flash(_("Revoked: it opens nothing any more."), "success")
    return redirect(url_for("contacts.client_access_of_contact", contact_id=access.contact_id))
