"""Goods come, are put away, change bins, leave, and any of it is reversed or corrected: bins hold what a naive model says,
neither less than zero nor more than their warehouse."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import ledger
from app.clock import wall_clock
from app.documents import correct, locked, post, reverse, save
from app.errors import KontorError
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.levels import add_level, level_by_id, remove_level
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.property.clerks import all_done

MAIN = 100
#: in the order of the walk; "" is what isn't put away, and comes last
BINS = ("A-1", "A-2", "A-3")

amount, place = st.integers(1, 9), st.sampled_from((*BINS, ""))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), amount),
        st.tuples(st.just("issue"), amount),
        st.tuples(st.just("put"), amount, place, place),
        st.tuples(st.just("usual"), st.sampled_from(BINS)),
        st.tuples(st.just("reverse"), st.integers(0, 20)),
        st.tuples(st.just("correct"), st.integers(0, 20), amount),
    ),
    min_size=3,
    max_size=14,
)


class Clerk:
    """Does each step in the program, and in the naive model those that go by a rule of one line."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.item = create_item(session, SYSTEM, code="N", name="Nail").id
        self.codes = {b.id: b.code for b in create_bins(session, SYSTEM, place_id=MAIN, codes=f"{BINS[0]}..{BINS[-1]}")}
        self.done: list[tuple[type[Any], int]] = []
        #: each usual bin, and the number of what says so
        self.levels: dict[str, int] = {}

    def do(self, step: tuple[Any, ...]) -> None:
        what, *said = step
        before = self.lying()
        expected = self.expected(dict(before), what, said)
        try:
            with self.session.begin_nested():
                getattr(self, what)(*said)
        except KontorError:
            self.session.expire_all()
            assert self.lying() == before
            assert expected in (None, {})
        else:
            assert min(self.lying().values()) >= 0
            assert expected is None or self.lying() == expected

    def expected(self, lying: dict[str, int], what: str, said: list[Any]) -> dict[str, int] | None:
        """Where goods lie once it is done; nowhere: it is refused; None: that is a matter of what came before."""
        if what == "receive":
            lying[""] += said[0]
        elif what == "issue":
            if sum(lying.values()) < said[0]:
                return {}
            for where in (*sorted(BINS, key=lambda each: each not in self.levels), ""):
                taken = min(said[0], lying[where])
                said, lying[where] = [said[0] - taken], lying[where] - taken
        elif what == "usual":
            pass  # nothing moves
        elif what == "put":
            quantity, source, target = said
            if source == target or lying[source] < quantity:
                return {}
            lying[source] -= quantity
            lying[target] += quantity
        else:
            return None
        return lying

    def lying(self) -> dict[str, int]:
        found = ledger.now(self.session, Bins.lying, by=("bin",), where={"item": self.item})
        lying = dict.fromkeys(BINS, 0) | {self.codes[f.key[0]]: int(f.amounts["quantity"]) for f in found}
        held = ledger.now(self.session, Stock.on_hand, by=(), where={"item": self.item, "place": MAIN})
        return {**lying, "": int(sum(f.amounts["quantity"] for f in held)) - sum(lying.values())}

    def receive(self, quantity: int) -> None:
        self.write(Receipt, self.draft(Receipt, quantity))

    def issue(self, quantity: int) -> None:
        self.write(Issue, self.draft(Issue, quantity))

    def put(self, quantity: int, source: str, target: str) -> None:
        self.write(BinMove, self.draft(BinMove, quantity, source, target))

    def usual(self, bin_: str) -> None:
        """The item usually lies there from now on, or no more."""
        if number := self.levels.pop(bin_, None):
            remove_level(self.session, SYSTEM, level_by_id(self.session, number))
        else:
            said = {"item_id": self.item, "place_id": MAIN, "minimum": D(0), "maximum": D(9)}
            self.levels[bin_] = add_level(self.session, SYSTEM, bin=bin_, **said).id

    def reverse(self, which: int) -> None:
        if self.done:
            kind, number = self.done[which % len(self.done)]
            reverse(self.session, SYSTEM, locked(self.session, kind, number))
            self.done.remove((kind, number))

    def correct(self, which: int, quantity: int) -> None:
        if self.done:
            kind, number = self.done[which % len(self.done)]
            document = locked(self.session, kind, number)
            ends = (document.lines[0].from_bin, document.lines[0].to_bin) if kind is BinMove else ()
            correct(self.session, SYSTEM, document, self.draft(kind, quantity, *ends))

    def draft(self, kind: type[Any], quantity: int, *ends: str) -> Any:
        if kind is BinMove:
            line = BinMoveLineDraft(self.item, D(quantity), from_bin=ends[0], to_bin=ends[1])
            return BinMoveDraft(place_id=MAIN, lines=[line])
        place = {"target_id": MAIN} if kind is Receipt else {"source_id": MAIN}
        return MovementDraft([MovementLineDraft(self.item, D(quantity), D(1))], moment=wall_clock(), **place)

    def write(self, kind: type[Any], draft: Any) -> None:
        document = save(self.session, SYSTEM, kind, draft)
        post(self.session, SYSTEM, [document])
        self.done.append((kind, int(document.id)))


#: A receipt is reversed whose goods have gone through two bins, and then what brought them there.
STORY = [
    ("receive", 9),
    ("receive", 4),
    ("put", 9, "", "A-2"),
    ("put", 7, "A-2", "A-1"),
    ("usual", "A-2"),
    ("reverse", 0),
    ("issue", 2),
    ("reverse", 2),
    ("reverse", 1),
    ("correct", 0, 3),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_bins_hold_what_lies_in_them(company: Any, done: list[tuple[Any, ...]]) -> None:
    _do_all(company, done)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_bins_hold_what_lies_in_them_on_the_other_engine(company: Any, done: list[tuple[Any, ...]]) -> None:
    """Few of chance: what chance finds is found on SQLite, in half the time."""
    _do_all(company, done)


def _do_all(company: Any, done: list[tuple[Any, ...]]) -> None:
    with all_done(company, Clerk, done):
        pass
