"""What letters enclose: sheets of documents, statements, reminders; each made again when the letter goes out, as far as whoever
sends it may see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Invalid, NotFound
from app.api.security import record, require
from app.api.texts import day, money
from app.api.texts import lazy_gettext as _l
from app.api.web import Company, Sheet, sheet_pdf, sheets_of
from modules.contacts.acts import act_of, act_pdf, act_workbook
from modules.contacts.clients.giving import new_secret
from modules.contacts.clients.models import LINK, PARTS, ClientAccess
from modules.contacts.dunning.levels import TITLES
from modules.contacts.dunning.models import Reminder
from modules.contacts.dunning.paper import reminder_pdf
from modules.contacts.models import Contact
from modules.contacts.queries import statement_of
from modules.contacts.statement_pdf import statement_pdf
from modules.contacts.workbook import statement_workbook

#: the place of what is made when a letter goes out
LINK_PLACE = "link"
#: the arguments of an enclosure, as a form's address and a job's row have them
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Something that can be sent to a contact. Everything is in the reader's language."""

    name: str
    title: object
    #: the arguments as they are kept, checked. Refused: what can't be enclosed for this contact
    check: Callable[[Session, Contact, Arguments], dict[str, Any]]
    #: what is enclosed, such as "Sale S-000012": arguments as kept
    called: Callable[[Session, Company, Contact, Arguments], str]
    #: None: the letter is its text alone
    pdf: Callable[[Session, Company, Contact, Arguments], bytes] | None
    #: the same as a workbook; None: there is none
    xlsx: Callable[[Session, Company, Contact, Arguments], bytes] | None = None
    #: what the letter says unless the company words it otherwise: see `writing.PLACES`
    subject: object = _l("{what} from {company}")
    body: object = _l("Hello {contact},\n\nplease find enclosed: {what}.\n\nKind regards\n{sender}\n{company}")
    #: what stands for {link} in the letter: made when it goes out, and kept nowhere
    link: Callable[[Session, Contact, Arguments], str] | None = None
    #: the kind of documents that begin their letters with it; empty: what any may enclose
    kind: str = ""
    #: further places of the letter: name → what stands there
    places: Mapping[str, object] = field(default_factory=dict)
    #: what stands there for these arguments, as kept
    values: Callable[[Session, Contact, Arguments], dict[str, str]] = lambda *_: {}


def document_of(session: Session, contact: Contact, arguments: Arguments) -> Document:
    """The document of the arguments, if it is made with the contact. NotFound: another one, one that isn't open."""
    number = str(arguments.get("document", ""))
    document = session.get(Document, int(number)) if number.isdecimal() and len(number) < 18 else None
    if document is None or contact_of(document) != contact.id:
        raise NotFound
    require(session.info["actor"], f"{document.kind}.view")
    return document


def contact_of(document: Document) -> int | None:
    """The contact that a document is made with; None: it is made with nobody."""
    if not document.partner or document.partner_model() is not Contact:
        return None
    return getattr(document, document.partner)  # type: ignore[no-any-return]


def sheets_for_contact(session: Session, company: Company, document: Document) -> list[Sheet]:
    """What of a document can be sent to whom it is made with: none of a draft, nor of what is the company's own."""
    return [] if document.state == "draft" else sheets_of(session, company, document, to_partner=True)


def _check_document(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
    document = document_of(session, contact, arguments)
    if document.state == "draft":
        raise Invalid(_l("A draft can't be sent. Post it first."))
    if not document.is_for_partner:
        raise Invalid(_l("Documents of this kind are the company's own; they aren't sent to anybody."))
    return {"document": document.id, "sheet": str(arguments.get("sheet") or "")}


def _document_called(session: Session, company: Company, contact: Contact, arguments: Arguments) -> str:
    document = document_of(session, contact, arguments)
    for sheet in sheets_for_contact(session, company, document):
        if sheet.name == arguments["sheet"]:
            return f"{sheet.title} {document.number or ''}".strip()
    raise NotFound


def _document_pdf(session: Session, company: Company, contact: Contact, arguments: Arguments) -> bytes:
    document = document_of(session, contact, arguments)
    return sheet_pdf(session, company, document, arguments["sheet"], to_partner=True)


def _document_values(session: Session, contact: Contact, arguments: Arguments) -> dict[str, str]:
    document = document_of(session, contact, arguments)
    due = getattr(document, "due", None)
    return {
        "number": document.number or "",
        "date": day(document.moment),
        "amount": f"{money(document.amount, document.currency)} {document.currency}",
        "due": day(due) if due is not None else "–",
    }


def check_period(_session: Session, _contact: Contact, arguments: Arguments) -> dict[str, Any]:
    """The two days of the arguments. Refused (Invalid): what isn't a day, a first day after the last."""
    days = {name: _day(arguments.get(name)) for name in ("since", "until")}
    if days["since"] > days["until"]:
        raise Invalid(_l("The first day is after the last one."))
    return {name: day.isoformat() for name, day in days.items()}


def days_of(arguments: Arguments) -> tuple[date, date]:
    """The first and the last day of kept arguments."""
    return date.fromisoformat(arguments["since"]), date.fromisoformat(arguments["until"])


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        raise Invalid(_l("Write the day as 2026-01-31.")) from None


def in_period(title: object, arguments: Arguments) -> str:
    """The title with the period."""
    since, until = days_of(arguments)
    return f"{title} {since} – {until}"


def _statement_pdf(session: Session, _company: Company, contact: Contact, arguments: Arguments) -> bytes:
    since, until = days_of(arguments)
    period = f"PDF, {since} – {until}"
    record(session, "contacts.statement.export", subject="contacts.contact", subject_id=contact.id, summary=period)
    found = statement_of(session, contact.id, since, until)
    return statement_pdf(session, contact, since, until, found, without_reversed=False)


def _statement_xlsx(session: Session, _company: Company, contact: Contact, arguments: Arguments) -> bytes:
    since, until = days_of(arguments)
    period = f"XLSX, {since} – {until}"
    record(session, "contacts.statement.export", subject="contacts.contact", subject_id=contact.id, summary=period)
    found = statement_of(session, contact.id, since, until)
    return statement_workbook(contact, since, until, found, without_reversed=False).getvalue()


def _reminder_of(session: Session, contact: Contact, arguments: Arguments) -> Reminder:
    number = str(arguments.get("reminder", ""))
    reminder = session.get(Reminder, int(number)) if number.isdecimal() and len(number) < 18 else None
    if reminder is None or reminder.contact_id != contact.id:
        raise NotFound
    require(session.info["actor"], "contacts.statement.view")
    return reminder


def _check_reminder(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
    return {"reminder": _reminder_of(session, contact, arguments).id}


def _reminder_pdf(session: Session, _company: Company, contact: Contact, arguments: Arguments) -> bytes:
    return reminder_pdf(session, [_reminder_of(session, contact, arguments)])


def _reminder(level: int, body: object) -> Enclosure:
    """The letter of a level, from 1 on; the company's own texts are kept by its name."""
    title = TITLES[level - 1]
    name = "contacts.reminder" if level == 1 else f"contacts.reminder_{level}"
    return Enclosure(name, title, _check_reminder, lambda *_: str(title), _reminder_pdf, body=body)


def _check_act(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
    kept = {**check_period(session, contact, arguments), "currency": str(arguments.get("currency", ""))[:3]}
    act_of(session, contact, *days_of(kept), kept["currency"])
    return kept


def _act_pdf(session: Session, _company: Company, contact: Contact, arguments: Arguments) -> bytes:
    since, until = days_of(arguments)
    period = f"PDF, {since} – {until}, {arguments['currency']}"
    record(session, "contacts.statement.export", subject="contacts.contact", subject_id=contact.id, summary=period)
    return act_pdf(session, act_of(session, contact, since, until, arguments["currency"]))


def _act_xlsx(session: Session, _company: Company, contact: Contact, arguments: Arguments) -> bytes:
    since, until = days_of(arguments)
    period = f"XLSX, {since} – {until}, {arguments['currency']}"
    record(session, "contacts.statement.export", subject="contacts.contact", subject_id=contact.id, summary=period)
    return act_workbook(session, act_of(session, contact, since, until, arguments["currency"])).getvalue()


def _access(session: Session, contact: Contact, arguments: Arguments) -> ClientAccess:
    number = str(arguments.get("access", ""))
    access = session.get(ClientAccess, int(number)) if number.isdecimal() and len(number) < 18 else None
    if access is None or access.contact_id != contact.id or access.kind != LINK or not access.is_open:
        raise NotFound
    return access


def _check_access(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
    require(session.info["actor"], "contacts.client.edit")
    return {"access": _access(session, contact, arguments).id}


def _access_called(session: Session, contact: Contact, arguments: Arguments) -> str:
    return ", ".join(str(PARTS[name]) for name in _access(session, contact, arguments).parts)


ACT = Enclosure(
    "contacts.act",
    _l("Reconciliation act"),
    _check_act,
    lambda _session, _company, _contact, arguments: in_period(_l("Reconciliation act"), arguments),
    _act_pdf,
    _act_xlsx,
    body=_l(
        "Hello {contact},\n\nplease find enclosed: {what}. Please compare it with your books and send it back signed, or "
        "tell us what differs.\n\nKind regards\n{sender}\n{company}"
    ),
)
DOCUMENT = Enclosure(
    "contacts.document",
    _l("Document"),
    _check_document,
    _document_called,
    _document_pdf,
    places={
        "number": _l("the document's number"),
        "date": _l("the document's date"),
        "amount": _l("what the document comes to"),
        "due": _l("until when it is to be paid"),
    },
    values=_document_values,
)
STATEMENT = Enclosure(
    "contacts.statement",
    _l("Statement"),
    check_period,
    lambda _session, _company, _contact, arguments: in_period(_l("Statement"), arguments),
    _statement_pdf,
    _statement_xlsx,
)
REMINDERS = (
    _reminder(
        1,
        _l(
            "Hello {contact},\n\nsome of what you owe is overdue; the list says what and since when. If you have paid in the "
            "meantime, please take this letter as settled.\n\nKind regards\n{sender}\n{company}"
        ),
    ),
    _reminder(
        2,
        _l(
            "Hello {contact},\n\nwe have reminded you before, and what the list names is still open. Please pay it within a "
            "week, or tell us what keeps you from it.\n\nKind regards\n{sender}\n{company}"
        ),
    ),
    _reminder(
        3,
        _l(
            "Hello {contact},\n\ndespite our reminders what the list names was not paid. This is our last letter before we "
            "claim it by other means. Please pay it now.\n\nKind regards\n{sender}\n{company}"
        ),
    ),
)
CLIENT_LINK = Enclosure(
    "contacts.client_link",
    _l("Client's link"),
    _check_access,
    lambda session, _company, contact, arguments: _access_called(session, contact, arguments),
    None,
    subject=_l("Your account at {company}"),
    body=_l(
        "Hello {contact},\n\nthis link shows you {what}:\n\n{link}\n\nWhoever has it can open it, so please keep it to "
        "yourself.\n\nKind regards\n{sender}\n{company}"
    ),
    link=lambda session, contact, arguments: new_secret(session, _access(session, contact, arguments)),
)
NOTHING = Enclosure(
    "contacts.nothing",
    _l("Letter"),
    lambda *_: {},
    lambda *_: str(_l("Letter")),
    None,
    subject="",
    body=_l("Hello {contact},\n\n\n\nKind regards\n{sender}\n{company}"),
)
#: name → what can be enclosed
ENCLOSURES = {each.name: each for each in (NOTHING, DOCUMENT, STATEMENT, ACT, *REMINDERS, CLIENT_LINK)}


def enclose_with_link(kind: str, *, title: object, body: object, check: Any, link: Any) -> None:
    """As `declaring.declare_document_letter`."""

    def checked(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
        kept = _check_document(session, contact, arguments)
        document = document_of(session, contact, kept)
        if document.kind != kind:
            raise NotFound
        return {**kept, **check(session, document)}

    def made(session: Session, contact: Contact, arguments: Arguments) -> str:
        address: str = link(session, contact, document_of(session, contact, arguments), arguments)
        return address

    ENCLOSURES[kind] = replace(DOCUMENT, name=kind, title=title, kind=kind, check=checked, link=made, body=body)


def enclose_with_words(
    name: str, kind: str, *, title: object, subject: object, body: object, places: Any, check: Any, values: Any
) -> None:
    """As `declaring.declare_worded_letter`."""

    def checked(session: Session, contact: Contact, arguments: Arguments) -> dict[str, Any]:
        kept = _check_document(session, contact, arguments)
        document = document_of(session, contact, kept)
        if document.kind != kind:
            raise NotFound
        return {**kept, **check(session, document)}

    def said(session: Session, contact: Contact, arguments: Arguments) -> dict[str, str]:
        document = document_of(session, contact, arguments)
        return {**_document_values(session, contact, arguments), **values(session, document, arguments)}

    ENCLOSURES[name] = replace(
        DOCUMENT,
        name=name,
        title=title,
        check=checked,
        subject=subject,
        body=body,
        places={**DOCUMENT.places, **places},
        values=said,
    )


def enclosure_for(kind: str) -> Enclosure:
    """With which one letters with documents of a kind begin."""
    return next((each for each in ENCLOSURES.values() if each.kind == kind), DOCUMENT)
