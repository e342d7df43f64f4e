"""What pricing shows on the cards of contacts and items."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import base_currency
from app.api.web import Shown
from modules.contacts.api import Contact, contracts_of
from modules.trade.pricing.agreeing import agreement_of
from modules.trade.pricing.finding import Prices
from modules.trade.pricing.forms import AgreementForm
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import AgreedPrice, ItemPrice
from modules.warehouse.api import Item


def contact_prices(session: Session, contact: Contact) -> Shown:
    """Which price type a contact has, its contracts too, what is off it, and its special prices."""
    rows = []
    for contract in (None, *contracts_of(session, contact.id)):
        agreement = agreement_of(session, contact.id, contract.id if contract is not None else None)
        form = AgreementForm(formdata=None, obj=agreement)
        for field in form:  # several of them stand on the page
            field.id = f"{field.name}-{contract.id if contract is not None else 0}"
        rows.append((contract, agreement, form))
    query = select(AgreedPrice).where(AgreedPrice.contact_id == contact.id)
    special = session.scalars(query.order_by(AgreedPrice.since.desc(), AgreedPrice.id)).all()
    types = known_prices(session).types
    return Shown("trade/contact_prices.html", {"rows": rows, "special": special, "types": types})


def item_prices(session: Session, item: Item) -> Shown:
    """What an item is sold at today, by each price type, and the prices that were typed."""
    known = known_prices(session)
    prices = Prices(session, known, wall_clock().date(), [item.id])
    shown = [(row, prices.of_type(row.id, item.id, Decimal(1))) for row in known.types.values()]
    query = select(ItemPrice).where(ItemPrice.item_id == item.id)
    typed = session.scalars(query.order_by(ItemPrice.type_id, ItemPrice.since.desc(), ItemPrice.from_quantity)).all()
    values = {"shown": shown, "typed_prices": typed, "types": known.types, "base": base_currency(session)}
    return Shown("trade/item_prices.html", values)
