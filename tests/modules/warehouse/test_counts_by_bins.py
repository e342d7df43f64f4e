"""A warehouse is counted bin by bin: what is found in another bin changes bins, what is missing in all is posted, what nobody
counted stays, and what is refused changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import correct, kind_of, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import Bin, BinMove
from modules.warehouse.bins.operations import bin_by_id, change_bin, create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting.kinds import CountDraft, CountLineDraft
from modules.warehouse.counting.models import NONE_THERE, StockCount
from modules.warehouse.counting.operations import Tallied, count_whole_bin, recount, tally, undo
from modules.warehouse.counting.results import changed_nothing, spots_in, to_count_again
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock
from tests.modules.warehouse.test_counts import MAIN, at, begin, closed

NAIL, SAW, SHOP = 1, 2, 101


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Of thirty nails at 2.00 ten lie in A-1, fifteen in A-2 and five outside of bins; saw S1 lies in A-1 and S2 in B-1; the
    books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="N", name="Nail")
        create_item(session, SYSTEM, code="S", name="Saw", tracking="serial")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_bins(session, SYSTEM, place_id=MAIN, codes="A-1, A-2", zone="A")
        create_bins(session, SYSTEM, place_id=MAIN, codes="B-1", zone="B")
        move(session, Receipt, NAIL, 30, at(1), price=2)
        move(session, Receipt, SAW, 2, at(1), lots="S1, S2", price=10)
        put(session, NAIL, 10, "A-1")
        put(session, NAIL, 15, "A-2")
        put(session, SAW, 1, "A-1", lots="S1")
        put(session, SAW, 1, "B-1", lots="S2")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, item: int, quantity: int, moment: Any, *, price: Any = None, lots: str = "") -> Any:
    ends = {"target_id": MAIN} if kind is Receipt else {"source_id": MAIN}
    lines = [MovementLineDraft(item, D(quantity), None if price is None else D(price), lots=lots)]
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=moment, **ends))
    post(session, SYSTEM, [document])
    return document


def put(
    session: Any, item: int, quantity: int, target: str, source: str = "", moment: Any = None, lots: str = ""
) -> None:
    line = BinMoveLineDraft(item, D(quantity), from_bin=source, to_bin=target, lots=lots)
    draft = BinMoveDraft(place_id=MAIN, lines=[line], moment=moment or at(2))
    post(session, SYSTEM, [save(session, SYSTEM, BinMove, draft)])


def bin_id(session: Any, code: str) -> int:
    return int(session.scalars(select(Bin.id).where(Bin.code == code, Bin.warehouse_id == MAIN)).one()) if code else 0


def scan(session: Any, count: int, code: str, item: int, quantity: Any, moment: Any, lot: str = "") -> str:
    act = f"{count} {code} {item} {quantity} {moment} {lot}"
    said = Tallied(item, D(quantity), act, moment, lot, bin_id=bin_id(session, code))
    tally(session, SYSTEM, count, [said])
    return act


def whole(session: Any, count: int, code: str, moment: Any) -> str:
    act = f"{count} all of {code} {moment}"
    count_whole_bin(session, SYSTEM, count, bin_id(session, code), act, moment)
    return act


def lying(session: Any, item: int = NAIL) -> dict[str, int]:
    """Bin → how much the books say lies there; "": not put away."""
    codes = {b.id: b.code for b in session.scalars(select(Bin))}
    found = ledger.now(session, Bins.lying, by=("bin",), where={"item": item})
    bins = {codes[f.key[0]]: int(f.amounts["quantity"]) for f in found}
    held = ledger.now(session, Stock.on_hand, by=(), where={"item": item, "place": MAIN})
    bins[""] = int(sum(f.amounts["quantity"] for f in held)) - sum(bins.values())
    return {code: units for code, units in bins.items() if units}


def said(session: Any, document: Any) -> list[tuple[Any, ...]]:
    lines = kind_of(document).paper(session, document).lines
    return [(x["expected"], x["quantity"], x["value"], x["aside"]) for x in lines]


def test_what_was_found_in_another_bin_changes_bins_and_what_is_missing_in_all_is_posted(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 4, at(9))
        scan(session, count, "A-2", NAIL, 19, at(9, 1))
        scan(session, count, "", NAIL, 5, at(9, 2))
        return said(session, closed(session, count))

    assert run(work) == [(D(30), D(28), D("-4.00"), "Bins: A-1 −6; A-2 +4")]
    assert run(lying) == {"A-1": 4, "A-2": 19, "": 5}
    assert run(lambda s: lying(s, SAW)) == {"A-1": 1, "B-1": 1}  # nobody counted them


def test_of_a_bin_in_which_all_is_counted_the_rest_is_missing(run: Any) -> None:
    """A surplus comes to its bin; a bin that is done although it is empty says so, and so does its undoing."""

    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True, zone="A")
        scan(session, count, "A-1", NAIL, 13, at(9))
        whole(session, count, "A-1", at(9, 1))
        undo(session, SYSTEM, count, whole(session, count, "A-2", at(9, 2)))
        return said(session, closed(session, count))

    assert run(work) == [
        (D(10), D(13), D("6.00"), "Bins: A-1 +3"),
        (D(1), D(0), D("-10.00"), "Missing: S1. Bins: A-1 −1"),
    ]
    assert run(lying) == {"A-1": 13, "A-2": 15, "": 5}
    assert run(lambda s: lying(s, SAW)) == {"B-1": 1}


def test_what_nobody_counted_in_the_counted_bins_may_be_gone(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True, bins="a-2, B-1", rest=NONE_THERE)
        scan(session, count, "A-2", NAIL, 15, at(9))
        closed(session, count)

    run(work)
    assert run(lying) == {"A-1": 10, "A-2": 15, "": 5}
    assert run(lambda s: lying(s, SAW)) == {"A-1": 1}


def test_each_bin_is_compared_as_of_its_own_scan(run: Any) -> None:
    """Nails go from a bin that was counted to one that is counted later, some leave, and their papers come late."""

    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 10, at(9))
        scan(session, count, "A-2", NAIL, 15 + 3, at(11))
        scan(session, count, "", NAIL, 5, at(11))
        put(session, NAIL, 3, "A-2", "A-1", at(10))
        move(session, Issue, NAIL, 2, at(12))
        return said(session, closed(session, count))

    assert run(work) == [(D(33), D(33), None, "")]  # three were in both, each at its moment
    assert run(lying) == {"A-1": 5, "A-2": 18, "": 5}


def test_what_left_a_bin_by_the_books_since_is_taken_from_elsewhere(run: Any) -> None:
    """Four were in A-1 when it was counted, and by the books nine left it since: they came out of other bins."""

    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 4, at(9))
        scan(session, count, "A-2", NAIL, 15, at(9))
        move(session, Issue, NAIL, 9, at(10))
        closed(session, count)

    run(work)
    assert run(lying) == {"A-2": 10, "": 5}


def test_a_receipt_that_is_reversed_after_the_count_was_never_there(run: Any) -> None:
    """What leaves a bin then is taken as if less had been put there, so it was as empty when it was counted."""

    def work(session: Any) -> Any:
        put(session, NAIL, 5, "A-2", moment=at(3))
        again = move(session, Receipt, NAIL, 7, at(3), price=2)
        put(session, NAIL, 7, "A-1", moment=at(4))
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 10, at(9))
        reverse(session, SYSTEM, locked(session, Receipt, again.id))
        return said(session, closed(session, count))

    assert run(work) == [(D(10), D(10), None, "")]
    assert run(lying) == {"A-1": 10, "A-2": 20}


def test_pieces_change_bins_and_one_in_a_bin_that_isnt_counted_is_refused(run: Any, refused: Any) -> None:
    def work(session: Any, *bins: str) -> Any:
        count = begin(session, is_by_bin=True, bins=", ".join(bins))
        scan(session, count, "A-1", SAW, 1, at(9), "S1")
        scan(session, count, "A-1", SAW, 1, at(9), "S2")
        for code in bins[1:]:
            whole(session, count, code, at(9, 5))
        return said(session, closed(session, count))

    words = refused(lambda s: work(s, "A-1"), Conflict)
    assert words.endswith("count them once more: Saw S2 (Main warehouse, B-1)")
    assert run(lambda s: work(s, "A-1", "B-1")) == [(D(2), D(2), None, "Bins: A-1 +1; B-1 −1")]
    assert run(lambda s: lying(s, SAW)) == {"A-1": 2}


def test_one_bin_of_an_item_is_counted_once_more(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True)
        document = session.get(StockCount, count)
        scan(session, count, "A-1", NAIL, 8, at(9))
        whole(session, count, "A-1", at(9, 1))
        scan(session, count, "A-2", NAIL, 15, at(9, 2))
        spots = {(NAIL, bin_id(session, "A-1")), (SAW, bin_id(session, "A-1"))}
        assert recount(session, SYSTEM, count, spots, at(9, 30)) == 2
        assert set(to_count_again(session, document)) == spots
        scan(session, count, "A-1", NAIL, 10, at(10))
        assert set(to_count_again(session, document)) == {(SAW, bin_id(session, "A-1"))}
        whole(session, count, "A-1", at(10, 1))  # the saw really is missing
        assert to_count_again(session, document) == []
        return said(session, closed(session, count))

    assert run(work) == [(D(25), D(25), None, ""), (D(1), D(0), D("-10.00"), "Missing: S1. Bins: A-1 −1")]


def test_goods_that_come_to_a_bin_while_all_in_it_is_counted_are_counted_once_more(run: Any, refused: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        scan(session, count, "B-1", SAW, 1, at(9), "S2")
        put(session, NAIL, 2, "B-1", moment=at(9, 30))
        whole(session, count, "B-1", at(10))
        closed(session, count)

    assert refused(work, Conflict).endswith("Count them once more: Nail (B-1)")


def test_it_is_reversed_and_compared_again(run: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 7, at(9))
        scan(session, count, "B-1", NAIL, 3, at(9))
        closed(session, count)
        put(session, NAIL, 2, "A-2", "A-1", at(8))  # before it was counted: one is too much there
        return count

    before, count = run(lying), run(work)
    assert run(lying) == {"A-1": 5, "A-2": 17, "B-1": 3, "": 5}

    def again(session: Any) -> None:
        document = locked(session, StockCount, count)
        correct(session, SYSTEM, document, kind_of(document).draft_of(document))

    run(again)
    assert run(lying) == {"A-1": 7, "A-2": 17, "B-1": 3, "": 5}
    run(lambda s: reverse(s, SYSTEM, locked(s, StockCount, count)))
    assert run(lying) == {**before, "A-1": 8, "A-2": 17}


def test_two_counts_share_an_item_and_no_bin(run: Any, refused: Any) -> None:
    def work(session: Any) -> tuple[int, int]:
        one, other = begin(session, is_by_bin=True, zone="A"), begin(session, is_by_bin=True)
        scan(session, one, "A-1", NAIL, 9, at(9))
        scan(session, other, "B-1", NAIL, 1, at(9))
        return one, other

    one, other = run(work)
    in_two = refused(lambda s: scan(s, other, "A-1", SAW, 1, at(9), "S1"), Conflict)
    assert in_two == f"Bin “A-1” is counted in another count: draft {one}."
    assert refused(lambda s: whole(s, other, "A-1", at(9)), Conflict) == in_two
    assert "Nail" in refused(lambda s: tally(s, SYSTEM, begin(s), [Tallied(NAIL, D(1), "x", at(9))]), Conflict)
    run(lambda s: closed(s, one))
    run(lambda s: closed(s, other))
    assert run(lying) == {"A-1": 9, "A-2": 15, "B-1": 1, "": 5}
    late = refused(lambda s: scan(s, begin(s, is_by_bin=True), "A-1", NAIL, 9, at(9, 1)), Conflict)
    assert late.startswith("Bin “A-1” is counted in another count: SC-")


def test_what_a_count_of_the_item_found_isnt_missing_once_more(run: Any, refused: Any) -> None:
    """All in A-1 was counted without a nail before another count posted that there are none."""

    def work(session: Any) -> int:
        by_bin = begin(session, is_by_bin=True)
        whole(session, by_bin, "A-1", at(9))
        closed(session, scanned(session, begin(session)))
        return by_bin

    def scanned(session: Any, count: int) -> int:
        tally(session, SYSTEM, count, [Tallied(NAIL, D(20), "by item", at(10))])
        return count

    by_bin = run(work)
    assert "Another count of this warehouse counts these too" in refused(lambda s: closed(s, by_bin), Conflict)
    run(lambda s: recount(s, SYSTEM, by_bin, {(NAIL, bin_id(s, "A-1"))}))


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"bins": "A-1"}, "is_by_bin", "Tick this to count some bins"),
        ({"is_by_bin": True, "bins": "A-1, A-9"}, "bins", "no open bin “A-9”"),
        ({"is_by_bin": True, "zone": "C"}, "zone", "no open bin in zone “C”"),
        ({"is_by_bin": True, "place_id": SHOP}, "is_by_bin", "has no bins"),
    ],
)
def test_what_cant_be_counted_by_bins_is_refused(
    run: Any, refused: Any, fields: dict[str, Any], field: str, words: str
) -> None:
    draft = CountDraft(**{"place_id": MAIN, **fields})
    assert words in refused(lambda s: save(s, SYSTEM, StockCount, draft), Invalid, field=field)


def test_only_bins_of_the_count_are_counted(run: Any, refused: Any) -> None:
    def work(session: Any) -> tuple[int, int]:
        elsewhere = create_bins(session, SYSTEM, place_id=SHOP, codes="S-1")[0].id
        return begin(session, is_by_bin=True, bins="A-1, A-2"), elsewhere

    count, elsewhere = run(work)
    for where in ("B-1", ""):
        refused(lambda s, where=where: scan(s, count, where, NAIL, 1, at(9)), Invalid, field="bin")
        refused(lambda s, where=where: whole(s, count, where, at(9)), Invalid, field="bin")
    refused(lambda s: count_whole_bin(s, SYSTEM, count, elsewhere, "x", at(9)), Invalid, field="bin")
    refused(lambda s: count_whole_bin(s, SYSTEM, begin(s), 0, "x", at(9)), Invalid, field="bin")
    refused(lambda s: scan(s, begin(s), "A-1", NAIL, 1, at(9)), Invalid, field="bin")
    refused(lambda s: whole(s, count, "A-1", at(7)), Invalid, field="moment")
    act = run(lambda s: whole(s, count, "A-1", at(9)))
    refused(lambda s: count_whole_bin(s, SYSTEM, count, bin_id(s, "A-2"), act, at(9)), Conflict)

    def otherwise(session: Any) -> None:
        scan(session, count, "A-1", NAIL, 1, at(9))
        draft = CountDraft(place_id=MAIN, lines=[CountLineDraft(NAIL)])
        save(session, SYSTEM, StockCount, draft, document=session.get(StockCount, count))

    assert "Something is counted already" in refused(otherwise, Invalid, field="is_by_bin")


def test_a_surplus_of_a_bin_that_was_closed_meanwhile_isnt_put_away(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        scan(session, count, "B-1", NAIL, 3, at(9))
        put(session, SAW, 1, "A-1", "B-1", at(9) + timedelta(minutes=1), lots="S2")
        bin_ = bin_by_id(session, bin_id(session, "B-1"))
        change_bin(session, SYSTEM, bin_, code="B-1", zone="B", position=bin_.position, is_active=False)
        closed(session, count)

    run(work)
    assert run(lying) == {"A-1": 10, "A-2": 15, "": 8}


def test_a_bin_that_was_counted_once_more_says_nothing_of_what_is_asked_for_later(run: Any) -> None:
    """All in A-1 is counted a second time for the saw; then the nails, seen in the first round, are asked for too."""

    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True)
        nails, saws = ((item, bin_id(session, "A-1")) for item in (NAIL, SAW))
        scan(session, count, "A-1", NAIL, 8, at(9))
        whole(session, count, "A-1", at(9, 1))
        recount(session, SYSTEM, count, {saws}, at(9, 30))
        whole(session, count, "A-1", at(10))
        assert recount(session, SYSTEM, count, {nails}) == 1
        assert to_count_again(session, session.get(StockCount, count)) == [nails]
        return said(session, closed(session, count))

    assert run(work)[0] == (D(10), D(8), D("-4.00"), "Bins: A-1 −2")


def test_a_piece_that_is_new_and_scanned_in_two_bins_is_refused(run: Any, refused: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        for code in ("A-1", "B-1"):
            scan(session, count, code, SAW, 1, at(9), "S9")
        closed(session, count)

    assert "S9" in refused(work, Conflict)


def test_what_lies_in_a_bin_that_was_closed_meanwhile_isnt_put_away(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        scan(session, count, "A-1", NAIL, 7, at(9))
        scan(session, count, "C-1", NAIL, 3, at(9))
        closing = bin_by_id(session, bin_id(session, "C-1"))
        change_bin(session, SYSTEM, closing, code="C-1", zone="", position=0, is_active=False)
        closed(session, count)

    run(lambda s: create_bins(s, SYSTEM, place_id=MAIN, codes="C-1"))
    run(work)
    assert run(lying) == {"A-1": 7, "A-2": 15, "": 8}


def test_what_lay_in_a_bin_before_the_count_isnt_looked_at(run: Any) -> None:
    def work(session: Any) -> Any:
        put(session, NAIL, 10, "", "A-1", moment=at(3))
        put(session, NAIL, 1, "", "A-2", moment=at(9))
        count = session.get(StockCount, begin(session, is_by_bin=True))
        return spots_in(session, count, [bin_id(session, code) for code in ("A-1", "A-2", "B-1")])

    assert run(work) == {(SAW, 1), (NAIL, 2), (SAW, 3)}


def test_what_is_missing_by_a_later_round_may_be_counted_once_more(run: Any) -> None:
    """Nobody said that all in A-1 is counted before its nails were counted once more."""

    def work(session: Any) -> None:
        count = begin(session, is_by_bin=True)
        nails, saws = ((item, bin_id(session, "A-1")) for item in (NAIL, SAW))
        scan(session, count, "A-1", NAIL, 8, at(9))
        recount(session, SYSTEM, count, {nails}, at(9, 30))
        whole(session, count, "A-1", at(10))
        assert recount(session, SYSTEM, count, {saws}) == 1
        assert to_count_again(session, session.get(StockCount, count)) == [saws]

    run(work)


def test_counts_that_are_posted_together_take_nothing_twice(run: Any) -> None:
    """What was missing in A-2 was taken out of it since: it is missing where it lies by the books."""

    def work(session: Any) -> None:
        counts = []
        for code in ("A-1", "A-2"):
            counts.append(begin(session, is_by_bin=True, bins=code))
            scan(session, counts[-1], code, NAIL, 0, at(9))
        put(session, NAIL, 15, "", "A-2", moment=at(10))
        post(session, SYSTEM, [session.get(StockCount, count) for count in counts])

    run(work)
    assert run(lying) == {"": 5}


def test_a_bin_that_is_renamed_while_it_is_counted_stays_in_the_count(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session, is_by_bin=True, bins="A-1, B-1, -")
        change_bin(session, SYSTEM, bin_by_id(session, bin_id(session, "A-1")), code="A-9", zone="A")
        scan(session, count, "A-9", NAIL, 8, at(9))
        document = session.get(StockCount, count)
        draft = kind_of(document).draft_of(document)
        assert draft.bins == "A-9, B-1, -"
        save(
            session, SYSTEM, StockCount, draft, document=document
        )  # which is refused where it names a bin that isn't there
        with pytest.raises(Invalid, match="isn't counted in this count"), session.begin_nested():
            scan(session, count, "A-2", NAIL, 8, at(9, 1))
        closed(session, count)
        return lying(session)

    assert run(work) == {"A-9": 8, "A-2": 15, "": 5}


def test_empty_bins_that_agree_are_posted_and_nothing_differs(run: Any) -> None:
    def work(session: Any) -> Any:
        create_bins(session, SYSTEM, place_id=MAIN, codes="C-1, C-2", zone="C")
        count = begin(session, is_by_bin=True, zone="C")
        with pytest.raises(Invalid, match="Nothing has been counted yet"), session.begin_nested():
            closed(session, count)
        undo(session, SYSTEM, count, whole(session, count, "C-2", at(9)))
        with pytest.raises(Invalid, match="Nothing has been counted yet"), session.begin_nested():
            closed(session, count)
        session.expire_all()
        whole(session, count, "C-1", at(9))
        document = closed(session, count)
        return document.number, said(session, document), changed_nothing(session, document)

    assert run(work) == ("SC-000001", [], True)
