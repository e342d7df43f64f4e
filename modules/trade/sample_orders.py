"""What is under way in the sample company: a quote, orders of which one is shipped in part, and what is to come."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import post, save
from app.api.security import Actor
from app.api.values import round_money
from modules.contacts.api import Contact
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import sale_of
from modules.trade.models import PurchaseOrder, Quote, Sale, SalesOrder, TradeDocument
from modules.warehouse.api import Item


def agree(
    session: Session, actor: Actor, customers: list[Contact], suppliers: list[Contact], goods: list[Item]
) -> None:
    """A quote, two sales orders and a purchase order of these days."""
    today = wall_clock()

    def lines(first: int, *quantities: int) -> list[TradeLineDraft]:
        items = goods[first : first + len(quantities)]
        pairs = zip(items, quantities, strict=True)
        return [TradeLineDraft(i.id, Decimal(q), i.price or Decimal(1)) for i, q in pairs]

    def made(model: type[TradeDocument], draft: TradeDraft) -> TradeDocument:
        document = save(session, actor, model, draft)
        post(session, actor, [document])
        return document

    def of(contact: Contact, days: int) -> dict[str, Any]:
        return {"moment": today - timedelta(days=days), "responsible_id": contact.responsible_id}

    until, due = (today + timedelta(days=21)).date(), today.date() + timedelta(days=1)
    week = due + timedelta(days=6)
    made(Quote, QuoteDraft(customers[0].id, lines(0, 12, 8), valid_until=until, **of(customers[0], 3)))
    first = made(SalesOrder, SalesOrderDraft(customers[1].id, lines(2, 6, 4), delivery=due, **of(customers[1], 5)))
    part = sale_of(session, first)
    made(Sale, replace(part, lines=part.lines[:1], moment=today, responsible_id=customers[1].responsible_id))
    made(SalesOrder, SalesOrderDraft(customers[2].id, lines(4, 5, 900), delivery=week, **of(customers[2], 1)))
    coming = [replace(x, price=round_money(x.price / 2, 3)) for x in lines(4, 60, 1000)]
    made(PurchaseOrder, OrderDraft(suppliers[0].id, coming, delivery=week, **of(suppliers[0], 2)))
