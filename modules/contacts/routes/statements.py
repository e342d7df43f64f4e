"""What contacts owe and are owed: balances, open items."""

from typing import Any

from app.api.reports import show_report
from modules.contacts import reports
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now or at a past day."""
    return show_report(reports.balances)


@routes.get("/contacts/open-items", needs="contacts.statement.view")
def open_item_list() -> Any:
    """Documents of which something is open."""
    return show_report(reports.open_items)
