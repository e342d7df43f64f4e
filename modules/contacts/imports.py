"""Bringing in contacts from tables, many at a time."""

from collections.abc import Mapping, Set
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, with_polymorphic

from app.api import (
    Actor,
    Field,
    Import,
    Invalid,
    Record,
    Target,
    as_code,
    as_decimal,
    as_moment,
    as_text,
    base_currency,
    pieces,
    plain_preset,
    record,
    records,
    unrestricted,
)
from modules.contacts.models import LEGAL_ENTITY, Contact
from modules.contacts.operations import change_contacts, closed_fields, create_contacts
from modules.contacts.rules import contact_fields


def _kind(cell: Any) -> str:
    return as_text(cell).casefold().replace(" ", "_")


def _country(cell: Any) -> str:
    return as_text(cell).upper()


def _day(cell: Any) -> date:
    return as_moment(cell).date()


_FIELDS = (
    Field("code", as_code, required=True),
    Field("name", as_text, required=True),
    Field("kind", _kind),
    Field("country", _country),
    Field("phone", as_code),
    Field("email"),
    Field("address"),
    Field("tax_id", as_code),
    Field("note"),
    Field("bank_account", as_code),
    Field("credit_limit", as_decimal),
    Field("legal_name"),
    Field("registration_number", as_code),
    Field("contact_person"),
    Field("birth_date", _day),
    Field("identity_document", as_code),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code"))
    rows = job.read(lambda session: _fitting(session, job, rows))
    if job.report.errors and not job.skip_errors:
        for row in rows:
            job.report.skip(row.file, row.row, _l("not written: the file has errors"))
        return
    work = (job.read if job.dry_run else job.write)(lambda session: _write(session, job, rows))
    created, updated, same = work
    job.report.created.update({"contacts.contact": created} if created else {})
    job.report.updated.update({"contacts.contact": updated} if updated else {})
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """The rows that can be taken; of the others, reports why: what the rules refuse, and what is not the actor's."""
    fitting = []
    for some in pieces(rows):
        query = select(Contact.code, Contact.kind).where(Contact.code.in_([r.values["code"] for r in some]))
        kinds = _pairs(session, query)
        with unrestricted(session, "codes of contacts are unique for everyone"):
            hidden = _pairs(session, query).keys() - kinds.keys()
        for row in some:
            try:
                _check(session, job.actor, row.values, kinds.get(row.values["code"]), hidden)
            except Invalid as error:
                job.refuse(row, error)
            else:
                fitting.append(row)
    return fitting


def _pairs(session: Session, query: Any) -> dict[str, str]:
    return {row.code: row.kind for row in session.execute(query)}


def _check(session: Session, actor: Actor, values: Mapping[str, Any], known_as: str | None, hidden: Set[str]) -> None:
    """Refuse (Invalid) a row that can't be taken; `known_as`: the kind of the contact who has the code already."""
    if values["code"] in hidden:
        raise Invalid(_l("this contact is not open to you"), field="code")
    if closed := closed_fields(actor, values):
        raise Invalid(_l("this field is not open to you"), field=closed[0])
    contact_fields(known_as or values.get("kind", LEGAL_ENTITY), values, currency=base_currency(session))


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[int, int, list[Record]]:
    """Make and change contacts; in a dry run the session is one that only reads, and nothing is written."""
    created, updated, same = 0, 0, []
    for some in pieces(rows):
        whole = with_polymorphic(Contact, "*")  # with what only one kind has, at once
        query = select(whole).where(whole.code.in_([r.values["code"] for r in some]))
        known = {c.code: c for c in session.scalars(query)}
        drafts, changes = [], {}
        for row in some:
            contact = known.get(row.values["code"])
            if contact is None:
                drafts.append({"kind": LEGAL_ENTITY, **row.values})
            elif all(getattr(contact, n) == v for n, v in row.values.items()):
                same.append(row)
            else:
                changes[contact] = row.values
        created, updated = created + len(drafts), updated + len(changes)
        if not job.dry_run:
            create_contacts(session, job.actor, drafts, audited=False)
            change_contacts(session, job.actor, changes, audited=False)
    if not job.dry_run and created + updated:
        record(session, "contacts.contact.import", summary=f"{job.preset.name}: {created} new, {updated} changed")
    return created, updated, same


contacts = Target(
    name="contacts.contacts",
    title=_l("Contacts"),
    permissions=("contacts.contact.edit", "contacts.contact.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
