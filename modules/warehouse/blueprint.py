"""The blueprint that every file of the warehouse's pages adds its routes to."""

from app.api.web import Routes

routes = Routes("warehouse", "modules.warehouse")
