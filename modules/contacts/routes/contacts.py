"""Companies and people: their lists, cards and forms."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import KontorError, NotFound
from app.api.reference import TAX_KINDS, organisation, shown_bank_account, shown_tax_id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    after_made,
    begin_named,
    current_actor,
    current_session,
    note_card,
    show_card,
    show_list,
    show_refusal,
    with_custom_fields,
)
from modules.contacts import cards, tables
from modules.contacts.details import ADDRESSES, CHANNELS, SORTS, details_of, is_structured, text_of
from modules.contacts.families import head_of, merged_into
from modules.contacts.folders import folder_tree
from modules.contacts.forms import ContactForm, IndividualForm, LegalEntityForm, SoleProprietorForm, titled
from modules.contacts.languages import LANGUAGES
from modules.contacts.messengers import messenger_link
from modules.contacts.models import (
    FINANCIAL,
    INDIVIDUAL,
    KINDS,
    LEGAL_ENTITY,
    PEOPLE,
    PRIVATE,
    SOLE_PROPRIETOR,
    Contact,
    Person,
)
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import balances_of, namesakes_of
from modules.contacts.relations import relations_of
from modules.contacts.routes.blueprint import routes
from modules.contacts.rules import IMPORTANCE

#: kind → its form, and how the page of a new one is called
_FORMS: dict[str, tuple[type[ContactForm], object]] = {
    LEGAL_ENTITY: (LegalEntityForm, _l("New legal entity")),
    SOLE_PROPRIETOR: (SoleProprietorForm, _l("New sole proprietor")),
    INDIVIDUAL: (IndividualForm, _l("New individual")),
}


@routes.get("/contacts/companies", needs="contacts.contact.view", help="contact")
def legal_entity_list() -> Any:
    """Legal entities."""
    return show_list(tables.legal_entities)


@routes.get("/contacts/sole-proprietors", needs="contacts.contact.view", help="contact")
def sole_proprietor_list() -> Any:
    """Sole proprietors."""
    return show_list(tables.sole_proprietors)


@routes.get("/contacts/people", needs="contacts.contact.view", help="contact")
def individual_list() -> Any:
    """Individuals."""
    return show_list(tables.individuals)


@routes.get("/contacts/<int:contact_id>", needs="contacts.contact.view")
def contact_view(contact_id: int) -> Any:
    """A contact's card, with a tab for each thing that is known of it."""
    session, actor = current_session(), current_actor()
    contact = contact_by_id(session, contact_id)
    if (head := head_of(session, contact_id)) is not None:
        flash(_("“%(name)s” was merged into this contact.", name=contact.name), "info")
        return redirect(url_for("contacts.contact_view", contact_id=head))
    note_card("contacts.contact", contact.id, contact.code)
    return show_card(
        cards.contact,
        contact,
        "contacts/contact.html",
        balances=balances_of(session, contact.id) if actor.may("contacts.statement.view") else {},
        responsible=_responsible(session, contact),
        **_details(session, contact),
    )


@routes.form("/contacts/new/<kind>", needs="contacts.contact.edit")
def contact_new(kind: str) -> Any:
    """A new contact of a kind."""
    if kind not in KINDS:
        raise NotFound
    session, actor = current_session(), current_actor()
    form = form_of(kind)
    if request.method == "GET":
        form.responsible_id.data, form.country.data = actor.user_id, organisation(session).country
        form.folder_id.data = request.args.get("folder", type=int)
        begin_named(form.name)
    if form.validate_on_submit():
        try:
            contact = create_contact(session, actor, kind=kind, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            if namesakes_of(session, contact):
                flash(_("There is another contact of this name. Is it the same?"), "warning")
            own = _card_or_list(session, contact)
            return after_made(contact.id, contact.name, text=contact.code, otherwise=own)
    known = {"alike": url_for("contacts.duplicate_alike", kind=kind), "back": url_for(f"contacts.{kind}_list")}
    return render_template("contacts/contact_form.html", form=form, title=_FORMS[kind][1], **known)


@routes.form("/contacts/<int:contact_id>/edit", needs="contacts.contact.edit")
def contact_edit(contact_id: int) -> Any:
    """Change a contact; what one may not see, one does not change."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    form = form_of(contact.kind, contact)
    if current_actor().sees(PRIVATE["group"]) and is_structured(session, contact):
        form.leave_out("address")  # a text in one piece would take its parts away
    if form.validate_on_submit():
        try:
            change_contact(session, current_actor(), contact, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(_card_or_list(session, contact))
    back = url_for("contacts.contact_view", contact_id=contact_id)
    note_card("contacts.contact", contact_id, contact.code)
    return render_template("form.html", form=form, title=contact.name, back=back)


def _details(session: Session, contact: Contact) -> dict[str, Any]:
    """What the contact has several of, as far as it is open to the user."""
    actor = current_actor()
    found = [(sort, details_of(session, sort.model, contact.id)) for sort in SORTS.values() if actor.sees(sort.group)]
    relations = relations_of(session, contact)
    return {
        "details": found,
        "relations": relations,
        "heads_group": any(related.is_member for related in relations),
        "persons": {person.id: person for sort, rows in found if sort.model is Person for person in rows},
        "may_edit": actor.may("contacts.contact.edit"),
        "importance": {"": "", **IMPORTANCE},
        "languages": LANGUAGES,
        "channels": CHANNELS,
        "addresses": ADDRESSES,
        "text_of": text_of,
        "shown_bank_account": shown_bank_account,
        "folder": next((b.path for b in folder_tree(session) if b.id == contact.folder_id), ""),
        "merged": merged_into(session, contact.id),
        "messenger_link": messenger_link,
        "tax_kinds": TAX_KINDS,
        "shown_tax_id": partial(shown_tax_id, is_person=contact.kind in PEOPLE),
    }


def _card_or_list(session: Session, contact: Contact) -> Any:
    """The card of a contact that was saved; the list, where it was given to somebody else and is not open to the user now."""
    if session.scalar(select(Contact.id).where(Contact.id == contact.id)) is not None:
        return url_for("contacts.contact_view", contact_id=contact.id)
    message = _("“%(name)s” is not open to you any more, as somebody else is responsible now.", name=contact.name)
    flash(message, "warning")
    return url_for(f"contacts.{contact.kind}_list")


def _responsible(session: Session, contact: Contact) -> str:
    """Who has the contact; nobody is said too, as nobody with a narrower scope sees it then."""
    if contact.responsible_id is None:
        return str(_("nobody"))
    return titled(session.execute(select(User.name, User.is_active).where(User.id == contact.responsible_id)).one())


def form_of(kind: str, contact: Contact | None = None) -> Any:
    """The form of a contact of a kind, as far as its fields are open to the user."""
    form = with_custom_fields(_FORMS[kind][0], KINDS[kind])(obj=contact)
    actor = current_actor()
    for mark in (PRIVATE, FINANCIAL):
        if not actor.sees(mark["group"]):
            columns = KINDS[kind].__mapper__.column_attrs
            form.close(*(c.key for c in columns if c.columns[0].info.get("group") == mark["group"]))
    form.offer_words(current_session())
    form.offer_folders(current_session())
    form.offer_users(current_session(), contact.responsible_id if contact is not None else None)
    return form
