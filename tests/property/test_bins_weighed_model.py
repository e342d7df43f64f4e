"""Goods with a second quantity come, are put away, change bins, leave, dry, vanish and turn up while bins are counted and
weighed one by one: a count finds exactly what differs in both quantities, or says that it can't and changes nothing; once all
bins are counted with nothing moving, the books hold what lies there."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import ledger
from app.clock import wall_clock
from app.documents import post, save
from app.errors import Conflict
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.operations import Tallied, count_whole_bin, post_count, recount, tally
from modules.warehouse.models import Issue, Lot, Receipt
from modules.warehouse.registers import Stock
from tests.modules.warehouse.test_catch_weight import cheese_of, line, posted
from tests.property.clerks import Clock, all_counted

MAIN = 100
BINS = ("A-1", "A-2", "")
LOTS = ("X", "Y")
#: pieces of each lot in each bin when it begins, and what each of them weighs then
PLENTY, EACH = 100, D(8)

lots, place, amount = st.sampled_from(LOTS), st.sampled_from(BINS), st.integers(1, 9)
weight = st.integers(1, 90).map(D)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("receive", "issue")), lots, amount, weight),
        st.tuples(st.just("put"), lots, amount, place, place),
        # what no paper says: pieces and what they weigh, or a weight alone
        st.tuples(st.just("plant"), lots, place, st.integers(-5, 5), st.integers(-40, 40).map(D)),
        st.tuples(st.just("count"), place),
        st.tuples(st.just("post")),
    ),
    min_size=3,
    max_size=10,
)


class Clerk:
    """Does each step in the program and on shelves of its own: bin and lot → pieces, and what they weigh."""

    def __init__(self, session: Any) -> None:
        self.session, self.acts = session, 0
        self.item = cheese_of(session, tracking="lot")
        made = create_bins(session, SYSTEM, place_id=MAIN, codes=", ".join(filter(None, BINS)))
        self.bins = {b.code: b.id for b in made} | {"": 0}
        self.there, self.weight = Counter[Any](), Counter[Any]()
        for lot in LOTS:
            self.receive(lot, PLENTY * len(BINS), PLENTY * len(BINS) * EACH)
            for where in filter(None, BINS):
                self.put(lot, PLENTY, "", where)
        self.begin()

    def begin(self) -> None:
        #: the bins that were counted, and those of them where nothing was planted since
        self.counted, self.exact = set[str](), set[str]()
        self.count_id = self.new_count()

    def new_count(self) -> int:
        count = save(self.session, SYSTEM, StockCount, CountDraft(place_id=MAIN, is_by_bin=True))
        self.session.flush()
        return int(count.id)

    def do(self, step: tuple[Any, ...]) -> None:
        Clock.ahead += timedelta(minutes=1)
        what, *said = step
        getattr(self, what)(*said)

    def receive(self, lot: str, quantity: int, weight: D) -> None:
        posted(
            self.session, Receipt, line(self.item, quantity, weight, 5, lots=f"{lot}: {quantity}"), moment=wall_clock()
        )
        self.change(lot, "", quantity, weight)

    def issue(self, lot: str, quantity: int, weight: D) -> None:
        posted(self.session, Issue, line(self.item, quantity, weight, lots=f"{lot}: {quantity}"), moment=wall_clock())
        self.change(lot, BINS[0], -quantity, -weight)

    def put(self, lot: str, quantity: int, source: str, target: str) -> None:
        if source != target:
            said = BinMoveLineDraft(
                self.item.id, D(quantity), from_bin=source, to_bin=target, lots=f"{lot}: {quantity}"
            )
            draft = BinMoveDraft(place_id=MAIN, lines=[said], moment=wall_clock())
            post(self.session, SYSTEM, [save(self.session, SYSTEM, BinMove, draft)])
            self.change(lot, source, -quantity, -quantity * EACH)
            self.change(lot, target, quantity, quantity * EACH)

    def plant(self, lot: str, where: str, pieces: int, weight: D) -> None:
        self.change(lot, where, pieces, weight)
        self.exact.discard(where)

    def change(self, lot: str, where: str, pieces: int, weight: D) -> None:
        self.there[lot, where] += pieces
        self.weight[lot, where] += weight

    def count(self, where: str) -> None:
        """All lots of a bin are counted and weighed, once more where they were before."""
        self.counted.add(where)
        self.exact.add(where)
        recount(self.session, SYSTEM, self.count_id, {(self.item.id, self.bins[where])})
        for lot in LOTS:
            said = (D(self.there[lot, where]), self.act(), wall_clock(), lot)
            weight = self.weight[lot, where]
            counted = Tallied(self.item.id, *said, bin_id=self.bins[where], second=weight)
            tally(self.session, SYSTEM, self.count_id, [counted])
        count_whole_bin(self.session, SYSTEM, self.count_id, self.bins[where], self.act(), wall_clock())

    def act(self) -> str:
        self.acts += 1
        return f"act {self.acts}"

    def post(self) -> None:
        """Refused, nothing has changed, and all is counted again. Of some bins alone no weight is posted."""
        if not self.counted:
            return
        before = self.books()
        try:
            with self.session.begin_nested():
                post_count(self.session, SYSTEM, self.count_id, "left")
        except Conflict:
            self.session.expire_all()
            assert self.books() == before
            for where in BINS:
                Clock.ahead += timedelta(minutes=1)
                self.count(where)
            Clock.ahead += timedelta(minutes=1)
            post_count(self.session, SYSTEM, self.count_id, "left")
            assert self.books() == self.lying()
        else:
            if self.exact == set(BINS):
                assert self.books() == self.lying()
            if self.counted != set(BINS):
                assert self.books()[1] == before[1]
        self.begin()

    def books(self) -> tuple[dict[Any, int], dict[str, D]]:
        """Lot and bin → pieces; lot → what it weighs."""
        codes = {id_: code for code, id_ in self.bins.items()}
        pieces, weights = Counter[Any](), Counter[Any]()
        lots = {lot.id: lot.code for lot in self.session.query(Lot)}
        for f in ledger.now(self.session, Stock.on_hand, by=("lot",), where={"place": MAIN}):
            pieces[lots[f.key[0]], ""] += int(f.amounts["quantity"])
        for f in ledger.now(self.session, Bins.lying, by=("bin", "lot"), where={}):
            pieces[lots[f.key[1]], codes[f.key[0]]] += int(f.amounts["quantity"])
            pieces[lots[f.key[1]], ""] -= int(f.amounts["quantity"])
        for f in ledger.now(self.session, SecondQuantities.lying, by=("lot",), where={"place": MAIN}):
            weights[lots[f.key[0]]] += f.amounts["second"]
        return dict(pieces), dict(weights)

    def lying(self) -> tuple[dict[Any, int], dict[str, D]]:
        weights = {lot: sum(self.weight[lot, where] for where in BINS) for lot in LOTS}
        return dict(self.there), weights

    def finish(self) -> None:
        self.post()
        for where in BINS:
            Clock.ahead += timedelta(minutes=1)
            self.count(where)
        Clock.ahead += timedelta(minutes=1)
        post_count(self.session, SYSTEM, self.count_id, "left")
        assert self.books() == self.lying()


#: Bins are weighed while goods leave others; something vanishes, something dries, and cheese changes bins between weighings.
STORY = [
    ("plant", "X", "A-1", -2, D(-15)),
    ("count", "A-1"),
    ("issue", "X", 3, D(20)),
    ("plant", "Y", "", 0, D(-7)),
    ("count", "A-2"),
    ("receive", "Y", 4, D(33)),
    ("count", ""),
    ("post",),
    ("count", "A-1"),
    ("put", "X", 5, "A-1", "A-2"),
    ("plant", "X", "A-2", 1, D(9)),
    ("count", "A-2"),
    ("post",),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
@example(done=STORY)
def test_bins_that_are_weighed_find_both_quantities(
    company: Any, done: list[tuple[Any, ...]], monkeypatch: Any
) -> None:
    all_counted(company, Clerk, done, monkeypatch)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_bins_that_are_weighed_find_both_quantities_on_the_other_engine(company: Any, monkeypatch: Any) -> None:
    """What chance finds is found on SQLite, in half the time."""
    all_counted(company, Clerk, STORY, monkeypatch)
