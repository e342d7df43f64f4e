"""Counting while work goes on: what is found is what differed when it was counted, and what is refused changes nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select

from app import ledger
from app.clock import wall_clock
from app.documents import correct, discard, kind_of, locked, post, reverse, save
from app.errors import Conflict, Forbidden, Invalid, NotFound, PeriodClosed
from app.notices import taken_notices
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.warehouse.counting.kinds import CountDraft, CountLineDraft
from modules.warehouse.counting.models import NONE_THERE, StockCount, Tally
from modules.warehouse.counting.operations import Tallied, post_count, recount, tally, undo
from modules.warehouse.counting.results import to_count_again
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt, Transfer
from modules.warehouse.operations import create_group, create_item, create_place
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock
from tests import kinds

ANVIL, BOLT, ROPE, CUT, MAIN, SHOP = 1, 2, 3, 4, 100, 101
DAY = (wall_clock() - timedelta(days=9)).replace(hour=0, minute=0, second=0)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the day of the count."""
    return DAY.replace(hour=hour, minute=minute)


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where ten anvils at 2.00 and a hundred bolts at 0.10 lie in the main warehouse; the books are proved after
    it."""

    def prepare(session: Any) -> None:
        group = create_group(session, SYSTEM, name="Metal")
        for code, name, fields in (
            ("A", "Anvil", {"group_id": group.id}),
            ("B", "Bolt", {"group_id": group.id}),
            ("R", "Rope", {"unit": "MTR"}),
            ("C", "Cutting", {"kind": "service"}),
        ):
            create_item(session, SYSTEM, code=code, name=name, **fields)
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        move(session, Receipt, ANVIL, 10, at(1), price=2)
        move(session, Receipt, BOLT, 100, at(1), price="0.1")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, item: int, quantity: Any, moment: datetime, *, price: Any = None) -> int:
    ends = {
        Receipt: {"target_id": MAIN},
        Issue: {"source_id": MAIN},
        Transfer: {"source_id": MAIN, "target_id": SHOP},
    }
    lines = [MovementLineDraft(item, D(quantity), None if price is None else D(price))]
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=moment, **ends[kind]))
    post(session, SYSTEM, [document])
    return int(document.id)


def begin(session: Any, *items: int, begun: datetime | None = None, **fields: Any) -> int:
    """Begin a count of items, or of everything."""
    draft = CountDraft(place_id=MAIN, lines=[CountLineDraft(i) for i in items], **fields)
    count = save(session, SYSTEM, StockCount, draft)
    count.begun_at = begun or at(8)
    session.flush()
    return int(count.id)


def counted(session: Any, count: int, item: int, quantity: Any, moment: datetime, act: str = "") -> None:
    act = act or f"{item}:{moment}:{session.scalar(select(func.count(Tally.id)))}"
    tally(session, SYSTEM, count, [Tallied(item, D(quantity), act, moment)])


def closed(session: Any, count: int) -> StockCount:
    document = session.get(StockCount, count)
    post(session, SYSTEM, [document])
    return document  # type: ignore[no-any-return]


def differences(document: StockCount) -> dict[int, tuple[Any, Any, Any]]:
    return {x.item_id: (x.expected, x.counted, x.difference) for x in document.lines}


def held(session: Any, item: int, place: int = MAIN) -> tuple[D, D]:
    """Quantity and value of what lies in a warehouse now."""
    found = stock_on_hand(session, items=[item], places=[place])
    return (found[0].amounts["quantity"], found[0].amounts["value"]) if found else (D(0), D(0))


def test_a_shortage_leaves_at_its_cost_and_a_surplus_comes_at_the_average(run: Any) -> None:
    def work(session: Any) -> tuple[Any, Any]:
        count = begin(session)
        counted(session, count, ANVIL, 7, at(9))
        counted(session, count, BOLT, 104, at(9))
        document = closed(session, count)
        return differences(document), costs_of(session, count)

    found, costs = run(work)
    assert found == {ANVIL: (D(10), D(7), D(-3)), BOLT: (D(100), D(104), D(4))}
    assert costs == {1: D("6.00"), 2: D("0.40")}
    assert run(lambda s: (held(s, ANVIL), held(s, BOLT))) == ((D(7), D("14.00")), (D(104), D("10.40")))


def test_what_was_expected_is_as_of_the_moment_of_counting_however_late_papers_come(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        counted(session, count, ANVIL, 9, at(10))  # one is missing
        move(session, Issue, ANVIL, 4, at(11))
        move(session, Receipt, ANVIL, 5, at(12), price=3)
        move(session, Issue, ANVIL, 2, at(9))  # recorded late: it had gone before it was counted
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(8), D(9), D(1))}
    assert run(lambda s: held(s, ANVIL)[0]) == D(10)


def test_goods_that_move_between_two_scans_are_counted_once_more(run: Any, company: Any) -> None:
    """Six of a pallet are counted, three of those or of the others leave, four are counted: nobody can say how many there
    are."""

    def work(session: Any) -> int:
        count = begin(session)
        counted(session, count, ANVIL, 6, at(9))
        move(session, Issue, ANVIL, 3, at(10))
        counted(session, count, ANVIL, 4, at(11))
        return count

    count = run(work)
    before = run(lambda s: held(s, ANVIL))
    with pytest.raises(Conflict, match=r"Goods moved while these were being counted.*Anvil"):
        run(lambda s: closed(s, count))
    assert run(lambda s: held(s, ANVIL)) == before
    assert run(lambda s: recount(s, SYSTEM, count, {(ANVIL, 0)}, at(11))) == 1

    def again(session: Any) -> Any:
        counted(session, count, ANVIL, 6, at(12))
        counted(session, count, ANVIL, 1, at(12, 5))
        return differences(closed(session, count))

    assert run(again) == {ANVIL: (D(7), D(7), D(0))}


def test_what_moved_and_was_reversed_did_not_move(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        counted(session, count, ANVIL, 6, at(9))
        issue = move(session, Issue, ANVIL, 3, at(10))
        counted(session, count, ANVIL, 4, at(11))
        reverse(session, SYSTEM, session.get(Issue, issue))
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(10), D(0))}


def test_what_moves_in_the_second_of_a_scan_is_counted_once_more(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session)
        counted(session, count, ANVIL, 6, at(9))
        move(session, Transfer, ANVIL, 3, at(9))
        closed(session, count)

    with pytest.raises(Conflict, match="Goods moved"):
        run(work)


def test_an_act_that_is_sent_again_counts_once_and_undone_counts_no_more(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        for _ in range(2):
            counted(session, count, ANVIL, 5, at(9), "one")
        counted(session, count, ANVIL, 5, at(9, 1), "two")
        counted(session, count, ANVIL, 50, at(9, 2), "three")
        for _ in range(2):
            undo(session, SYSTEM, count, "three")
        counted(session, count, ANVIL, 50, at(9, 3), "three")
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(10), D(0))}


def test_an_act_that_says_something_else_by_now_is_refused(run: Any, refused: Any) -> None:
    """Somebody goes back in the browser, corrects the sheet and sends it again: nothing of it may be lost unseen."""
    count = run(lambda s: begin(s))
    run(lambda s: counted(s, count, ANVIL, 7, at(9), "act"))
    refused(lambda s: counted(s, count, ANVIL, 8, at(9), "act"), Conflict)
    refused(lambda s: counted(s, count, BOLT, 7, at(9), "act"), Conflict)
    other = run(lambda s: begin(s))
    refused(lambda s: counted(s, other, ANVIL, 7, at(9), "act"), Conflict)


def test_what_another_count_has_set_to_zero_was_counted_there(run: Any, refused: Any) -> None:
    first, second = run(lambda s: (begin(s, rest=NONE_THERE), begin(s, BOLT)))
    run(lambda s: counted(s, first, ANVIL, 10, at(9)))
    run(lambda s: closed(s, first))
    assert run(lambda s: held(s, BOLT))[0] == 0
    refused(lambda s: counted(s, second, BOLT, 100, at(10)), Conflict)


def test_who_counts_blind_is_not_shown_what_nobody_has_counted(run: Any, company: Any, employ: Any) -> None:
    count = run(lambda s: begin(s, rest=NONE_THERE))
    run(lambda s: counted(s, count, ANVIL, 7, at(9)))

    def shown(session: Any) -> list[str]:
        document = session.get(StockCount, count)
        return [line["item"] for line in kind_of(document).paper(session, document).lines]

    assert company.database.run(shown, actor=employ("steve", "storekeeper")) == ["A Anvil"]
    assert company.database.run(shown, actor=employ("maria", "manager")) == ["A Anvil", "B Bolt"]


def test_a_recount_replaces_what_was_counted_and_none_of_it_is_an_answer(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        counted(session, count, ANVIL, 4, at(9))
        counted(session, count, BOLT, 100, at(9))
        assert recount(session, SYSTEM, count, {(ANVIL, 0)}, at(9, 30)) == 1
        assert recount(session, SYSTEM, count, {(ANVIL, 0)}) == 0  # it is asked for already
        counted(session, count, ANVIL, 0, at(10))
        counted(session, count, BOLT, 1, at(10))  # nobody asked: it is one more
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(0), D(-10)), BOLT: (D(100), D(101), D(1))}


def test_what_was_scanned_before_a_recount_and_comes_later_is_of_the_round_before(run: Any) -> None:
    """Two count the same, one without a network until somebody has asked for it once more."""

    def work(session: Any) -> Any:
        count = begin(session)
        counted(session, count, ANVIL, 8, at(9))
        recount(session, SYSTEM, count, {(ANVIL, 0)}, at(9, 30))
        counted(session, count, ANVIL, 2, at(9, 10))
        assert to_count_again(session, session.get(StockCount, count)) == [(ANVIL, 0)]
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(10), D(0))}


def test_what_is_to_be_counted_once_more_and_is_not_stays_as_it_was_counted(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        counted(session, count, ANVIL, 4, at(9))
        recount(session, SYSTEM, count, {(ANVIL, 0)})
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(4), D(-6))}


def test_what_nobody_counted_stays_or_is_not_there_as_is_said(run: Any) -> None:
    def work(session: Any) -> Any:
        count = begin(session, ANVIL, BOLT)
        counted(session, count, ANVIL, 10, at(9))
        return differences(closed(session, count))

    assert run(work) == {ANVIL: (D(10), D(10), D(0)), BOLT: (None, None, None)}
    assert run(lambda s: held(s, BOLT)[0]) == D(100)

    def none_there(session: Any) -> Any:
        count = begin(session, begun=wall_clock())
        tally(session, SYSTEM, count, [Tallied(ANVIL, D(10), "a")])
        return differences(post_count(session, SYSTEM, count, NONE_THERE))

    assert run(none_there) == {ANVIL: (D(10), D(10), D(0)), BOLT: (D(100), D(0), D(-100))}
    assert run(lambda s: held(s, BOLT)) == (D(0), D(0))


def test_a_group_is_counted_by_a_list_of_its_goods(run: Any) -> None:
    def work(session: Any) -> tuple[set[int], Any]:
        count = session.get(StockCount, begin(session, ROPE, group_id=1))
        return count.listed, kind_of(count).draft_of(count).lines

    assert run(work) == ({ANVIL, BOLT, ROPE}, [CountLineDraft(i) for i in (ROPE, ANVIL, BOLT)])


def test_losses_release_what_was_kept(run: Any) -> None:
    def work(session: Any) -> list[str]:
        kinds.claim(session, item_id=ANVIL, warehouse_id=MAIN, quantity=D(8), moment=at(2))
        count = begin(session)
        counted(session, count, ANVIL, 7, at(9))
        closed(session, count)
        return [str(each) for each in taken_notices(session)]

    assert [said for said in run(work) if said.startswith("1 of Anvil")] != []
    claims = run(lambda s: ledger.now(s, Stock.claims, by=("item",), where={"item": ANVIL, "claim": 1}))
    assert claims[0].amounts["quantity"] == D(7)


def test_a_reversed_count_leaves_the_books_as_they_were(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session)
        counted(session, count, ANVIL, 7, at(9))
        counted(session, count, BOLT, 104, at(9))
        reverse(session, SYSTEM, closed(session, count))

    run(work)
    assert run(lambda s: (held(s, ANVIL), held(s, BOLT))) == ((D(10), D("20.00")), (D(100), D("10.00")))


def test_a_correction_compares_with_what_the_books_say_by_now(run: Any) -> None:
    """A receipt was recorded after the count that had found its goods: saved again, the count finds nothing more."""

    def work(session: Any) -> tuple[Any, Any]:
        count = begin(session)
        counted(session, count, ANVIL, 12, at(9))
        before = differences(closed(session, count))
        move(session, Receipt, ANVIL, 2, at(8), price=2)
        document = locked(session, StockCount, count)
        correct(session, SYSTEM, document, kind_of(document).draft_of(document))
        return before, differences(document)

    assert run(work) == ({ANVIL: (D(10), D(12), D(2))}, {ANVIL: (D(12), D(12), D(0))})
    assert run(lambda s: held(s, ANVIL)) == (D(12), D("24.00"))


def test_differences_land_on_the_day_that_is_chosen(run: Any) -> None:
    def work(session: Any) -> None:
        count = begin(session, moment=at(7))
        counted(session, count, ANVIL, 7, at(9))
        closed(session, count)

    run(work)
    found = run(lambda s: ledger.at(s, Stock.on_hand, at(7), by=("item",), where={"item": ANVIL, "place": MAIN}))
    assert found[0].amounts["quantity"] == D(7)


def test_a_closed_period_takes_no_difference_and_today_does(run: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session, moment=at(7))
        counted(session, count, ANVIL, 7, at(9))
        close_period(session, SYSTEM, until=DAY.date(), today=date.today())
        return count

    count = run(work)
    with pytest.raises(PeriodClosed):
        run(lambda s: closed(s, count))
    assert run(lambda s: held(s, ANVIL)[0]) == D(10)

    def today(session: Any) -> Any:
        document = session.get(StockCount, count)
        draft = kind_of(document).draft_of(document)
        draft.moment = None
        save(session, SYSTEM, StockCount, draft, document=document)
        return differences(closed(session, count))

    assert run(today) == {ANVIL: (D(10), D(7), D(-3))}
    assert run(lambda s: held(s, ANVIL)[0]) == D(7)


def test_an_item_is_counted_by_one_count_of_a_warehouse_at_a_time(run: Any) -> None:
    def work(session: Any) -> tuple[int, int]:
        first, second = begin(session), begin(session)
        counted(session, first, ANVIL, 9, at(9))
        counted(session, second, BOLT, 100, at(9))
        return first, second

    first, second = run(work)
    with pytest.raises(Conflict, match="“Anvil” is counted in another count of this warehouse: draft"):
        run(lambda s: counted(s, second, ANVIL, 9, at(10)))
    run(lambda s: closed(s, first))
    with pytest.raises(
        Conflict, match="another count of this warehouse: SC-000001"
    ):  # as it was before that was posted
        run(lambda s: counted(s, second, ANVIL, 9, at(10)))

    def rest(session: Any) -> Any:
        return differences(post_count(session, SYSTEM, second, NONE_THERE))

    assert run(rest) == {BOLT: (D(100), D(100), D(0))}  # what the other has counted is there
    assert run(lambda s: held(s, ANVIL)[0]) == D(9)


def test_two_counts_that_met_in_the_same_moment_are_not_both_posted(run: Any) -> None:
    def work(session: Any) -> int:
        first, second = begin(session), begin(session)
        counted(session, first, ANVIL, 9, at(9))
        other = Tally(document_id=second, item_id=ANVIL, round=1, quantity=D(9), moment=at(9), operation_id="x")
        session.add(other)  # as if each had looked before the other wrote
        return first

    first = run(work)
    with pytest.raises(Conflict, match=r"Another count of this warehouse counts these too.*Anvil"):
        run(lambda s: closed(s, first))
    assert run(lambda s: held(s, ANVIL)[0]) == D(10)


@pytest.mark.parametrize(
    ("item", "quantity", "moment", "error", "why"),
    [
        (CUT, "1", None, Invalid, "“Cutting” is a service and can't be counted."),
        (ANVIL, "1.5", None, Invalid, "“Anvil” is counted in whole units (pc)."),
        (ANVIL, "-1", None, Invalid, "“Anvil”: this can't be its quantity."),
        (ANVIL, "4006381333931", None, Invalid, "“Anvil”: this can't be its quantity."),
        (ROPE, "1", None, Invalid, "“Rope” isn't on the list of this count."),
        (99, "1", None, NotFound, "An item of this document does not exist any more."),
        (ANVIL, "1", at(7), Invalid, "It was counted after this count was begun, and not later than now."),
        (
            ANVIL,
            "1",
            datetime(2999, 1, 1),
            Invalid,
            "It was counted after this count was begun, and not later than now.",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused_and_nothing_changed(
    run: Any, refused: Any, item: int, quantity: str, moment: Any, error: Any, why: str
) -> None:
    count = run(lambda s: begin(s, ANVIL, BOLT))
    said = refused(lambda s: tally(s, SYSTEM, count, [Tallied(item, D(quantity), "act", moment)]), error)
    assert why in said


def test_a_service_on_the_list_is_refused(run: Any, refused: Any) -> None:
    assert refused(lambda s: begin(s, ANVIL, CUT), Invalid) == "Line 2: “Cutting” is a service and can't be counted."
    assert refused(lambda s: begin(s, group_id=99), Invalid) == "There are no goods in this group."


def test_a_count_that_is_over_takes_nothing_more(run: Any, refused: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session)
        counted(session, count, ANVIL, 9, at(9), "a")
        closed(session, count)
        return count

    count, over = run(work), "SC-000001 is over: nothing is counted in it any more."
    assert refused(lambda s: tally(s, SYSTEM, count, [Tallied(ANVIL, D(1), "b")]), Conflict) == over
    assert refused(lambda s: undo(s, SYSTEM, count, "a"), Conflict) == over
    assert refused(lambda s: recount(s, SYSTEM, count, {(ANVIL, 0)}), Conflict) == over
    assert refused(lambda s: post_count(s, SYSTEM, count, NONE_THERE), Conflict) == over
    run(lambda s: tally(s, SYSTEM, count, [Tallied(ANVIL, D(9), "a")]))  # sent again, and answered as before


def test_nothing_counted_and_a_day_ahead_are_refused(run: Any, refused: Any) -> None:
    count = run(begin)
    assert refused(lambda s: closed(s, count), Invalid) == "Nothing has been counted yet."
    ahead = run(lambda s: begin(s, moment=wall_clock() + timedelta(days=1)))
    why = "What differs can't be booked ahead. Choose a date that is past."
    assert refused(lambda s: closed(s, ahead), Invalid, field="moment") == why


def test_more_missing_than_the_books_have_by_now_is_refused_and_nothing_changed(run: Any, refused: Any) -> None:
    """Ten by the books, seven counted; then nine went, which can't be."""

    def work(session: Any) -> int:
        count = begin(session)
        counted(session, count, ANVIL, 7, at(9))
        move(session, Issue, ANVIL, 9, at(10))
        return count

    count = run(work)
    assert "Anvil, Main warehouse: 2 short" in refused(lambda s: closed(s, count), NotEnoughStock)


def test_a_discarded_count_leaves_nothing(run: Any) -> None:
    def work(session: Any) -> int:
        count = begin(session, ANVIL)
        counted(session, count, ANVIL, 9, at(9))
        recount(session, SYSTEM, count, {(ANVIL, 0)})
        discard(session, SYSTEM, session.get(StockCount, count))
        return session.scalar(select(func.count(Tally.id)))  # type: ignore[no-any-return]

    assert run(work) == 0


def test_nobody_counts_or_posts_without_the_right(house: Any, actor: Any) -> None:
    """Steve keeps the store, Anna the books, Sofia sells."""

    def counts(login: str) -> Callable[[Any], Any]:
        return lambda s: tally(s, actor(login), _begun(s), [Tallied(ANVIL, D(1), "x")])

    def posts(login: str) -> Callable[[Any], Any]:
        def work(session: Any) -> Any:
            count = _begun(session)
            tally(session, SYSTEM, count, [Tallied(ANVIL, D(1), "x")])
            return post_count(session, actor(login), count, NONE_THERE).state

        return work

    def _begun(session: Any) -> int:
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=MAIN))
        session.flush()
        return int(count.id)

    def in_session(work: Callable[[Any], Any]) -> Any:
        with house.company.database.session(SYSTEM, write=True) as session:
            try:
                return work(session)
            finally:
                session.rollback()

    assert len(in_session(counts("steve"))) == 1
    assert in_session(posts("maria")) == "posted"
    for work in (counts("sofia"), counts("anna"), posts("steve"), posts("sofia")):
        with pytest.raises(Forbidden):
            in_session(work)
