"""Bringing in what stood when the books began: unpaid documents of contacts, and what was in cash desks and in the bank."""

from collections import Counter
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Invalid, KontorError
from app.api.imports import (
    Field,
    Import,
    Record,
    Target,
    as_code,
    as_day,
    as_decimal,
    as_text,
    plain_preset,
    records,
)
from app.api.reference import organisation_id
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact
from modules.contacts.money.accounts import opening_item
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.recording import record_other_payment


def _currency(cell: Any) -> str:
    return as_text(cell).upper()


_FIELDS = (
    Field("contact", as_code, titles=(_l("Contact"), _l("Code"))),
    Field("account", titles=(_l("Account"), _l("Cash and bank"))),
    Field("number", as_code, titles=(_l("Number"), _l("Number of the document"))),
    Field("date", as_day, required=True, titles=(_l("Date"), _l("Date of the document"))),
    Field("due", as_day, titles=(_l("Payment due"),)),
    Field("amount", as_decimal, required=True, titles=(_l("Amount"), _l("Unpaid amount"))),
    Field("currency", _currency, titles=(_l("Currency"),)),
    Field("note", titles=(_l("Note"),)),
)


def _bring_in(job: Import) -> None:
    """Each row by the operation that a form calls; a dry run does the same and undoes it."""
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    if job.puts_off(rows):
        return

    def work(session: Session) -> tuple[Counter[str], list[Record], list[tuple[Record, KontorError]]]:
        made, same, refused = Counter[str](), list[Record](), list[tuple[Record, KontorError]]()
        for row in rows:
            try:
                with session.begin_nested():
                    kind = _enter(session, job.actor, row)
            except KontorError as error:
                refused.append((row, error))
            else:
                made[kind] += 1
                same += [] if kind else [row]
        if job.dry_run or (refused and not job.skip_errors):
            session.rollback()
        return made, same, refused

    made, same, refused = job.write(work)
    for row, error in refused:
        job.refuse(row, error if isinstance(error, Invalid) else Invalid(str(error)))
    if refused and not job.skip_errors:
        return
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))
    job.report.created.update({kind: count for kind, count in made.items() if kind})


def _enter(session: Session, actor: Actor, row: Record) -> str:
    """Enter what a row says; gives the kind of the document, or nothing where an earlier import has entered the row."""
    values = row.values
    moment, amount = datetime.combine(values["date"], time()), values["amount"]
    if bool(values.get("contact")) == bool(values.get("account")):
        raise Invalid(_l("a row names either a contact or an account"), field="contact")
    if not amount:
        raise Invalid(_l("the amount is zero"), field="amount")
    act = f"opening:{values.get('contact') or values['account']}:{values.get('number', '')}:{values['date']}"[:120]
    is_new = session.scalars(select(Document.id).where(Document.operation_id == act)).first() is None
    note = values.get("note", "")
    if values.get("contact"):
        record_opening_debt(
            session,
            actor,
            contact_id=_contact(session, values["contact"]),
            side="them" if amount > 0 else "us",
            amount=abs(amount),
            currency=values.get("currency") or None,
            moment=moment,
            due=values.get("due"),
            number=values.get("number", ""),
            note=note,
            operation_id=act,
        )
        return "contacts.adjustment" if is_new else ""
    account = _account(session, values["account"], values.get("currency", ""))
    record_other_payment(
        session,
        actor,
        account_id=account.id,
        expense_item_id=opening_item(session).id,
        direction="in" if amount > 0 else "out",
        amount=abs(Decimal(amount)),
        moment=moment,
        note=note,
        operation_id=act,
    )
    return "contacts.other_payment" if is_new else ""


def _contact(session: Session, code: str) -> int:
    found = session.scalars(select(Contact.id).where(Contact.code == code)).first()
    if found is None:
        raise Invalid(_l("there is no contact “%(code)s”, or it is not open to you", code=code), field="contact")
    return found


def _account(session: Session, name: str, currency: str) -> MoneyAccount:
    own = MoneyAccount.organisation_id == organisation_id(session)
    same = (func.lower(MoneyAccount.name) == name.lower()) | (MoneyAccount.number == name)
    found = session.scalars(select(MoneyAccount).where(own, same)).first()
    if found is None:
        raise Invalid(_l("there is no cash desk or bank account “%(name)s”", name=name), field="account")
    if currency and currency != found.currency:
        message = _l("“%(name)s” is in %(currency)s", name=found.name, currency=found.currency)
        raise Invalid(message, field="currency")
    return found


opening_balances = Target(
    name="contacts.opening_balances",
    title=_l("Opening balances"),
    shown="contacts.open_item_list",
    permissions=(
        "contacts.adjustment.post",
        "contacts.contact.view",
        "contacts.other_payment.post",
        "contacts.account.view",
    ),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)
