"""The blueprint that every file of the contacts' pages adds its routes to."""

from app.api.web import Routes

routes = Routes("contacts", "modules.contacts")
