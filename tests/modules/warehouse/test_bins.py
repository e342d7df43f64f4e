"""Bins: goods arrive not put away, are put into bins, and leave them by themselves in the order of the walk."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.clock import wall_clock
from app.documents import correct, locked, post, reverse, save
from app.errors import Changed, Conflict, Invalid, NotFound
from app.importing import run_import
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import Bin, BinMove
from modules.warehouse.bins.operations import bin_by_id, change_bin, create_bins
from modules.warehouse.bins.putting import bins_to_pick, draft_put_away, unplaced
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.tables import bin_stock
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import ALLOW, Issue, Lot, Place, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock
from modules.warehouse.warehouses import change_place

NAIL, MILK, SAW = 1, 2, 3
MAIN, SHOP = 100, 101
FEBRUARY = datetime(2026, 2, 10, 12)
ENDS: dict[Any, dict[str, int]] = {
    Receipt: {"target_id": MAIN},
    Issue: {"source_id": MAIN},
    Transfer: {"source_id": MAIN, "target_id": SHOP},
}


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where the main warehouse has bins A-01 to A-03 and COLD, which is walked by first; the books are proved
    after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_bins(session, SYSTEM, place_id=MAIN, codes="a-01..a-03", zone="A")
        create_bins(session, SYSTEM, place_id=MAIN, codes="cold", position=1)
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, quantity: Any, item: int = NAIL, **more: Any) -> int:
    line = MovementLineDraft(item, D(quantity), D(1), lots=more.pop("lots", ""), expires=more.pop("expires", None))
    document = save(session, SYSTEM, kind, MovementDraft([line], **{"moment": FEBRUARY, **ENDS[kind], **more}))
    post(session, SYSTEM, [document])
    return int(document.id)


def put(session: Any, quantity: Any, to: str, source: str = "", item: int = NAIL, lots: str = "") -> int:
    line = BinMoveLineDraft(item, D(quantity), lots=lots, from_bin=source, to_bin=to)
    document = save(session, SYSTEM, BinMove, BinMoveDraft(place_id=MAIN, lines=[line]))
    post(session, SYSTEM, [document])
    return int(document.id)


def lying(session: Any, item: int = NAIL) -> dict[str, D]:
    """What lies in which bin, by its code and lot; "" is what isn't put away in the main warehouse."""
    codes = {b.id: b.code for b in session.query(Bin)}
    lots = {lot.id: f" {lot.code}" if lot.id else "" for lot in session.query(Lot)}
    figures = ledger.now(session, Bins.lying, by=("bin", "lot"), where={"item": item})
    found = {codes[f.key[0]] + lots[f.key[1]]: f.amounts["quantity"] for f in figures if f.amounts["quantity"]}
    held = ledger.now(session, Stock.on_hand, by=(), where={"item": item, "place": MAIN})
    return {**found, "": sum((f.amounts["quantity"] for f in held), D(0)) - sum(found.values())}


def test_goods_arrive_not_put_away_and_are_taken_in_the_order_of_the_walk(run: Any) -> None:
    run(lambda s: move(s, Receipt, 10))
    assert run(lying) == {"": D(10)}
    run(lambda s: put(s, 4, "a-02"))
    run(lambda s: put(s, 3, "COLD"))
    assert run(lying) == {"COLD": D(3), "A-02": D(4), "": D(3)}
    sold = run(lambda s: move(s, Issue, 5))
    assert run(lying) == {"A-02": D(2), "": D(3)}
    run(lambda s: move(s, Transfer, 4))  # what isn't put away comes last
    assert run(lying) == {"": D(1)}
    run(lambda s: reverse(s, SYSTEM, locked(s, Issue, sold)))
    assert run(lying) == {"COLD": D(3), "A-02": D(2), "": D(1)}


def test_goods_change_bins_and_come_out_of_them(run: Any) -> None:
    run(lambda s: move(s, Receipt, 10))
    run(lambda s: put(s, 6, "A-01"))
    moved = run(lambda s: put(s, 2, "A-03", "A-01"))
    run(lambda s: put(s, 1, "", "A-03"))
    assert run(lying) == {"A-01": D(4), "A-03": D(1), "": D(5)}
    said = BinMoveDraft(place_id=MAIN, lines=[BinMoveLineDraft(NAIL, D(3), from_bin="A-01", to_bin="A-03")])
    run(lambda s: correct(s, SYSTEM, locked(s, BinMove, moved), said))
    assert run(lying) == {"A-01": D(3), "A-03": D(2), "": D(5)}


def test_a_document_that_is_dated_back_takes_goods_from_where_they_lie_by_now(run: Any) -> None:
    run(lambda s: move(s, Receipt, 10))
    run(lambda s: put(s, 10, "A-01"))  # today
    run(lambda s: move(s, Issue, 4, moment=FEBRUARY + timedelta(days=1)))
    assert run(lying) == {"A-01": D(6), "": D(0)}


def test_lots_leave_first_to_expire_whatever_bins_they_lie_in(run: Any) -> None:
    run(lambda s: move(s, Receipt, 4, MILK, lots="LATE", expires=date(2027, 5, 1)))
    run(lambda s: move(s, Receipt, 4, MILK, lots="SOON", expires=date(2027, 4, 1)))
    run(lambda s: put(s, 3, "COLD", item=MILK, lots="LATE"))
    run(lambda s: put(s, 1, "A-01", item=MILK, lots="SOON"))
    run(lambda s: put(s, 2, "A-02", item=MILK))  # what expires first of what isn't put away
    assert run(lambda s: lying(s, MILK)) == {"COLD LATE": D(3), "A-01 SOON": D(1), "A-02 SOON": D(2), "": D(2)}
    run(lambda s: move(s, Issue, 5, MILK))
    assert run(lambda s: lying(s, MILK)) == {"COLD LATE": D(2), "": D(1)}


def test_pieces_are_put_away_by_their_numbers(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 3, SAW, lots="S1, S2, S3"))
    refused(lambda s: put(s, 1, "A-01", item=SAW), Invalid, field="lines")
    run(lambda s: put(s, 2, "A-01", item=SAW, lots="S1, S3"))
    refused(lambda s: put(s, 1, "A-02", item=SAW, lots="S1"), Invalid, field="lines")
    run(lambda s: move(s, Issue, 1, SAW, lots="S3"))
    assert run(lambda s: lying(s, SAW)) == {"A-01 S1": D(1), "": D(1)}


def test_what_customers_bring_back_is_put_away_again(run: Any) -> None:
    run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 5, "A-01"))

    def sell(session: Any) -> int:
        draft = TradeDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(4), D(2))])
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        return int(sale.id)

    def bring_back(session: Any, sale: int) -> None:
        line = TradeLineDraft(NAIL, D(2), D(2), origin=(sale, 1))
        back = save(session, SYSTEM, SalesReturn, TradeDraft(contact_id=1, place_id=MAIN, lines=[line]))
        post(session, SYSTEM, [back])

    sale = run(sell)
    assert run(lying) == {"A-01": D(1), "": D(0)}
    run(lambda s: bring_back(s, sale))
    assert run(lying) == {"A-01": D(1), "": D(2)}


def test_a_receipt_that_is_reversed_or_corrected_empties_the_bins_that_it_filled(run: Any) -> None:
    first = run(lambda s: move(s, Receipt, 4))
    second = run(lambda s: move(s, Receipt, 6))
    into = run(lambda s: put(s, 9, "A-01"))
    on = run(lambda s: put(s, 5, "A-02", "A-01"))
    said = MovementDraft([MovementLineDraft(NAIL, D(3), D(1))], moment=FEBRUARY, target_id=MAIN)
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, second), said))
    assert run(lying) == {"A-01": D(2), "A-02": D(5), "": D(0)}
    run(lambda s: reverse(s, SYSTEM, locked(s, Receipt, first)))
    assert run(lying) == {"A-02": D(3), "": D(0)}
    run(lambda s: reverse(s, SYSTEM, locked(s, BinMove, on)))
    assert run(lying) == {"A-01": D(3), "": D(0)}
    run(lambda s: reverse(s, SYSTEM, locked(s, BinMove, into)))
    assert run(lying) == {"": D(3)}


def test_a_reversed_receipt_empties_the_bin_that_it_was_put_into_though_the_walk_comes_by_another_first(
    run: Any,
) -> None:
    run(lambda s: move(s, Receipt, 10))
    run(lambda s: put(s, 10, "A-01"))
    second = run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 5, "A-02"))
    run(lambda s: reverse(s, SYSTEM, locked(s, Receipt, second)))
    assert run(lying) == {"A-01": D(10), "": D(0)}


def test_goods_dated_ahead_are_not_put_away_before_they_come(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 2))
    run(lambda s: move(s, Receipt, 5, moment=wall_clock() + timedelta(days=3)))
    refused(lambda s: put(s, 3, "A-01"), Invalid, field="lines")
    run(lambda s: put(s, 2, "A-01"))


def test_what_is_refused_of_bin_moves_changes_nothing(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 2, "A-01"))
    for args in ((4, "A-02"), (3, "A-02", "A-01"), (1, "B-01"), (1, "A-01", "A-01"), (1, ""), (0, "A-02")):
        refused(lambda s, args=args: put(s, *args), Invalid, field="lines")
    refused(lambda s: put(s, 1, "A-02", lots="X"), Invalid, field="lines")
    refused(lambda s: move(s, Issue, 6), NotEnoughStock)
    taken = run(lambda s: put(s, 2, "", "A-01"))
    run(lambda s: put(s, 5, "A-03"))
    run(
        lambda s: reverse(s, SYSTEM, locked(s, BinMove, taken))
    )  # three lie there still: no bins hold more than there is
    assert sum(run(lying).values()) == 5


def test_two_lines_of_one_document_dont_take_the_same_goods(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5))

    def two(session: Any, first: str, second: str) -> None:
        lines = [
            BinMoveLineDraft(NAIL, D(5), from_bin="", to_bin=first),
            BinMoveLineDraft(NAIL, D(5), from_bin=second, to_bin="A-03"),
        ]
        post(session, SYSTEM, [save(session, SYSTEM, BinMove, BinMoveDraft(place_id=MAIN, lines=lines))])

    refused(lambda s: two(s, "A-01", ""), Invalid, field="lines")
    run(lambda s: two(s, "A-01", "A-01"))
    assert run(lying) == {"A-03": D(5), "": D(0)}


def test_bins_are_added_many_at_once_and_named_once_in_a_warehouse(run: Any, refused: Any) -> None:
    made = run(
        lambda s: [(b.code, b.position) for b in create_bins(s, SYSTEM, place_id=MAIN, codes="b-9..b-11\nFLOOR")]
    )
    assert made == [("B-9", 40), ("B-10", 50), ("B-11", 60), ("FLOOR", 70)]
    run(lambda s: create_bins(s, SYSTEM, place_id=SHOP, codes="A-01"))  # another warehouse's own
    refused(lambda s: create_bins(s, SYSTEM, place_id=MAIN, codes="C-01, a-01"), Conflict, field="code")
    for codes in ("", "A-05..A-04", "A-01..B-02", "A..B", "A-1..A-2000", "A-01..A-02..A-03", "x" * 41):
        refused(lambda s, codes=codes: create_bins(s, SYSTEM, place_id=MAIN, codes=codes), Invalid)
    refused(lambda s: create_bins(s, SYSTEM, place_id=-1, codes="X"), NotFound)


def test_a_bin_closes_when_it_is_empty(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 2, "A-01"))

    def change(session: Any, which: str, **fields: Any) -> None:
        found = session.query(Bin).filter_by(code=which, warehouse_id=MAIN).one()
        change_bin(session, SYSTEM, bin_by_id(session, found.id), **{"code": which, **fields})

    refused(lambda s: change(s, "A-01", is_active=False), Conflict, field="is_active")
    refused(lambda s: change(s, "A-02", code="A-01"), Conflict, field="code")
    refused(lambda s: change(s, "A-02", version=7), Changed)
    refused(lambda s: bin_by_id(s, 0), NotFound)
    run(lambda s: change(s, "A-02", is_active=False, position=5))
    refused(lambda s: put(s, 1, "A-02"), Invalid, field="lines")
    run(lambda s: change(s, "A-02", code="a-02x"))
    run(lambda s: put(s, 1, "A-02X"))


def test_bins_come_in_from_a_file(run: Any, company: Any, tmp_path: Any) -> None:
    path = tmp_path / "bins.csv"
    path.write_text("code,place,zone,position\na-01,main,Front,7\nb-01,,B,\nB-02,Shop floor,,\n")
    report = run_import(company, SYSTEM, "warehouse.bin", [path])
    assert (report.created, report.updated, report.errors) == ({"warehouse.bin": 2}, {"warehouse.bin": 1}, [])
    rows = run(lambda s: {(b.warehouse_id, b.code): (b.zone, b.position) for b in s.query(Bin) if b.id})
    assert (rows[MAIN, "A-01"], rows[MAIN, "B-01"], rows[SHOP, "B-02"]) == (("Front", 7), ("B", 17), ("", 27))
    path.write_text("code,place,zone,position\nC-01,nowhere,,\nC-02,,,1.5\nC-03,,,\nc-03,,,\n")
    assert [e.row for e in run_import(company, SYSTEM, "warehouse.bin", [path], skip_errors=True).errors] == [2, 3, 5]
    assert run(lambda s: s.query(Bin).filter(Bin.code.startswith("C-")).one().code) == "C-03"


@pytest.mark.one_engine  # pages and their words: no engine decides
def test_a_storekeeper_sees_what_lies_where_and_no_price(run: Any, employ: Any, app: Any) -> None:
    employ("steve", "storekeeper")
    run(lambda s: move(s, Receipt, 7, MILK, lots="LOT-1", expires=date(2027, 4, 1)))
    run(lambda s: put(s, 4, "A-02", item=MILK))
    run(lambda s: move(s, Receipt, 9, MILK, lots="LOT-2", moment=wall_clock() + timedelta(days=2)))  # has yet to come
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = client.get("/warehouse/bins/stock").text
    assert [word in page for word in ("A-02", "not put away", "LOT-1", "LOT-2")] == [True, True, True, False]
    card = client.get(f"/warehouse/items/{MILK}").text
    assert [word in card for word in ("A-02", "not put away", "Value")] == [True, True, False]
    said = {"place_id": MAIN, "codes": "D-1..D-3", "zone": "D", "position": ""}
    assert client.post("/warehouse/bins/new", data=said).status_code == 302
    assert "D-3" in client.get("/warehouse/bins").text
    found = run(lambda s: s.query(Bin).filter_by(code="D-3").one().id)
    changed = {"code": "D-3", "zone": "E", "position": "99", "is_active": "y", "version": "1"}
    assert client.post(f"/warehouse/bins/{found}", data=changed).status_code == 302
    assert run(lambda s: bin_by_id(s, found).position) == 99


def test_what_leaves_without_being_there_leaves_no_bin(run: Any) -> None:
    """Where the warehouse lets it: what is there leaves its bins, and the rest is missing from what isn't put away."""

    def work(session: Any) -> list[dict[str, D]]:
        main = session.get(Place, MAIN)
        change_place(session, SYSTEM, main, code=main.code, name=main.name, below_zero=ALLOW)
        move(session, Receipt, 3)
        put(session, 3, "A-01")
        move(session, Issue, 5, moment=None)
        short = lying(session)
        move(session, Receipt, 4, moment=None)
        return [short, lying(session)]

    assert run(work) == [{"": D(-2)}, {"": D(2)}]


def test_goods_are_put_where_they_lie_already_or_lay_last(run: Any) -> None:
    run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 5, "A-02"))
    run(lambda s: move(s, Issue, 5))
    run(lambda s: move(s, Receipt, 6))
    run(lambda s: move(s, Receipt, 3, SAW, lots="S1, S2, S3"))
    run(lambda s: put(s, 1, "A-03", item=SAW, lots="S1"))
    run(lambda s: put(s, 1, "A-01", item=SAW, lots="S3"))
    run(lambda s: move(s, Receipt, 4, MILK, lots="L1"))
    found = [(x.item_id, x.lots, x.quantity, x.bin) for x in run(lambda s: unplaced(s, MAIN))]
    assert found == [(MILK, "L1", 4, ""), (NAIL, "", 6, "A-02"), (SAW, "S2", 1, "A-01")]
    assert run(lambda s: unplaced(s, SHOP)) == []


def test_what_is_to_be_picked_is_what_will_be_taken(run: Any) -> None:
    run(lambda s: move(s, Receipt, 10))
    run(lambda s: put(s, 3, "A-02"))
    run(lambda s: put(s, 4, "COLD"))
    run(lambda s: move(s, Receipt, 4, MILK, lots="LATE", expires=date(2099, 5, 1)))
    run(lambda s: move(s, Receipt, 4, MILK, lots="SOON", expires=date(2099, 4, 1)))
    run(lambda s: move(s, Receipt, 4, MILK, lots="OLD", expires=date(2026, 3, 1)))
    run(lambda s: put(s, 4, "COLD", item=MILK, lots="LATE"))
    run(lambda s: put(s, 3, "A-01", item=MILK, lots="SOON"))
    run(lambda s: put(s, 4, "A-03", item=MILK, lots="OLD"))

    def picked(session: Any) -> dict[int, list[tuple[str, D]]]:
        found = bins_to_pick(session, MAIN, {NAIL: D(9), MILK: D(6), SAW: D(1)})
        return {item: [(b.code, quantity) for b, quantity in bins] for item, bins in found.items()}

    assert run(picked) == {NAIL: [("COLD", 4), ("A-02", 3)], MILK: [("COLD", 2), ("A-01", 3)]}
    run(lambda s: move(s, Issue, 9))
    assert run(lying) == {"": D(1)}


@pytest.mark.one_engine  # pages and their words: no engine decides
def test_one_press_drafts_what_puts_everything_away(run: Any, employ: Any, app: Any) -> None:
    employ("steve", "storekeeper")
    run(lambda s: move(s, Receipt, 5))
    run(lambda s: put(s, 2, "A-02"))
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = client.get("/warehouse/bins/put-away").text
    assert [word in page for word in ("NAIL Nail", "A-02", "Price", "Cost")] == [True, True, False, False]
    answer = client.post("/warehouse/bins/put-away")
    number = int(answer.location.split("/")[-2])
    run(lambda s: post(s, SYSTEM, [locked(s, BinMove, number)]))
    assert run(lying) == {"A-02": D(5), "": D(0)}
    assert "Everything is put away." in client.get("/warehouse/bins/put-away").text


def test_a_draft_may_leave_open_where_goods_are_put(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5))
    draft = run(lambda s: draft_put_away(s, SYSTEM, MAIN).id)
    refused(lambda s: post(s, SYSTEM, [locked(s, BinMove, draft)]), Invalid, field="lines")


def test_what_bins_hold_beyond_their_warehouse_is_taken_out_in_the_books_of_its_own_organisation(run: Any) -> None:
    def theirs(session: Any, work: Callable[[Any], Any]) -> Any:
        with books_of(session, 2):
            done = work(session)
            session.flush()
        return done

    run(lambda s: create_organisation(s, SYSTEM, name="Harbour Trading", country="GB"))
    received = run(lambda s: move(s, Receipt, 10))
    run(lambda s: put(s, 10, "A-01"))
    run(lambda s: theirs(s, lambda t: move(t, Receipt, 10)))
    newest = run(lambda s: theirs(s, lambda t: put(t, 10, "A-01")))
    run(lambda s: reverse(s, SYSTEM, locked(s, Receipt, received)))
    assert run(lying) == {"": D(0)}
    run(lambda s: theirs(s, lambda t: reverse(t, SYSTEM, locked(t, BinMove, newest))))
    assert run(lying) == {"": D(0)}
    assert run(lambda s: theirs(s, lying)) == {"": D(10)}


def test_a_list_of_what_isnt_put_away_loses_no_row_between_its_pages(run: Any, company: Any) -> None:
    run(lambda s: create_bins(s, SYSTEM, place_id=SHOP, codes="b-01"))
    for end in (MAIN, SHOP):
        run(
            lambda s, end=end: (
                move(s, Receipt, 10, target_id=end),
                move(s, Receipt, 5, MILK, lots="L1", target_id=end),
            )
        )

    def pages(session: Any) -> list[tuple[str, str]]:
        rows: list[tuple[str, str]] = []
        after = ""
        while True:
            page = fetch(session, bin_stock, Query(limit=1, after=after))
            rows += [(row.code, row.place) for row in page.rows]
            if not (after := page.following or ""):
                return rows

    every = [(code, place) for code in ("MILK", "NAIL") for place in ("Main warehouse", "Shop floor")]
    with company.database.session(SYSTEM) as session:
        assert sorted(pages(session)) == every


def test_a_bin_that_is_closed_while_a_move_is_under_way_gets_nothing(run: Any, company: Any) -> None:
    run(lambda s: move(s, Receipt, 10))
    said = BinMoveDraft(place_id=MAIN, lines=[BinMoveLineDraft(NAIL, D(3), to_bin="A-01")])

    def draft(session: Any) -> int:
        document = save(session, SYSTEM, BinMove, said)
        session.flush()
        return int(document.id)

    number = run(draft)

    def close(session: Any) -> None:
        closed = session.query(Bin).filter(Bin.code == "A-01").one()
        change_bin(session, SYSTEM, closed, code=closed.code, is_active=False)

    with company.database.session(SYSTEM, write=not company.database.is_sqlite) as session:
        document = locked(session, BinMove, number)
        assert [line.target.is_active for line in document.lines] == [True]
        run(close)
        if company.database.is_sqlite:  # one writer at a time: nothing can be closed in between
            return
        with pytest.raises(Invalid, match="is closed"):
            post(session, SYSTEM, [document])
