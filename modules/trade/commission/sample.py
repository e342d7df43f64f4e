"""Goods on commission of the sample company: some of ours with an agent, and a principal's of which some are sold."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import post, save
from app.api.security import Actor
from modules.contacts.api import Contact
from modules.trade.commission.kinds import CommissionMoveDraft
from modules.trade.commission.models import GIVE, TAKE, TAKEN, CommissionMove
from modules.trade.commission.places import place_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.api import Item


def lay_out(
    session: Session, actor: Actor, agent: Contact, principal: Contact, customer: Contact, goods: list[Item]
) -> None:
    """Given and taken some days ago; of what was taken some are sold, which is to be reported."""
    when = wall_clock() - timedelta(days=6)

    def lines(*quantities: int) -> list[TradeLineDraft]:
        pairs = zip(goods, quantities, strict=False)
        return [TradeLineDraft(i.id, Decimal(q), i.price or Decimal(1)) for i, q in pairs]

    for way, contact in ((GIVE, agent), (TAKE, principal)):
        draft = CommissionMoveDraft(
            contact.id, lines(6, 4), way=way, moment=when, responsible_id=contact.responsible_id
        )
        post(session, actor, [save(session, actor, CommissionMove, draft)])
    place = place_of(session, principal.id, TAKEN)
    sold = TradeDraft(
        customer.id,
        lines(2, 1),
        place_id=place,
        moment=when + timedelta(days=3),
        responsible_id=customer.responsible_id,
    )
    post(session, actor, [save(session, actor, Sale, sold)])
