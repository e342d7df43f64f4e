"""A small shop: two items, a supplier who is a customer too, and goods in the main warehouse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade import operations as trade
from modules.trade.models import Purchase, Sale, TradeDocument
from modules.warehouse.operations import create_item

NOON = datetime(2026, 2, 10, 12)


@dataclass
class Shop:
    """What tests do in it, each as an operation with its commit."""

    company: Any
    contact: int
    items: list[int]

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Work and commit."""
        return self.company.database.run(work, actor=SYSTEM)

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """Only read."""
        return self.company.database.run(question, actor=SYSTEM, write=False)

    def draft(self, session: Any, kind: type[TradeDocument], lines: list, moment: datetime = NOON, **more: Any) -> Any:
        """A draft of lines (which item, quantity, price)."""
        typed = [trade.TradeLineDraft(self.items[i], Decimal(q), Decimal(p)) for i, q, p in lines]
        return trade.save(session, SYSTEM, kind, trade.TradeDraft(self.contact, typed, moment=moment, **more))

    def buy(self, lines: list, moment: datetime = NOON) -> int:
        """A posted purchase."""
        return self._posted(Purchase, lines, moment)

    def sell(self, lines: list, moment: datetime = NOON) -> int:
        """A posted sale."""
        return self._posted(Sale, lines, moment)

    def _posted(self, kind: type[TradeDocument], lines: list, moment: datetime) -> int:
        def work(session: Any) -> int:
            document = self.draft(session, kind, lines, moment)
            trade.post(session, SYSTEM, [document])
            return int(document.id)

        return int(self.do(work))

    def sql(self, statement: str, **values: Any) -> Any:
        """What someone with a database client and bad intentions does."""
        return self.do(lambda session: session.connection().execute(text(statement), values))

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value from the database."""
        return self.ask(lambda session: session.connection().execute(text(statement), values).scalar())

    def everything(self) -> dict[str, list]:
        """Every row of every table that posting writes: to show that a refusal changed nothing."""
        names = [
            *("core_document", "trade_document", "trade_line", "core_series", "core_audit", "core_audit_head"),
            *(f"{r}_{t}" for r in ("warehouse_stock", "contacts_settlements", "trade_sales") for t in _TABLES),
        ]
        return self.ask(
            lambda session: {
                name: sorted(map(str, session.connection().execute(text(f"SELECT * FROM {name}")))) for name in names
            }
        )


_TABLES = ("entry", "total", "turnover")


@pytest.fixture
def shop(company: Any) -> Shop:
    """The shop, with ten of each item bought in January at a pound each."""

    def work(session: Any) -> tuple[int, list[int]]:
        company.refresh(session)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Ötzi Ltd").id
        return contact, [create_item(session, SYSTEM, code=code, name=code).id for code in ("A", "B")]

    made = Shop(company, *company.database.run(work, actor=SYSTEM))
    made.buy([(0, "10", "1"), (1, "10", "1")], datetime(2026, 1, 10, 12))
    return made
