"""What the page of a document says of its other side."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from modules.trade.intercompany.operations import other_side_of
from modules.trade.models import TradeDocument


def other_side_facts(session: Session, document: TradeDocument) -> Sequence[Fact]:
    """Whose it is, and its number; nothing of what isn't between own organisations."""
    side = other_side_of(session, document)
    if side is None or side.document_id is None:
        return ()
    return (Fact(_l("Organisation"), side.organisation), Fact(side.title, side.number))
