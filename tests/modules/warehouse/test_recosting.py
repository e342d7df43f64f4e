"""Costs of what happened later: within a posting while they are few, by a job that can be cut off when they are many."""

import random
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, text

from app import ledger
from app.clock import wall_clock
from app.documents import post, save
from app.errors import Conflict
from app.jobs import Job
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.registers import Sales
from modules.warehouse import jobs, recosting
from modules.warehouse import operations as warehouse
from modules.warehouse.jobs import recost_part, recost_parts
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, OpenLayer, Receipt, Recosting
from modules.warehouse.pending import items_waiting
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import CORRECTED, Stock

BEGUN = datetime(2026, 1, 5, 9)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three moves are many."""
    monkeypatch.setattr(recosting, "CHUNK", 3)


class Shop:
    """One item that is bought and sold, day after day."""

    def __init__(self, session: Any, costing: str, begun: datetime = BEGUN) -> None:
        self.session, self.begun = session, begun
        group = warehouse.create_group(session, SYSTEM, name=f"Goods by {costing}")
        warehouse.set_costing(session, SYSTEM, group, costing)
        self.item = warehouse.create_item(session, SYSTEM, code=f"A-{costing}", name="A", group_id=group.id).id
        self.customer = create_contact(session, SYSTEM, kind="legal_entity", name="A customer").id
        self.sales: list[int] = []

    def buy(self, day: int, quantity: str, price: str) -> Receipt:
        """Goods come in by their own price."""
        line = MovementLineDraft(self.item, Decimal(quantity), Decimal(price))
        draft = MovementDraft([line], target_id=FIRST_WAREHOUSE, moment=self.begun + timedelta(days=day))
        receipt = save(self.session, SYSTEM, Receipt, draft)
        post(self.session, SYSTEM, [receipt])
        return receipt

    def sell(self, day: int, quantity: str) -> None:
        """Goods go out at what they cost."""
        line = TradeLineDraft(self.item, Decimal(quantity), Decimal(9))
        moment = self.begun + timedelta(days=day, hours=1)
        sale = save(self.session, SYSTEM, Sale, TradeDraft(self.customer, [line], moment=moment))
        post(self.session, SYSTEM, [sale])
        self.sales.append(sale.id)

    def trade(self, days: int) -> None:
        """Ten in at the day's price, four out, day after day."""
        for day in range(1, days + 1):
            self.buy(day, "10", str(4 + day % 3))
            self.sell(day, "4")

    def costs(self) -> list[Decimal]:
        """What each sale costs, as the ledger has it."""
        return [costs_of(self.session, sale)[1] for sale in self.sales]

    def in_sales_figures(self) -> Decimal:
        """What all sales cost, as the trade module has it."""
        figures = ledger.now(self.session, Sales.results, by=("item",), where={"item": self.item})
        return Decimal(figures[0].amounts["cost"])


@pytest.fixture(params=["average", "fifo"])
def costing(request: pytest.FixtureRequest) -> str:
    """Each way that goods cost."""
    return str(request.param)


@pytest.fixture
def session(company: Any) -> Iterator[Any]:
    """A session that writes, and is rolled back."""
    with company.database.session(SYSTEM, write=True) as opened:
        yield opened


def test_a_long_history_is_recosted_part_by_part_to_what_one_posting_would_have_made(
    session: Any, costing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(session, costing)
    shop.trade(12)
    with session.begin_nested() as at_once:
        shop.buy(0, "10", "1")
        expected, layers = shop.costs(), _layers(session)
        assert not items_waiting(session)
        at_once.rollback()
    session.expire_all()

    monkeypatch.setattr(recosting, "CHUNK", 3)
    before = shop.costs()
    shop.buy(0, "10", "1")
    assert list(items_waiting(session)) == [shop.item]
    assert shop.costs() != expected
    assert list(ledger.verify(session)) == []  # totals are right, and costs known to be on their way
    parts = 0
    while recost_part(session):
        parts += 1
    assert parts > 4
    assert shop.costs() == expected != before
    assert shop.in_sales_figures() == sum(expected)
    assert _layers(session) == layers
    assert not items_waiting(session)
    assert list(ledger.verify(session)) == []


def test_who_posts_between_the_parts_is_recosted_with_the_rest(session: Any, costing: str, few: None) -> None:
    shop = Shop(session, costing)
    shop.trade(8)
    shop.buy(0, "10", "1")
    assert recost_part(session)
    shop.sell(40, "5")  # at what the books say just now
    shop.buy(3, "2", "7")  # earlier than where the job has come to, or later
    shop.buy(7, "2", "8")
    shop.sell(41, "1")
    while recost_part(session):
        pass
    assert list(ledger.verify(session)) == []
    assert shop.in_sales_figures() == sum(shop.costs())


def test_an_earlier_document_moves_the_beginning_of_what_is_left_back(session: Any, few: None) -> None:
    shop = Shop(session, "average")
    shop.trade(10)
    shop.buy(5, "1", "9")
    (late,) = items_waiting(session).values()
    shop.buy(0, "1", "9")
    (early,) = items_waiting(session).values()
    assert early < late
    while recost_part(session):
        pass
    assert list(ledger.verify(session)) == []


def test_a_document_dated_after_what_is_left_leaves_its_beginning_where_it_is(session: Any, few: None) -> None:
    shop = Shop(session, "average")
    shop.trade(10)
    shop.buy(0, "10", "1")
    waiting = items_waiting(session)
    shop.buy(9, "1", "5")
    assert items_waiting(session) == waiting
    while recost_part(session):
        pass
    assert list(ledger.verify(session)) == []


def test_differences_name_their_cause_and_lie_at_the_moment_of_their_move(session: Any) -> None:
    shop = Shop(session, "average")
    shop.buy(1, "10", "5")
    shop.sell(2, "4")
    late = shop.buy(0, "10", "3")
    e = Stock.entries.c
    row = session.execute(
        select(e.document_id, e.cause_id, e.moment, e.happened, e.quantity, e.value).where(e.basis == CORRECTED)
    ).one()
    # 10 @ 3 and 10 @ 5 are 80.00 for 20: four cost 16.00 and were booked at 20.00.
    sold = BEGUN + timedelta(days=2, hours=1)
    assert tuple(row) == (shop.sales[0], late.id, sold, sold, Decimal(0), Decimal(-4))
    assert shop.costs() == [Decimal(16)]
    assert shop.in_sales_figures() == Decimal(16)


def test_an_ordinary_posting_reads_no_move_of_the_past(session: Any, company: Any, costing: str) -> None:
    from sqlalchemy import event

    shop = Shop(session, costing)
    shop.trade(5)
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    shop.buy(20, "10", "5")
    shop.sell(21, "1")
    reads = [s for s in asked if s.lstrip().startswith("SELECT") and "warehouse_stock_entry" in s]
    assert reads == []


def test_no_period_is_closed_while_its_costs_are_recalculated(company: Any, few: None, refused: Any) -> None:
    def fill(session: Any) -> None:
        shop = Shop(session, "average")
        shop.trade(10)
        shop.buy(0, "10", "1")

    company.database.run(fill, actor=SYSTEM)
    today = date(2026, 3, 1)

    def close(session: Any) -> None:
        close_period(session, SYSTEM, until=date(2026, 1, 31), today=today)

    assert "1 items" in refused(close, Conflict)
    company.database.run(lambda s: close_period(s, SYSTEM, until=date(2026, 1, 5), today=today), actor=SYSTEM)
    while company.database.run(recost_part, actor=SYSTEM):
        pass
    company.database.run(close, actor=SYSTEM)


def test_a_job_is_asked_for_with_the_posting_and_forgotten_with_it(session: Any, few: None) -> None:
    shop = Shop(session, "average")
    shop.trade(6)
    with session.begin_nested() as tried:
        shop.buy(0, "1", "1")
        assert session.scalars(select(Job.kind)).all() == ["warehouse.recost"]
        tried.rollback()
    assert session.scalars(select(Job.kind)).all() == []
    assert not items_waiting(session)


def test_a_job_cut_off_between_its_parts_goes_on_where_it_stopped(company: Any, few: None) -> None:
    def fill(session: Any) -> int:
        shop = Shop(session, "fifo")
        shop.trade(10)
        shop.buy(0, "10", "1")
        return shop.item

    company.database.run(fill, actor=SYSTEM)
    assert company.database.run(recost_part, actor=SYSTEM) == 1
    with company.database.session(SYSTEM, write=True) as session:  # killed before its commit
        recost_part(session)
    while company.database.run(recost_part, actor=SYSTEM):
        pass
    errors = company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False)
    assert errors == []


def test_a_part_takes_no_time_by_a_coarse_clock(company: Any, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(session: Any) -> None:
        shop = Shop(session, "fifo")
        shop.trade(10)
        shop.buy(0, "10", "1")

    company.database.run(fill, actor=SYSTEM)
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: 0.0))
    assert [left for left, _ in recost_parts(company.database)] == [1, 1, 1]  # of 3, 6 and 12 moves


def test_a_cost_that_is_booked_wrong_is_found(session: Any, costing: str) -> None:
    shop = Shop(session, costing)
    shop.trade(3)
    session.connection().execute(
        text(
            "UPDATE warehouse_stock_entry SET value = value + 100 WHERE document_id = :sale AND basis = 'carried'",
        ),
        {"sale": shop.sales[1]},
    )
    ledger.rebuild(session)
    assert any("its date gives" in error for error in ledger.verify(session))


def test_a_layer_that_its_moves_do_not_leave_is_found(session: Any) -> None:
    shop = Shop(session, "fifo")
    shop.trade(3)
    session.connection().execute(text("UPDATE warehouse_open_layer SET quantity = quantity + 1 WHERE position = 3"))
    assert any("open layers" in error for error in ledger.verify(session))


def test_sales_and_earlier_receipts_at_once_leave_costs_that_follow_the_dates(company: Any, engine: str) -> None:
    """Backdated receipts and sales of the same goods by several writers: whoever comes second finds what the first did."""
    made = company.database.run(lambda s: _filled(s), actor=SYSTEM)
    errors: list[BaseException] = []

    def write(number: int) -> None:
        chance = random.Random(number)
        try:
            for _ in range(6):
                day = chance.randint(0, 30)
                if chance.random() < 0.5:
                    company.database.run(lambda s, d=day: _bought(s, made, d, number), actor=SYSTEM)
                else:
                    company.database.run(lambda s, d=day: _sold(s, made, 31 + d), actor=SYSTEM)
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []


def _filled(session: Any) -> tuple[int, int]:
    shop = Shop(session, "average")
    shop.buy(0, "500", "5")
    return shop.item, shop.customer


def _bought(session: Any, made: tuple[int, int], day: int, price: int) -> None:
    line = MovementLineDraft(made[0], Decimal(3), Decimal(price + 1))
    draft = MovementDraft([line], target_id=FIRST_WAREHOUSE, moment=BEGUN + timedelta(days=day))
    post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])


def _sold(session: Any, made: tuple[int, int], day: int) -> None:
    line = TradeLineDraft(made[0], Decimal(2), Decimal(9))
    draft = TradeDraft(made[1], [line], moment=BEGUN + timedelta(days=day))
    post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])


def _layers(session: Any) -> list[tuple[Decimal, Decimal]]:
    query = select(OpenLayer.quantity, OpenLayer.value).order_by(OpenLayer.position)
    return [(row.quantity, row.value) for row in session.execute(query)]


def test_what_waits_is_one_row_an_item(session: Any, few: None) -> None:
    shop = Shop(session, "average")
    shop.trade(6)
    shop.buy(0, "1", "1")
    shop.buy(0, "1", "2")
    assert session.scalars(select(Recosting.item_id)).all() == [shop.item]


def test_pages_say_that_costs_are_being_recalculated(app: Any, few: None) -> None:
    def fill(session: Any) -> int:
        shop = Shop(session, "average")
        shop.trade(6)
        shop.buy(0, "1", "1")
        return shop.item

    item = app.company.database.run(fill, actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    pages = ("/warehouse/stock", f"/warehouse/items/{item}", "/trade/results")
    assert ["being recalculated" in client.get(page).text for page in pages] == [True, True, True]
    while app.company.database.run(recost_part, actor=SYSTEM):
        pass
    assert ["being recalculated" in client.get(page).text for page in pages] == [False, False, False]


def test_an_items_card_names_the_document_that_corrected_a_cost(app: Any) -> None:
    def fill(session: Any) -> tuple[int, str]:
        shop = Shop(session, "average", wall_clock() - timedelta(days=30))  # the card shows 90 days
        shop.buy(1, "10", "5")
        shop.sell(2, "4")
        return shop.item, str(shop.buy(0, "10", "3").number)

    item, number = app.company.database.run(fill, actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    assert f"cost corrected by {number}" in client.get(f"/warehouse/items/{item}").text
