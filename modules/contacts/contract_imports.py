"""Bringing in contracts from tables: each names its contact by code, and is known by its number."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import KontorError
from app.api.imports import (
    Field,
    Import,
    Record,
    Target,
    as_code,
    as_day,
    as_decimal,
    as_one_of,
    as_whole,
    plain_preset,
    records,
)
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.contacts.conditions import ACTIONS, TERMS
from modules.contacts.contract_models import STATES, Contract
from modules.contacts.contracts import change_contract, contract_fields, create_contract
from modules.contacts.models import FINANCIAL, Contact

_FIELDS = (
    Field("contact", as_code, required=True, titles=(_l("Contact"),)),
    Field("number", as_code, required=True, titles=(_l("Number"),)),
    Field("title", titles=(_l("Title"),)),
    Field("state", as_one_of(STATES), titles=(_l("State"),)),
    Field("since", as_day, titles=(_l("First day"),)),
    Field("until", as_day, titles=(_l("Last day"),)),
    Field("currency", as_code, titles=(_l("Currency"),)),
    Field("payment_terms", as_one_of(TERMS), titles=(_l("Payment terms"),)),
    Field("payment_days", as_whole, titles=(_l("Days to pay"),)),
    Field("discount_percent", as_decimal, titles=(_l("Early-payment discount, %"),)),
    Field("discount_days", as_whole, titles=(_l("Paid within days"),)),
    Field("prepayment", as_decimal, titles=(_l("Prepayment, %"),)),
    Field("credit_limit", as_decimal, titles=(_l("Credit limit"),)),
    Field("over_limit", as_one_of(ACTIONS), titles=(_l("Beyond the credit limit"),)),
    Field("overdue", as_one_of(ACTIONS), titles=(_l("When payments are overdue"),)),
    Field("remind_days", as_whole, titles=(_l("Remind so many days before the last one"),)),
    Field("note", titles=(_l("Note"),)),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "number", within="contact"))
    rows = job.read(lambda session: [row for some in pieces(rows) for row in _fitting(session, job, some)])
    if job.puts_off(rows):
        return
    for made, noun in zip(
        (job.read if job.dry_run else job.write)(lambda session: _write(session, job, rows)),
        (job.report.created, job.report.updated),
        strict=True,
    ):
        noun.update({"contacts.contract": made} if made else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """The rows that can be taken, with their contacts' numbers; of the others, reports why."""
    contacts, known = _there(session, rows)
    fitting = []
    for row in rows:
        column, values = "", {k: v for k, v in row.values.items() if k != "contact"}
        try:
            contact_id = contacts.get(row.values["contact"])
            if contact_id is None:
                column = "contact"
                raise KontorError(_l("there is no contact with this code, or it is not open to you"))
            if values.get("credit_limit") is not None and not job.actor.sees(FINANCIAL["group"]):
                column = "credit_limit"
                raise KontorError(_l("this field is not open to you"))
            old = known.get((contact_id, values["number"]))
            if old is None:
                values = {"currency": base_currency(session), **values}
            values = contract_fields(values, old)
        except KontorError as error:
            field = getattr(error, "field", None) or column
            job.report.fail(row.file, row.row, job.header(row.file, field), error.message)
        else:
            fitting.append(row._replace(values={**values, "contact_id": contact_id}))
    return fitting


def _there(session: Session, rows: list[Record]) -> tuple[dict[str, int], Mapping[tuple[int, str], Contract]]:
    """The contacts of these codes, and of those their contracts of these numbers."""
    codes, numbers = {row.values["contact"] for row in rows}, {row.values["number"] for row in rows}
    found = session.execute(select(Contact.code, Contact.id).where(Contact.code.in_(codes)))
    contacts = {row.code: row.id for row in found}
    query = select(Contract).where(Contract.contact_id.in_(contacts.values()), Contract.number.in_(numbers))
    return contacts, {(c.contact_id, c.number): c for c in session.scalars(query)}


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[int, int]:
    """Make and change contracts, and count them; in a dry run only count."""
    created = updated = 0
    for some in pieces(rows):
        query = select(Contract).where(Contract.contact_id.in_({row.values["contact_id"] for row in some}))
        known = {(c.contact_id, c.number): c for c in session.scalars(query)}
        for row in some:
            values = dict(row.values)
            old = known.get((values["contact_id"], values["number"]))
            if old is None:
                created += 1
                if not job.dry_run:
                    create_contract(session, job.actor, **values)
            elif any(getattr(old, name) != value for name, value in values.items()):
                updated += 1
                if not job.dry_run:
                    values.pop("contact_id")
                    change_contract(session, job.actor, old, **values)
            else:
                job.report.skip(row.file, row.row, _l("is so already"))
    return created, updated


contracts = Target(
    name="contacts.contracts",
    title=_l("Contracts"),
    shown="contacts.contract_list",
    permissions=("contacts.contract.edit", "contacts.contact.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
