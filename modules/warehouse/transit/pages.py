"""The page of goods in transit."""

from typing import Any

from app.api.web import show_list
from modules.warehouse.blueprint import routes
from modules.warehouse.transit.tables import transit


@routes.get("/warehouse/transit", needs="warehouse.transfer.view")
def transit_list() -> Any:
    """What is on its way between warehouses: from where, to where, since when."""
    return show_list(transit)
