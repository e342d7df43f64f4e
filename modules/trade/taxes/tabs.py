"""What trade shows of taxes on the cards of items and contacts: which tax there is today, and why."""

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.web import Shown, current_actor
from modules.contacts.api import Contact
from modules.trade.taxes.book import book_of, decision_for, decisions
from modules.trade.taxes.deciding import Decision
from modules.trade.taxes.routes import own_tax_form
from modules.trade.taxes.tables import EDIT
from modules.warehouse.api import Item


def item_tax(session: Session, item: Item) -> Shown:
    """The tax that an item is sold with at home."""
    decided = decisions(session, contact_id=None, is_sale=True, item_ids={item.id}).get(item.id)
    return _shown("item", item.id, said_of(session, decided))


def contact_tax(session: Session, contact: Contact) -> Shown:
    """The tax that is agreed for a contact."""
    return _shown("contact", contact.id, said_of(session, decision_for(session, contact.id)))


def _shown(owner: str, owner_id: int, said: object) -> Shown:
    form = own_tax_form(f"{owner}_id", owner_id) if current_actor().may(EDIT) else None
    return Shown("trade/own_tax.html", {"form": form, "said": said, "owner": owner})


def said_of(session: Session, decided: Decision | None) -> object:
    """A decision in words, with the rate of today."""
    code = book_of(session).codes.get(decided.code_id or 0) if decided is not None else None
    if decided is None or code is None:
        return _l("No tax is set: what is typed on documents counts.")
    rate = code.rate_on(wall_clock().date())
    said = {"code": code.name, "rate": number(rate) if rate is not None else "–", "reason": decided.reason}
    return _l("“%(code)s”, %(rate)s %% today: %(reason)s.", **said)
