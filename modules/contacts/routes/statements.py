"""What contacts owe and are owed: balances, open items, statements."""

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, send_file
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.security import record
from app.api.web import XLSX, current_session, show_list
from modules.contacts import tables
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import statement_of
from modules.contacts.reports import statement_workbook
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.tabs import tabs_of


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now."""
    return show_list(tables.balances)


@routes.get("/contacts/open-items", needs="contacts.statement.view")
def open_item_list() -> Any:
    """Documents of which something is open."""
    return show_list(tables.open_items)


@routes.get("/contacts/<int:contact_id>/open-items", needs="contacts.statement.view")
def open_items_of_contact(contact_id: int) -> Any:
    """A contact's open documents: a tab of the card."""
    contact = contact_by_id(current_session(), contact_id)
    return show_list(
        tables.open_items_of(contact.id),
        list_template="contacts/open_items.html",
        contact=contact,
        tabs=tabs_of(contact),
    )


@routes.get("/contacts/<int:contact_id>/statement", needs="contacts.statement.view")
def statement_view(contact_id: int) -> Any:
    """A contact's statement for a period, by currency; `?as=xlsx` gives the file."""
    session = current_session()
    contact = contact_by_id(session, contact_id)
    since, until = _period()
    statements = statement_of(session, contact.id, since, until)
    record(
        current_session(),
        "contacts.statement.view",
        subject="contacts.contact",
        subject_id=contact.id,
        summary=f"{since} – {until}",
    )
    if request.args.get("as") == "xlsx":
        record(
            current_session(),
            "contacts.statement.export",
            subject="contacts.contact",
            subject_id=contact.id,
            summary=f"{since} – {until}",
        )
        name = f"statement-{contact.code}-{since}-{until}.xlsx"
        return send_file(
            statement_workbook(contact, since, until, statements), XLSX, as_attachment=True, download_name=name
        )
    return render_template(
        "contacts/statement.html",
        contact=contact,
        since=since,
        until=until,
        statements=statements,
        tabs=tabs_of(contact),
        periods=_periods(),
    )


def _period() -> tuple[date, date]:
    today = wall_clock().date()
    try:
        since = date.fromisoformat(request.args.get("since") or f"{today.year}-01-01")
        until = date.fromisoformat(request.args.get("until") or today.isoformat())
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31.")) from None
    return since, until


def _periods() -> list[tuple[str, date, date]]:
    today = wall_clock().date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This year"), date(today.year, 1, 1), today),
        (_("Everything"), date(1990, 1, 1), today),
    ]
