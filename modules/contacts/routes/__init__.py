"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import allocations, contacts, payments, statements
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.tabs import tabs_of

__all__ = ["allocations", "contacts", "payments", "routes", "statements", "tabs_of"]
