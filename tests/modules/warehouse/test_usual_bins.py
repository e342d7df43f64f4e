"""Usual bins: what comes is put there, and they are filled from elsewhere in the warehouse once they hold too little."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import ledger
from app.documents import post, save
from app.errors import Changed, Conflict, Invalid, NotFound
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.levels import add_level, change_level, draft_bringing, level_by_id, remove_level, to_bring
from modules.warehouse.bins.models import Bin, BinLevel, BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.putting import bins_to_pick, lots_to_pick, unplaced
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.rules import InBin, Level, brought
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt
from modules.warehouse.operations import create_item

NAIL, MILK, SAW = 1, 2, 3
MAIN = 100


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where the main warehouse has bins P-1 and P-2 to pick from and R-1 and R-2 in reserve; the books are proved
    after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_bins(session, SYSTEM, place_id=MAIN, codes="P-1..P-2")
        create_bins(session, SYSTEM, place_id=MAIN, codes="R-1..R-2")

    company.database.run(prepare, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def come(session: Any, item: int, quantity: int, to_bin: str = "", lots: str = "", expires: Any = None) -> None:
    line = MovementLineDraft(item, D(quantity), D(1), lots=lots, expires=expires)
    post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft([line], target_id=MAIN))])
    if to_bin:
        lines = [BinMoveLineDraft(item, D(quantity), lots=lots, to_bin=to_bin)]
        post(session, SYSTEM, [save(session, SYSTEM, BinMove, BinMoveDraft(place_id=MAIN, lines=lines))])


def level(session: Any, item: int = NAIL, bin_: str = "P-1", minimum: Any = 10, maximum: Any = 30) -> int:
    return add_level(session, SYSTEM, item_id=item, place_id=MAIN, bin=bin_, minimum=D(minimum), maximum=D(maximum)).id


def said(session: Any) -> list[tuple[int, str, D, str, str]]:
    return [(x.item_id, x.lots, x.quantity, x.from_bin, x.bin) for x in to_bring(session, MAIN)]


def test_a_bin_below_its_minimum_is_filled_to_its_maximum(run: Any) -> None:
    def work(session: Any) -> None:
        level(session)
        come(session, NAIL, 9, "P-1")
        come(session, NAIL, 12, "R-1")
        come(session, NAIL, 4)
        assert said(session) == [(NAIL, "", D(4), "", "P-1"), (NAIL, "", D(12), "R-1", "P-1")]
        document = draft_bringing(session, SYSTEM, MAIN)
        assert document is not None
        post(session, SYSTEM, [document])
        assert said(session) == []  # 25 of 30: above the minimum
        assert draft_bringing(session, SYSTEM, MAIN) is None

    run(work)


def test_what_expires_first_is_brought_first_and_nothing_that_has(run: Any) -> None:
    def work(session: Any) -> None:
        level(session, MILK, maximum=10)
        level(session, SAW, minimum=1, maximum=2)
        come(session, MILK, 6, "R-1", "LATE", date(2049, 1, 1))
        come(session, MILK, 6, "R-2", "SOON", date(2048, 1, 1))
        come(session, MILK, 6, "R-2", "GONE", date(2020, 1, 1))
        come(session, SAW, 3, "R-1", "S1, S2, S3")
        assert said(session) == [
            (MILK, "SOON", D(6), "R-2", "P-1"),
            (MILK, "LATE", D(4), "R-1", "P-1"),
            (SAW, "S1, S2", D(2), "R-1", "P-1"),
        ]
        post(session, SYSTEM, [draft_bringing(session, SYSTEM, MAIN)])
        assert said(session) == []

    run(work)


def test_what_comes_is_put_into_its_usual_bin(run: Any) -> None:
    def work(session: Any) -> None:
        come(session, NAIL, 5, "R-2")
        come(session, NAIL, 7)
        assert [x.bin for x in unplaced(session, MAIN)] == ["R-2"]
        level(session, bin_="P-2")
        assert [x.bin for x in unplaced(session, MAIN)] == ["P-2"]

    run(work)


def test_goods_are_taken_from_their_usual_bin_first(run: Any) -> None:
    """Of what expires first, and of that item alone; what is named is what a posting takes. The stops go by the walk."""

    def work(session: Any) -> None:
        level(session, bin_="R-2")
        level(session, MILK, bin_="R-1")
        come(session, NAIL, 5, "P-1")
        come(session, NAIL, 5, "R-1")
        come(session, NAIL, 5, "R-2")
        come(session, NAIL, 5)
        come(session, MILK, 5, "R-1", "LATE", date(2099, 2, 1))
        come(session, MILK, 3, "P-2", "SOON", date(2099, 1, 1))
        come(session, MILK, 3, "R-1", "SOON", date(2099, 1, 1))
        wanted = {NAIL: D(8), MILK: D(5)}
        found = bins_to_pick(session, MAIN, wanted)
        assert {item: [(b.code, n) for b, n in parts] for item, parts in found.items()} == {
            NAIL: [("P-1", 3), ("R-2", 5)],
            MILK: [("P-2", 2), ("R-1", 3)],
        }
        lots = lots_to_pick(session, MAIN, wanted)[MILK]
        assert [(x.bin and x.bin.code, x.lot, x.quantity) for x in lots] == [("P-2", "SOON", 2), ("R-1", "SOON", 3)]
        lines = [MovementLineDraft(item, n) for item, n in wanted.items()]
        post(session, SYSTEM, [save(session, SYSTEM, Issue, MovementDraft(lines, source_id=MAIN))])
        figures = ledger.now(session, Bins.lying, by=("item", "bin"), where={"item": [NAIL, MILK]})
        codes = {b.id: b.code for b in session.query(Bin)}
        left = {(f.key[0], codes[f.key[1]]): f.amounts["quantity"] for f in figures if f.amounts["quantity"]}
        assert left == {(NAIL, "P-1"): 2, (NAIL, "R-1"): 5, (MILK, "P-2"): 1, (MILK, "R-1"): 5}

    run(work)


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"item_id": None}, Invalid, "item_id"),
        ({"bin": "X-9"}, Invalid, "bin"),
        ({"bin": "p-2"}, Conflict, "bin"),
        ({"minimum": D(-1)}, Invalid, "minimum"),
        ({"minimum": D("0.5")}, Invalid, "minimum"),
        ({"minimum": None}, Invalid, "minimum"),
        ({"maximum": D(0), "minimum": D(0)}, Invalid, "maximum"),
        ({"maximum": D(9)}, Invalid, "maximum"),
        ({"place_id": 999}, NotFound, None),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(run: Any, fields: Any, error: Any, field: Any) -> None:
    given_ = {"item_id": NAIL, "place_id": MAIN, "bin": "P-1", "minimum": D(10), "maximum": D(30), **fields}
    run(lambda s: level(s, bin_="P-2"))
    with pytest.raises(error) as refused:
        run(lambda s: add_level(s, SYSTEM, **given_).id)
    assert getattr(refused.value, "field", None) == field
    assert run(lambda s: s.query(BinLevel).count()) == 1


def test_it_is_changed_and_removed_by_whoever_saw_it_last(run: Any) -> None:
    number = run(level)
    run(lambda s: change_level(s, SYSTEM, level_by_id(s, number), version=1, minimum=D(5), maximum=D(6)))
    with pytest.raises(Changed):
        run(lambda s: change_level(s, SYSTEM, level_by_id(s, number), version=1, minimum=D(7), maximum=D(8)))
    with pytest.raises(Changed):
        run(lambda s: remove_level(s, SYSTEM, level_by_id(s, number), version=1))
    assert run(lambda s: (level_by_id(s, number).minimum, level_by_id(s, number).maximum)) == (D(5), D(6))
    run(lambda s: remove_level(s, SYSTEM, level_by_id(s, number), version=2))
    with pytest.raises(NotFound):
        run(lambda s: level_by_id(s, number))


def test_its_pages(app: Any, run: Any, employ: Any) -> None:
    def work(session: Any) -> None:
        level(session)
        come(session, NAIL, 12, "R-1")

    run(work)
    employ("steve", "storekeeper")
    steve = app.test_client()
    steve.post("/login", data={"login": "steve", "password": "steve-sample"})
    assert "P-1" in steve.get("/warehouse/bins/levels").text
    page = steve.get("/warehouse/bins/bring").text
    assert "R-1" in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0] if 'name="csrf_token" value="' in page else ""
    drafted = steve.post(f"/warehouse/bins/bring?place={MAIN}", data={"csrf_token": token})
    assert (drafted.status_code, "/warehouse/bin-moves/" in drafted.headers["Location"]) == (302, True)


_UNITS = st.integers(0, 9)
_LEVELS = st.lists(st.tuples(_UNITS, _UNITS).map(sorted), max_size=3).map(
    lambda found: [Level(n, low, high) for n, (low, high) in enumerate(found, 1)]
)
_LYING = st.lists(st.builds(InBin, st.integers(0, 6), st.integers(0, 2), st.integers(1, 9)), max_size=8)


@given(_LEVELS, _LYING)
def test_bins_are_filled_as_far_as_there_is_something(levels: list[Level], lying: list[InBin]) -> None:
    usual = {each.bin for each in levels}
    there = Counter[tuple[int, int]]()
    for each in lying:
        there[each.bin, each.lot] += each.units
    held = {each.bin: sum(n for (b, _), n in there.items() if b == each.bin) for each in levels}
    rest = sum(n for (b, _), n in there.items() if b not in usual)
    expected = {}
    for each in levels:
        wanted = each.maximum - held[each.bin] if held[each.bin] < each.minimum else 0
        expected[each.bin] = min(wanted, rest)
        rest -= expected[each.bin]
    found = list(brought(levels, lying))
    assert Counter({b: n for b, n in expected.items() if n}) == sum(
        (Counter({target: source.units}) for source, target in found), Counter()
    )
    taken = sum((Counter({(s.bin, s.lot): s.units}) for s, _ in found), Counter())
    assert taken <= there
    assert not {source.bin for source, _ in found} & usual
