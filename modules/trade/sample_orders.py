"""What is under way in the sample company: a quote, orders of which one is shipped in part and one is late, an invoice that is
paid in part, and what is to come."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import post, save
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.values import digits_of, round_money
from modules.contacts.api import Contact, record_payment
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import sale_of
from modules.trade.models import Invoice, PurchaseOrder, Quote, Sale, SalesOrder, TradeDocument
from modules.trade.proposing import propose_line
from modules.warehouse.api import Item


def agree(
    session: Session, actor: Actor, customers: list[Contact], suppliers: list[Contact], goods: list[Item]
) -> None:
    """A quote, three sales orders, an invoice for payment and a purchase order of these days."""
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
    late = today.date() - timedelta(days=4)
    order = SalesOrderDraft(customers[4].id, lines(8, 30), delivery=late, **of(customers[4], 11))
    order.lines = [_as_proposed(session, actor, customers[4], line) for line in order.lines]
    made(SalesOrder, order)
    invoice = made(Invoice, TradeDraft(customers[7].id, lines(10, 12, 4), **of(customers[7], 6)))
    record_payment(
        session,
        actor,
        contact_id=customers[7].id,
        direction="in",
        amount=round_money(invoice.amount / 2, digits_of(invoice.currency)),
        moment=today - timedelta(days=4),
        advance_for=invoice.id,
    )
    coming = [replace(x, price=round_money(x.price / 2, 3)) for x in lines(4, 60, 1000)]
    made(PurchaseOrder, OrderDraft(suppliers[0].id, coming, delivery=week, **of(suppliers[0], 2)))


def _as_proposed(session: Session, actor: Actor, customer: Contact, line: TradeLineDraft) -> TradeLineDraft:
    """At the price that the customer has."""
    price = propose_line(
        session,
        actor,
        contact_id=customer.id,
        contract_id=None,
        currency=base_currency(session),
        day=wall_clock().date(),
        item_id=line.item_id,
        quantity=line.quantity,
    ).price
    return replace(line, price=price or line.price)
