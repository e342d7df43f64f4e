"""Workloads that write: one document after another, each posted and committed by itself."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.documents import post, save
from bench.chain import ChainFloor
from bench.company import Subject
from modules.contacts.operations import record_payment
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.rules import ComponentDraft
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import sale_of
from modules.trade.models import Purchase, Sale, SalesOrder

LINES = 5
BEGUN = datetime(2026, 3, 2, 9)
#: what a floor's deed takes: the floor, the company, the order
FloorDeed = Callable[[ChainFloor, Subject, "Order"], None]
Deed = Callable[[Any, "Order"], None]


@dataclass(frozen=True)
class Order:
    """What is to be written: a partner, and lines of item, whole pieces, and pence of price."""

    partner: int
    lines: list[tuple[int, int, int]]
    moment: datetime


def orders(subject: Subject, items: list[int], batch: int, count: int) -> list[Order]:
    """`count` orders of `items` made by chance, the same for the same batch; each a minute after the one before, and every
    batch after the one before it, so that nothing is backdated."""
    chance = random.Random(batch)
    begun = BEGUN + timedelta(minutes=batch * count)
    return [
        Order(
            chance.choice(subject.partners),
            [(i, chance.randint(1, 20), chance.randint(50, 9999)) for i in sorted(chance.sample(items, LINES))],
            begun + timedelta(minutes=n),
        )
        for n in range(count)
    ]


def receive(subject: Subject, order: Order) -> None:
    """The program's purchase."""
    _trade(subject, Purchase, order)


def sell(subject: Subject, order: Order) -> None:
    """The program's sale."""
    _trade(subject, Sale, order)


def make(subject: Subject, order: Order) -> None:
    """The program's work order: one product of what was really used."""

    def work(session: Any) -> None:
        used = [ComponentDraft(i, Decimal(q)) for i, q, _ in order.lines]
        draft = WorkOrderDraft(subject.product.bom_id, Decimal(1), used, moment=order.moment)
        document = save(session, subject.actor, WorkOrder, draft)
        post(session, subject.actor, [document])

    subject.write(work)


def pay(subject: Subject, order: Order) -> None:
    """The program's payment."""
    amount = Decimal(order.lines[0][2]) / 100
    subject.write(
        lambda session: record_payment(
            session, subject.actor, contact_id=order.partner, direction="in", amount=amount, moment=order.moment
        )
    )


def order_ship_and_pay(subject: Subject, order: Order) -> None:
    """The program's chain of three documents, each in a transaction of its own: ordered, shipped whole, paid whole."""

    def ordered(session: Any) -> int:
        draft = SalesOrderDraft(order.partner, _lines(order), moment=order.moment)
        document = save(session, subject.actor, SalesOrder, draft)
        post(session, subject.actor, [document])
        return document.id

    def shipped(session: Any) -> Decimal:
        draft = replace(sale_of(session, session.get(SalesOrder, order_id)), moment=order.moment)
        document = save(session, subject.actor, Sale, draft)
        post(session, subject.actor, [document])
        return document.amount

    def paid(session: Any) -> None:
        said = {"contact_id": order.partner, "direction": "in", "amount": amount, "moment": order.moment}
        record_payment(session, subject.actor, **said)

    order_id = subject.write(ordered)
    amount = subject.write(shipped)
    subject.write(paid)


def _lines(order: Order) -> list[TradeLineDraft]:
    return [TradeLineDraft(i, Decimal(q), Decimal(pence) / 100) for i, q, pence in order.lines]


def _trade(subject: Subject, kind: type[Purchase] | type[Sale], order: Order) -> None:
    def work(session: Any) -> None:
        draft = TradeDraft(order.partner, _lines(order), moment=order.moment)
        post(session, subject.actor, [save(session, subject.actor, kind, draft)])

    subject.write(work)


def _floor_lines(order: Order) -> list[tuple[int, int, int]]:
    return [(i, q * 10**6, pence * 10**4) for i, q, pence in order.lines]


def by_hand(order: Order) -> tuple[tuple[int, str], list[tuple[int, int, int]], datetime]:
    """What the floor is given: the partner with their name, lines in units, the moment."""
    return _partner(order), _floor_lines(order), order.moment


def _partner(order: Order) -> tuple[int, str]:
    return order.partner, f"Partner {order.partner:03d}"


RECEIPT: tuple[Deed, FloorDeed] = (
    receive,
    lambda floor, _, order: floor.purchase(*by_hand(order)),
)
#: name → (the program's way, the floor's way)
WRITES: dict[str, tuple[Deed, FloorDeed]] = {
    "goods receipt, 5 lines": RECEIPT,
    "order, sale, payment": (order_ship_and_pay, lambda floor, _, order: floor.chain(*by_hand(order))),
    "sale, 5 lines": (sell, lambda floor, _, order: floor.sale(*by_hand(order))),
    "work order, 5 components": (
        make,
        lambda floor, subject, order: floor.work_order(
            subject.product, [(i, q) for i, q, _ in _floor_lines(order)], order.moment
        ),
    ),
    "payment": (pay, lambda floor, _, order: floor.payment(_partner(order), order.lines[0][2] * 100, order.moment)),
}


def open_floor(subject: Subject) -> ChainFloor:
    """The floor on a connection of its own to the subject's database, as durable as the program's."""
    database = subject.company.database
    pooled = database.engine.raw_connection()
    raw = pooled.driver_connection
    pooled.detach()
    assert raw is not None
    if not database.is_sqlite:
        raw.autocommit = True  # transactions begin and end in the floor's own statements
    assert subject.actor.user_id is not None
    return ChainFloor(raw, database.is_sqlite, subject.actor.user_id, subject.actor.name)
