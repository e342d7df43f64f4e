"""What contacts owe and are owed: balances, open items."""

from typing import Any

from app.api.web import show_list
from modules.contacts import tables
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/balances", needs="contacts.statement.view")
def balance_list() -> Any:
    """Who owes whom, now."""
    return show_list(tables.balances)


@routes.get("/contacts/open-items", needs="contacts.statement.view")
def open_item_list() -> Any:
    """Documents of which something is open."""
    return show_list(tables.open_items)
