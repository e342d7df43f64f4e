"""Goods come, are put away, change bins, leave, vanish, turn up and are laid elsewhere than the papers say, while bins are
counted one by one: counts find exactly what differs in each bin, and then bins and books hold what lies on the shelves."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import ledger
from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.operations import Tallied, count_whole_bin, post_count, recount, tally
from modules.warehouse.counting.results import results
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Lot, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.property.clerks import Clock, all_counted

MAIN, PLAIN, BY_LOT = 100, 1, 2
#: in the order of the walk; "" is what isn't put away, and comes last
BINS = ("A-1", "A-2", "B-1", "")
#: item and lot
GOODS = ((PLAIN, ""), (BY_LOT, "X"), (BY_LOT, "Y"))
#: so much of each lies in each bin when it begins, so that no paper finds too little where it takes from
PLENTY = 200

goods, place, amount = st.sampled_from(GOODS), st.sampled_from(BINS), st.integers(1, 9)
steps = st.lists(
    st.one_of(
        # what, and whether its paper is written at the end alone
        st.tuples(st.sampled_from(("receive", "issue")), goods, amount, st.booleans()),
        st.tuples(st.just("put"), goods, amount, place, place, st.booleans()),
        # what no paper says
        st.tuples(st.just("vanish"), goods, place, st.integers(-9, 9)),
        st.tuples(st.just("misplace"), goods, amount, place, place),
        # a bin is counted, each of its lots or those alone that are there; or one item in it
        st.tuples(st.just("count"), place),
        st.tuples(st.just("count one"), goods, place),
        st.tuples(st.just("post")),
    ),
    min_size=4,
    max_size=14,
)


class Clerk:
    """Does each step in the program and on shelves of its own."""

    def __init__(self, session: Any) -> None:
        self.session, self.acts = session, 0
        self.ids = {
            PLAIN: create_item(session, SYSTEM, code="N", name="Nail").id,
            BY_LOT: create_item(session, SYSTEM, code="P", name="Paint", tracking="lot").id,
        }
        made = create_bins(session, SYSTEM, place_id=MAIN, codes=", ".join(filter(None, BINS)))
        self.bins = {b.code: b.id for b in made} | {"": 0}
        #: what lies there: item, lot and bin; and what vanished, turned up or was misplaced there and wasn't posted yet
        self.there, self.planted = Counter[Any](), Counter[Any]()
        #: item, lot and bin → what was planted there when it was counted
        self.found: dict[Any, int] = {}
        self.late: list[Any] = []
        for key in GOODS:
            self.receive(key, PLENTY * len(BINS), is_late=False)
            for where in filter(None, BINS):
                self.put(key, PLENTY, "", where, is_late=False)
        self.count_id = self.new_count()

    def new_count(self) -> int:
        count = save(self.session, SYSTEM, StockCount, CountDraft(place_id=MAIN, is_by_bin=True))
        self.session.flush()
        return int(count.id)

    def do(self, step: tuple[Any, ...]) -> None:
        Clock.ahead += timedelta(minutes=1)
        what, *said = step
        getattr(self, what.replace(" ", "_"))(*said)

    def receive(self, key: Any, quantity: int, is_late: bool) -> None:
        self.there[*key, ""] += quantity
        self.write(is_late, Receipt, {"target_id": MAIN}, key, quantity)

    def issue(self, key: Any, quantity: int, is_late: bool) -> None:
        """It is taken from where the program will take it: from the first of the walk, which has plenty."""
        self.there[*key, BINS[0]] -= quantity
        self.write(is_late, Issue, {"source_id": MAIN}, key, quantity)

    def put(self, key: Any, quantity: int, source: str, target: str, is_late: bool) -> None:
        if source != target:
            self.there[*key, source] -= quantity
            self.there[*key, target] += quantity
            self.write(is_late, BinMove, {"from_bin": source, "to_bin": target}, key, quantity)

    def write(self, is_late: bool, kind: Any, ends: Any, key: Any, quantity: int) -> None:
        paper = (kind, ends, key, quantity, wall_clock())
        if is_late:
            self.late.append(paper)
        else:
            self.post_paper(*paper)

    def post_paper(self, kind: Any, ends: Any, key: Any, quantity: int, moment: datetime) -> None:
        item, lot = self.ids[key[0]], key[1] and f"{key[1]}: {quantity}"
        if kind is BinMove:
            line = BinMoveLineDraft(item, D(quantity), lots=lot, **ends)
            draft: Any = BinMoveDraft(place_id=MAIN, lines=[line], moment=moment)
        else:
            lines = [MovementLineDraft(item, D(quantity), D(2) if kind is Receipt else None, lots=lot)]
            draft = MovementDraft(lines, moment=moment, **ends)
        post(self.session, SYSTEM, [save(self.session, SYSTEM, kind, draft)])

    def vanish(self, key: Any, where: str, more: int) -> None:
        self.plant(key, where, more)

    def misplace(self, key: Any, quantity: int, source: str, target: str) -> None:
        self.plant(key, source, -quantity)
        self.plant(key, target, quantity)

    def plant(self, key: Any, where: str, more: int) -> None:
        self.there[*key, where] += more
        self.planted[*key, where] += more

    def count(self, where: str) -> None:
        """Only what is there is scanned; then all in it is counted, so the rest is missing. Where it was counted before, all of
        it is counted once more."""
        self.ask_again(where, {item for item, _ in GOODS})
        for key in GOODS:
            self.note(key, where)
        self.act(lambda act: count_whole_bin(self.session, SYSTEM, self.count_id, self.bins[where], act, wall_clock()))

    def count_one(self, key: Any, where: str) -> None:
        self.ask_again(where, {key[0]})
        for each in GOODS:
            if each[0] == key[0]:
                self.note(each, where)

    def ask_again(self, where: str, items: set[int]) -> None:
        spots = {(self.ids[item], self.bins[where]) for item in items}
        recount(self.session, SYSTEM, self.count_id, spots)

    def note(self, key: Any, where: str) -> None:
        quantity, (item, lot) = self.there[*key, where], key
        self.found[*key, where] = self.planted[*key, where]
        said = (self.ids[item], D(quantity))
        self.act(
            lambda act: tally(
                self.session,
                SYSTEM,
                self.count_id,
                [Tallied(*said, act, wall_clock(), lot, bin_id=self.bins[where])],
            )
        )

    def act(self, do: Any) -> None:
        self.acts += 1
        for _ in range(2):  # the answer to the first was lost
            do(f"act {self.acts}")

    def post(self) -> None:
        """The papers are written, then the differences are what was planted where it was counted, and nothing else changes."""
        for paper in self.late:
            self.post_paper(*paper)
        self.late.clear()
        Clock.ahead += timedelta(minutes=1)
        if not self.found:
            return
        document = self.session.get(StockCount, self.count_id)
        names = {id_: item for item, id_ in self.ids.items()}
        codes = {id_: code for code, id_ in self.bins.items()}
        differing = {
            (names[r.item_id], part.lot, codes[r.bin_id]): int(part.difference)
            for r in results(self.session, document, wall_clock())
            for part in r.parts
            if part.difference
        }
        assert differing == {key: units for key, units in self.found.items() if units}
        post_count(self.session, SYSTEM, self.count_id, "left")
        for key, units in self.found.items():
            self.planted[key] -= units
        self.found.clear()
        assert self.lying() == {key: units - self.planted[key] for key, units in self.there.items()}
        self.count_id = self.new_count()

    def lying(self) -> dict[Any, int]:
        """What the books say: item, lot and bin."""
        lots = {lot.id: lot.code for lot in self.session.query(Lot)}
        names = {id_: item for item, id_ in self.ids.items()}
        codes = {id_: code for code, id_ in self.bins.items()}
        lying = Counter[Any]()
        for f in ledger.now(self.session, Stock.on_hand, by=("item", "lot"), where={"place": MAIN}):
            lying[names[f.key[0]], lots[f.key[1]], ""] += int(f.amounts["quantity"])
        for f in ledger.now(self.session, Bins.lying, by=("item", "bin", "lot"), where={}):
            key = names[f.key[0]], lots[f.key[2]]
            lying[*key, codes[f.key[1]]] += int(f.amounts["quantity"])
            lying[*key, ""] -= int(f.amounts["quantity"])
        return dict(lying)

    def finish(self) -> None:
        for where in BINS:
            Clock.ahead += timedelta(minutes=1)
            self.count(where)
        self.post()
        assert not any(self.planted.values())
        assert self.lying() == dict(self.there)


#: Something is laid into another bin, what vanishes comes to light, and papers of before come late.
STORY = [
    ("misplace", (BY_LOT, "X"), 5, "A-1", "B-1"),
    ("vanish", (PLAIN, ""), "A-2", -3),
    ("put", (BY_LOT, "X"), 4, "", "A-1", True),
    ("count", "A-1"),
    ("issue", (BY_LOT, "X"), 7, True),
    ("count one", (BY_LOT, "Y"), "B-1"),
    ("vanish", (PLAIN, ""), "A-1", 2),
    ("put", (PLAIN, ""), 9, "A-1", "B-1", False),
    ("post",),
    ("misplace", (PLAIN, ""), 6, "", "A-2"),
    ("count", ""),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_counts_find_what_lies_in_which_bin(company: Any, done: list[tuple[Any, ...]], monkeypatch: Any) -> None:
    all_counted(company, Clerk, done, monkeypatch)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_counts_find_what_lies_in_which_bin_on_the_other_engine(company: Any, monkeypatch: Any) -> None:
    """What chance finds is found on SQLite, in half the time."""
    all_counted(company, Clerk, STORY, monkeypatch)
