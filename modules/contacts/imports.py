"""Bringing in contacts from tables, many at a time."""

from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, with_polymorphic

from app.api.custom import checked, load_values, open_fields, said_alike
from app.api.data import pieces
from app.api.errors import Invalid
from app.api.imports import (
    Field,
    Import,
    Record,
    Target,
    as_code,
    as_day,
    as_decimal,
    as_one_of,
    as_text,
    as_whole,
    plain_preset,
    read_custom,
    records,
)
from app.api.reference import base_currency, check_phone, organisation
from app.api.security import Actor, record, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.web import country_named
from modules.contacts.address_imports import addresses as addresses  # a target of its own
from modules.contacts.bank_imports import bank_statement as bank_statement
from modules.contacts.conditions import ACTIONS, TERMS
from modules.contacts.contract_imports import contracts as contracts  # a target of its own
from modules.contacts.details import is_said
from modules.contacts.folders import folder_tree, folders_at, path_in
from modules.contacts.labels import LISTS, says_words, words_in
from modules.contacts.models import KINDS, LEGAL_ENTITY, PRIVATE, Contact
from modules.contacts.money.imports import opening_balances as opening_balances
from modules.contacts.operations import change_contacts, closed_fields, create_contacts
from modules.contacts.rules import IMPORTANCE, contact_fields
from modules.contacts.several import add_details, lacking, split_details
from modules.contacts.vcards import read_cards

_KIND = as_one_of({kind: model.title for kind, model in KINDS.items()})


def _kind(cell: Any) -> str:
    return _KIND(cell).casefold().replace(" ", "_")


_IMPORTANCE = as_one_of(IMPORTANCE)


def _importance(cell: Any) -> str:
    """One of the words, in the user's language or in English."""
    return _IMPORTANCE(cell) if as_text(cell) else ""


def _country(cell: Any) -> str:
    """A country's code, or its name in the user's language or in English."""
    text = as_text(cell)
    return text.upper() if len(text) < 3 else country_named(text) or text.upper()


_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Code"),)),
    Field("name", titles=(_l("Name"),)),
    Field("kind", _kind, titles=(_l("Kind"),)),
    Field("country", _country, titles=(_l("Country"),)),
    Field("language", titles=(_l("Language of letters"),)),
    Field("phone", as_code, titles=(_l("Phone"),)),
    Field("email", titles=(_l("E-mail"),)),
    Field("address", titles=(_l("Address"),)),
    Field("tax_id", as_code, titles=(_l("Tax number"),)),
    Field("site", titles=(_l("Site"),)),
    Field("note", titles=(_l("Note"),)),
    Field("bank_account", as_code, titles=(_l("Bank account"),)),
    Field("importance", _importance, titles=(_l("Importance"),)),
    Field("status", titles=(_l("Status"),)),
    Field("source", titles=(_l("Source"),)),
    Field("tags", titles=(_l("Tags"),)),
    Field("folder", titles=(_l("Folder"),)),
    Field("credit_limit", as_decimal, titles=(_l("Credit limit"),)),
    Field("payment_terms", as_one_of(TERMS), titles=(_l("Payment terms"),)),
    Field("payment_days", as_whole, titles=(_l("Days to pay"),)),
    Field("discount_percent", as_decimal, titles=(_l("Early-payment discount, %"),)),
    Field("discount_days", as_whole, titles=(_l("Paid within days"),)),
    Field("over_limit", as_one_of(ACTIONS), titles=(_l("Beyond the credit limit"),)),
    Field("overdue", as_one_of(ACTIONS), titles=(_l("When payments are overdue"),)),
    Field("legal_name", titles=(_l("Name in the register"),)),
    Field("registration_number", as_code, titles=(_l("Registration number"),)),
    Field("contact_person", titles=(_l("Contact person"),)),
    Field("birth_date", as_day, titles=(_l("Born"),)),
    Field("identity_document", as_code, titles=(_l("Identity document"),)),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code"))
    rows = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    work = (job.read if job.dry_run else job.write)(lambda session: _write(session, job, rows))
    created, updated, same = work
    job.report.created.update({"contacts.contact": created} if created else {})
    job.report.updated.update({"contacts.contact": updated} if updated else {})
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """The rows that can be taken, as they are kept; of the others, reports why: what the rules refuse, and what is not the
    actor's. A phone number that can't be read isn't one: it goes into the note."""
    fitting, noted, home = [], [], organisation(session).country
    for some in pieces(rows):
        codes = [row.values["code"] for row in some]
        known = _known(session, codes)
        with unrestricted(session, "codes of contacts are unique for everyone"):
            hidden = set(session.scalars(select(Contact.code).where(Contact.code.in_(codes)))) - known.keys()
        for row in some:
            contact = known.get(row.values["code"])
            try:
                _check_open(job.actor, row.values, hidden)
                kind = contact.kind if contact is not None else row.values.get("kind", LEGAL_ENTITY)
                country = row.values.get("country") or (contact.country if contact is not None else "")
                own, more = split_details(kind, row.values, country or home)
                values = _with_readable_phone(own, contact, home)
                noted += [row] if values.get("phone") != row.values.get("phone") else []
                if contact is None and not values.get("name"):
                    raise Invalid(_l("a new contact needs a name"), field="name")
                row = row._replace(values=_as_kept(session, values, contact, home) | {"more": more})
                row = read_custom(job, row, _model(row.values, contact))
                _check_custom(session, row, contact)
            except Invalid as error:
                job.refuse(row, error)
            else:
                fitting.append(row)
    if noted:
        shown = ", ".join(str(row.row) for row in noted[:20]) + (" …" if len(noted) > 20 else "")
        message = _l(
            "%(n)d phone numbers can't be read and are kept in the notes. Rows: %(rows)s", n=len(noted), rows=shown
        )
        job.report.notes.append(str(message))
    return fitting


def _known(session: Session, codes: list[str]) -> dict[str, Contact]:
    """The contacts of these codes, with what only one kind has and with what they say in custom fields."""
    whole = with_polymorphic(Contact, "*")
    query = select(whole).where(whole.code.in_(codes)).options(selectinload(whole.labels))
    found = {c.code: c for c in session.scalars(query)}
    load_values(session, found.values())
    return found


def _model(values: Mapping[str, Any], known: Contact | None) -> type[Contact]:
    return KINDS[known.kind if known is not None else values.get("kind", LEGAL_ENTITY)]


def _check_open(actor: Actor, values: Mapping[str, Any], hidden: Set[str]) -> None:
    """Refuse (Invalid) a row about a contact, or with a field, that is not open to the actor."""
    if values["code"] in hidden:
        raise Invalid(_l("this contact is not open to you"), field="code")
    closed = ["site"] if "site" in values and not actor.sees(PRIVATE["group"]) else closed_fields(actor, values)
    if closed:
        raise Invalid(_l("this field is not open to you"), field=closed[0])


def _with_readable_phone(values: Mapping[str, Any], known: Contact | None, home: str) -> dict[str, Any]:
    """The row, with a phone number that can't be read in the note instead, once however often the file is imported: whoever
    moves thousands of contacts can't correct each of them first, and nothing may be lost."""
    country = values.get("country") or (known.country if known is not None else "") or home
    try:
        check_phone(values.get("phone", ""), country=country)
    except Invalid:
        note = values.get("note", known.note if known is not None else "")
        lines = (
            [note] if values["phone"] in note else [*filter(None, [note]), str(_l("Phone")) + ": " + values["phone"]]
        )
        return {name: value for name, value in values.items() if name != "phone"} | {"note": "\n".join(lines)}
    return dict(values)


def _as_kept(session: Session, values: Mapping[str, Any], known: Contact | None, home: str) -> dict[str, Any]:
    kind = known.kind if known is not None else values.get("kind", LEGAL_ENTITY)
    words = {name: ", ".join(words_in(name, values[name])) for name in LISTS if name in values}
    words |= {"folder": path_in(values["folder"])} if "folder" in values else {}
    own = {name: value for name, value in values.items() if name not in (*LISTS, "folder")}
    return contact_fields(kind, own, currency=base_currency(session), home=home, known=known) | words


def _check_custom(session: Session, row: Record, known: Contact | None) -> None:
    fields = open_fields(session, _model(row.values, known).custom_subject())
    checked(fields, row.custom or {}, known.custom if known is not None else {}, is_new=known is None)


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[int, int, list[Record]]:
    """Make and change contacts; in a dry run the session is one that only reads, and nothing is written."""
    created, updated, same = 0, 0, []
    named = {row.values["folder"] for row in rows if "folder" in row.values}
    there = {b.path.casefold(): b.id for b in folder_tree(session)}
    folders = {p: there.get(p.casefold(), 0) for p in named} if job.dry_run else folders_at(session, job.actor, named)
    rows = [row._replace(values=_in_folder(row.values, folders)) for row in rows]
    for some in pieces(rows):
        known = _known(session, [row.values["code"] for row in some])
        drafts, changes, further = [], {}, {row.values["code"]: row.values.pop("more") for row in some}
        lack = lacking(session, {contact: further[code] for code, contact in known.items()})
        for row in some:
            contact = known.get(row.values["code"])
            if contact is None:
                drafts.append({"kind": LEGAL_ENTITY, **row.values, "custom": row.custom})
            elif contact not in lack and _is_so(session, contact, row):
                same.append(row)
            else:
                changes[contact] = {**row.values, "custom": row.custom}
        created, updated = created + len(drafts), updated + len(changes)
        if not job.dry_run:
            made = create_contacts(session, job.actor, drafts, audited=False)
            change_contacts(session, job.actor, changes, audited=False)
            add_details(session, job.actor, {c: further[c.code] for c in (*made, *changes)})
    if not job.dry_run and created + updated:
        record(session, "contacts.contact.import", summary=f"{job.preset.name}: {created} new, {updated} changed")
    return created, updated, same


def _in_folder(values: Mapping[str, Any], folders: Mapping[str, int]) -> dict[str, Any]:
    """The row with the number of its folder; an empty cell is in none."""
    own = {name: value for name, value in values.items() if name != "folder"}
    return own | ({"folder_id": folders[values["folder"]] if values["folder"] else None} if "folder" in values else {})


def _is_so(session: Session, contact: Contact, row: Record) -> bool:
    words = {name: value for name, value in row.values.items() if name in LISTS}
    others = {name: value for name, value in row.values.items() if name not in LISTS}
    return (
        all(is_said(session, contact, name, value) for name, value in others.items())
        and all(says_words(contact, name, value) for name, value in words.items())
        and said_alike(row.custom, contact.custom)
    )


contacts = Target(
    name="contacts.contacts",
    title=_l("Contacts"),
    listed=("contacts.legal_entity_list", "contacts.sole_proprietor_list", "contacts.individual_list"),
    permissions=("contacts.contact.edit", "contacts.contact.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
    customised=tuple(KINDS.values()),
    readers={".vcf": read_cards},
)
