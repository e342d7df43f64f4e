"""Writing letters to contacts, and how the company words them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.documents import Document
from app.api.errors import KontorError, NotFound
from app.api.reference import organisation
from app.api.texts import in_language
from app.api.web import (
    current_actor,
    current_company,
    current_session,
    in_asked_language,
    note_card,
    send_pdf,
    show_refusal,
)
from modules.contacts.forms import LetterForm, LetterTextForm
from modules.contacts.languages import LANGUAGES, language_of
from modules.contacts.letters import sending, writing
from modules.contacts.letters.addresses import addresses_of, people_of
from modules.contacts.letters.enclosures import (
    ENCLOSURES,
    NOTHING,
    STATEMENT,
    contact_of,
    document_of,
    enclosure_for,
    sheets_for_contact,
)
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes

#: of an address of a letter, what isn't an argument of what it encloses
_OWN = {"what", "language"}


@routes.form("/contacts/<int:contact_id>/letters/new", needs="contacts.letter.send")
def letter_new(contact_id: int) -> Any:
    """Write a letter: `?what=` names what it encloses, further arguments say which, two days alone a statement; `?language=`
    the language."""
    session, actor, company = current_session(), current_actor(), current_company()
    contact = contact_by_id(session, contact_id)
    usual = STATEMENT if "since" in request.args else NOTHING
    enclosure = ENCLOSURES.get(request.args.get("what", usual.name))
    language = request.args.get("language") or language_of(contact, organisation(session).country)
    if enclosure is None or language not in LANGUAGES:
        raise NotFound
    given = {name: text for name, text in request.args.items() if name not in _OWN}
    arguments = enclosure.check(session, contact, given)
    form = LetterForm()
    addresses = addresses_of(session, [contact])[contact.id]
    form.recipients.choices_offered = addresses
    document = document_of(session, contact, arguments) if "document" in arguments else None
    back = _back(contact.id, None if document is None else document.id)
    with in_language(language):
        called = enclosure.called(session, company, contact, arguments)
        if not form.is_submitted():
            form.subject.data, form.body.data = writing.written(
                session, actor, contact, enclosure.name, called, language, arguments
            )
    if not form.is_submitted():
        form.recipients.data = ", ".join(addresses[:1])
    if form.validate_on_submit():
        try:
            sending.send_letter(
                session,
                actor,
                contact,
                enclosure=enclosure.name,
                arguments=given,
                title=called,
                language=language,
                **form.values(),
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("The letter is on its way. Its outcome is shown among the letters."), "success")
            return redirect(back)
    note_card("contacts.contact", contact.id, contact.code)
    return render_template(
        "contacts/letter_form.html",
        form=form,
        contact=contact,
        called=called if enclosure.pdf is not None else "",
        language=language,
        languages=LANGUAGES,
        asked={"what": enclosure.name, **given},
        has_link=enclosure.link is not None,
        has_mail=bool(session.info.get("has_mail")),
        sheets=[] if document is None else sheets_for_contact(session, company, document),
        people=people_of(session, contact),
        back=back,
    )


@routes.get("/documents/<int:document_id>/send", needs="contacts.letter.send", help=None)
def document_send(document_id: int) -> Any:
    """Begin a letter with a document: with the form that is meant for whom it is made with, or else its own paper."""
    session = current_session()
    document = session.get(Document, document_id)
    contact_id = None if document is None else contact_of(document)
    if document is None or contact_id is None:
        raise NotFound
    sheets = sheets_for_contact(session, current_company(), document)
    sheet = next((each.name for each in sheets if each.is_form), "")
    address, what = "contacts.letter_new", enclosure_for(document.kind).name
    return redirect(url_for(address, contact_id=contact_id, what=what, document=document_id, sheet=sheet or None))


def _back(contact_id: int, document_id: int | None) -> str:
    if document_id is None:
        return url_for("contacts.letters_of_contact", contact_id=contact_id)
    return url_for("contacts.letters_of_document", document_id=document_id)


@routes.get("/contacts/<int:contact_id>/letters/enclosure", needs="contacts.letter.send", help=None)
def letter_enclosure(contact_id: int) -> Any:
    """What a letter would enclose, as PDF."""
    session, company = current_session(), current_company()
    contact = contact_by_id(session, contact_id)
    enclosure = ENCLOSURES.get(request.args.get("what", ""))
    if enclosure is None or enclosure.pdf is None:
        raise NotFound
    arguments = enclosure.check(session, contact, {n: t for n, t in request.args.items() if n not in _OWN})
    with in_asked_language():
        pdf = enclosure.pdf(session, company, contact, arguments)
        return send_pdf(pdf, enclosure.called(session, company, contact, arguments))


@routes.get("/contacts/letter-texts", needs="contacts.letter.edit", help="letter")
def letter_text_list() -> Any:
    """How letters are worded: by what they enclose and language, and whether in words of the company's own."""
    session = current_session()
    rows = [
        (enclosure, [(code, name, writing.text_of(session, enclosure.name, code)) for code, name in LANGUAGES.items()])
        for enclosure in ENCLOSURES.values()
    ]
    return render_template("contacts/letter_texts.html", rows=rows)


@routes.form("/contacts/letter-texts/<enclosure>/<language>", needs="contacts.letter.edit", help="letter")
def letter_text_edit(enclosure: str, language: str) -> Any:
    """Word letters of one kind in one language."""
    session = current_session()
    own = writing.text_of(session, enclosure, language)
    form = LetterTextForm(obj=own)
    if own is None and not form.is_submitted():
        with in_language(language):
            form.subject.data, form.body.data = writing.wording(session, enclosure, language)
    if form.validate_on_submit():
        try:
            writing.save_text(session, current_actor(), enclosure, language, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.letter_text_list"))
    return render_template(
        "contacts/letter_text_form.html",
        form=form,
        title=f"{ENCLOSURES[enclosure].title}, {LANGUAGES[language]}",
        places=writing.places_of(enclosure),
        back=url_for("contacts.letter_text_list"),
    )
