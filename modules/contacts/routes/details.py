"""What a contact may have several of: their forms."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import Forbidden, KontorError, NotFound
from app.api.web import current_actor, current_session, note_card, show_refusal
from modules.contacts.details import SORTS, Sort, add_detail, change_detail, detail_by_id, details_of, remove_detail
from modules.contacts.forms import AddressForm, BankAccountForm, ChannelForm, DetailForm, PersonForm, TaxNumberForm
from modules.contacts.models import Address, BankAccount, Channel, Contact, Person, TaxNumber
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes

_FORMS: dict[Any, type[DetailForm]] = {
    Channel: ChannelForm,
    TaxNumber: TaxNumberForm,
    Address: AddressForm,
    Person: PersonForm,
    BankAccount: BankAccountForm,
}


@routes.form("/contacts/<int:contact_id>/<sort>/new", needs="contacts.contact.edit", help="contact")
def detail_new(contact_id: int, sort: str) -> Any:
    """Something more of a contact. `?country=` shows an address as that country writes it."""
    of, contact = _opened(contact_id, sort)
    form = _form(of, contact)
    if form.validate_on_submit():
        try:
            add_detail(current_session(), current_actor(), contact, of.model, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("contacts.contact_view", contact_id=contact_id))
    return _shown(of, contact, form, None)


@routes.form("/contacts/<int:contact_id>/<sort>/<int:detail_id>", needs="contacts.contact.edit", help="contact")
def detail_edit(contact_id: int, sort: str, detail_id: int) -> Any:
    """Change a detail of a contact."""
    of, contact = _opened(contact_id, sort)
    session = current_session()
    detail = detail_by_id(session, contact_id, of.model, detail_id)
    form = _form(of, contact, detail)
    if form.validate_on_submit():
        try:
            change_detail(session, current_actor(), contact, detail, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.contact_view", contact_id=contact_id))
    return _shown(of, contact, form, detail)


@routes.post("/contacts/<int:contact_id>/<sort>/<int:detail_id>/remove", needs="contacts.contact.edit")
def detail_remove(contact_id: int, sort: str, detail_id: int) -> Any:
    """Remove a detail of a contact."""
    of, contact = _opened(contact_id, sort)
    session = current_session()
    remove_detail(session, current_actor(), contact, detail_by_id(session, contact_id, of.model, detail_id))
    flash(_("Removed."), "success")
    return redirect(url_for("contacts.contact_view", contact_id=contact_id))


def _opened(contact_id: int, sort: str) -> tuple[Sort, Contact]:
    """The sort and the contact. Refused: a sort that there isn't (NotFound), or that is closed to the user (Forbidden)."""
    if sort not in SORTS:
        raise NotFound
    of, contact = SORTS[sort], contact_by_id(current_session(), contact_id)
    if not current_actor().sees(of.group):
        raise Forbidden(of.group)
    return of, contact


def _form(of: Sort, contact: Contact, detail: Any = None) -> Any:
    begins = {"country": contact.country} if of.model in (Address, TaxNumber) and detail is None else {}
    asked = (request.args,) if request.method == "GET" and request.args else ()
    form = _FORMS[of.model](*asked, obj=detail, **begins)
    if isinstance(form, AddressForm):
        form.fit(form.country.data or "")
    if isinstance(form, ChannelForm):
        persons = details_of(current_session(), Person, contact.id)
        form.offer_persons(persons)
        if not persons:
            form.leave_out("person_id")
    return form


def _shown(of: Sort, contact: Contact, form: Any, detail: Any) -> str:
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/detail_form.html", sort=of, contact=contact, form=form, detail=detail)
