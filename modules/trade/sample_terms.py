"""What the sample company has agreed: a price type that follows the usual prices, a contract with a discount, and a room
that is let by the month."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.documents import post, save
from app.api.security import Actor
from modules.contacts.api import Contact, create_contract
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.pricing.agreeing import agree
from modules.trade.pricing.rules import NEAREST, USUAL
from modules.trade.pricing.types import create_type
from modules.trade.repeating.dates import MONTH
from modules.trade.repeating.operations import repeat
from modules.warehouse.api import Item, create_item

#: per cent off the usual prices
_WHOLESALE, _UNDER_CONTRACT = Decimal(10), Decimal(5)


def agree_prices(session: Session, actor: Actor, customer: Contact) -> None:
    """Wholesale prices, to five pence; the customer has them."""
    wholesale = create_type(
        session, actor, name="Wholesale", formula=USUAL, percent=-_WHOLESALE, step=Decimal("0.05"), direction=NEAREST
    )
    agree(session, actor, contact_id=customer.id, type_id=wholesale.id)


def sell_under_contract(session: Session, actor: Actor, today: datetime, customer: Contact, goods: list[Item]) -> None:
    """A contract of a year with more days to pay and a discount, and a sale under it."""
    begun = today - timedelta(days=60)
    contract = create_contract(
        session,
        actor,
        contact_id=customer.id,
        title="Fasteners of the year",
        since=begun.date(),
        until=(begun + timedelta(days=365)).date(),
        payment_terms="days",
        payment_days=30,
    )
    agree(session, actor, contact_id=customer.id, contract_id=contract.id, discount=_UNDER_CONTRACT)
    lines = [TradeLineDraft(item.id, Decimal(3), item.price or Decimal(1), _UNDER_CONTRACT) for item in goods]
    _sell(session, actor, customer, lines, today - timedelta(days=8), contract_id=contract.id)


def let_a_room(session: Session, actor: Actor, today: datetime, customer: Contact) -> None:
    """Rent of a storage room, which was sold for this month and is drafted for each one to come."""
    room = create_item(
        session, actor, code="STO", name="Storage room, per month", kind="service", price=Decimal("120.00")
    )
    begun = today - timedelta(days=20)
    rent = _sell(session, actor, customer, [TradeLineDraft(room.id, Decimal(1), Decimal("120.00"))], begun)
    repeat(session, actor, rent.id, every=MONTH, first=(today + timedelta(days=10)).date(), note="{month} {year}")


def _sell(
    session: Session,
    actor: Actor,
    customer: Contact,
    lines: list[TradeLineDraft],
    moment: datetime,
    contract_id: int | None = None,
) -> Sale:
    draft = TradeDraft(
        customer.id, lines, moment=moment, contract_id=contract_id, responsible_id=customer.responsible_id
    )
    sale = save(session, actor, Sale, draft)
    post(session, actor, [sale])
    return sale
