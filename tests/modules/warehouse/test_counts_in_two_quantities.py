"""Goods with a second quantity are counted in both: what differs in each is posted, what nobody weighed goes by its share, and
what is refused changes nothing."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select

from app.documents import correct, kind_of, reverse
from app.errors import Conflict, Invalid
from app.ledger import now
from app.security import SYSTEM
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting.models import NONE_THERE, StockCount, Tally
from modules.warehouse.counting.operations import Tallied, count_whole_bin, post_count, recount, tally
from modules.warehouse.counting.results import changed_nothing, results
from modules.warehouse.models import Issue, Item, Receipt, WriteOff
from tests.modules.warehouse.test_catch_weight import cheese_of, line, posted, there, worth
from tests.modules.warehouse.test_counts import MAIN, at, begin, closed
from tests.modules.warehouse.test_counts_by_bins import bin_id, put

Run = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def run(company: Any, proved: Any) -> Run:
    """Do something where twenty wheels of cheese that weigh 163.450 kg lie in the main warehouse, at 817.25, and of another
    cheese with lots five of A at 41 kg and five of B at 40 kg; the books are proved after it."""

    def prepare(session: Any) -> None:
        gouda, aged = cheese_of(session), cheese_of(session, "AGED", tracking="lot", second_per_unit=None)
        posted(session, Receipt, line(gouda, 20, "163.450", 5), moment=at(1))
        posted(session, Receipt, line(aged, 5, "41", 5, lots="A"), line(aged, 5, "40", 5, lots="B"), moment=at(1))

    company.database.run(prepare, actor=SYSTEM)
    return proved


def cheese(session: Any, code: str = "CHEESE") -> Item:
    return session.scalars(select(Item).where(Item.code == code)).one()  # type: ignore[no-any-return]


def counted(session: Any, count: int, quantity: Any, second: Any, moment: Any, lot: str = "") -> None:
    item = cheese(session, "AGED" if lot else "CHEESE")
    act = f"{moment}:{session.scalar(select(func.count(Tally.id)))}"
    weight = None if second is None else D(second)
    tally(session, SYSTEM, count, [Tallied(item.id, D(quantity), act, moment, lot, second=weight)])


def seconds(document: StockCount) -> list[tuple[Any, Any]]:
    return [(each.expected_second, each.counted_second) for each in document.lines]


@pytest.mark.parametrize(
    ("quantity", "second", "cost"),
    [
        (18, "147.1", "735.52"),  # two are missing: at their share of the value, whatever they weighed
        (21, "172", "858.11"),
        (20, "161.9", "817.25"),  # it dried: no cost
        (21, "160", "858.11"),  # one more, which all together weigh less
        (19, "170", "776.39"),
        (0, None, "0.00"),
    ],
)
def test_both_quantities_are_as_they_were_counted_and_cost_goes_by_pieces(
    run: Run, quantity: int, second: str | None, cost: str
) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, quantity, second, at(9))
        document = closed(session, count)
        assert seconds(document) == [(D("163.45"), D(second or 0))]
        found = there(session, item), worth(session, item)
        reverse(session, SYSTEM, document)
        assert (there(session, item), worth(session, item)) == ((D(20), D("163.45")), D("817.25"))
        return found

    assert run(work) == ((D(quantity), D(second or 0)), D(cost))


def test_each_is_compared_as_of_its_scan_and_what_left_since_takes_its_weight_along(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, 4, "33", at(9))
        counted(session, count, 15, "122", at(9, 1))  # one is missing, with 8.45 kg
        posted(session, Issue, line(item, 3, "25"), moment=at(9, 5))
        document = closed(session, count)
        assert seconds(document) == [(D("163.45"), D(155))]
        assert there(session, item) == (D(16), D(130))
        draft = kind_of(document).draft_of(document)
        correct(session, SYSTEM, document, draft)
        return there(session, item)

    assert run(work) == (D(16), D(130))


def test_where_no_goods_stay_no_weight_does(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, 19, "150", at(9))
        posted(session, Issue, line(item, 19, "155"), moment=at(9, 5))  # whoever sold them weighed more
        closed(session, count)
        return there(session, item)

    assert run(work) == (D(0), D(0))


def test_goods_dont_stay_without_any_weight(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, 20, "9", at(9))
        posted(session, Issue, line(item, 19, "155"), moment=at(9, 5))
        with (
            pytest.raises(Conflict, match=r"would weigh nothing\. Count them once more: Gouda"),
            session.begin_nested(),
        ):
            closed(session, count)
        session.expire_all()
        return there(session, item)

    assert run(work) == (D(1), D("8.45"))


def test_what_nobody_weighed_goes_by_its_share(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, 10, "80", at(9))
        counted(session, count, 9, None, at(9, 1))
        lines = kind_of(session.get(StockCount, count)).paper(session, session.get(StockCount, count)).lines
        assert "Not all of it was weighed" in lines[0]["aside"]
        document = closed(session, count)
        assert seconds(document) == [(None, None)]
        return there(session, item)

    assert run(work) == (D(19), D("155.277"))


def test_lots_are_weighed_by_themselves(run: Run) -> None:
    """Of lot A one is missing, B dried, C is new, and nobody has seen what isn't counted."""

    def work(session: Any) -> Any:
        item, count = cheese(session, "AGED"), begin(session, rest=NONE_THERE)
        counted(session, count, 4, "33", at(9), "A")
        counted(session, count, 5, "39.5", at(9), "B")
        counted(session, count, 2, "17.25", at(9), "C")
        document = closed(session, count)
        lines = {each.item_id: each for each in document.lines}
        assert (lines[item.id].expected_second, lines[item.id].counted_second) == (D(81), D("89.75"))
        return there(session, item), there(session, cheese(session))

    assert run(work) == ((D(11), D("89.75")), (D(0), D(0)))


def test_what_was_weighed_again_while_it_was_counted_is_counted_once_more(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), begin(session)
        counted(session, count, 10, "80", at(9))
        posted(session, WriteOff, line(item, 0, "1"), moment=at(9, 1))
        counted(session, count, 10, "82", at(9, 2))
        with pytest.raises(Conflict, match="Goods moved"), session.begin_nested():
            closed(session, count)
        session.expire_all()
        recount(session, SYSTEM, count, {(item.id, 0)}, moment=at(9, 4))
        counted(session, count, 20, "162.45", at(9, 5))
        return changed_nothing(session, closed(session, count)), there(session, item)

    assert run(work) == (True, (D(20), D("162.45")))


@pytest.mark.parametrize(
    ("quantity", "second", "words"),
    [
        (0, "5", "can't be its second quantity"),
        (5, "0", "can't be its second quantity"),
        (5, "-1", "can't be its second quantity"),
        (5, "NaN", "can't be its second quantity"),
        (5, "8.0005", "at most 3 digits"),
    ],
)
def test_a_weight_that_cant_be_right_is_refused(run: Run, quantity: int, second: str, words: str) -> None:
    def work(session: Any) -> Any:
        count = begin(session)
        with pytest.raises(Invalid, match=words), session.begin_nested():
            counted(session, count, quantity, second, at(9))
        return session.scalar(select(func.count(Tally.id)))

    assert run(work) == 0


def in_bins(session: Any, **lies: int) -> int:
    """A count by bins of cheese that was put into bins, the rest of the twenty wheels isn't."""
    create_bins(session, SYSTEM, place_id=MAIN, codes=", ".join(BINS))
    item = cheese(session)
    for code, quantity in lies.items():
        put(session, item.id, quantity, BINS[ord(code) - ord("a")])
    return begin(session, is_by_bin=True)


BINS = ("A-1", "A-2")


def weigh(session: Any, count: int, code: str, quantity: Any, second: Any, moment: Any) -> None:
    where, act = bin_id(session, code), f"{code} {quantity} {second} {moment}"
    weight = None if second is None else D(second)
    item = cheese(session)
    tally(session, SYSTEM, count, [Tallied(item.id, D(quantity), act, moment, bin_id=where, second=weight)])


def test_bins_are_weighed_together_and_pieces_are_found_in_each(run: Run) -> None:
    """Of twelve in A-1 one lies in A-2, and one of all is missing; what is left weighs less than it should."""

    def work(session: Any) -> Any:
        count = in_bins(session, a=12, b=8)
        weigh(session, count, "A-1", 10, "82", at(9))
        posted(session, Issue, line(cheese(session), 1, "8"), moment=at(9, 5))  # from A-1, after it was weighed
        weigh(session, count, "A-2", 9, "73.4", at(9, 10))
        count_whole_bin(session, SYSTEM, count, 0, "loose", at(9, 15))
        item, said = cheese(session), results(session, session.get(StockCount, count), at(9, 20))
        found = {r.bin_id: r for r in said if r.item_id == item.id}
        assert {r.seconds for r in found.values()} == {(D("163.45"), D("155.4"))}
        assert [r.second_here for r in found.values()] == [D(82), D("73.4")]
        document = closed(session, count)
        assert seconds(document)[0] == (D("163.45"), D("155.4"))
        return there(session, item), lying(session)

    assert run(work) == ((D(18), D("147.4")), {"A-1": D(9), "A-2": D(9)})


def test_what_was_weighed_in_some_bins_only_is_asked_for_in_the_others(run: Run) -> None:
    """Nothing is guessed where pieces are missing: it is refused until the rest is weighed."""

    def work(session: Any) -> Any:
        item, count = cheese(session), in_bins(session, a=12, b=8)
        weigh(session, count, "A-1", 11, "90", at(9, 20))
        with pytest.raises(Conflict, match=r"some of their bins only.*Gouda \(A-2\)"), session.begin_nested():
            closed(session, count)
        session.expire_all()
        assert there(session, item) == (D(20), D("163.45"))
        weigh(session, count, "A-2", 8, None, at(9, 21))
        with pytest.raises(Conflict, match="some of their bins only"), session.begin_nested():
            closed(session, count)
        session.expire_all()
        recount(session, SYSTEM, count, {(item.id, bin_id(session, "A-2"))}, moment=at(9, 22))
        weigh(session, count, "A-2", 8, "64", at(9, 23))
        closed(session, count)
        return there(session, item)

    assert run(work) == (D(19), D(154))


def test_the_weight_of_some_bins_alone_changes_nothing_where_pieces_agree(run: Run) -> None:
    def work(session: Any) -> Any:
        count = in_bins(session, a=12, b=8)
        weigh(session, count, "A-1", 12, "90", at(9))
        lines = kind_of(session.get(StockCount, count)).paper(session, session.get(StockCount, count)).lines
        assert "Not weighed: A-2" in lines[0]["aside"]
        return changed_nothing(session, closed(session, count)), there(session, cheese(session))

    assert run(work) == (True, (D(20), D("163.45")))


def test_what_changes_bins_between_their_weighings_is_counted_once_more(run: Run) -> None:
    def work(session: Any) -> Any:
        item, count = cheese(session), in_bins(session, a=12, b=8)
        weigh(session, count, "A-1", 12, "98", at(9))
        put(session, item.id, 2, "A-2", "A-1", moment=at(9, 5))
        weigh(session, count, "A-2", 10, "82", at(9, 10))  # two of them were weighed in A-1 too
        with pytest.raises(Conflict, match="Goods moved"), session.begin_nested():
            closed(session, count)
        session.expire_all()
        recount(session, SYSTEM, count, {(item.id, bin_id(session, "A-1"))}, moment=at(9, 12))
        weigh(session, count, "A-1", 10, "80", at(9, 15))
        closed(session, count)
        return there(session, item)

    assert run(work) == (D(20), D(162))


def test_where_nobody_weighs_the_share_is_taken(run: Run) -> None:
    def work(session: Any) -> Any:
        create_bins(session, SYSTEM, place_id=MAIN, codes="A-1")
        count = begin(session, is_by_bin=True)
        counted(session, count, 18, None, at(9))
        post_count(session, SYSTEM, count, "left")
        return there(session, cheese(session))

    assert run(work) == (D(18), D("147.105"))


def lying(session: Any) -> dict[str, D]:
    codes = {row.id: row.code for row in session.query(Bin)}
    found = now(session, Bins.lying, by=("bin",), where={"item": cheese(session).id})
    return {codes[f.key[0]]: f.amounts["quantity"] for f in found if f.key[0]}
