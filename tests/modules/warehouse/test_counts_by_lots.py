"""Pieces with serial numbers and goods with lots are counted by these: which are missing and which were found, and what is
refused changes nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import correct, kind_of, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.notices import taken_notices
from app.security import SYSTEM
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.operations import Tallied, recount, tally
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
from modules.warehouse.holds.models import Hold
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Lot, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock
from tests.modules.warehouse.test_counts import MAIN, at, begin, closed

SAW, PAINT, SHOP = 1, 2, 101


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Saws S1, S2 and S3 at 10.00 and paint A: 10, B: 5 at 2.00 lie in the main warehouse; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="S", name="Saw", tracking="serial")
        create_item(session, SYSTEM, code="P", name="Paint", tracking="lot")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        move(session, Receipt, SAW, 3, "S1, S2, S3", at(1), price=10)
        move(session, Receipt, PAINT, 15, "A: 10, B: 5", at(1), price=2)

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, item: int, quantity: Any, lots: str, moment: Any, *, price: Any = None) -> None:
    ends = {
        Receipt: {"target_id": MAIN},
        Transfer: {"source_id": MAIN, "target_id": SHOP},
    }.get(kind, {"source_id": MAIN})
    lines = [MovementLineDraft(item, D(quantity), None if price is None else D(price), lots=lots)]
    post(session, SYSTEM, [save(session, SYSTEM, kind, MovementDraft(lines, moment=moment, **ends))])


def scan(session: Any, count: int, item: int, lots: str, moment: Any, expires: date | None = None) -> None:
    """Scan each of some serial numbers, or of some lots with their quantities."""
    for each in lots.split():
        lot, _, quantity = each.partition(":")
        act = f"{item} {each} {moment} {session.scalar(select(Lot.id).order_by(Lot.id.desc()).limit(1))}"
        tally(session, SYSTEM, count, [Tallied(item, D(quantity or 1), act, moment, lot, expires)])


def there(session: Any, item: int, place: int = MAIN) -> dict[str, D]:
    """Lot or serial number → how much of it a warehouse holds now."""
    codes = {lot.id: lot.code for lot in session.scalars(select(Lot))}
    found = ledger.now(session, Stock.on_hand, by=("lot",), where={"item": item, "place": place})
    return {codes[f.key[0]]: f.amounts["quantity"] for f in found if f.amounts["quantity"]}


def said(session: Any, document: Any) -> list[tuple[Any, ...]]:
    """Of each line expected, counted, the value of what differs, and what is said of lots."""
    lines = kind_of(document).paper(session, document).lines
    return [(x["expected"], x["quantity"], x["value"], x["aside"]) for x in lines]


def test_which_pieces_are_missing_and_which_were_found_is_what_is_posted(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        scan(session, count, SAW, "S1 S9 S3", at(9))
        scan(session, count, SAW, "S1", at(9, 5))  # once more: it is one piece
        return said(session, closed(session, count))

    assert run(work) == [(D(3), D(3), D("0.00"), "Missing: S2. Found: S9")]
    assert run(lambda s: there(s, SAW)) == {"S1": D(1), "S3": D(1), "S9": D(1)}


def test_lots_are_compared_each_by_itself_and_a_new_one_learns_its_day(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        scan(session, count, PAINT, "A:6", at(9))
        scan(session, count, PAINT, "A:2", at(9, 1))
        scan(session, count, PAINT, "C:4", at(9, 2), date(2031, 5, 1))
        return said(session, closed(session, count))

    assert run(work) == [(D(15), D(12), D("-6.00"), "Missing: A: 2; B: 5. Found: C: 4")]
    assert run(lambda s: there(s, PAINT)) == {"A": D(8), "C": D(4)}
    assert run(lambda s: s.scalar(select(Lot.expires).where(Lot.code == "C"))) == date(2031, 5, 1)


def test_pieces_that_come_and_go_meanwhile_are_compared_as_of_their_own_scans(run: Any) -> None:
    """S1 is sold once it was scanned, S2 before anybody came by; nothing is missing."""

    def work(session: Any) -> Any:
        count = begin(session)
        scan(session, count, SAW, "S1", at(9))
        move(session, Issue, SAW, 2, "S1, S2", at(10))
        scan(session, count, SAW, "S3", at(11))
        move(session, Receipt, SAW, 1, "S4", at(12), price=10)
        return said(session, closed(session, count))

    ((expected, counted, value, lots),) = run(work)
    assert (expected, counted, value, lots) == (D(2), D(2), None, "")
    assert run(lambda s: there(s, SAW)) == {"S3": D(1), "S4": D(1)}


@pytest.mark.parametrize(
    ("scanned", "kind", "pieces", "when"),
    [
        ("S1 S3", Issue, "S2", at(10)),  # the missing one was sold later: it was there
        ("S1 S2 S3 S4", Receipt, "S4", at(10)),  # the found one is received later
        ("S1 S2 S3", Issue, "S3", at(9)),  # within the second of its scan
    ],
)
def test_a_piece_that_moved_after_it_was_missed_is_counted_once_more(
    run: Any, refused: Any, scanned: str, kind: Any, pieces: str, when: Any
) -> None:
    def work(session: Any) -> int:
        count = begin(session)
        scan(session, count, SAW, scanned, at(9))
        move(session, kind, SAW, 1, pieces, when, price=10 if kind is Receipt else None)
        return count

    count = run(work)
    assert "Goods moved" in refused(lambda s: closed(s, count), Conflict)

    def again(session: Any) -> Any:
        recount(session, SYSTEM, count, {(SAW, 0)}, at(12))
        held = there(session, SAW)
        scan(session, count, SAW, " ".join(held), at(12))
        return held, said(session, closed(session, count))

    held, lines = run(again)
    assert [line[3] for line in lines] == [""]
    assert run(lambda s: there(s, SAW)) == held


def test_what_came_while_its_item_was_counted_and_nobody_saw_is_counted_once_more(run: Any, refused: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session)
        scan(session, count, SAW, "S1 S2", at(9))
        move(session, Receipt, SAW, 1, "S4", at(10), price=10)
        scan(session, count, SAW, "S3", at(11))
        return count

    count = run(work)
    assert "Goods moved" in refused(lambda s: closed(s, count), Conflict)


def test_a_piece_that_is_elsewhere_by_the_books_has_to_be_transferred(run: Any, refused: Any) -> None:
    def work(session: Any) -> int:
        move(session, Transfer, SAW, 1, "S3", at(2))
        count = begin(session)
        scan(session, count, SAW, "S1 S2 S3", at(9))
        return count

    count = run(work)
    assert "Saw S3 (Shop floor)" in refused(lambda s: closed(s, count), Conflict)


def test_none_of_it_needs_no_number(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        tally(session, SYSTEM, count, [Tallied(SAW, D(0), "none", moment=at(9))])
        return said(session, closed(session, count))

    assert run(work) == [(D(3), D(0), D("-30.00"), "Missing: S1; S2; S3")]
    assert run(lambda s: there(s, SAW)) == {}


@pytest.mark.parametrize(
    ("item", "quantity", "lot", "why"),
    [
        (SAW, 1, "", "“Saw” has serial numbers: scan or type that of each piece."),
        (SAW, 2, "S1", "“Saw”: a serial number is of one piece."),
        (PAINT, 4, "", "“Paint” is kept by lots: scan its label, or type the lot."),
        (PAINT, 4, "A, B", "“A, B” can't be a lot"),
        (PAINT, 4, "A" * 61, "can't be a lot"),
    ],
)
def test_what_says_no_piece_is_refused_and_nothing_changed(
    run: Any, refused: Any, item: int, quantity: int, lot: str, why: str
) -> None:
    count = run(begin)
    assert why in refused(lambda s: tally(s, SYSTEM, count, [Tallied(item, D(quantity), "a", lot=lot)]), Invalid)


def test_an_act_that_names_another_piece_by_now_is_refused(run: Any, refused: Any) -> None:
    count = run(begin)
    run(lambda s: tally(s, SYSTEM, count, [Tallied(SAW, D(1), "a", lot="S1")]))
    refused(lambda s: tally(s, SYSTEM, count, [Tallied(SAW, D(1), "a", lot="S2")]), Conflict)


def test_goods_without_a_lot_get_the_one_that_is_counted(run: Any) -> None:
    """Ropes lay there before lots were kept of them."""

    def work(session: Any) -> Any:
        rope = create_item(session, SYSTEM, code="R", name="Rope")
        move(session, Receipt, rope.id, 4, "", at(1), price=3)
        rope.tracking = "lot"
        session.flush()
        return rope.id

    rope = run(work)

    def count_it(session: Any) -> Any:
        count = begin(session)
        scan(session, count, rope, "R1:4", at(9))
        return said(session, closed(session, count))

    assert run(count_it) == [(D(4), D(4), D("0.00"), "Missing: without a lot: 4. Found: R1: 4")]
    assert run(lambda s: there(s, rope)) == {"R1": D(4)}


def test_a_reversed_count_leaves_the_pieces_as_they_were_and_a_correction_compares_again(run: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session)
        scan(session, count, SAW, "S1 S9", at(9))
        closed(session, count)
        return count

    count = run(work)

    def again(session: Any) -> None:
        document = locked(session, StockCount, count)
        correct(session, SYSTEM, document, kind_of(document).draft_of(document))

    run(again)
    assert run(lambda s: said(s, s.get(StockCount, count))) == [(D(3), D(2), D("-10.00"), "Missing: S2; S3. Found: S9")]
    run(lambda s: reverse(s, SYSTEM, s.get(StockCount, count)))
    assert run(lambda s: there(s, SAW)) == {"S1": D(1), "S2": D(1), "S3": D(1)}


def test_missing_pieces_end_what_held_them_and_free_ones_do_not(run: Any) -> None:
    """S1 and S2 are in quarantine; S2 and S3 are missing: of S2 nothing is held any more, and S1 is held as before."""

    def work(session: Any) -> Any:
        draft = HoldDraft(MAIN, [HoldLineDraft(SAW, D(2), lots="S1, S2")], "quarantine", moment=at(2))
        hold = save(session, SYSTEM, Hold, draft)
        post(session, SYSTEM, [hold])
        count = begin(session)
        scan(session, count, SAW, "S1", at(9))
        closed(session, count)
        kept = ledger.now(session, Stock.claims, by=("claim",), where={"item": SAW, "warehouse": MAIN})
        return (
            hold.number,
            {bool(f.key[0]): f.amounts["quantity"] for f in kept},
            [str(n) for n in taken_notices(session)],
        )

    number, kept, notices = run(work)
    assert {key: units for key, units in kept.items() if units} == {True: D(1)}
    assert [n for n in notices if number in n] == [
        f"1 of Saw that {number} held back are gone, and are held no longer."
    ]
