"""The page of a recall; its list is sent on as a workbook."""

from typing import Any

from app.api.web import current_session, show_list
from modules.trade.blueprint import routes
from modules.trade.recalls import VIEW
from modules.trade.recalls.tables import recall_of
from modules.warehouse.api import lot_by_id


@routes.get("/trade/recalls/<int:lot_id>", needs=VIEW, help="sale")
def recall_view(lot_id: int) -> Any:
    """Who got goods of a lot, or of what was made of it."""
    lot = lot_by_id(current_session(), lot_id)
    return show_list(recall_of(current_session(), lot), list_template="trade/recall.html", lot=lot)
