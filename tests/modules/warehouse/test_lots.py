"""Lots and serial numbers: said where goods come in, first to expire first out, and back as they went."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.clock import wall_clock
from app.documents import correct, kind_of, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.lots.queries import lots_called
from modules.warehouse.models import Issue, Lot, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import change_item, create_item, create_place
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock

MILK, SAW, NAIL = 1, 2, 3
MAIN, SHOP = 100, 101
FEBRUARY, MARCH = datetime(2026, 2, 10, 12), datetime(2026, 3, 10, 12)
SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)
ENDS: dict[Any, dict[str, int]] = {
    Receipt: {"target_id": MAIN},
    Opening: {"target_id": MAIN},
    Issue: {"source_id": MAIN},
    WriteOff: {"source_id": MAIN},
    Transfer: {"source_id": MAIN, "target_id": SHOP},
}


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where milk has lots and saws have serial numbers; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="MILK", name="Milk", unit="KGM", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, quantity: Any, lots: str = "", item: int = MILK, **more: Any) -> int:
    at = more.pop("at", FEBRUARY)
    lines = [
        MovementLineDraft(item, D(quantity), D(more.pop("price", 1)), lots=lots, expires=more.pop("expires", None))
    ]
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=at, **{**ENDS[kind], **more}))
    post(session, SYSTEM, [document])
    return int(document.id)


def held(session: Any, item: int = MILK, moment: Any = None) -> dict[tuple[int, str], D]:
    """What lies where, by place and lot."""
    codes = {lot.id: lot.code for lot in session.query(Lot)}
    where = {"item": item}
    by = ("place", "lot")
    figures = (
        ledger.at(session, Stock.on_hand, moment, by=by, where=where)
        if moment
        else ledger.now(session, Stock.on_hand, by=by, where=where)
    )
    found = {(f.key[0], codes[f.key[1]] if f.key[1] else ""): f.amounts["quantity"] for f in figures}
    return {key: quantity for key, quantity in found.items() if quantity}


def test_goods_come_in_by_lots_and_leave_first_to_expire_first_out(run: Any) -> None:
    received = run(lambda s: move(s, Receipt, 8, "A: 5; B", expires=SUMMER, price="1.01"))
    run(lambda s: move(s, Receipt, 3, "C", expires=SPRING, price="2"))
    assert run(held) == {(MAIN, "A"): D(5), (MAIN, "B"): D(3), (MAIN, "C"): D(3)}
    assert run(lambda s: costs_of(s, received)) == {1: D("8.08")}  # each cent of a line is in one of its lots
    sold = run(lambda s: move(s, Issue, "4.5", at=MARCH))
    assert run(held) == {(MAIN, "A"): D("3.5"), (MAIN, "B"): D(3)}
    run(lambda s: move(s, Issue, 2, "B", at=MARCH))
    run(lambda s: move(s, Transfer, 4, at=MARCH))
    assert run(held) == {(MAIN, "B"): D("0.5"), (SHOP, "A"): D("3.5"), (SHOP, "B"): D("0.5")}
    assert run(lambda s: held(s, moment=FEBRUARY)) == {(MAIN, "A"): D(5), (MAIN, "B"): D(3), (MAIN, "C"): D(3)}
    run(lambda s: reverse(s, SYSTEM, locked(s, Issue, sold)))
    assert run(held)[MAIN, "C"] == 3


def test_the_same_lot_is_one_whatever_document_says_it(run: Any) -> None:
    run(lambda s: move(s, Receipt, 2, "A"))
    run(lambda s: move(s, Opening, 2, "A", expires=SUMMER))  # learnt once
    run(lambda s: move(s, Receipt, 2, "A"))
    assert run(held) == {(MAIN, "A"): D(6)}
    assert run(lambda s: s.query(Lot).filter_by(code="A").one().expires) == SUMMER


def test_what_is_refused_of_lots_changes_nothing(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5, "A", expires=SUMMER))
    run(lambda s: move(s, Receipt, 2, "S1, S2", item=SAW))
    for error, kind, args in (
        (Invalid, Receipt, (3,)),  # which?
        (Invalid, Receipt, (3, "A: 1; B: 1")),
        (Invalid, Receipt, (3, "A; B")),
        (Invalid, Receipt, (3, "A: 4; B")),
        (Invalid, Receipt, (3, "A; A: 1")),
        (Invalid, Receipt, (3, "x" * 61)),
        (Invalid, Receipt, (3, "A", NAIL)),
        (Invalid, Issue, (3, "Z")),
        (Invalid, Issue, (1, "", SAW)),  # which one went?
        (Invalid, Receipt, (3, "S3, S4", SAW)),
        (Invalid, Receipt, (2, "S3, S3", SAW)),
    ):
        refused(lambda s, kind=kind, args=args: move(s, kind, *args), error, field="lines")
    refused(lambda s: move(s, Receipt, 1, "A", expires=SPRING), Invalid, field="lines")
    refused(lambda s: move(s, Receipt, 2, "S2, S3", item=SAW), Conflict, field="lines")
    refused(lambda s: move(s, Issue, 6), NotEnoughStock)
    refused(lambda s: move(s, Issue, 6, "A"), NotEnoughStock)


def test_who_runs_short_of_a_lot_reads_which(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5, "A17"))
    assert "A17" in str(refused(lambda s: move(s, Issue, 6, "A17"), NotEnoughStock))


def test_a_serial_number_goes_and_comes_back(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 2, "S1\nS2", item=SAW))
    run(lambda s: move(s, Issue, 1, "S1", item=SAW))
    refused(lambda s: move(s, Issue, 1, "S1", item=SAW), NotEnoughStock)
    run(lambda s: move(s, Receipt, 1, "S1", item=SAW))  # bought back
    assert run(lambda s: held(s, SAW)) == {(MAIN, "S1"): D(1), (MAIN, "S2"): D(1)}


def test_what_has_expired_goes_to_no_customer(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 5, "OLD", expires=date(2026, 3, 9)))
    run(lambda s: move(s, Receipt, 2, "NEW", expires=date(2026, 3, 10)))
    run(lambda s: move(s, Issue, 1, at=MARCH))
    assert run(held) == {(MAIN, "OLD"): D(5), (MAIN, "NEW"): D(1)}
    refused(lambda s: move(s, Issue, 2, at=MARCH), Invalid, field="lines")
    run(lambda s: move(s, Transfer, 2, at=MARCH))  # within the company it may go
    run(lambda s: move(s, WriteOff, 3, at=MARCH))
    assert run(held) == {(SHOP, "OLD"): D(2), (MAIN, "NEW"): D(1)}


def test_the_home_page_counts_what_expires(run: Any, app: Any) -> None:
    today = wall_clock().date()
    for days, lot in ((-1, "OLD"), (0, "TODAY"), (30, "SOON"), (31, "LATER")):
        run(lambda s, days=days, lot=lot: move(s, Receipt, 1, lot, expires=today + timedelta(days=days)))
    run(lambda s: move(s, Receipt, 1, "GONE", expires=today))
    run(lambda s: move(s, WriteOff, 1, "GONE", at=MARCH))
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    home = client.get("/").text
    counted = {
        asked: int(re.search(rf'<a[^>]*href="/warehouse/lots\?expires={asked}"[^>]*>.*?([0-9]+)', home, re.S)[1])  # type: ignore[index]
        for asked in ("expired", "30")
    }
    assert counted == {"expired": 1, "30": 2}
    for asked, count in counted.items():
        assert len(client.get(f"/api/v1/lists/warehouse.lot?expires={asked}").json["rows"]) == count


def test_what_lay_there_before_lots_were_kept_goes_first(run: Any) -> None:
    run(lambda s: move(s, Receipt, 4, item=NAIL))
    run(lambda s: change_item(s, SYSTEM, s.get_one(_item(), NAIL), tracking="lot"))
    run(lambda s: move(s, Receipt, 2, "A", item=NAIL, expires=SPRING))
    run(lambda s: move(s, Issue, 5, item=NAIL, at=MARCH))
    assert run(lambda s: held(s, NAIL)) == {(MAIN, "A"): D(1)}


def test_lots_are_given_up_only_where_none_is_left(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 1, "A"))
    refused(lambda s: change_item(s, SYSTEM, s.get_one(_item(), MILK), tracking=""), Conflict, field="tracking")
    run(lambda s: move(s, Issue, 1, at=MARCH))
    run(lambda s: change_item(s, SYSTEM, s.get_one(_item(), MILK), tracking=""))
    run(lambda s: move(s, Receipt, 1))
    assert run(held) == {(MAIN, ""): D(1)}


def test_what_customers_bring_back_has_the_lots_that_they_got(run: Any, refused: Any) -> None:
    def lines(quantity: Any, lots: str = "", **more: Any) -> list[TradeLineDraft]:
        return [TradeLineDraft(MILK, D(quantity), D(2), lots=lots, **more)]

    def made(session: Any, model: Any, *said: Any, **more: Any) -> int:
        document = save(session, SYSTEM, model, TradeDraft(1, lines(*said, **more), moment=more.pop("at", FEBRUARY)))
        post(session, SYSTEM, [document])
        return int(document.id)

    run(lambda s: made(s, Purchase, 6, "A: 4; B", expires=SUMMER))
    sale = run(lambda s: made(s, Sale, 5, "B: 2; A"))
    assert run(held) == {(MAIN, "A"): D(1)}

    def back(session: Any, quantity: Any, lots: str = "") -> int:
        document = session.get(Sale, sale)
        makes = next(m for m in kind_of(document).makes if m.target == "trade.sales_return")
        draft = makes.draft(session, document)
        assert draft.lines[0].lots == ""
        draft.lines[0].quantity, draft.lines[0].lots = D(quantity), lots
        document = save(session, SYSTEM, SalesReturn, draft)
        post(session, SYSTEM, [document])
        return int(document.id)

    run(lambda s: back(s, 1, "B"))
    refused(lambda s: back(s, 2, "B"), Invalid, field="lines")
    returned = run(lambda s: back(s, 4))
    assert run(held) == {(MAIN, "A"): D(4), (MAIN, "B"): D(2)}
    run(lambda s: reverse(s, SYSTEM, locked(s, SalesReturn, returned)))
    assert run(held) == {(MAIN, "A"): D(1), (MAIN, "B"): D(1)}


def test_a_corrected_receipt_has_other_lots(run: Any) -> None:
    received = run(lambda s: move(s, Receipt, 5, "A"))

    def correct_it(session: Any) -> None:
        document = locked(session, Receipt, received)
        draft = kind_of(document).draft_of(document)
        assert (draft.lines[0].lots, draft.lines[0].expires) == ("A", None)
        draft.lines[0].lots, draft.lines[0].expires = "B: 2; C", SUMMER
        correct(session, SYSTEM, document, draft)

    run(correct_it)
    assert run(held) == {(MAIN, "B"): D(2), (MAIN, "C"): D(3)}
    assert run(lambda s: [f.amounts["value"] for f in stock_on_hand(s)]) == [D(5)]


def _item() -> Any:
    from modules.warehouse.models import Item

    return Item


def drafted(session: Any, kind: Any, *said: tuple[int, Any, str], at: datetime = FEBRUARY) -> Any:
    lines = [MovementLineDraft(item, D(quantity), D(1), lots=lots) for item, quantity, lots in said]
    return save(session, SYSTEM, kind, MovementDraft(lines, moment=at, **ENDS[kind]))


def test_lines_of_one_document_share_what_is_there(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, 10, "A: 5; B"))

    def issue(session: Any, *said: tuple[int, Any, str]) -> int:
        document = drafted(session, Issue, *said, at=MARCH)
        post(session, SYSTEM, [document])
        return int(document.id)

    for said in (((MILK, 5, "A: 5"), (MILK, 5, "")), ((MILK, 5, ""), (MILK, 5, "A"))):
        issued = run(lambda s, said=said: issue(s, *said))
        assert run(held) == {}
        run(lambda s, issued=issued: reverse(s, SYSTEM, locked(s, Issue, issued)))
    refused(lambda s: issue(s, (MILK, 5, "A"), (MILK, 6, "")), NotEnoughStock)


def test_documents_posted_together_see_what_came_between_them(run: Any) -> None:
    run(lambda s: move(s, Receipt, 2, "A", at=FEBRUARY))
    run(lambda s: move(s, Receipt, 3, "B", at=MARCH))

    def issue_both(session: Any) -> None:
        early = drafted(session, Issue, (MILK, 2, ""), at=datetime(2026, 2, 20))
        late = drafted(session, Issue, (MILK, 3, ""), at=datetime(2026, 3, 20))
        post(session, SYSTEM, [early, late])

    run(issue_both)
    assert run(held) == {}


def test_a_serial_number_is_never_there_twice(run: Any, refused: Any) -> None:
    def receive_twice(session: Any) -> None:
        post(session, SYSTEM, [drafted(session, Receipt, (SAW, 1, "S1"), (SAW, 1, "S1"))])

    refused(receive_twice, Conflict, field="lines")
    refused(lambda s: post(s, SYSTEM, [drafted(s, Receipt, (SAW, 1, "S1")) for _ in range(2)]), Conflict, field="lines")
    run(lambda s: move(s, Receipt, 1, "S1", item=SAW))
    issued = run(lambda s: move(s, Issue, 1, "S1", item=SAW))
    run(lambda s: move(s, Receipt, 1, "S1", item=SAW))  # bought back
    refused(lambda s: reverse(s, SYSTEM, locked(s, Issue, issued)), Conflict)


def test_more_lots_than_a_line_can_say_are_refused_whole(run: Any, refused: Any) -> None:
    codes = ", ".join(f"SERIAL-{n:05}" for n in range(400))
    refused(lambda s: drafted(s, Receipt, (SAW, 400, codes)), Invalid, field="lines")


def test_lots_are_counted_as_finely_as_their_item(run: Any, refused: Any) -> None:
    refused(lambda s: move(s, Receipt, 5, "A: 1.2345678; B"), Invalid, field="lines")
    run(lambda s: change_item(s, SYSTEM, s.get_one(_item(), NAIL), tracking="lot"))
    refused(lambda s: move(s, Receipt, 5, "A: 2.5; B", item=NAIL), Invalid, field="lines")


def test_a_lot_is_found_by_its_label_among_all_that_ever_were(run: Any) -> None:
    def work(session: Any) -> list[int]:
        query = lots_called(session, "A")
        plan = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        if session.get_bind().dialect.name == "sqlite":
            said = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {plan}").all()
            assert "ix_warehouse_lot_code" in str(said)
        return [lot.item_id for lot in session.scalars(query)]

    for lots in ("A", "B"):
        run(lambda s, lots=lots: move(s, Receipt, 1, lots))
    assert run(work) == [MILK]
