"""Goods in two quantities come, go elsewhere, leave, and any of it is reversed or corrected: both are what a naive model says,
and none of the second lies where nothing lies."""

from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import ledger
from app.clock import wall_clock
from app.documents import correct, locked, post, reverse, save
from app.errors import KontorError
from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.catch_weight.queries import seconds_at
from modules.warehouse.catch_weight.rules import share_of, spread
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock
from tests.property.clerks import all_done

MAIN = 100
pieces, grams = st.integers(1, 4), st.integers(1, 40)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from((Receipt, Issue, Transfer)), pieces, grams),
        st.tuples(st.just("rest"), st.booleans()),
        st.tuples(st.just("reverse"), st.integers(0, 20)),
        st.tuples(st.just("correct"), st.integers(0, 20), pieces, grams),
    ),
    min_size=3,
    max_size=12,
)


class Clerk:
    """Does each step in the program, and adds up what the standing documents say."""

    def __init__(self, session: Any) -> None:
        self.session = session
        kilogram = session.query(Unit).filter_by(code="KGM").one().id
        self.item = create_item(session, SYSTEM, code="W", name="Wheel", second_unit_id=kilogram).id
        self.shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        #: what stands: document → its kind, pieces and grams
        self.done: dict[int, tuple[type[Any], int, int]] = {}

    def do(self, step: tuple[Any, ...]) -> None:
        before, done = self.lying(), dict(self.done)
        try:
            with self.session.begin_nested():
                self.act(*step)
        except KontorError:
            self.session.expire_all()
            self.done = done
            assert self.lying() == before
        assert self.lying() == self.summed()
        assert all(base >= 0 and (base == 0) == (second == 0) and second >= 0 for base, second in self.lying().values())

    def act(self, what: Any, *said: Any) -> None:
        if what == "rest":  # whatever lies there leaves, in both
            base, second = self.lying()[self.shop if said[0] else MAIN]
            self.write(Issue, base, second, self.shop if said[0] else MAIN)
        elif what in ("reverse", "correct"):
            if not self.done:
                return
            number = sorted(self.done)[said[0] % len(self.done)]
            kind, *_ = self.done[number]
            document = locked(self.session, kind, number)
            if what == "reverse":
                reverse(self.session, SYSTEM, document)
                del self.done[number]
            else:
                correct(self.session, SYSTEM, document, self.draft(kind, said[1], said[2], document.source_id))
                self.done[number] = (kind, said[1], said[2])
        else:
            self.write(what, *said, MAIN)

    def write(self, kind: type[Any], base: int, second: int, source: int) -> None:
        document = save(self.session, SYSTEM, kind, self.draft(kind, base, second, source))
        post(self.session, SYSTEM, [document])
        self.done[document.id] = (kind, base, second)
        self.ends = getattr(self, "ends", {}) | {document.id: (document.source_id, document.target_id)}

    def draft(self, kind: type[Any], base: int, second: int, source: int) -> MovementDraft:
        ends = {} if kind is Receipt else {"source_id": source}
        ends |= {} if kind is Issue else {"target_id": self.shop if kind is Transfer else MAIN}
        line = MovementLineDraft(self.item, D(base), D(1), second=D(second) / 1000)
        return MovementDraft([line], moment=wall_clock(), **ends)

    def lying(self) -> dict[int, tuple[int, int]]:
        held = ledger.now(self.session, Stock.on_hand, by=("place",), where={"item": self.item})
        base = {f.key[0]: int(f.amounts["quantity"]) for f in held}
        second = seconds_at(self.session, [self.item])
        return {p: (base.get(p, 0), int(second.get((self.item, p), D(0)) * 1000)) for p in (MAIN, self.shop)}

    def summed(self) -> dict[int, tuple[int, int]]:
        found = dict.fromkeys((MAIN, self.shop), (0, 0))
        for number, (_, base, second) in self.done.items():
            for place, sign in zip(self.ends[number], (-1, 1), strict=True):
                if place in found:
                    found[place] = (found[place][0] + sign * base, found[place][1] + sign * second)
        return found


STORY = [(Receipt, 4, 33), (Transfer, 3, 25), ("correct", 0, 4, 34), ("rest", True), ("reverse", 2), ("rest", False)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_both_quantities_are_what_stands(company: Any, done: list[tuple[Any, ...]]) -> None:
    _do_all(company, done)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_both_quantities_are_what_stands_on_the_other_engine(company: Any, done: list[tuple[Any, ...]]) -> None:
    """Few of chance: what chance finds is found on SQLite, in half the time."""
    _do_all(company, done)


def _do_all(company: Any, done: list[tuple[Any, ...]]) -> None:
    with all_done(company, Clerk, done):
        pass


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from((1, 1000, 10**6)))
def test_a_share_is_the_nearest_step_and_all_takes_all(units: int, part: int, whole: int, step: int) -> None:
    share = share_of(units, part, whole, step=step)
    assert 0 <= share <= units
    if part >= whole:
        assert share == units
    elif share != units:
        assert share % step == 0
        assert abs(share - Fraction(units * part, whole)) <= Fraction(step, 2)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_parts_of_a_line_make_its_whole(units: int, parts: list[int]) -> None:
    found = spread(units, parts, rests=[None] * len(parts), step=1000)
    assert sum(found) == units
    assert min(found) >= 0
