"""The core's own routes hang on this blueprint; each page of the core lives in a file of its own, in `pages/` or `admin/`."""

from app.web.edge.routing import Routes

routes = Routes("core", __name__)
