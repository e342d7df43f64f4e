"""What goods cost that a customer brings back: what he got them for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from app import ledger
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.operations import TradeDraft, TradeLineDraft, post, reverse, save
from modules.trade.registers import Sales
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock

CENT = Decimal("0.01")


class Shop:
    """One item, traded with two customers."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.item = create_item(session, SYSTEM, code="A", name="Anvil").id
        self.anna, self.bert = (
            create_contact(session, SYSTEM, kind="individual", name=name).id for name in ("Anna", "Bert")
        )

    def draft(
        self, kind: Any, *quantities: str | int, price: Any = 0, contact: int | None = None, place: int = 100
    ) -> Any:
        lines = [TradeLineDraft(self.item, Decimal(q), Decimal(price)) for q in quantities]
        return save(self.session, SYSTEM, kind, TradeDraft(contact or self.anna, lines, place_id=place))

    def trade(self, kind: Any, *quantities: str | int, **fields: Any) -> Any:
        document = self.draft(kind, *quantities, **fields)
        post(self.session, SYSTEM, [document])
        return document

    def cost_of(self, document: Any) -> Decimal:
        """What its goods were worth when they came in."""
        table = Stock.entries
        rows = self.session.query(table.c.value).filter(
            table.c.document_id == document.id, table.c.place_id >= 100, table.c.value > 0
        )
        return sum((value for (value,) in rows), Decimal(0))

    def sold(self) -> dict[str, Any]:
        """Quantity, revenue and cost of all sales less returns."""
        (figure,) = ledger.now(self.session, Sales, by=())
        return figure.amounts


@pytest.fixture
def shop(company: Any) -> Callable[[Callable[[Shop], None]], None]:
    return lambda work: company.database.run(lambda session: work(Shop(session)), actor=SYSTEM)


def test_a_return_of_what_was_never_sold_leaves_later_ones_their_cost(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 100, price=10)
        assert shop.cost_of(shop.trade(SalesReturn, 5)) == 50
        shop.trade(Purchase, 1000, price=30)
        shop.trade(Sale, 6)  # at (1050 + 30000) / 1105 each
        assert shop.cost_of(shop.trade(SalesReturn, 1)) == Decimal("28.10")

    shop(work)


def test_each_customer_brings_back_what_he_got(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 10, price=10)
        shop.trade(Sale, 10)
        shop.trade(Purchase, 10, price=30)
        shop.trade(Sale, 10, contact=shop.bert)
        assert shop.cost_of(shop.trade(SalesReturn, 2, contact=shop.bert)) == 60
        assert shop.cost_of(shop.trade(SalesReturn, 2)) == 20

    shop(work)


def test_a_return_of_all_takes_exactly_all_the_cost(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 3, price="3.333333")
        shop.trade(Sale, 3)
        assert [shop.cost_of(shop.trade(SalesReturn, 1)) for _ in range(3)] == [
            Decimal("3.33"),
            Decimal("3.34"),  # half of what is left, 3.335
            Decimal("3.33"),
        ]
        assert shop.sold() == {"quantity": 0, "revenue": 0, "cost": 0}

    shop(work)


def test_lines_and_documents_of_one_posting_follow_each_other(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 7, price=10)
        shop.trade(Purchase, 1, price="10.01")
        documents = [shop.draft(Sale, 8), shop.draft(SalesReturn, 3, 4), shop.draft(SalesReturn, 1)]
        post(shop.session, SYSTEM, documents)
        assert shop.sold()["cost"] == 0
        assert sum(shop.cost_of(d) for d in documents[1:]) == Decimal("80.01")

    shop(work)


def test_more_than_he_got_comes_at_the_average_where_it_arrives(shop: Any) -> None:
    def work(shop: Shop) -> None:
        create_place(shop.session, SYSTEM, code="second", name="Second")
        shop.trade(Purchase, 5, price=10)
        shop.trade(Sale, 1)
        shop.trade(Purchase, 4, price=20)  # the average is 15
        assert shop.cost_of(shop.trade(SalesReturn, 2)) == 30
        assert shop.cost_of(shop.trade(SalesReturn, 2, place=101)) == 0

    shop(work)


def test_a_sale_taken_back_is_as_if_he_had_never_got_it(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 10, price=10)
        shop.trade(Sale, 1)
        shop.trade(Purchase, 10, price=99)
        dear = shop.trade(Sale, 10)
        reverse(shop.session, SYSTEM, Sale, dear.id)
        assert shop.cost_of(shop.trade(SalesReturn, 1)) == 10

    shop(work)


def test_what_customers_got_is_asked_by_one_statement_and_only_for_returns(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.trade(Purchase, 50, price=10)
        statements: list[str] = []
        engine = shop.session.connection().engine
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        shop.trade(Sale, 1, 2, 3)
        assert not [s for s in statements if "trade_sales_entry" in s]
        shop.trade(SalesReturn, 1, 2, 3)
        assert len([s for s in statements if "FROM trade_sales_entry" in s]) == 1

    shop(work)
