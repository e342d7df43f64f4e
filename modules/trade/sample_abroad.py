"""The sample company's trade in foreign money: a purchase that is paid at another rate than it came at, and a sale that is
open."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.documents import post, save
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.values import round_money
from modules.contacts.api import Contact, accounts_in_use, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, TradeDocument
from modules.warehouse.api import Item

#: what is paid for goods, and what is asked for them, for each of the organisation's own currency in their price
_PAID, _ASKED = Decimal("0.6"), Decimal("1.2")


def trade_abroad(
    session: Session, actor: Actor, today: datetime, supplier: Contact, customer: Contact, goods: list[Item]
) -> None:
    """Both in the currency of the foreign account, if there is one (`modules.contacts.sample`)."""
    own = base_currency(session)
    foreign = next((a.currency for a in accounts_in_use(session) if a.currency != own), None)
    if foreign is None:
        return

    def made(kind: type[TradeDocument], contact: Contact, times: Decimal, quantity: int, days: int) -> TradeDocument:
        lines = [
            TradeLineDraft(item.id, Decimal(quantity), round_money((item.price or Decimal(1)) * times, 2))
            for item in goods
        ]
        moment, responsible = today - timedelta(days=days), contact.responsible_id
        draft = TradeDraft(contact.id, lines, moment=moment, currency=foreign, responsible_id=responsible)
        document = save(session, actor, kind, draft)
        post(session, actor, [document])
        return document

    bought = made(Purchase, supplier, _PAID, 20, 45)
    record_payment(
        session,
        actor,
        contact_id=supplier.id,
        direction="out",
        amount=bought.amount,
        currency=foreign,
        moment=today - timedelta(days=17),
        pays=[(bought.id, bought.amount)],
    )
    made(Sale, customer, _ASKED, 4, 9)
