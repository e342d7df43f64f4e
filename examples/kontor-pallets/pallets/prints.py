"""A print of another module's documents: what the driver has signed."""

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.prints import Fact, Paper, Print
from app.api.texts import lazy_gettext as _l
from pallets.reminders import SALE
from pallets.tabs import to_bring_back


def _slip(session: Session, sale: Document) -> Paper:
    facts = (Fact(_l("Contact"), sale.summary), Fact(_l("Date"), sale.moment, "moment"), *to_bring_back(session, sale))
    return Paper(facts=facts, columns=(), lines=(), totals=(), currency=sale.currency)


slip = Print("pallets.slip", _l("Pallet slip"), (SALE,), _slip, needs="pallets.exchange.view")
