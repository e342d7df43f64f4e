"""What papers and postings ask of suppliers of items."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.texts import lazy_gettext as _l
from modules.contacts.api import family_of
from modules.trade.models import TradeDocument
from modules.trade.suppliers.models import ItemSupplier


def their_codes(session: Session, document: TradeDocument) -> dict[int, object]:
    """Item → what whom we buy from calls it, for a paper that goes to them; empty of what is sold. Only of a contact that is
    open to whoever looks."""
    if not document.is_bought:
        return {}
    query = select(ItemSupplier.item_id, ItemSupplier.code, ItemSupplier.name).where(
        ItemSupplier.contact_id.in_(family_of(session, document.contact_id)),
        ItemSupplier.item_id.in_({line.item_id for line in document.lines}),
    )
    rows = session.execute(query.order_by(ItemSupplier.is_main, ItemSupplier.id.desc()))
    return {
        row.item_id: _l("your code %(code)s", code=f"{row.code} {row.name}".strip())
        for row in rows
        if row.code or row.name
    }
