"""What goods cost that a customer returns: their share of what the sale's line went for, or else the pool's average."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import HasFollowers, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.registers import Sales
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.queries import costs_of
from tests.statements import counted

MAIN, SECOND = 100, 101
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10) for month in (1, 2, 3))

Line = tuple[int, int]


class Shop:
    """Anvils and bells, traded with Anna and Bert by way of two warehouses."""

    anvil, bell = 1, 2
    anna, bert = 1, 2

    def __init__(self, session: Any) -> None:
        self.session = session

    def line(self, quantity: Any, price: Any = 0, *, origin: Line | None = None, item: int = anvil) -> TradeLineDraft:
        return TradeLineDraft(item, D(quantity), D(price), origin=origin)

    def draft(
        self, kind: Any, *lines: TradeLineDraft, contact: int = anna, place: int = MAIN, at: datetime | None = None
    ) -> Any:
        document = save(self.session, SYSTEM, kind, TradeDraft(contact, lines, place_id=place, moment=at))
        self.session.flush()
        return document

    def trade(self, kind: Any, *lines: TradeLineDraft, **fields: Any) -> Any:
        document = self.draft(kind, *lines, **fields)
        post(self.session, SYSTEM, [document])
        return document

    def buy(self, quantity: Any, price: Any, **fields: Any) -> Any:
        return self.trade(Purchase, self.line(quantity, price), **fields)

    def sell(self, *quantities: Any, **fields: Any) -> Any:
        return self.trade(Sale, *(self.line(q) for q in quantities), **fields)

    def give_back(self, quantity: Any, origin: Line | None = None, **fields: Any) -> Any:
        return self.trade(SalesReturn, self.line(quantity, origin=origin), **fields)

    def cost_of(self, document: Any) -> D:
        """What the goods of a document cost."""
        return sum(costs_of(self.session, document.id).values(), D(0))

    def sold(self) -> dict[str, Any]:
        """Quantity, revenue and cost of all sales less returns."""
        (figure,) = ledger.now(self.session, Sales.results, by=())
        return figure.amounts


@pytest.fixture
def shop(company: Any) -> Callable[[Callable[[Shop], Any]], Any]:
    """Do something in the shop; what it gives is given."""

    def open_it(session: Any) -> None:
        for code, name in (("A", "Anvil"), ("B", "Bell")):
            create_item(session, SYSTEM, code=code, name=name)
        for name in ("Anna", "Bert"):
            create_contact(session, SYSTEM, kind="individual", name=name)
        create_place(session, SYSTEM, code="second", name="Second")

    company.database.run(open_it, actor=SYSTEM)
    return lambda work: company.database.run(lambda session: work(Shop(session)), actor=SYSTEM)


@pytest.fixture
def refuse(refused: Any) -> Callable[..., str]:
    """Try something in the shop that is refused and changes nothing; what is said is given."""
    return lambda work, kind=Invalid: refused(lambda session: work(Shop(session)), kind)


def test_a_return_takes_its_share_of_what_the_line_went_for(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(2, 4)
        shop.buy(10, 5)
        sale = shop.sell(3)  # a quarter of 58.00
        assert shop.cost_of(sale) == D("14.50")
        shop.buy(100, 99)  # what comes later is nothing to it
        assert shop.cost_of(shop.give_back(1, (sale.id, 1))) == D("4.83")

    shop(work)


def test_each_line_gives_back_what_it_went_for_itself(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(10, 10)
        early = shop.sell(10)
        shop.buy(10, 30)
        late = shop.sell(10, contact=shop.bert)
        assert shop.cost_of(shop.give_back(2, (late.id, 1), contact=shop.bert)) == 60
        assert shop.cost_of(shop.give_back(2, (early.id, 1))) == 20

    shop(work)


def test_all_parts_together_give_back_exactly_all(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(3, "3.333333")  # 10.00
        sale = shop.sell(3)
        # A third is 3.33; two thirds are 6.67, of which 3.33 came back before; all is 10.00.
        parts = [shop.cost_of(shop.give_back(1, (sale.id, 1))) for _ in range(3)]
        assert parts == [D("3.33"), D("3.34"), D("3.33")]
        assert shop.sold() == {"quantity": 0, "revenue": 0, "cost": 0}

    shop(work)


def test_lines_and_documents_of_one_posting_follow_each_other(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(7, 10)
        shop.buy(1, "10.01")
        sale = shop.sell(8)
        origin = (sale.id, 1)
        first = shop.draft(SalesReturn, shop.line(3, origin=origin), shop.line(4, origin=origin))
        second = shop.draft(SalesReturn, shop.line(1, origin=origin))
        post(shop.session, SYSTEM, [first, second])
        # Three eighths of 80.01 are 30.00, seven eighths 70.01, all of it 80.01.
        assert costs_of(shop.session, first.id) == {1: D("30.00"), 2: D("40.01")}
        assert shop.cost_of(second) == 10
        assert shop.sold()["cost"] == 0

    shop(work)


def test_what_a_return_costs_follows_its_sale(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(10, 10, at=JANUARY)
        sale = shop.sell(4, at=MARCH)
        back = shop.give_back(1, (sale.id, 1), at=MARCH)
        assert (shop.cost_of(sale), shop.cost_of(back)) == (40, 10)
        shop.buy(10, 20, at=FEBRUARY)
        assert (shop.cost_of(sale), shop.cost_of(back)) == (60, 15)
        assert shop.sold()["cost"] == 45

    shop(work)


@pytest.mark.one_engine
def test_more_than_is_left_of_a_line_is_refused(shop: Any, refuse: Any) -> None:
    def prepare(shop: Shop) -> int:
        shop.buy(10, 10)
        sale = shop.sell(3, 5)
        shop.give_back(1, (sale.id, 1))
        return int(sale.id)

    sale = shop(prepare)
    why = "only 2 is left of the line that it comes from."
    assert refuse(lambda shop: shop.give_back("2.000001", (sale, 1))) == f"Line 1: {why}"

    def by_two_lines(shop: Shop) -> None:
        lines = [shop.line(5, origin=(sale, 2)), shop.line(1, origin=(sale, 1)), shop.line(2, origin=(sale, 1))]
        shop.trade(SalesReturn, *lines)

    assert refuse(by_two_lines) == f"Line 3: {why}"
    shop(lambda shop: shop.give_back(2, (sale, 1)))


@pytest.mark.one_engine
def test_a_return_before_its_sale_is_refused(shop: Any, refuse: Any) -> None:
    def prepare(shop: Shop) -> int:
        shop.buy(10, 10, at=JANUARY)
        return int(shop.sell(3, at=MARCH).id)

    sale = shop(prepare)
    why = refuse(lambda shop: shop.give_back(1, (sale, 1), at=FEBRUARY))
    assert why == "Line 1: goods can't come back before they went."
    shop(lambda shop: shop.give_back(1, (sale, 1), at=MARCH))


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("contact", "item", "line"),
    [(Shop.bert, Shop.anvil, 1), (Shop.anna, Shop.bell, 1), (Shop.anna, Shop.anvil, 2)],
    ids=["another customer's sale", "another item", "a line that isn't there"],
)
def test_a_return_of_what_the_customer_did_not_buy_is_refused(
    shop: Any, refuse: Any, contact: int, item: int, line: int
) -> None:
    def prepare(shop: Shop) -> int:
        shop.buy(10, 10)
        return int(shop.sell(3).id)

    sale = shop(prepare)

    def give_back(shop: Shop) -> None:
        lines = [shop.line(1), shop.line(1, origin=(sale, line), item=item)]
        shop.trade(SalesReturn, *lines, contact=contact)

    assert refuse(give_back) == "Line 2: this contact had no such goods on the line that is being returned."


@pytest.mark.one_engine
@pytest.mark.parametrize("state", ["draft", "reversed", "purchase"])
def test_only_a_posted_sale_is_returned(shop: Any, refuse: Any, state: str) -> None:
    def prepare(shop: Shop) -> int:
        bought = shop.buy(10, 10)
        document = shop.draft(Sale, shop.line(3))
        if state == "reversed":
            post(shop.session, SYSTEM, [document])
            reverse(shop.session, SYSTEM, locked(shop.session, Sale, document.id))
        return int((bought if state == "purchase" else document).id)

    document = shop(prepare)
    why = refuse(lambda shop: shop.give_back(1, (document, 1)))
    assert why == "Line 1: this contact had no such goods on the line that is being returned."


@pytest.mark.one_engine
def test_a_sale_that_was_reversed_after_the_return_was_written_is_not_returned(shop: Any, refuse: Any) -> None:
    def prepare(shop: Shop) -> int:
        shop.buy(10, 10)
        sale = shop.sell(3)
        back = shop.draft(SalesReturn, shop.line(1, origin=(sale.id, 1)))
        reverse(shop.session, SYSTEM, locked(shop.session, Sale, sale.id))
        return int(back.id)

    back = shop(prepare)
    why = refuse(lambda shop: post(shop.session, SYSTEM, [shop.session.get(SalesReturn, back)]))
    assert why == "Line 1: only 0 is left of the line that it comes from."


def test_a_sale_is_not_reversed_while_goods_of_it_were_returned(shop: Any, refuse: Any) -> None:
    def prepare(shop: Shop) -> tuple[int, list[int]]:
        shop.buy(10, 10)
        sale = shop.sell(3)
        return sale.id, [shop.give_back(1, (sale.id, 1)).id for _ in range(2)]

    sale, returns = shop(prepare)
    why = refuse(lambda shop: reverse(shop.session, SYSTEM, locked(shop.session, Sale, sale)), HasFollowers)
    assert why == ("This can't be reversed while other documents rest on it: SR-000001, SR-000002. Reverse them first.")
    shop(lambda shop: reverse(shop.session, SYSTEM, locked(shop.session, SalesReturn, returns[0])))
    assert "rest on it: SR-000002. Reverse" in refuse(
        lambda shop: reverse(shop.session, SYSTEM, locked(shop.session, Sale, sale)), Conflict
    )

    def one_after_another(shop: Shop) -> None:
        reverse(shop.session, SYSTEM, locked(shop.session, SalesReturn, returns[1]))
        reverse(shop.session, SYSTEM, locked(shop.session, Sale, sale))
        assert shop.sold() == {"quantity": 0, "revenue": 0, "cost": 0}

    shop(one_after_another)


def test_a_reversed_return_leaves_its_line_to_be_returned_again(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(3, "3.333333")
        sale = shop.sell(3)
        first = shop.give_back(1, (sale.id, 1))
        second = shop.give_back(1, (sale.id, 1))
        assert (shop.cost_of(first), shop.cost_of(second)) == (D("3.33"), D("3.34"))
        reverse(shop.session, SYSTEM, locked(shop.session, SalesReturn, first.id))
        assert shop.cost_of(second) == D("3.33")  # it is the first third now
        assert shop.cost_of(shop.give_back(2, (sale.id, 1))) == D("6.67")
        assert shop.sold()["cost"] == 0

    shop(work)


def test_a_return_without_origin_comes_in_at_the_average_where_it_arrives(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(5, 10)
        shop.sell(1)
        shop.buy(4, 20)  # the average is 15
        shop.buy(1, 7, place=SECOND)
        assert shop.cost_of(shop.give_back(2)) == 30
        assert shop.cost_of(shop.give_back(2, place=SECOND)) == 14

    shop(work)


def test_a_return_without_origin_leaves_its_line_to_be_returned(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(10, 10)
        sale = shop.sell(4)
        shop.buy(6, 20)  # 12 at 180 in all
        assert shop.cost_of(shop.give_back(4)) == 60
        assert shop.cost_of(shop.give_back(4, (sale.id, 1))) == 40

    shop(work)


def test_a_return_to_an_empty_pool_comes_in_at_the_last_known_cost(shop: Any) -> None:
    def work(shop: Shop) -> None:
        assert shop.cost_of(shop.give_back(2)) == 0  # nothing was ever there
        shop.buy(2, 30)  # 4 at 60
        shop.sell(3)
        shop.sell(1)
        assert shop.cost_of(shop.give_back(2)) == 30
        assert shop.cost_of(shop.give_back(2, place=SECOND)) == 0  # there nothing ever was

    shop(work)


def test_what_goes_back_is_asked_as_often_for_three_lines_as_for_one_and_only_for_returns(shop: Any) -> None:
    def work(shop: Shop) -> None:
        shop.buy(50, 10)
        with counted(shop.session, "FROM warehouse_stock_entry") as statements:
            sale = shop.sell(1, 2, 3)
        assert statements == []
        with counted(shop.session, "FROM warehouse_stock_entry") as for_one:
            shop.give_back(1, (sale.id, 1))
        with counted(shop.session, "FROM warehouse_stock_entry") as for_two:
            shop.trade(SalesReturn, *(shop.line(n, origin=(sale.id, n)) for n in (2, 3)))
        assert len(for_one) == len(for_two) == 4  # what is left of the lines, and what they went for, by two each

    shop(work)


def test_a_part_is_credited_with_its_share_whatever_rounding_makes_of_its_price(shop: Any, refuse: Any) -> None:
    """7 at 2.269 and 50 % tax come to 23.82, of which 5 have 17.01; 5 at that price would be 17.03. The last 2: the rest."""

    def line(quantity: int, price: str, origin: Line | None = None) -> TradeLineDraft:
        return TradeLineDraft(Shop.anvil, D(quantity), D(price), tax_rate=D(50), origin=origin)

    def work(shop: Shop) -> Any:
        shop.buy(10, 1)
        return shop.trade(Sale, line(7, "2.269")).id

    sale = shop(work)
    why = refuse(lambda shop: shop.trade(SalesReturn, line(5, "2.275", (sale, 1))))
    assert why == "Line 1: more than was charged for this quantity, which is 17.01."
    assert shop(lambda shop: shop.trade(SalesReturn, line(5, "2.269", (sale, 1))).amount) == D("17.01")
    assert shop(lambda shop: shop.trade(SalesReturn, line(2, "2.269", (sale, 1))).amount) == D("6.81")
