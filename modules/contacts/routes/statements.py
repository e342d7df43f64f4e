"""What contacts owe and are owed: balances, open items, and a statement for programs."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.api.errors import Invalid
from app.api.reports import show_report
from app.api.security import record
from app.api.values import digits_of
from app.api.web import current_session
from modules.contacts import reports
from modules.contacts.parties import contact_by_id
from modules.contacts.plain import plain_statement
from modules.contacts.queries import statement_of
from modules.contacts.routes.blueprint import routes

_TAKEN = ("since", "until", "without_reversed")


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now or at a past day."""
    return show_report(reports.balances)


@routes.get("/contacts/open-items", needs="contacts.statement.view")
def open_item_list() -> Any:
    """Documents of which something is open."""
    return show_report(reports.open_items)


@routes.get("/api/v1/contacts/<int:contact_id>/statement", needs="contacts.statement.view", help=None)
def api_statement(contact_id: int) -> Any:
    """A contact's statement, as the command gives it: from the beginning and to the end, where no day is said.

    Refused: an argument that it doesn't take, what isn't a day, and what `statement_of` refuses.
    """
    session = current_session()
    if unknown := sorted(request.args.keys() - {*_TAKEN}):
        said = {"name": unknown[0], "taken": ", ".join(_TAKEN)}
        raise Invalid(_("A statement doesn't take “%(name)s”. It takes: %(taken)s.", **said), field=unknown[0])
    since, until = _day("since"), _day("until")
    contact = contact_by_id(session, contact_id)
    found = statement_of(session, contact.id, since, until, without_reversed=bool(request.args.get("without_reversed")))
    period = f"API, {since or '…'} – {until or '…'}"
    record(session, "contacts.statement.export", subject="contacts.contact", subject_id=contact.id, summary=period)
    currencies = {currency: _texts(plain_statement(each, digits_of(currency))) for currency, each in found.items()}
    return {"contact": contact.code, "name": contact.name, "currencies": currencies}


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31."), field=name) from None


def _texts(statement: dict[str, Any]) -> dict[str, Any]:
    """With amounts as texts, so that no program reads them as floats."""
    lines = [{**line, "moment": line["moment"].isoformat(), **_amounts(line)} for line in statement["lines"]]
    return {**_amounts(statement), "lines": lines}


def _amounts(said: dict[str, Any]) -> dict[str, str]:
    names = ("opening", "debit", "credit", "balance", "closing")
    return {
        name: format(said[name], "f") if not isinstance(said[name], str) else said[name]
        for name in names
        if name in said
    }
