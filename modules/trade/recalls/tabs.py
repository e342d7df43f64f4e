"""What the page of a lot says of who got it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from modules.trade.recalls import VIEW
from modules.trade.recalls.tables import recall_of
from modules.warehouse.api import Lot


def lot_recall(session: Session, lot: Lot) -> Sequence[Fact]:
    """By how many documents goods of it went to customers; it leads to the list."""
    table = recall_of(session, lot)
    count = session.scalar(select(func.count()).select_from(table.source(session).add_columns(table.key).subquery()))
    where = ("trade.recall_view", (("lot_id", lot.id),), VIEW)
    return (Fact(_l("Documents to customers"), count, "quantity", "customers", "", *where),) if count else ()
