"""Lots that cost by themselves, against naive books that walk all that stands from the beginning, each lot by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive_acts import ZERO, part_of
from naive_costs import Pool

from app import ledger
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import CUSTOMERS, Issue, Lot, Receipt, Surplus, Transfer
from modules.warehouse.operations import create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock
from tests import kinds

JANUARY = datetime(2026, 1, 10, 12)
KINDS = ("receive", "sell", "send", "find", "return", "reverse")
acts = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.booleans(),
        st.lists(
            st.tuples(st.sampled_from("ABC"), st.integers(1, 4)), min_size=1, max_size=2, unique_by=lambda p: p[0]
        ),
        st.integers(1, 900),
        st.integers(0, 20),
    ),
    min_size=2,
    max_size=14,
)
#: two lots of a line go and one of them comes back; then one of them turns out to have cost otherwise
_BACK = [
    ("receive", True, [("A", 2)], 400, 0),
    ("receive", True, [("B", 2)], 900, 1),
    ("sell", True, [("A", 2), ("B", 1)], 1, 5),
    ("return", True, [("B", 1)], 1, 9),
    ("receive", True, [("A", 1)], 700, 2),
]


@dataclass
class Step:
    """What a document did: lots and how many of each, from where to where, at what price or as what it gives back."""

    document: Any
    moment: datetime
    lots: list[tuple[str, int]]
    source: int
    target: int
    price: D | None = None
    origin: "Step | None" = None


class Shops:
    """Two warehouses, and an item whose lots cost by themselves."""

    def __init__(self, session: Any, pool: str) -> None:
        self.session, self.is_shared = session, pool == "company"
        set_pool(session, SYSTEM, pool)
        group = create_group(session, SYSTEM, name="Cars")
        set_costing(session, SYSTEM, group, "specific")
        self.item = create_item(session, SYSTEM, code="CAR", name="Car", group_id=group.id, tracking="lot").id
        self.places = (100, create_place(session, SYSTEM, code="S", name="Shop").id)
        self.steps: list[Step] = []

    def do(self, act: tuple[str, bool, list[tuple[str, int]], int, int]) -> str:
        """Why it was refused; empty: it was done."""
        kind, is_main, lots, price, day = act
        place, other = self.places if is_main else self.places[::-1]
        moment = JANUARY + timedelta(days=day, minutes=len(self.steps))
        try:
            with self.session.begin_nested():
                self._do(kind, place, other, lots, D(price) / 100, moment)
        except (Conflict, Invalid) as error:
            self.session.expire_all()
            return type(error).__name__
        return ""

    def _do(self, kind: str, place: int, other: int, lots: list[tuple[str, int]], price: D, moment: datetime) -> None:
        if kind == "receive":
            self._move(Receipt, lots, moment, 0, place, price)
        elif kind == "sell":
            self._move(Issue, lots, moment, place, 0)
        elif kind == "send":
            self._move(Transfer, lots, moment, place, other)
        elif kind == "find":
            self._move(Surplus, lots, moment, 0, place)
        elif kind == "return":
            self._give_back(lots[:1], moment, place)
        elif self.steps:
            step = self.steps[int(price * 100) % len(self.steps)]
            reverse(self.session, SYSTEM, step.document)
            self.steps.remove(step)

    def _give_back(self, lots: list[tuple[str, int]], moment: datetime, place: int) -> None:
        sold = [step for step in self.steps if isinstance(step.document, Issue)]
        if not sold:
            return
        ((lot, quantity),) = lots
        ends = {"item_id": self.item, "source_id": CUSTOMERS, "target_id": place, "origin": (sold[-1].document.id, 1)}
        document = kinds.ship(self.session, quantity=D(quantity), moment=moment, typed=lot, **ends)
        self.steps.append(Step(document, moment, lots, 0, place, origin=sold[-1]))

    def _move(
        self, kind: Any, lots: list[tuple[str, int]], moment: datetime, source: int, target: int, price: D | None = None
    ) -> None:
        ends = {name: place for name, place in (("source_id", source), ("target_id", target)) if place}
        typed = "; ".join(f"{lot}: {quantity}" for lot, quantity in lots)
        line = MovementLineDraft(self.item, D(sum(quantity for _, quantity in lots)), price, lots=typed)
        document = save(self.session, SYSTEM, kind, MovementDraft([line], moment=moment, **ends))
        post(self.session, SYSTEM, [document])
        self.steps.append(Step(document, moment, lots, source, target, price))

    def compare(self) -> None:
        """Every lot is worth, and every document cost, what the naive books say."""
        while recost_part(self.session):
            pass
        assert list(ledger.verify(self.session)) == []
        codes = {lot.id: lot.code for lot in self.session.query(Lot) if lot.id}
        rows = ledger.now(self.session, Stock.worth, by=("pool", "layer"), where={"item": self.item})
        found = {(r.key[0], codes[r.key[1]]): tuple(r.amounts.values()) for r in rows if any(r.amounts.values())}
        costs, pools = self._walk()
        assert found == {key: (p.quantity, p.value) for key, p in pools.items() if p.quantity}
        for step, cost in costs:
            booked = costs_of(self.session, step.document.id).get(1, ZERO)
            assert abs(booked) == cost, (step, booked)

    def _walk(self) -> tuple[list[tuple[Step, D]], dict[tuple[int, str], Pool]]:
        pools: dict[tuple[int, str], Pool] = {}
        went: dict[tuple[int, str], list[D]] = {}
        costs = []
        for step in sorted(self.steps, key=lambda step: step.moment):
            left = None if step.price is None else step.price * sum(quantity for _, quantity in step.lots)
            cost = ZERO
            for lot, quantity in step.lots:
                source, target = self._pool(pools, step.source, lot), self._pool(pools, step.target, lot)
                if source is target:
                    continue
                if source is not None:
                    value = source.take(D(quantity))
                elif step.price is not None:
                    value = step.price * quantity
                elif step.origin is not None:
                    value = _share(went[step.origin.document.id, lot], D(quantity))
                else:
                    assert target is not None
                    value = self._found(pools, step.target, lot, target, D(quantity))
                if target is not None:
                    target.put((step.document.id, 1), D(quantity), value)
                went[step.document.id, lot] = [D(quantity), value, ZERO, ZERO]
                cost += value
            assert left in (None, cost)
            costs.append((step, cost))
        return costs, pools

    def _pool(self, pools: dict[tuple[int, str], Pool], place: int, lot: str) -> Pool | None:
        if not place:
            return None
        return pools.setdefault((100 if self.is_shared else place, lot), Pool(is_fifo=False))

    def _found(self, pools: dict[tuple[int, str], Pool], place: int, lot: str, pool: Pool, quantity: D) -> D:
        if pool.quantity or pool.last[0]:
            return pool.average_of(quantity)
        elsewhere = [p for (_, code), p in pools.items() if code == lot and p.quantity]
        there = elsewhere or [p for (where, _), p in pools.items() if self.is_shared or where == place]
        held = sum((p.quantity for p in there), ZERO)
        return part_of(sum((p.value for p in there), ZERO), quantity, held) if held else ZERO


def _share(went: list[D], quantity: D) -> D:
    whole, value, back, worth = went
    so_far = value if back + quantity >= whole else part_of(value, back + quantity, whole)
    went[2:] = back + quantity, so_far
    return so_far - worth


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pool", ["company", "warehouse"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=acts, is_by_parts=st.booleans())
def test_every_lot_is_worth_what_it_cost(company: Any, pool: str, acts: list, is_by_parts: bool) -> None:
    _do(company, pool, acts, 1 if is_by_parts else recosting.CHUNK)


@pytest.mark.parametrize("chunk", [1, recosting.CHUNK])
@pytest.mark.parametrize("pool", ["company", "warehouse"])
def test_a_lot_comes_back_at_what_it_went_for_though_another_costs_otherwise_by_then(
    company: Any, pool: str, chunk: int
) -> None:
    assert _do(company, pool, _BACK, chunk) == [""] * 5


def _do(company: Any, pool: str, acts: list, chunk: int) -> list[str]:
    with company.database.session(SYSTEM, write=True) as session, patch.object(recosting, "CHUNK", chunk):
        shops = Shops(session, pool)
        refused = []
        for act in acts:
            refused.append(shops.do(act))
            shops.compare()
        session.rollback()
        return refused
