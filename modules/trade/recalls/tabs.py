"""What the page of a lot says of who got it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from modules.trade.recalls import VIEW
from modules.trade.recalls.tables import went_to_customers
from modules.warehouse.api import Lot, lots_made_of


def lot_recall(session: Session, lot: Lot) -> Sequence[Fact]:
    """By how many documents goods of it went to customers; it leads to the list."""
    went = went_to_customers(session, lots_made_of(session, lot.id)).c
    count = session.scalar(select(func.count(went.document_id.distinct())))
    where = ("trade.recall_view", (("lot_id", lot.id),), VIEW)
    return (Fact(_l("Documents to customers"), count, "quantity", "customers", "", *where),) if count else ()
