"""Reading contacts and what they owe."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import MASKED, Invalid, Line, Statement, fold, now, require, statement
from modules.contacts.models import Contact
from modules.contacts.operations import contact_by_id
from modules.contacts.registers import Settlements

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 1)


def contact_by_code(session: Session, code: str) -> Contact | None:
    """The contact that people and files call `code`, when it is open to the session's actor."""
    return session.scalars(select(Contact).where(Contact.code == code)).first()


def statement_of(
    session: Session, contact_id: int, since: date | None = None, until: date | None = None
) -> dict[str, Statement]:
    """The contact's statement by currency, for the days from `since` to `until`, both included.

    One for each currency in which anything has ever moved. A document has one line for what it did at a moment, and none where
    that comes to nothing: an allocation, what was reversed. Refused (Invalid): a first day after the last one.
    """
    require(session.info["actor"], "contacts.statement.view")
    contact_by_id(session, contact_id)
    if since and until and since > until:
        raise Invalid(_l("The first day is after the last one."))
    # No day before the first has anything, and the calendar has none before its own first.
    since, until = (min(max(day, FIRST_DAY), LAST_DAY) for day in (since or FIRST_DAY, until or LAST_DAY))
    return {
        currency: _by_document(
            statement(session, Settlements.balance, since, until, where={"contact": contact_id, "currency": currency})
        )
        for currency in sorted(balances_of(session, contact_id))
    }


def _by_document(found: Statement) -> Statement:
    """The statement with what a document did at a moment in one line, where the first of it was; none where no amount is
    left. Rates may have changed the base all the same, as the closing figures say."""
    together: dict[tuple[Any, ...], Line] = {}
    for line in found.lines:
        key = (line.moment, line.document_id, line.cause_id)
        first = together.get(key)
        added = line.amounts if first is None else _sum(first.amounts, line.amounts)
        together[key] = replace(first or line, amounts=added)
    lines, balance = [], found.opening
    for line in together.values():
        balance = _sum(balance, line.amounts)
        if line.amounts["amount"]:
            lines.append(replace(line, balance=balance))
    return Statement(found.opening, lines, found.closing)


def _sum(some: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is MASKED else value + others[name] for name, value in some.items()}


def namesakes_of(session: Session, contact: Contact) -> list[int]:
    """Other contacts of the same name, whatever its case and accents, as far as they are open to the session's actor."""
    alike = select(Contact.id, Contact.name).where(Contact.folded.startswith(fold(contact.name), autoescape=True))
    rows = session.execute(alike.where(Contact.id != contact.id).limit(200))
    return [row.id for row in rows if fold(row.name) == fold(contact.name)]


def balances_of(session: Session, contact_id: int) -> dict[str, object]:
    """What the contact owes now, by currency."""
    require(session.info["actor"], "contacts.statement.view")
    figures = now(session, Settlements.balance, by=("currency",), where={"contact": contact_id})
    return {figure.key[0]: figure.amounts["amount"] for figure in figures}
