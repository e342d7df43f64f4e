"""What goods cost follows the dates: whatever is recorded late, reversed or landed, later costs are as if all had been known.

Every figure is worked out by hand beside it. "n @ p" are n pieces at p each; a share is rounded half up to the penny.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import BigInteger, func, or_, select, type_coerce

from app import ledger
from app.documents import HasFollowers, post, reverse, save
from app.errors import PeriodClosed
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production import operations as production
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.registers import Sales
from modules.warehouse import operations as warehouse
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import CUSTOMERS, Opening, Receipt, Transfer
from modules.warehouse.models import FIRST_WAREHOUSE as MAIN
from modules.warehouse.registers import Stock
from tests.kinds import claim, land, ship
from tests.rows import rows_of_all_tables

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # what it comes to: no engine decides

NOTHING = (Decimal(0), Decimal(0))


@dataclass
class Shop:
    """A company that makes and sells, with acts and questions in few words. `costing`: average or fifo, of all its goods."""

    session: Any
    costing: str
    items: dict[str, int]
    second: int
    guest: int

    def take_in(self, day: datetime, quantity: int, price: str, *, item: str = "PART", kind: Any = Receipt) -> Any:
        """Goods come in at a price."""
        return self._move(kind, day, quantity, price, item=item, target_id=MAIN)

    def transfer(self, day: datetime, quantity: int) -> Any:
        """Goods go to the second warehouse."""
        return self._move(Transfer, day, quantity, None, source_id=MAIN, target_id=self.second)

    def ship(self, day: datetime, quantity: int, claim_id: int = 0) -> Any:
        """Goods go to a customer."""
        return ship(
            self.session,
            item_id=self.items["PART"],
            source_id=MAIN,
            target_id=CUSTOMERS,
            quantity=Decimal(quantity),
            moment=day,
            claim_id=claim_id,
        )

    def give_back(self, day: datetime, quantity: int, origin: Any) -> Any:
        """A customer gives back what a shipment brought."""
        return ship(
            self.session,
            item_id=self.items["PART"],
            source_id=CUSTOMERS,
            target_id=MAIN,
            quantity=Decimal(quantity),
            moment=day,
            origin=(origin.id, 1),
        )

    def sell(self, day: datetime, quantity: int, *, item: str = "PART") -> Any:
        """A sale at 20.00 each."""
        return self._trade(Sale, day, quantity, item, None)

    def sell_back(self, day: datetime, quantity: int, origin: Any, *, item: str = "PART") -> Any:
        """A customer gives back what a sale brought."""
        return self._trade(SalesReturn, day, quantity, item, (origin.id, 1))

    def bill(self, product: str, component: str, quantity: int) -> int:
        """A bill of materials: one of the product takes so many of the component."""
        lines = [ComponentDraft(self.items[component], Decimal(quantity))]
        draft = production.BomDraft(self.items[product], lines)
        return production.save_bom(self.session, SYSTEM, draft).id

    def make(self, day: datetime, quantity: int, bill: int, *, place: int = MAIN) -> Any:
        """A work order."""
        draft = WorkOrderDraft(bill, Decimal(quantity), place_id=place, moment=day)
        order = save(self.session, SYSTEM, WorkOrder, draft)
        post(self.session, SYSTEM, [order])
        return order

    def land(self, day: datetime, value: str, origin: Any) -> Any:
        """A landed cost of a receipt."""
        return land(self.session, origin=(origin.id, 1), value=Decimal(value), moment=day)

    def reverse(self, document: Any) -> None:
        """Reverse any of these documents."""
        reverse(self.session, SYSTEM, document)

    def close(self, until: date) -> None:
        """Close a period."""
        close_period(self.session, SYSTEM, until=until, today=date(2026, 12, 31))

    def cost(self, document: Any, line: int = 1) -> Decimal:
        """What a line cost, as the ledger has it."""
        e = Stock.entries.c
        query = select(func.coalesce(func.sum(type_coerce(e.value, BigInteger)), 0))
        units = self.session.connection().scalar(query.where(e.document_id == document.id, e.line == line))
        return Decimal(int(units)) / 10**4

    def worth(self, item: str = "PART", *, pool: int = MAIN, at: date | datetime | None = None) -> tuple[Any, ...]:
        """How many there are of an item in a pool and what they are worth, now or at a time."""
        where = {"item": self.items[item], "pool": pool}
        found = (
            ledger.now(self.session, Stock.worth, by=("item",), where=where)
            if at is None
            else ledger.at(self.session, Stock.worth, at, by=("item",), where=where)
        )
        return tuple(found[0].amounts.values()) if found else NOTHING

    def sold(self, item: str = "PART", *, at: date | None = None) -> tuple[Any, ...]:
        """Quantity, revenue and cost of what was sold of an item."""
        where = {"item": self.items[item]}
        found = (
            ledger.now(self.session, Sales.results, by=("item",), where=where)
            if at is None
            else ledger.at(self.session, Sales.results, at, by=("item",), where=where)
        )
        return tuple(found[0].amounts.values()) if found else (*NOTHING, Decimal(0))

    def claimed(self, claim_id: int) -> Decimal:
        """How much of the item a claim holds; of claim 0, how much is free."""
        where = {"item": self.items["PART"], "warehouse": MAIN, "claim": claim_id}
        return sum(
            (f.amounts["quantity"] for f in ledger.now(self.session, Stock.claims, by=("item",), where=where)),
            Decimal(0),
        )

    def value_everywhere(self) -> Decimal:
        """What all goods of the company are worth."""
        return sum((f.amounts["value"] for f in ledger.now(self.session, Stock.worth, by=("pool",))), Decimal(0))

    def totals(self) -> dict[tuple[str, str], dict[tuple[Any, ...], Any]]:
        """Every total of every register, without what stands at zero."""
        return {
            (register.name, totals.name): {
                f.key: f.amounts for f in ledger.now(self.session, totals, by=totals.by) if any(f.amounts.values())
            }
            for register in ledger.Register.declared.values()
            for totals in register.totals
        }

    def refuse(self, document: Any, kind: type[Exception]) -> None:
        """To reverse it is refused, and no row of any table changes."""
        before = self._rows()
        with pytest.raises(kind), self.session.begin_nested():
            self.reverse(document)
        assert self._rows() == before

    def prove(self) -> None:
        """The ledger agrees with itself, and work orders hold nothing."""
        assert list(ledger.verify(self.session)) == []
        assert self.totals()["warehouse.stock", "wip"] == {}

    def prove_empty(self) -> None:
        """Nothing is left in any total, and nothing has really moved in any period."""
        self.prove()
        assert {name: rows for name, rows in self.totals().items() if rows} == {}
        for register in ledger.Register.declared.values():
            for totals in (t for t in register.totals if t.turnovers):
                for row in ledger.turnover(self.session, totals, date(2025, 1, 1), date(2026, 6, 30), by=totals.by):
                    assert not any((*row.taken_in.values(), *row.given_out.values())), (totals.name, row)

    def _move(
        self, kind: Any, day: datetime, quantity: int, price: str | None, *, item: str = "PART", **ends: int
    ) -> Any:
        worth = None if price is None else Decimal(price)
        lines = [MovementLineDraft(self.items[item], Decimal(quantity), worth)]
        document = save(self.session, SYSTEM, kind, MovementDraft(lines, moment=day, **ends))
        post(self.session, SYSTEM, [document])
        return document

    def _trade(self, kind: Any, day: datetime, quantity: int, item: str, origin: tuple[int, int] | None) -> Any:
        line = TradeLineDraft(self.items[item], Decimal(quantity), Decimal(20), origin=origin)
        document = save(self.session, SYSTEM, kind, TradeDraft(self.guest, [line], moment=day))
        post(self.session, SYSTEM, [document])
        return document

    def _rows(self) -> dict[str, list[str]]:
        self.session.flush()
        return rows_of_all_tables(self.session)


@pytest.fixture(params=["average", "fifo"])
def shop(company: Any, request: pytest.FixtureRequest) -> Any:
    """A shop whose goods cost by average, and one where they go first in, first out."""

    with company.database.session(SYSTEM, write=True) as session:
        group = warehouse.create_group(session, SYSTEM, name="Goods")
        warehouse.set_costing(session, SYSTEM, group, request.param)
        items = {
            code: warehouse.create_item(session, SYSTEM, code=code, name=code.title(), group_id=group.id).id
            for code in ("PART", "FRAME", "TABLE")
        }
        second = warehouse.create_place(session, SYSTEM, code="second", name="Second").id
        guest = create_contact(session, SYSTEM, kind="legal_entity", name="Guest House Ltd").id
        yield Shop(session, request.param, items, second, guest)
        session.rollback()


def day(number: int, month: int = 11, year: int = 2025) -> datetime:
    """Nine o'clock of a day in 2025."""
    return datetime(year, month, number, 9)


def pair(quantity: int | str, value: str) -> tuple[Decimal, Decimal]:
    """A quantity and what it is worth."""
    return Decimal(quantity), Decimal(value)


@dataclass
class Figures:
    """What the lines of the story cost, and what is left in the main warehouse (how many, worth how much)."""

    shipped: str
    returned: str
    transferred: str
    left: tuple[int, str]
    value: str


#: After (a) to (f), after the landed cost (g), after the backdated receipt (h), after the return alone and after the
#: shipment too were reversed (i). What was transferred is what was made of it.
STORY = {
    "average": [
        # 2 @ 4 and 10 @ 5 are 12 worth 58.00; 3 of them: 58 × 3 ÷ 12 = 14.50, left 9 worth 43.50. 1 of the 3 comes back:
        # 14.50 ÷ 3 = 4.83, 10 worth 48.33. 2 go on: 48.33 × 2 ÷ 10 = 9.666 → 9.67, left 8 worth 38.66.
        Figures("14.50", "4.83", "9.67", (8, "38.66"), "48.33"),
        # 12 worth 64.00; 3: 16.00, left 48.00. 16 ÷ 3 = 5.33, 10 worth 53.33. 53.33 × 2 ÷ 10 = 10.666 → 10.67, left 42.66.
        # Stock 42.66 + made 10.67 + sold 16.00 − 5.33 = 64.00.
        Figures("16.00", "5.33", "10.67", (8, "42.66"), "53.33"),
        # 10 @ 3 before: 22 worth 94.00; 3: 94 × 3 ÷ 22 = 12.818 → 12.82, left 19 worth 81.18. 12.82 ÷ 3 = 4.273 → 4.27,
        # 20 worth 85.45. 85.45 × 2 ÷ 20 = 8.545 → 8.55, left 18 worth 76.90. 76.90 + 8.55 + 12.82 − 4.27 = 94.00.
        Figures("12.82", "4.27", "8.55", (18, "76.90"), "85.45"),
        # Without the return 19 worth 81.18: 81.18 × 2 ÷ 19 = 8.545 → 8.55, left 17 worth 72.63. 72.63 + 8.55 + 12.82 = 94.00.
        Figures("12.82", "0.00", "8.55", (17, "72.63"), "81.18"),
        # Without the shipment 22 worth 94.00: 94 × 2 ÷ 22 = 8.545 → 8.55, left 20 worth 85.45.
        Figures("0.00", "0.00", "8.55", (20, "85.45"), "94.00"),
    ],
    "fifo": [
        # 3: 2 @ 4 and 1 @ 5 are 13.00, left 9 @ 5. 1 of the 3 comes back as the newest layer: 13 ÷ 3 = 4.33. 2 of the oldest
        # go on: 10.00; left 7 @ 5 and 1 @ 4.33 = 39.33.
        Figures("13.00", "4.33", "10.00", (8, "39.33"), "49.33"),
        # The 10 are worth 56.00, 5.60 each. 3: 8.00 + 5.60 = 13.60, left 9 @ 5.60. 13.60 ÷ 3 = 4.533 → 4.53. 2: 11.20; left
        # 7 @ 5.60 and 1 @ 4.53 = 43.73. 43.73 + 11.20 + 13.60 − 4.53 = 64.00.
        Figures("13.60", "4.53", "11.20", (8, "43.73"), "54.93"),
        # 3 of the 10 @ 3: 9.00, left 7 @ 3, 2 @ 4, 10 @ 5.60. 1 back: 3.00. 2 of the oldest: 6.00; left 15 + 8 + 56 + 3.
        # 82.00 + 6.00 + 9.00 − 3.00 = 94.00.
        Figures("9.00", "3.00", "6.00", (18, "82.00"), "88.00"),
        # Without the return 3.00 less is left.
        Figures("9.00", "0.00", "6.00", (17, "79.00"), "85.00"),
        # Without the shipment 8 @ 3 are left: 24 + 8 + 56.
        Figures("0.00", "0.00", "6.00", (20, "88.00"), "94.00"),
    ],
}


def test_the_story_of_a_shipment_and_all_that_was_learned_later(shop: Shop) -> None:
    first, landed, backdated, returned, undone = STORY[shop.costing]
    stood = shop.take_in(day(1), 2, "4", kind=Opening)
    receipt = shop.take_in(day(3), 10, "5")  # (a)
    assert shop.worth() == pair(12, "58.00")
    order, claim_id = claim(  # (b)
        shop.session, item_id=shop.items["PART"], warehouse_id=MAIN, quantity=Decimal(4), moment=day(5)
    )
    assert (shop.claimed(0), shop.claimed(claim_id)) == (Decimal(8), Decimal(4))
    shipment = shop.ship(day(7), 3, claim_id)  # (c)
    assert (shop.claimed(0), shop.claimed(claim_id)) == (Decimal(8), Decimal(1))
    back = shop.give_back(day(9), 1, shipment)  # (d)
    assert (shop.claimed(0), shop.claimed(claim_id)) == (Decimal(9), Decimal(1))
    transfer = shop.transfer(day(11), 2)  # (e)
    assert shop.worth(pool=shop.second) == pair(2, first.transferred)
    made = shop.make(day(13), 1, shop.bill("TABLE", "PART", 2), place=shop.second)  # (f)

    def stands_as(figures: Figures, value: str) -> None:
        assert [shop.cost(d) for d in (shipment, back, transfer, made)] == [
            Decimal(x) for x in (figures.shipped, figures.returned, figures.transferred, figures.transferred)
        ]
        assert shop.cost(made, 0) == Decimal(figures.transferred)
        assert shop.worth() == pair(*figures.left)
        assert shop.worth(pool=shop.second) == NOTHING
        assert shop.worth("TABLE", pool=shop.second) == pair(1, figures.transferred)
        # At the evening before the transfer all of it is still in the main warehouse.
        assert shop.worth(at=date(2025, 11, 10)) == pair(figures.left[0] + 2, figures.value)
        # What came in is what went out and what is there.
        assert shop.value_everywhere() + Decimal(figures.shipped) - Decimal(figures.returned) == Decimal(value)
        shop.prove()

    stands_as(first, "58.00")
    late = shop.land(day(20), "6.00", receipt)  # (g)
    stands_as(landed, "64.00")
    cheap = shop.take_in(day(30, 10), 10, "3")  # (h)
    stands_as(backdated, "94.00")
    shop.refuse(shipment, HasFollowers)  # (i)
    stands_as(backdated, "94.00")
    shop.reverse(back)
    stands_as(returned, "94.00")
    shop.reverse(shipment)
    stands_as(undone, "94.00")
    assert (shop.claimed(0), shop.claimed(claim_id)) == (Decimal(16), Decimal(4))
    for document in (cheap, late, made, transfer, order, receipt, stood):
        shop.reverse(document)
    shop.prove_empty()


def test_a_return_and_then_its_shipment_reversed_leave_every_total_as_before(shop: Shop) -> None:
    shop.take_in(day(1), 2, "4", kind=Opening)
    receipt = shop.take_in(day(3), 10, "5")
    _, claim_id = claim(shop.session, item_id=shop.items["PART"], warehouse_id=MAIN, quantity=Decimal(4), moment=day(5))
    before = shop.totals()
    shipment = shop.ship(day(7), 3, claim_id)
    back = shop.give_back(day(9), 1, shipment)
    shop.refuse(shipment, HasFollowers)
    shop.reverse(back)
    shop.reverse(shipment)
    assert shop.totals() == before
    shop.land(day(20), "6.00", receipt)
    shop.refuse(receipt, HasFollowers)
    shop.prove()


def test_goods_that_others_claim_are_not_free_to_ship(shop: Shop) -> None:
    shop.take_in(day(3), 10, "5")
    claim(shop.session, item_id=shop.items["PART"], warehouse_id=MAIN, quantity=Decimal(8), moment=day(5))
    before = shop.totals()
    with pytest.raises(NotEnoughFree), shop.session.begin_nested():
        shop.ship(day(7), 3)
    assert shop.totals() == before
    shop.ship(day(7), 2)
    assert shop.claimed(0) == Decimal(0)


def test_figures_of_sales_follow_what_their_goods_cost(shop: Shop) -> None:
    """The story again as trade tells it: 3 sold at 20.00, 1 back; costs as in the story."""
    first, landed, backdated, returned, undone = STORY[shop.costing]
    shop.take_in(day(1), 2, "4", kind=Opening)
    receipt = shop.take_in(day(3), 10, "5")
    sale = shop.sell(day(7), 3)
    back = shop.sell_back(day(9), 1, sale)

    def stands_as(figures: Figures) -> None:
        assert (shop.cost(sale), shop.cost(back)) == (Decimal(figures.shipped), Decimal(figures.returned))
        cost = Decimal(figures.shipped) - Decimal(figures.returned)
        assert shop.sold() == (Decimal(2), Decimal("40.00"), cost)
        assert shop.sold(at=date(2025, 11, 8)) == (Decimal(3), Decimal("60.00"), Decimal(figures.shipped))
        assert shop.worth() == (Decimal(figures.left[0] + 2), Decimal(figures.value))
        shop.prove()

    stands_as(first)
    shop.land(day(20), "6.00", receipt)
    stands_as(landed)
    shop.take_in(day(30, 10), 10, "3")
    stands_as(backdated)
    shop.refuse(sale, HasFollowers)
    shop.reverse(back)
    assert shop.sold() == (Decimal(3), Decimal("60.00"), Decimal(returned.shipped))
    shop.reverse(sale)
    assert shop.sold() == (*NOTHING, Decimal(0))
    assert shop.worth() == pair(22, undone.value)
    shop.prove()


def test_what_was_reversed_is_not_turnover(shop: Shop) -> None:
    """10 are kept; two more receipts of 10 were typed by mistake."""
    shop.take_in(day(3), 10, "5")
    for wrong in (shop.take_in(day(4), 10, "6"), shop.take_in(day(5), 10, "7")):
        shop.reverse(wrong)
    november = date(2025, 11, 1), date(2025, 11, 30)
    (goods,) = ledger.turnover(shop.session, Stock.on_hand, *november, by=("item", "place"))
    assert (goods.taken_in["quantity"], goods.given_out["quantity"]) == (Decimal(10), Decimal(0))
    (worth,) = ledger.turnover(shop.session, Stock.worth, *november, by=("item", "pool"))
    assert worth.taken_in == {"quantity": Decimal(10), "value": Decimal("50.00")}
    assert worth.given_out == {"quantity": Decimal(0), "value": Decimal(0)}


def test_what_comes_later_does_not_change_what_went_before(shop: Shop) -> None:
    """10 @ 5 came on 1 November and 10 @ 15 will on 24 December: what is sold on 20 November costs 5 each."""
    shop.take_in(day(1), 10, "5")
    shop.take_in(day(24, 12), 10, "15")
    sale = shop.sell(day(20), 10)
    assert shop.cost(sale) == Decimal("50.00")
    assert shop.worth(at=date(2025, 11, 20)) == NOTHING
    assert shop.worth(at=date(2025, 12, 24)) == pair(10, "150.00")


def test_what_is_dated_ahead_counts_when_its_day_comes(shop: Shop) -> None:
    shop.take_in(day(1), 10, "5")
    shop.take_in(day(24, 12, year=2199), 10, "15")
    assert shop.worth() == pair(10, "50.00")
    assert shop.worth(at=date(2199, 12, 24)) == pair(20, "200.00")
    # Goods that are not there yet can't be sold today, although they are in the books.
    with pytest.raises(NotEnoughStock), shop.session.begin_nested():
        shop.sell(day(20), 11)
    assert shop.worth(at=date(2199, 12, 24)) == pair(20, "200.00")


def test_what_was_sold_costs_what_the_purchase_that_stands_did(shop: Shop) -> None:
    """10 @ 1 and 10 @ 100, 9 sold: 1010 × 9 ÷ 20 = 454.50, or 9 of the first. Without the first 9 of the second: 900.00."""
    first = shop.take_in(day(1), 10, "1")
    shop.take_in(day(2), 10, "100")
    sale = shop.sell(day(5), 9)
    assert shop.cost(sale) == {"average": Decimal("454.50"), "fifo": Decimal("9.00")}[shop.costing]
    shop.reverse(first)
    assert shop.cost(sale) == Decimal("900.00")
    assert shop.worth() == pair(1, "100.00")
    assert shop.sold() == (Decimal(9), Decimal("180.00"), Decimal("900.00"))
    shop.prove()


def test_a_late_cost_goes_through_every_level_that_was_made(shop: Shop) -> None:
    receipt = shop.take_in(day(1), 10, "2")
    frames = shop.make(day(3), 3, shop.bill("FRAME", "PART", 2))
    tables = shop.make(day(5), 1, shop.bill("TABLE", "FRAME", 2))
    sale = shop.sell(day(7), 1, item="TABLE")

    def stands_as(frame: str, table: str, parts_left: tuple[int, str], frame_left: str, value: str) -> None:
        assert (shop.cost(frames), shop.cost(frames, 0)) == (Decimal(frame), Decimal(frame))
        assert (shop.cost(tables), shop.cost(tables, 0)) == (Decimal(table), Decimal(table))
        assert shop.cost(sale) == Decimal(table)
        assert shop.sold("TABLE") == (Decimal(1), Decimal("20.00"), Decimal(table))
        assert shop.worth() == pair(*parts_left)
        assert shop.worth("FRAME") == pair(1, frame_left)
        assert shop.worth("TABLE") == NOTHING
        assert shop.value_everywhere() + Decimal(table) == Decimal(value)
        shop.prove()

    # 6 of 10 @ 2 in 3 frames: 12.00; 2 of them in the table: 8.00.
    stands_as("12.00", "8.00", (4, "8.00"), "4.00", "20.00")
    # 5.00 on the 10: 2.50 each. 3 frames 15.00, the table 10.00.
    late = shop.land(day(20), "5.00", receipt)
    stands_as("15.00", "10.00", (4, "10.00"), "5.00", "25.00")
    shop.take_in(day(30, 10), 10, "1")
    if shop.costing == "average":
        # 20 worth 35.00: 6 are 10.50, the frames 3.50 each, the table 7.00.
        stands_as("10.50", "7.00", (14, "24.50"), "3.50", "35.00")
    else:
        # 6 of the 10 @ 1: 6.00, the frames 2.00 each; left 4 @ 1 and 10 @ 2.50.
        stands_as("6.00", "4.00", (14, "29.00"), "2.00", "35.00")
    shop.reverse(late)
    if shop.costing == "average":
        # 20 worth 30.00: 6 are 9.00, the frames 3.00 each, the table 6.00.
        stands_as("9.00", "6.00", (14, "21.00"), "3.00", "30.00")
    else:
        stands_as("6.00", "4.00", (14, "24.00"), "2.00", "30.00")


def test_costs_of_a_closed_period_are_corrected_on_the_first_open_day_with_their_cause(shop: Shop) -> None:
    receipt = shop.take_in(day(3), 10, "5")
    sale = shop.sell(day(5), 4)  # 20.00
    shop.close(date(2025, 11, 30))
    late = shop.land(day(10, 12), "10.00", receipt)  # 60.00 for the 10: the 4 are worth 24.00, the 6 left 36.00
    december = datetime(2025, 12, 1)
    assert shop.worth(at=date(2025, 11, 30)) == pair(6, "30.00")
    assert shop.sold(at=date(2025, 11, 30)) == (Decimal(4), Decimal("80.00"), Decimal("20.00"))
    assert shop.worth(at=december) == pair(6, "36.00")
    assert shop.sold(at=date(2025, 12, 1)) == (Decimal(4), Decimal("80.00"), Decimal("24.00"))
    assert shop.cost(sale) == Decimal("24.00")
    e = Stock.entries.c
    caused = select(e.moment, e.happened, e.quantity, e.value, e.basis).where(
        or_(e.cause_id == late.id, e.document_id == late.id)
    )
    rows = sorted(tuple(row) for row in shop.session.connection().execute(caused))
    assert rows == [
        (december, day(3), Decimal(0), Decimal("10.00"), "landed"),
        (december, day(5), Decimal(0), Decimal("4.00"), "corrected"),
    ]
    corrected = select(e.document_id, e.cause_id).where(e.basis == "corrected")
    assert [tuple(row) for row in shop.session.connection().execute(corrected)] == [(sale.id, late.id)]
    shop.prove()


def test_nothing_new_enters_a_closed_period(shop: Shop) -> None:
    shop.take_in(day(3), 10, "5")
    shop.close(date(2025, 11, 30))
    before = shop.totals()
    with pytest.raises(PeriodClosed), shop.session.begin_nested():
        shop.take_in(day(30), 1, "5")
    assert shop.totals() == before


def test_what_is_reversed_in_a_closed_period_comes_back_on_the_first_open_day(shop: Shop) -> None:
    shop.take_in(day(3), 10, "5")
    sale = shop.sell(day(5), 4)
    shop.close(date(2025, 11, 30))
    shop.reverse(sale)
    assert shop.worth(at=date(2025, 11, 30)) == pair(6, "30.00")
    assert shop.worth(at=datetime(2025, 12, 1)) == pair(10, "50.00")
    assert shop.sold(at=date(2025, 11, 30)) == (Decimal(4), Decimal("80.00"), Decimal("20.00"))
    assert shop.sold() == (*NOTHING, Decimal(0))
    where = {"item": shop.items["PART"]}
    november = ledger.turnover(
        shop.session, Stock.on_hand, date(2025, 11, 1), date(2025, 11, 30), by=("place",), where=where
    )
    december = ledger.turnover(
        shop.session, Stock.on_hand, date(2025, 12, 1), date(2025, 12, 31), by=("place",), where=where
    )
    sides = [(row.taken_in["quantity"], row.given_out["quantity"]) for row in (*november, *december)]
    # A reversal lessens the side that it reverses: 4 less went out in December.
    assert sides == [(Decimal(10), Decimal(4)), (Decimal(0), Decimal(-4))]
    shop.prove()


def test_a_company_that_is_one_pool_moves_goods_between_warehouses_at_no_cost(company: Any) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        warehouse.set_pool(session, SYSTEM, "company")
        items = {"PART": warehouse.create_item(session, SYSTEM, code="PART", name="Part").id}
        second = warehouse.create_place(session, SYSTEM, code="second", name="Second").id
        guest = create_contact(session, SYSTEM, kind="legal_entity", name="Guest House Ltd").id
        shop = Shop(session, "average", items, second, guest)
        shop.take_in(day(1), 2, "4")
        transfer = shop.transfer(day(2), 2)
        shop.take_in(day(3), 10, "5")
        sale = shop.sell(day(4), 3)  # 58 × 3 ÷ 12
        assert (shop.cost(transfer), shop.cost(sale)) == (Decimal(0), Decimal("14.50"))
        assert shop.worth() == pair(9, "43.50")
        assert shop.worth(pool=second) == NOTHING
        on_hand = ledger.now(session, Stock.on_hand, by=("place",))
        assert {f.key: f.amounts["quantity"] for f in on_hand} == {(MAIN,): Decimal(7), (second,): Decimal(2)}
        shop.prove()
        session.rollback()


def test_what_is_left_after_a_reversal_costs_what_was_paid_for_it(shop: Shop) -> None:
    """10 @ 1 and 10 @ 100, 9 of them shipped, the first ten reversed: what is left was bought for 100, not for 545.50."""
    cheap = shop.take_in(day(1), 10, "1")
    shop.take_in(day(2), 10, "100")
    shipped = shop.ship(day(3), 9)
    shop.reverse(cheap)
    assert shop.worth() == pair(1, "100.00")
    assert shop.cost(shipped) == Decimal("900.00")
    shop.prove()


def test_what_is_dated_ahead_neither_stands_nor_costs_before_its_day(shop: Shop) -> None:
    """10 @ 5 on 1 November and 10 @ 15 on 24 December: ten that are shipped on 20 November cost 50.00, and nothing is left that
    evening, neither goods nor a value."""
    shop.take_in(day(1), 10, "5")
    shop.take_in(day(24, 12), 10, "15")
    shipped = shop.ship(day(20), 10)
    assert shop.cost(shipped) == Decimal("50.00")
    assert shop.worth(at=date(2025, 11, 20)) == NOTHING
    assert shop.worth(at=date(2025, 12, 24)) == pair(10, "150.00")
    shop.prove()
