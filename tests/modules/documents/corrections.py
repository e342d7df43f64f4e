"""A small trade that tests correct: one item, one contact, documents of a line, and what the books say of them."""

from datetime import datetime
from decimal import Decimal as D
from typing import Any

from app import ledger
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.queries import balances_of, open_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.registers import Sales
from modules.warehouse.registers import Stock

ITEM = 1


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 9)


def draft(quantity: Any, price: Any, at: datetime, **more: Any) -> TradeDraft:
    return TradeDraft(
        1, [TradeLineDraft(ITEM, D(quantity), D(price), origin=more.pop("origin", None))], moment=at, **more
    )


def made(session: Any, kind: Any, quantity: Any, price: Any, at: datetime, **more: Any) -> Any:
    document = save(session, SYSTEM, kind, draft(quantity, price, at, **more))
    post(session, SYSTEM, [document])
    return document


def stand(session: Any) -> tuple[Any, ...]:
    """What is on hand and what it is worth, what sales came to, and what the contact owes."""
    held = [f.amounts for f in ledger.now(session, Stock.worth, by=("item",))]
    sold = [f.amounts for f in ledger.now(session, Sales.results, by=("item",))]
    return held, sold, balances_of(session, 1)


def open_amount(session: Any, document: int) -> Any:
    """What is open of a document."""
    return open_of(session, [document]).get(document)
