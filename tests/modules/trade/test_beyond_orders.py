"""What comes and goes beside what was ordered: goods sent back are awaited again, and a little more may be delivered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.clock import wall_clock
from app.documents import Document, close, correct, kind_of, locked, reopen, reverse
from app.documents.links import left_of
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.trade.availability import availability_of, outlook
from modules.trade.drafts import OrderDraft
from modules.trade.expected.orders import orders as expected_of_orders
from modules.trade.models import GoodsReceipt, PurchaseOrder, ReceiptReturn, SalesOrder
from modules.trade.pipeline.orders import open_orders
from modules.trade.pipeline.stages import board
from modules.trade.prints import trade_paper
from modules.trade.registers import Orders
from modules.trade.reservations import waiting_orders
from modules.trade.shipping.operations import receive, ship
from modules.trade.shipping.queue import count_waiting, waiting
from modules.trade.sourcing.tolerances import change_tolerances, tolerances
from modules.warehouse.models import Item
from tests.modules.trade.test_chain import (
    ANVIL,
    HAMMER,
    MAIN,
    SUPPLIER,
    awaited,
    kept,
    lines,
    made,
    next_of,
    order,
    shares,
)
from tests.modules.trade.test_chain import shop as shop
from tests.statements import counted


@pytest.fixture
def bought(shop: Callable[..., Any]) -> int:
    """A purchase order of 100 anvils and 10 hammers."""
    said = lines((ANVIL, 100, 2), (HAMMER, 10, 2))
    return int(shop(lambda s: made(s, PurchaseOrder, OrderDraft(SUPPLIER, said))))


def undo(session: Any, document_id: int) -> None:
    reverse(session, SYSTEM, locked(session, Document, document_id))


def test_what_goes_back_is_awaited_again(shop: Any, bought: int, refused: Any) -> None:
    receipt = shop(lambda s: next_of(s, bought, "trade.receipt"))
    assert shop(awaited) == {}
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 30}))

    def look(session: Any) -> None:
        assert awaited(session) == {(bought, 1): D(30)}
        assert left_of(session, session.get(Document, bought), "trade.receipt") == {1: D(30), 2: D(0)}
        assert shares(session, bought)["Received"] == 72
        assert left_of(session, session.get(Document, receipt), "trade.supplier_invoice") == {1: D(70), 2: D(10)}

    shop(look)
    shop(lambda s: undo(s, back))
    assert shop(awaited) == {}  # it never went back
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 30}))
    again = shop(lambda s: next_of(s, bought, "trade.receipt"))
    assert shop(lambda s: (awaited(s), s.get(GoodsReceipt, again).lines[0].quantity)) == ({}, D(30))
    assert "The replacement of this has come already" in refused(lambda s: undo(s, back), Conflict)

    def replace_nothing(session: Any) -> None:
        document = locked(session, ReceiptReturn, back)
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), reopens=False))

    refused(replace_nothing, Conflict)
    shop(lambda s: [undo(s, again), undo(s, back), undo(s, receipt), undo(s, bought)])
    assert shop(awaited) == {}


def test_what_goes_back_for_good_is_not_awaited(shop: Any, bought: int, refused: Any) -> None:
    receipt = shop(lambda s: next_of(s, bought, "trade.receipt", {1: 60}))

    def give_back(session: Any, *, reopens: bool) -> int:
        document = session.get(Document, receipt)
        makes = next(m for m in kind_of(document).makes if m.target == "trade.receipt_return")
        draft = makes.draft(session, document)
        return made(
            session, ReceiptReturn, replace(draft, lines=[replace(draft.lines[0], quantity=D(10))], reopens=reopens)
        )

    shop(lambda s: give_back(s, reopens=False))
    assert shop(awaited) == {(bought, 1): D(40), (bought, 2): D(10)}
    shop(lambda s: close(s, SYSTEM, locked(s, Document, bought)))
    assert "is closed" in refused(lambda s: give_back(s, reopens=True), Conflict, field="reopens")
    shop(lambda s: reopen(s, SYSTEM, locked(s, Document, bought)))
    shop(lambda s: give_back(s, reopens=True))
    assert shop(awaited) == {(bought, 1): D(50), (bought, 2): D(10)}


def test_a_little_more_than_ordered_may_come(company: Any, employ: Any, shop: Any, bought: int, refused: Any) -> None:
    steve, maria = employ("steve", "storekeeper"), employ("maria", "manager")
    assert "only 100 is left" in refused(lambda s: receive(s, SYSTEM, bought, {1: D(101)}), Invalid)
    shop(lambda s: change_tolerances(s, SYSTEM, received_percent=D(5), shipped_percent=D(0)))

    def come(actor: Any, line: int, quantity: int) -> int:
        work = lambda s: int(receive(s, actor, bought, {line: D(quantity)}).id)  # noqa: E731
        return int(company.database.run(work, actor=actor))

    with pytest.raises(Conflict, match="106 delivered, 100 ordered"):
        come(steve, 1, 106)
    come(steve, 1, 60)
    second = come(steve, 1, 45)

    def look(session: Any) -> None:
        assert [w.lines for w in waiting(session, "in")] == [1]  # the hammers
        document: Any = session.get(Document, bought)
        assert left_of(session, document, "trade.receipt") == {1: D(-5), 2: D(10)}
        assert shares(session, bought)["Received"] == 90
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), note="As agreed"))

    shop(look)
    with pytest.raises(Conflict):
        come(steve, 2, 11)
    third = come(maria, 2, 11)  # who may go beyond it does
    assert shop(lambda s: waiting(s, "in")) == []
    for document in (second, third):
        shop(lambda s, document=document: undo(s, document))
    assert shop(awaited) == {(bought, 1): D(40), (bought, 2): D(10)}


def test_a_little_more_than_ordered_may_go_out(shop: Any) -> None:
    shop(lambda s: change_tolerances(s, SYSTEM, shipped_percent=D(20)))
    ordered = shop(lambda s: order(s, (ANVIL, 5, 10)))
    sale = shop(lambda s: ship(s, SYSTEM, ordered, {1: D(6)}).id)
    assert shop(lambda s: (kept(s, ANVIL), waiting(s, "out"))) == ((D(4), D(0)), [])
    shop(lambda s: [undo(s, sale), close(s, SYSTEM, locked(s, SalesOrder, ordered))])
    assert shop(awaited) == {}


def note(session: Any, actor: Any, document_id: int, **more: Any) -> None:
    """Correct the note of a document, and `more`."""
    document: Any = locked(session, Document, document_id)
    correct(session, actor, document, replace(kind_of(document).draft_of(document), note="Seen", **more))


def test_a_return_of_what_came_beyond_the_order_is_undone_where_nothing_came_since(
    shop: Any, bought: int, refused: Any
) -> None:
    shop(lambda s: change_tolerances(s, SYSTEM, received_percent=D(5)))
    receipt = shop(lambda s: receive(s, SYSTEM, bought, {1: D(105), 2: D(10)}).id)
    shop(lambda s: change_tolerances(s, SYSTEM))  # nothing is tolerated any more
    hammers = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {2: 4}))
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 2}))
    shop(lambda s: next_of(s, bought, "trade.receipt", {2: 4}))
    shop(lambda s: note(s, SYSTEM, back))
    shop(lambda s: note(s, SYSTEM, hammers))
    assert "has come already" in refused(lambda s: note(s, SYSTEM, hammers, reopens=False), Conflict)
    shop(lambda s: note(s, SYSTEM, back, reopens=False))
    assert shop(awaited) == {(bought, 1): D(-5)}
    shop(lambda s: undo(s, back))
    assert "has come already" in refused(lambda s: undo(s, hammers), Conflict)


def test_a_correction_lets_no_closed_order_await_more(shop: Any, bought: int, refused: Any) -> None:
    receipt = shop(lambda s: next_of(s, bought, "trade.receipt"))
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 30}))
    for_good = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {2: 1}))
    shop(lambda s: note(s, SYSTEM, for_good, reopens=False))
    shop(lambda s: close(s, SYSTEM, locked(s, Document, bought)))
    shop(lambda s: note(s, SYSTEM, back))
    before = shop(awaited)
    assert "is closed" in refused(lambda s: note(s, SYSTEM, for_good, reopens=True), Conflict, field="reopens")
    assert shop(awaited) == before


def test_whoever_sends_back_holds_the_order(shop: Any, bought: int) -> None:
    receipt = shop(lambda s: next_of(s, bought, "trade.receipt"))

    def asked(session: Any) -> list[str]:
        with counted(session) as statements:
            next_of(session, receipt, "trade.receipt_return", {1: 1})
        return [x for x in statements if "FOR NO KEY UPDATE" in x and "core_document" in x]

    assert len(shop(asked)) in (0, 2), "the receipt and its order, where the database locks rows"


def test_a_correction_asks_nothing_again_of_what_was_tolerated(
    company: Any, employ: Any, shop: Any, bought: int, refused: Any
) -> None:
    bella, maria = employ("bella", "buyer", "storekeeper"), employ("maria", "manager")
    as_ = lambda actor, work: company.database.run(lambda s: work(s, actor), actor=actor)  # noqa: E731
    shop(lambda s: change_tolerances(s, SYSTEM, received_percent=D(5)))
    second = as_(maria, lambda s, a: receive(s, a, bought, {1: D(105), 2: D(11)}).id)
    audited = lambda: shop(lambda s: s.query(AuditLine).filter_by(action="trade.tolerance.override").count())  # noqa: E731
    assert audited() == 1
    for percent in (D(5), None):
        shop(lambda s, p=percent: change_tolerances(s, SYSTEM, version=tolerances(s).version, received_percent=p))
        for document in (bought, second):
            as_(bella, lambda s, a, d=document: note(s, a, d))
            as_(maria, lambda s, a, d=document: note(s, a, d))
    assert audited() == 1

    def said(session: Any, document_id: int, actor: Any, quantity: int) -> None:
        document: Any = locked(session, Document, document_id)
        draft = kind_of(document).draft_of(document)
        some = [draft.lines[0], replace(draft.lines[1], quantity=D(quantity))]
        correct(session, actor, document, replace(draft, lines=some))

    refused(lambda s: said(s, second, SYSTEM, 12), Invalid)
    refused(lambda s: said(s, bought, SYSTEM, 9), Conflict)
    shop(lambda s: said(s, second, SYSTEM, 10))


def test_what_was_delivered_is_in_no_index_of_what_waits_also_beyond_the_order(shop: Any, bought: int) -> None:
    index = "ix_trade_orders_awaited_total_open"
    shop(lambda s: change_tolerances(s, SYSTEM, received_percent=D(5)))
    receipt = shop(lambda s: receive(s, SYSTEM, bought, {1: D(105), 2: D(10)}).id)

    def look(session: Any) -> None:
        assert awaited(session) == {(bought, 1): D(-5)}
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        where = f"FROM sqlite_master WHERE name = '{index}'" if is_sqlite else f"pg_get_indexdef('{index}'::regclass)"
        declared = session.connection().exec_driver_sql(f"SELECT {'sql ' if is_sqlite else ''}{where}").scalar_one()
        assert declared.replace("(", "").replace(")", "").endswith("WHERE quantity > 0")
        if is_sqlite:
            query = select(Orders.awaited.table.c.order_id).where(Orders.is_awaited(1))
            asked = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
            assert index in str(plan)

    shop(look)
    shop(lambda s: undo(s, receipt))
    assert shop(awaited) == {(bought, 1): D(100), (bought, 2): D(10)}
    assert shop(lambda s: [w.lines for w in waiting(s, "in")]) == [2]


def test_an_items_card_says_what_is_free_and_what_is_to_come(shop: Any, bought: int) -> None:
    due = date(2031, 3, 4)
    shop(lambda s: receive(s, SYSTEM, bought, {1: D(8)}).id)
    shop(lambda s: made(s, PurchaseOrder, OrderDraft(SUPPLIER, lines((ANVIL, 7, 2)), delivery=due)))
    shop(lambda s: order(s, (ANVIL, 5, 10), reserves=True))

    def said(session: Any) -> list[str]:
        item = session.get(Item, ANVIL)
        with counted(session) as asked:
            found = [str(fact.value) for fact in availability_of(session, item)]
        assert len(asked) <= 5
        return found

    (words,) = shop(said)
    assert words == "13 free; 7 expected on 4 Mar 2031; 92 expected, it isn't known when"
    shop(lambda s: order(s, (ANVIL, 30, 10)))
    (words,) = shop(said)
    assert words == "0 free; 17 missing for orders; 7 expected on 4 Mar 2031; 92 expected, it isn't known when"


def test_whoever_reads_what_waits_leaves_out_closed_orders_whose_delivery_was_reversed(shop: Any, bought: int) -> None:
    sold = shop(lambda s: order(s, (ANVIL, 5, 10), reserves=True))
    deliveries = shop(lambda s: [ship(s, SYSTEM, sold, {1: D(2)}).id, receive(s, SYSTEM, bought, {1: D(30)}).id])

    def read(session: Any) -> list[Any]:
        found: list[Any] = []
        for direction in ("out", "in"):
            found.append([(w.id, w.lines) for w in waiting(session, direction)])
            found.append(session.execute(select(open_orders(session, direction).c.order_id)).scalars().all())
            found.append({name: lot.count for name, lot in board(session, direction, {})[None].items() if lot.count})
        found += [count_waiting(session), [w.id for w in waiting_orders(session, 1, [ANVIL])]]
        today = wall_clock().date()
        found += [[each.document_id for each in expected_of_orders(session, SYSTEM, today)]]
        found += [outlook(session, MAIN, [ANVIL])[ANVIL].owed]
        return found

    before = shop(read)
    assert before[0] == [(sold, 1)]
    assert [bool(x) for x in before[:-1]] == [True] * (len(before) - 1)
    shop(lambda s: [close(s, SYSTEM, locked(s, Document, document)) for document in (sold, bought)])
    closed = shop(read)
    shop(lambda s: [undo(s, document) for document in deliveries])
    # Of the sale nothing is shipped and unpaid any more.
    assert shop(awaited) == {(sold, 1): D(2), (bought, 1): D(30)}
    after = shop(read)
    assert (
        after[:2] + after[3:5] + after[6:]
        == closed[:2] + closed[3:5] + closed[6:]
        == [[], [], [], [], {}, [], [], D(0)]
    )
    assert not {"ordered", "part"} & {*after[2], *after[5]}
    shop(lambda s: [reopen(s, SYSTEM, locked(s, Document, document)) for document in (sold, bought)])
    assert shop(awaited) == {(sold, 1): D(5), (bought, 1): D(100), (bought, 2): D(10)}
    assert shop(lambda s: [w.lines for direction in ("out", "in") for w in waiting(s, direction)]) == [1, 2]


def test_a_return_says_whether_it_is_to_be_replaced(shop: Any, bought: int) -> None:
    receipt = shop(lambda s: next_of(s, bought, "trade.receipt"))
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 30}))

    def said(session: Any, number: int) -> list[str]:
        document = session.get(Document, number)
        return [str(f.value) for f in trade_paper(session, document).facts if f.title == "To be replaced" and f.value]

    assert (shop(lambda s: said(s, back)), shop(lambda s: said(s, receipt))) == (["Yes"], [])
    shop(lambda s: note(s, SYSTEM, back, reopens=False))
    assert shop(lambda s: said(s, back)) == ["No"]
