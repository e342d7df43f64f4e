"""Bringing in postal addresses from tables: each names its contact by code."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import Invalid
from app.api.imports import Field, Import, Record, Target, as_code, as_one_of, plain_preset, records
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from app.api.web import country_named
from modules.contacts.details import ADDRESSES, detail_fields
from modules.contacts.models import Address, Contact
from modules.contacts.several import add_details, lacking

_KIND = as_one_of(ADDRESSES)


def _country(cell: Any) -> str:
    text = as_code(cell)
    return text.upper() if len(text) < 3 else country_named(text) or text.upper()


_FIELDS = (
    Field("contact", as_code, required=True, titles=(_l("Contact"),)),
    Field("kind", _KIND, titles=(_l("For"),)),
    Field("country", _country, titles=(_l("Country"),)),
    Field("street", titles=(_l("Street, house"),)),
    Field("district", titles=(_l("District"),)),
    Field("city", titles=(_l("City"),)),
    Field("region", titles=(_l("Province"),)),
    Field("postal_code", as_code, titles=(_l("Postcode"),)),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    rows = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    new, same = (job.read if job.dry_run else job.write)(lambda session: _write(session, job, rows))
    job.report.created.update({"contacts.address": new} if new else {})
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """The rows that can be taken, as they are kept; of the others, reports why. A postcode that can't be one of its country
    stands below the street: whoever moves thousands of addresses can't correct each of them first, and nothing may be lost."""
    contacts, fitting, noted = _contacts(session, rows), [], []
    for row in rows:
        values = {"kind": "other", **row.values}
        contact = contacts.get(values.pop("contact"))
        try:
            if contact is None:
                raise Invalid(_l("there is no contact with this code, or it is not open to you"), field="contact")
            given = {"country": contact.country, **values}
            values = _with_readable_postcode(session, contact, given)
            noted += [row] if values["postal_code"] == "" != given.get("postal_code", "") else []
        except Invalid as error:
            job.refuse(row, error)
        else:
            fitting.append(row._replace(values={**values, "contact": contact.code}))
    if noted:
        shown = ", ".join(str(row.row) for row in noted[:20]) + (" …" if len(noted) > 20 else "")
        message = _l(
            "%(n)d postcodes can't be read and stand below the street. Rows: %(rows)s", n=len(noted), rows=shown
        )
        job.report.notes.append(str(message))
    return fitting


def _with_readable_postcode(session: Session, contact: Contact, values: dict[str, Any]) -> dict[str, Any]:
    try:
        return detail_fields(session, contact, Address, values)
    except Invalid as error:
        if error.field != "postal_code":
            raise
        street = "\n".join(filter(None, [values.get("street"), values["postal_code"]]))
        return detail_fields(session, contact, Address, {**values, "street": street, "postal_code": ""})


def _contacts(session: Session, rows: list[Record]) -> dict[str, Contact]:
    found: dict[str, Contact] = {}
    for codes in pieces(list({row.values["contact"] for row in rows})):
        found |= {contact.code: contact for contact in session.scalars(select(Contact).where(Contact.code.in_(codes)))}
    return found


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[int, list[Record]]:
    """Add the addresses that the contacts lack, and count them; the rows of those that are there. In a dry run nothing is
    written, and an address that comes twice counts twice."""
    new, same = 0, []
    for some in pieces(rows):
        contacts = _contacts(session, some)
        drafts: dict[Contact, list[tuple[Any, dict[str, Any], Record]]] = {}
        for row in some:
            values = {name: value for name, value in row.values.items() if name != "contact"}
            drafts.setdefault(contacts[row.values["contact"]], []).append((Address, values, row))
        lack = lacking(session, {contact: [(m, v) for m, v, _ in each] for contact, each in drafts.items()})
        left = {contact: list(each) for contact, each in lack.items()}
        for contact, each in drafts.items():
            for model, values, row in each:
                if (model, values) in left.get(contact, ()):
                    left[contact].remove((model, values))
                else:
                    same.append(row)
        new += sum(map(len, lack.values()))
        if not job.dry_run:
            add_details(session, job.actor, lack)
    if not job.dry_run and new:
        record(session, "contacts.contact.import", summary=f"{job.preset.name}: {new} addresses")
    return new, same


addresses = Target(
    name="contacts.addresses",
    title=_l("Addresses"),
    permissions=("contacts.contact.edit", "contacts.contact.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
