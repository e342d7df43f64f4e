"""The page of the turnover report."""

from typing import Any

from app.api.reports import show_report
from app.api.web import Routes, current_session
from modules.warehouse.analysis import tables
from modules.warehouse.pending import items_waiting


def declare_analysis(routes: Routes) -> None:
    """Add the page to the module's."""

    @routes.get("/warehouse/turnover", needs="warehouse.stock.view")
    def turnover() -> Any:
        """How fast goods turn over, and what lies dead."""
        waiting = items_waiting(current_session())
        return show_report(tables.turnover, list_template="warehouse/stock.html", waiting=waiting)
