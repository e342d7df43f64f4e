"""The pages of the reports on turnover and value."""

from typing import Any

from app.api.reports import show_report
from app.api.web import current_session
from modules.warehouse.analysis import tables, values
from modules.warehouse.blueprint import routes
from modules.warehouse.pending import items_waiting


@routes.get("/warehouse/turnover", needs="warehouse.stock.view")
def turnover() -> Any:
    """How fast goods turn over, and what lies dead."""
    waiting = items_waiting(current_session())
    return show_report(tables.turnover, list_template="warehouse/stock.html", waiting=waiting)


@routes.get("/warehouse/stock-value", needs="warehouse.cost.view", help="stock_value")
def stock_value() -> Any:
    """What stock is worth, by group or month."""
    waiting = items_waiting(current_session())
    return show_report(values.stock_value, list_template="warehouse/stock.html", waiting=waiting)
