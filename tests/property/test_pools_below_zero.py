"""Goods that left without being there, whatever else happens to them: an empty pool is worth nothing, and the books prove."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ledger
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.warehouse import recosting, stock
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import ALLOW, CUSTOMERS, PRODUCTION, Issue, Place, Receipt, Transfer
from modules.warehouse.operations import create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.registers import Stock
from modules.warehouse.warehouses import change_place
from tests import kinds

JANUARY = datetime(2026, 1, 10, 12)
KINDS = ("receive", "sell", "send", "make", "return", "reverse")
acts = st.lists(
    st.tuples(st.sampled_from(KINDS), st.booleans(), st.integers(1, 6), st.integers(1, 900), st.integers(0, 20)),
    min_size=2,
    max_size=12,
)
#: made of what lies here, while the other warehouse sold what it hadn't; and sold before what it was made of
_ELSEWHERE = [
    ("receive", True, 5, 200, 0),
    ("sell", False, 3, 1, 1),
    ("make", True, 5, 1, 2),
    ("receive", False, 3, 200, 3),
]
_BACKDATED = [
    ("receive", True, 5, 200, 0),
    ("make", True, 5, 1, 10),
    ("sell", True, 3, 1, 5),
    ("receive", True, 3, 200, 15),
]


class Shops:
    """Two warehouses from which goods may leave that aren't there, and an item of which a product is made."""

    def __init__(self, session: Any, pool: str, costing: str) -> None:
        self.session = session
        set_pool(session, SYSTEM, pool)
        group = create_group(session, SYSTEM, name="Metal")
        set_costing(session, SYSTEM, group, costing)
        self.item = create_item(session, SYSTEM, code="A", name="Anvil", group_id=group.id).id
        self.product = create_item(session, SYSTEM, code="P", name="Plate", group_id=group.id).id
        main = session.get(Place, 100)
        change_place(session, SYSTEM, main, code=main.code, name=main.name, below_zero=ALLOW)
        self.places = (100, create_place(session, SYSTEM, code="S", name="Shop", below_zero=ALLOW).id)
        self.done: list[Any] = []
        self.sold: list[Any] = []

    def do(self, act: tuple[str, bool, int, int, int]) -> str:
        """Why it was refused; empty: it was done."""
        kind, is_main, quantity, price, day = act
        place, other = self.places if is_main else self.places[::-1]
        moment = JANUARY + timedelta(days=day)
        try:
            with self.session.begin_nested():
                getattr(self, kind)(place, other, quantity, D(price) / 100, moment)
        except (Conflict, Invalid) as error:
            self.session.expire_all()
            return type(error).__name__
        return ""

    def receive(self, place: int, _other: int, quantity: int, price: D, moment: datetime) -> None:
        self._move(Receipt, quantity, moment, price, target_id=place)

    def sell(self, place: int, _other: int, quantity: int, _price: D, moment: datetime) -> None:
        self.sold.append(self._move(Issue, quantity, moment, None, source_id=place))

    def send(self, place: int, other: int, quantity: int, _price: D, moment: datetime) -> None:
        self._move(Transfer, quantity, moment, None, source_id=place, target_id=other)

    def make(self, place: int, _other: int, quantity: int, _price: D, moment: datetime) -> None:
        def move(posting: Any, documents: Any) -> None:
            order = documents[0]
            used = stock.Move(order, 1, self.item, place, PRODUCTION, D(quantity), work_order=order.id)
            made = stock.Move(order, 0, self.product, PRODUCTION, place, D(1), work_order=order.id)
            stock.move(posting, [used, made])

        document = kinds.draft(self.session, kinds.Shipment, moment)
        kinds.post_by(self.session, document, move)
        self.done.append(document)

    def give_back(self, place: int, quantity: int, moment: datetime) -> None:
        origin = (self.sold[-1].id, 1) if self.sold else None
        ends = {"item_id": self.item, "source_id": CUSTOMERS, "target_id": place}
        self.done.append(kinds.ship(self.session, quantity=D(quantity), moment=moment, origin=origin, **ends))

    def reverse(self, _place: int, _other: int, quantity: int, price: D, _moment: datetime) -> None:
        if self.done:
            reverse(self.session, SYSTEM, self.done[int(price * 100 + quantity) % len(self.done)])

    def empty(self) -> None:
        """What is there goes, what is missing comes."""
        last = JANUARY + timedelta(days=90)
        for place, held in self.on_hand().items():
            if held > 0:
                self._move(Issue, held, last, None, source_id=place)
            elif held < 0:
                self._move(Receipt, -held, last, D(7), target_id=place)

    def on_hand(self) -> dict[int, D]:
        rows = ledger.now(self.session, Stock.on_hand, by=("place",), where={"item": self.item})
        return {row.key[0]: row.amounts["quantity"] for row in rows}

    def compare(self) -> None:
        """Quantities by place are those of pools; none that is empty is worth anything."""
        while recost_part(self.session):
            pass
        pools = ledger.now(self.session, Stock.worth, by=("pool",), where={"item": self.item})
        assert sum(self.on_hand().values()) == sum(row.amounts["quantity"] for row in pools)
        assert [row for row in pools if not row.amounts["quantity"] and row.amounts["value"]] == []
        assert list(ledger.verify(self.session)) == []

    def _move(self, kind: Any, quantity: Any, moment: datetime, price: D | None, **ends: int) -> Any:
        draft = MovementDraft([MovementLineDraft(self.item, D(quantity), price)], moment=moment, **ends)
        document = save(self.session, SYSTEM, kind, draft)
        post(self.session, SYSTEM, [document])
        self.done.append(document)
        return document


setattr(Shops, "return", lambda self, place, _other, quantity, _price, moment: self.give_back(place, quantity, moment))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pool", ["company", "warehouse"])
@pytest.mark.parametrize("costing", ["average", "fifo"])
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=acts, is_by_parts=st.booleans())
def test_an_empty_pool_is_worth_nothing(company: Any, pool: str, costing: str, acts: list, is_by_parts: bool) -> None:
    _walk(company, pool, costing, acts, 1 if is_by_parts else recosting.CHUNK)


@pytest.mark.parametrize("chunk", [1, recosting.CHUNK])
@pytest.mark.parametrize("costing", ["average", "fifo"])
def test_what_is_made_of_goods_that_others_left_without_is_refused(company: Any, costing: str, chunk: int) -> None:
    """Of what the whole company shares one cost of, the sale elsewhere has taken it; by warehouse it is there."""
    assert _walk(company, "company", costing, _ELSEWHERE, chunk) == ["", "", "NotThere", ""]
    assert _walk(company, "warehouse", costing, _ELSEWHERE, chunk) == ["", "", "", ""]


@pytest.mark.parametrize("chunk", [1, recosting.CHUNK])
@pytest.mark.parametrize("pool", ["company", "warehouse"])
def test_a_late_sale_of_goods_that_a_product_was_made_of_is_refused(company: Any, pool: str, chunk: int) -> None:
    assert _walk(company, pool, "average", _BACKDATED, chunk) == ["", "", "NotThere", ""]


def _walk(company: Any, pool: str, costing: str, acts: list, chunk: int) -> list[str]:
    with company.database.session(SYSTEM, write=True) as session, patch.object(recosting, "CHUNK", chunk):
        shops = Shops(session, pool, costing)
        refused = []
        for act in acts:
            refused.append(shops.do(act))
            shops.compare()
        shops.empty()
        shops.compare()
        session.rollback()
        return refused
