"""Bringing in contacts from tables, many at a time."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    BadCell,
    Field,
    Import,
    Record,
    Target,
    as_code,
    as_decimal,
    as_moment,
    as_text,
    fold,
    plain_preset,
    record,
    records,
    require,
    round_money,
    unrestricted,
)
from modules.contacts.models import INDIVIDUAL, LEGAL_ENTITY, Contact
from modules.contacts.operations import KINDS, closed_fields, require_open

_PIECE = 500
#: columns that only one kind of contact has
_OWN = {
    LEGAL_ENTITY: {"legal_name", "registration_number", "contact_person"},
    INDIVIDUAL: {"birth_date", "identity_document"},
}


def add_contacts(session: Session, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make contacts, all at once: each row has code, name, kind, and whatever else it fills. Codes must be free."""
    require(actor, "contacts.contact.edit")
    for row in rows:
        require_open(actor, row)
        fields = {"responsible_id": actor.user_id, **row}
        kind = KINDS[fields.pop("kind")]
        session.add(kind(folded=_folded(fields), **fields))
    session.flush()


def _kind(cell: Any) -> str:
    text = as_text(cell).casefold().replace(" ", "_")
    if text not in KINDS:
        raise BadCell(_l("a contact is a legal_entity or an individual"))
    return text


def _country(cell: Any) -> str:
    code = as_text(cell).upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise BadCell(_l("“%(value)s” is no country code such as GB", value=code))
    return code


def _day(cell: Any) -> date:
    return as_moment(cell).date()


def _limit(cell: Any) -> Decimal:
    limit = as_decimal(cell)
    if limit < 0 or limit >= 10**12 or round_money(limit, 4) != limit:
        raise BadCell(_l("“%(value)s” is no amount of money", value=limit))
    return limit


_FIELDS = (
    Field("code", as_code, required=True, length=40),
    Field("name", as_text, required=True, length=200),
    Field("kind", _kind),
    Field("country", _country),
    Field("phone", as_code, length=60),
    Field("email", length=200),
    Field("address"),
    Field("tax_id", as_code, length=40),
    Field("note"),
    Field("bank_account", as_code, length=60),
    Field("credit_limit", _limit),
    Field("legal_name", length=300),
    Field("registration_number", as_code, length=40),
    Field("contact_person", length=200),
    Field("birth_date", _day),
    Field("identity_document", as_code, length=200),
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
    """The rows that can be taken; of the others, reports why: what the books alone tell, and what is not the actor's."""
    fitting = []
    for start in range(0, len(rows), _PIECE):
        some = rows[start : start + _PIECE]
        query = select(Contact.code, Contact.kind).where(Contact.code.in_([r.values["code"] for r in some]))
        kinds = _pairs(session, query)
        with unrestricted(session, "codes of contacts are unique for everyone"):
            hidden = _pairs(session, query).keys() - kinds.keys()
        for row in some:
            if wrong := _misfit(job.actor, row.values, kinds.get(row.values["code"]), hidden):
                job.report.fail(row.file, row.row, *wrong)
            else:
                fitting.append(row)
    return fitting


def _pairs(session: Session, query: Any) -> dict[str, str]:
    return {row.code: row.kind for row in session.execute(query)}


def _misfit(
    actor: Actor, values: Mapping[str, Any], known_as: str | None, hidden: Set[str]
) -> tuple[str, object] | None:
    """The field that can't be taken, and why; `known_as`: the kind of the contact who has the code already."""
    kind = values.get("kind", known_as or LEGAL_ENTITY)
    other = _OWN[INDIVIDUAL if kind == LEGAL_ENTITY else LEGAL_ENTITY] & values.keys()
    if values["code"] in hidden:
        return "code", _l("this contact is not open to you")
    if closed := closed_fields(actor, values):
        return closed[0], _l("this field is not open to you")
    if known_as not in (None, kind):
        return "kind", _l("this contact is of the other kind")
    if other:
        return sorted(other)[0], _l("contacts of this kind have no such field")
    return None


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[int, int, list[Record]]:
    """Make and change contacts; in a dry run the session is one that only reads, and nothing is flushed."""
    created, updated, same = 0, 0, []
    for start in range(0, len(rows), _PIECE):
        some = rows[start : start + _PIECE]
        query = select(Contact).where(Contact.code.in_([r.values["code"] for r in some]))
        known = {c.code: c for c in session.scalars(query)}
        new = [{"kind": LEGAL_ENTITY, **r.values} for r in some if r.values["code"] not in known]
        created += len(new)
        for row in some:
            contact = known.get(row.values["code"])
            if contact is not None and all(getattr(contact, n) == v for n, v in row.values.items()):
                same.append(row)
            elif contact is not None:
                updated += 1
                if not job.dry_run:
                    for name, value in row.values.items():
                        setattr(contact, name, value)
                    contact.folded = _folded(vars(contact))
        if not job.dry_run:
            add_contacts(session, job.actor, new)
    if not job.dry_run and created + updated:
        record(session, "contacts.contact.import", summary=f"{job.preset.name}: {created} new, {updated} changed")
    return created, updated, same


def _folded(fields: Mapping[str, Any]) -> str:
    return fold(fields["name"], fields["code"], fields.get("legal_name"))[:300]


contacts = Target(
    name="contacts.contacts",
    title=_l("Contacts"),
    permissions=("contacts.contact.edit", "contacts.contact.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
