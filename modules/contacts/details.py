"""What a contact may have several of: ways to reach it, tax numbers, addresses, persons, bank accounts. One of each sort is the
main one.

The details are what is known; the contact itself repeats the main ones, for lists, files and forms (`MAIN`), and nobody else
writes them there. Whoever writes a detail saves the contact with it, so two people who work on one contact learn of each other.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget, pieces
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import (
    PARTS,
    check_account_at,
    check_address,
    check_bank_account,
    check_bic,
    check_country,
    check_currency,
    check_email,
    check_phone,
    check_tax_kind,
    organisation,
    phones_of,
    written_address,
)
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import (
    EMAIL,
    FINANCIAL,
    MESSENGER,
    PEOPLE,
    PHONE,
    PRIVATE,
    SITE,
    Address,
    BankAccount,
    Channel,
    Contact,
    Detail,
    Person,
    TaxNumber,
)

CHANNELS = {PHONE: _l("Phone"), EMAIL: _l("E-mail"), SITE: _l("Site"), MESSENGER: _l("Messenger")}
ADDRESSES = {
    "registered": _l("Registered office"),
    "billing": _l("For bills"),
    "delivery": _l("For deliveries"),
    "other": _l("Other address"),
}
#: a contact has so many details of one sort at most: a card is read, and what is imported by mistake is noticed
MOST = 200


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of details."""

    model: Any
    title: object
    #: to whom it is open
    group: str
    #: what an address calls it
    name: str


SORTS = {
    sort.name: sort
    for sort in (
        Sort(Channel, _l("Phones and e-mail"), PRIVATE["group"], "channel"),
        Sort(TaxNumber, _l("Tax numbers"), PRIVATE["group"], "tax-number"),
        Sort(Address, _l("Addresses"), PRIVATE["group"], "address"),
        Sort(Person, _l("Persons"), PRIVATE["group"], "person"),
        Sort(BankAccount, _l("Bank accounts"), FINANCIAL["group"], "bank-account"),
    )
}


#: field of a contact → the sort, and of channels the kind, whose main one it repeats
MAIN: dict[str, tuple[type[Detail], str]] = {
    "phone": (Channel, PHONE),
    "email": (Channel, EMAIL),
    "tax_id": (TaxNumber, "tax"),
    "address": (Address, ""),
    "contact_person": (Person, ""),
    "bank_account": (BankAccount, ""),
}
#: sort → the field of a detail that keeps what such a field says
_TEXT: dict[Any, str] = {
    Channel: "value",
    TaxNumber: "number",
    Address: "street",
    Person: "name",
    BankAccount: "number",
}


def details_of(session: Session, model: Any, contact_id: int) -> list[Any]:
    """A contact's details of a sort: by kind where they have kinds that differ, the main one first, else as they were added."""
    found = session.scalars(select(model).where(model.contact_id == contact_id)).all()
    return sorted(found, key=lambda d: (kind_of_detail(d), not d.is_main, d.id))


def add_detail(session: Session, actor: Actor, contact: Contact, model: Any, **fields: Any) -> Any:
    """Something more of a contact; the first of its sort becomes the main one, and so does one that `is_main`.

    Refused: what `detail_fields` refuses, one that is there already, more than MOST, a group that is closed to the actor.
    """
    require_details(actor, model)
    begin_version(session, contact, None)
    there = details_of(session, model, contact.id)
    if len(there) >= MOST:
        raise Invalid(_l("A contact can have %(n)d of these at most.", n=MOST))
    is_main = bool(fields.pop("is_main", False))
    detail = model(contact_id=contact.id, **detail_fields(session, contact, model, fields))
    _refuse_twin(detail, there)
    session.add(detail)
    session.flush()
    settle_details(
        session, contact, model, kind_of_detail(detail), [*there, detail], chosen=detail if is_main else None
    )
    _record(session, contact)
    return detail


def change_detail(
    session: Session, actor: Actor, contact: Contact, detail: Any, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given; `is_main` makes it the main one. Refused: what `add_detail` refuses; one that was saved since
    `version` (Changed)."""
    model = type(detail)
    require_details(actor, model)
    begin_version(session, contact, None)
    begin_version(session, detail, version)
    is_main = bool(fields.pop("is_main", False))
    said, before = {name: getattr(detail, name) for name in detail_names(model)}, kind_of_detail(detail)
    for name, value in detail_fields(session, contact, model, {**said, **fields}).items():
        setattr(detail, name, value)
    there = details_of(session, model, contact.id)
    _refuse_twin(detail, [other for other in there if other is not detail])
    detail.is_main = detail.is_main and kind_of_detail(detail) == before
    session.flush()
    for kind in {before, kind_of_detail(detail)}:
        settle_details(session, contact, model, kind, there, chosen=detail if is_main else None)
    _record(session, contact)


def remove_detail(session: Session, actor: Actor, contact: Contact, detail: Any) -> None:
    """Remove a detail; the next of its sort becomes the main one. What a person was reached by becomes the contact's own."""
    model = type(detail)
    require_details(actor, model)
    begin_version(session, contact, None)
    if model is Person:
        for channel in session.scalars(select(Channel).where(Channel.person_id == detail.id).order_by(Channel.id)):
            channel.person_id = None
        session.flush()
    session.delete(detail)
    session.flush()
    settle_details(session, contact, model, kind_of_detail(detail), details_of(session, model, contact.id))
    _record(session, contact)


def detail_by_id(session: Session, contact_id: int, model: Any, detail_id: int) -> Any:
    """A detail of a contact, when it is open to the session's actor; otherwise NotFound."""
    detail = session.get(model, detail_id)
    if detail is None or detail.contact_id != contact_id:
        raise NotFound
    return detail


def detail_names(model: Any) -> list[str]:
    """The fields of a sort that people fill in."""
    own = ("id", "contact_id", "is_main", "version")
    return [p.key for p in inspect(model).column_attrs if p.key not in own]


def detail_fields(session: Session, contact: Contact, model: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a detail as they are kept.

    Refused (Invalid): fields that its sort doesn't have, a kind that there isn't, one that says nothing, texts that are too
    long, a person of another contact; what isn't a phone number, an e-mail address, a site, a postcode of the country, an IBAN,
    a BIC; an account that can't be one at its Russian bank.
    """
    names = detail_names(model)
    for name in fields:
        if name not in names:
            raise Invalid(_l("there is no such field"), field=name)
    values = kept(model, fields)
    country = contact.country or organisation(session).country
    return _CHECKS[model](session, contact, values, country)


def _channel(session: Session, contact: Contact, values: dict[str, Any], country: str) -> dict[str, Any]:
    if values.get("kind") not in CHANNELS:
        raise Invalid(_l("Choose what it is: a phone number, an e-mail address, a site or a messenger."), field="kind")
    if not values.get("value"):
        raise Invalid(_l("Please fill this in."), field="value")
    values["value"] = _VALUES[values["kind"]](values["value"], country)
    person_id = values.get("person_id")
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.contact_id != contact.id:
            raise Invalid(_l("Choose one of this contact's persons."), field="person_id")
    return values


def _one_phone(text: str, country: str) -> str:
    found = phones_of(check_phone(text, country=country, field="value"))
    if len(found) != 1:
        raise Invalid(_l("Write one number here, and add the others one by one."), field="value")
    return found[0]


def _messenger(text: str, country: str) -> str:
    """A name in a messenger as it was typed; a phone number as phones are kept, so that a chat can be opened with it."""
    if not re.fullmatch(r"\+?[\d ().-]{7,}", text):
        return text
    try:
        return _one_phone(text, country)
    except Invalid:
        return text


def check_site(text: str, *, field: str = "value") -> str:
    """A site's address with its scheme. Refused (Invalid): what a browser can't open, or does more than open."""
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        is_site = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not parts.username
    except ValueError:  # brackets around anything but an IPv6 address
        is_site = False
    if not is_site or " " in url:
        raise Invalid(_l("“%(text)s” isn't the address of a site, such as example.com.", text=text), field=field)
    return url


_VALUES: dict[str, Callable[[str, str], str]] = {
    PHONE: _one_phone,
    EMAIL: lambda text, _country: check_email(text, field="value"),
    SITE: lambda text, _country: check_site(text),
    MESSENGER: _messenger,
}


def _tax_number(_session: Session, contact: Contact, values: dict[str, Any], country: str) -> dict[str, Any]:
    if not values.get("number"):
        raise Invalid(_l("Please fill this in."), field="number")
    of = values.get("country") or country
    check_country(of)
    kind, is_person = values.get("kind", "tax"), contact.kind in PEOPLE
    values["number"] = check_tax_kind(kind, values["number"], country=of, is_person=is_person)
    return values


def _address(_session: Session, _contact: Contact, values: dict[str, Any], _country: str) -> dict[str, Any]:
    if values.get("kind", "other") not in ADDRESSES:
        raise Invalid(_l("Choose what the address is for."), field="kind")
    values |= check_address(values, values.get("country", ""))
    if not any(values.get(name) for name in ("street", "city", "district", "region", "postal_code")):
        raise Invalid(_l("Please fill this in."), field="street")
    return kept(Address, values)


def _person(_session: Session, _contact: Contact, values: dict[str, Any], _country: str) -> dict[str, Any]:
    if not values.get("name"):
        raise Invalid(_l("Please fill this in."), field="name")
    return values


def _account(_session: Session, _contact: Contact, values: dict[str, Any], _country: str) -> dict[str, Any]:
    if not values.get("number"):
        raise Invalid(_l("Please fill this in."), field="number")
    if currency := values.get("currency"):
        check_currency(currency)
    values["bic"] = check_bic(values.get("bic", ""))
    values["number"] = check_bank_account(values["number"], field="number")
    check_account_at(values["number"], values["bic"], field="number")
    if values.get("correspondent"):
        check_account_at(values["correspondent"], values["bic"], field="correspondent")
    return values


_CHECKS: dict[Any, Callable[..., dict[str, Any]]] = {
    Channel: _channel,
    TaxNumber: _tax_number,
    Address: _address,
    Person: _person,
    BankAccount: _account,
}


def is_said(session: Session, contact: Contact, name: str, value: Any) -> bool:
    """Whether a contact says `value` in a field of its own already; of several phone numbers, whether it has all of them, the
    first as its main one."""
    if name != "phone" or len(numbers := phones_of(value or "")) < 2:
        return bool(getattr(contact, name) == value)
    query = select(Channel.value).where(Channel.contact_id == contact.id, Channel.kind == PHONE)
    return contact.phone == numbers[0] and set(numbers) <= set(session.scalars(query))


def follow_fields(session: Session, contacts: Mapping[Contact, Sequence[str]], *, are_new: bool = False) -> None:
    """Let the main details of contacts say what these fields of theirs say. Of several phone numbers in one field the first is
    the main one, and the others are added; an empty field removes the main detail, and the next takes its place."""
    wanted = {contact: [name for name in names if name in MAIN] for contact, names in contacts.items()}
    wanted = {contact: names for contact, names in wanted.items() if names}
    for model in dict.fromkeys(MAIN[name][0] for names in wanted.values() for name in names):
        of_model = {c: [n for n in names if MAIN[n][0] is model] for c, names in wanted.items()}
        for some in pieces([contact for contact, names in of_model.items() if names]):
            _follow(session, model, {contact: of_model[contact] for contact in some}, are_new=are_new)
    session.flush()


def _follow(session: Session, model: Any, contacts: Mapping[Contact, Sequence[str]], *, are_new: bool) -> None:
    there: dict[int, list[Any]] = defaultdict(list)
    if not are_new:
        query = select(model).where(model.contact_id.in_([contact.id for contact in contacts])).order_by(model.id)
        for detail in session.scalars(query):
            there[detail.contact_id].append(detail)
    for contact, names in contacts.items():
        for name in names:
            kind, text = MAIN[name][1], getattr(contact, name) or ""
            texts = phones_of(text) if kind == PHONE else list(filter(None, [text]))
            _say(session, contact, model, there[contact.id], kind, texts)


def _say(session: Session, contact: Contact, model: Any, there: list[Any], kind: str, texts: list[str]) -> None:
    """Let the first of `texts` be what the contact's main detail of a kind says, and the others be there too."""
    own = [detail for detail in there if kind_of_detail(detail) == kind]
    main = next((detail for detail in own if detail.is_main), None)
    if main is not None and text_of(main) == next(iter(texts), None) and len(texts) == 1:
        return
    chosen = next((detail for detail in own if texts and text_of(detail) == texts[0]), None)
    if texts and chosen is None and main is not None:
        chosen = main
        if model is Address:  # its parts are not known any more
            for name in PARTS:
                setattr(main, name, "")
        if model in (Address, TaxNumber):
            main.country = contact.country
        setattr(main, _TEXT[model], texts[0])
    elif not texts and main is not None:
        there.remove(main)
        session.delete(main)
        session.flush()
    for text in texts[1:] if chosen is not None else texts:
        if not any(text_of(detail) == text for detail in there if kind_of_detail(detail) == kind):
            more = {"kind": kind} if kind else {"country": contact.country} if model is Address else {}
            new = model(contact_id=contact.id, **more, **{_TEXT[model]: text})
            session.add(new)
            there.append(new)
            chosen = chosen or new
    settle_details(session, contact, model, kind, there, chosen=chosen)


def is_structured(session: Session, contact: Contact) -> bool:
    """Whether the contact's main address is known by its parts."""
    parts = (Address.region, Address.city, Address.district, Address.postal_code, Address.sorting_code)
    query = select(Address.id).where(Address.contact_id == contact.id, Address.is_main, or_(*(p != "" for p in parts)))
    return session.scalar(query) is not None


def text_of(detail: Any) -> str:
    """What a contact says of a detail in one text: the number, the address in lines, the name."""
    if isinstance(detail, Address):
        return written_address({name: getattr(detail, name) for name in detail_names(Address)}, detail.country)
    return str(getattr(detail, _TEXT[type(detail)]))


def kind_of_detail(detail: Any) -> str:
    """By what details of one sort differ so much that each has a main one."""
    return detail.kind if isinstance(detail, Channel | TaxNumber) else ""


def settle_all(session: Session, contact: Contact, wanted: Mapping[str, Any] | None = None) -> None:
    """Let each sort of the contact's details have its main one, and the contact repeat them. `wanted`: fields of the contact
    → what the main one should say, of those that there are."""
    for name, (model, kind) in MAIN.items():
        there = details_of(session, model, contact.id)
        text = (wanted or {}).get(name)
        own = (detail for detail in there if kind_of_detail(detail) == kind and text_of(detail) == text)
        settle_details(session, contact, model, kind, there, chosen=next(own, None))
    kinds = {(model, kind) for model, kind in MAIN.values()}
    for sort in SORTS.values():
        there = details_of(session, sort.model, contact.id)
        for kind in {kind_of_detail(detail) for detail in there}:
            if (sort.model, kind) not in kinds:
                settle_details(session, contact, sort.model, kind, there)
    session.flush()


def settle_details(
    session: Session, contact: Contact, model: Any, kind: str, details: Iterable[Any], chosen: Any = None
) -> None:
    """Let one of the contact's details of a kind be the main one, `chosen` where it is of it, and the contact repeat it."""
    own = [detail for detail in details if kind_of_detail(detail) == kind]
    main = chosen if chosen in own else next((detail for detail in own if detail.is_main), own[0] if own else None)
    if others := [detail for detail in own if detail.is_main and detail is not main]:
        for other in others:
            other.is_main = False
        session.flush()  # there are never two
    if main is not None:
        main.is_main = True
    text = text_of(main) if main is not None else ""
    for name, of in MAIN.items():
        if of == (model, kind) and hasattr(contact, name) and (getattr(contact, name) or "") != text:
            setattr(contact, name, text)


def _refuse_twin(detail: Any, others: Iterable[Any]) -> None:
    """Refuse (Conflict) what the contact has already."""
    if any(
        (kind_of_detail(other), text_of(other)) == (kind_of_detail(detail), text_of(detail))
        for other in others
        if not isinstance(detail, Person)
    ):
        raise Conflict(_l("The contact has “%(text)s” already.", text=text_of(detail)), field=_TEXT[type(detail)])


def require_details(actor: Actor, model: Any) -> None:
    require(actor, "contacts.contact.edit")
    group = next(sort.group for sort in SORTS.values() if sort.model is model)
    if not actor.sees(group):
        raise Forbidden(group)


def _record(session: Session, contact: Contact) -> None:
    session.flush()
    forget(session, "contacts.contact", contact.id)
    record(session, "contacts.contact.change", subject="contacts.contact", subject_id=contact.id, summary=contact.code)
