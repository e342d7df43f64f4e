"""The blueprint that every file of trade's pages adds its routes to."""

from app.api.web import Routes

routes = Routes("trade", "modules.trade")
