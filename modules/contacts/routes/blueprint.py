"""The blueprint that every file of the contacts' pages adds its routes to."""

from app.api import Routes

routes = Routes("contacts", "modules.contacts")
