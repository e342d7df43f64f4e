"""Whoever ships and receives sees what waits, and no price; what is received is charged by the supplier's invoice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import Document, SentBefore, kind_of, locked, post, reverse, save
from app.errors import Forbidden, Invalid, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.drafts import ChargeDraft, OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.kinds import KINDS
from modules.trade.models import Purchase, PurchaseOrder, Sale, SalesOrder, SupplierInvoice
from modules.trade.registers import IN, OUT
from modules.trade.scanning import picked
from modules.trade.shipping import picking
from modules.trade.shipping.operations import receive, ship
from modules.trade.shipping.queue import count_waiting, left_of_order, left_together, waiting
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of
from tests.statements import counted

ANVIL, HAMMER, FITTING = 1, 2, 3
CUSTOMER, SUPPLIER = 1, 2


@pytest.fixture
def shop(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Does something where ten anvils were bought at 2.00; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck GmbH")
        for code in ("ANVIL", "HAMMER"):
            create_item(session, SYSTEM, code=code, name=code.title(), barcode=f"400000{code}")
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        made(session, Purchase, TradeDraft(SUPPLIER, lines((ANVIL, 10, 2))))

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def lines(*said: tuple[int, Any, Any]) -> list[TradeLineDraft]:
    return [TradeLineDraft(item, D(quantity), D(price), tax_rate=D(20)) for item, quantity, price in said]


def made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def order(session: Any, *said: tuple[int, Any, Any], **more: Any) -> int:
    return made(session, SalesOrder, SalesOrderDraft(CUSTOMER, lines(*said), **more))


def test_a_storekeeper_ships_what_is_there_and_sees_no_price(company: Any, employ: Any, shop: Any) -> None:
    steve, today = employ("steve", "storekeeper"), wall_clock().date()
    late = wall_clock() - timedelta(days=3)
    later = shop(lambda s: order(s, (ANVIL, 4, 10)))
    first = shop(lambda s: order(s, (ANVIL, 3, 10), (HAMMER, 2, 5), (ANVIL, 2, 9), delivery=late.date(), moment=late))
    assert first != later

    def look_and_ship(session: Any) -> int:
        seen = waiting(session, OUT)
        assert [(w.id, w.name, w.lines, w.ready, w.days_late) for w in seen] == [
            (first, "Bergen AS", 3, 2, 3),
            (later, "Bergen AS", 1, 1, 0),
        ]
        assert count_waiting(session) == {OUT: (2, 1)}
        _, rows = left_of_order(session, first, OUT)
        assert [(x.line, x.left, x.available) for x in rows] == [(1, D(3), D(3)), (2, D(2), D(0)), (3, D(2), D(2))]
        sale = ship(session, steve, first, {1: D(3), 3: D(1)}, operation_id="act")
        again = ship(session, steve, first, {1: D(3), 3: D(1)}, operation_id="act")
        assert again.id == sale.id
        for order_id, quantities in ((first, {1: D(3)}), (later, {1: D(3), 3: D(1)})):
            with pytest.raises(SentBefore):
                ship(session, steve, order_id, quantities, operation_id="act")
        return int(sale.id)

    sale = company.database.run(look_and_ship, actor=steve)
    assert (
        company.database.run(lambda s: s.get(Sale, sale), actor=steve) is None
    )  # to the storekeeper, sales are closed

    def look(session: Any) -> None:
        said: Any = session.get(Sale, sale)
        assert [(x.item_id, x.quantity, x.price) for x in said.lines] == [(ANVIL, D(3), D(10)), (ANVIL, D(1), D(9))]
        assert said.moment.date() == today
        assert open_of(session, [sale]) == {sale: D("46.80")}
        assert [(x.line, x.left) for x in left_of_order(session, first, OUT)[1]] == [(2, D(2)), (3, D(1))]

    shop(look)


def test_the_list_asks_as_often_for_many_orders_as_for_few(shop: Any) -> None:
    def asked(session: Any) -> int:
        with counted(session) as statements:
            waiting(session, OUT)
        return len(statements)

    shop(lambda s: order(s, (ANVIL, 1, 10)))
    few = shop(asked)
    shop(lambda s: [order(s, (ANVIL, 1, 10), (HAMMER, 1, 10)) for _ in range(20)])
    assert shop(asked) <= few


def test_more_than_is_left_is_shipped_to_nobody(company: Any, employ: Any, shop: Any, refused: Any) -> None:
    sam = employ("sam", "salesperson")
    ordered = shop(lambda s: order(s, (ANVIL, 3, 10)))
    for quantities in ({1: D(4)}, {2: D(1)}, {1: D(-1)}, {}, {1: D(0)}):
        refused(lambda s, q=quantities: ship(s, SYSTEM, ordered, q), Invalid)
    with pytest.raises(Forbidden):
        company.database.run(lambda s: ship(s, sam, ordered, {1: D(1)}), actor=sam)
    with pytest.raises(Forbidden):
        company.database.run(lambda s: waiting(s, OUT), actor=sam)
    shop(lambda s: ship(s, SYSTEM, ordered, {1: D(3)}))
    refused(lambda s: left_of_order(s, ordered, OUT), NotFound)


def test_nothing_is_left_of_what_was_refused_on_the_page(app: Any, company: Any, employ: Any, shop: Any) -> None:
    employ("steve", "storekeeper")
    ordered = shop(lambda s: order(s, (FITTING, 1, 40), (ANVIL, 3, 10)))
    shop(lambda s: ship(s, SYSTEM, ordered, {1: D(1)}))
    before = shop(lambda s: s.scalars(select(Sale.id)).all())
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = client.post(f"/trade/shipping/out/{ordered}", data={"line_2": "4", "operation": "act"})
    assert "Line 2: only 3 is left of it. Enter no more" in page.text
    assert 'value="4"' in page.text
    assert shop(lambda s: s.scalars(select(Sale.id)).all()) == before
    assert client.post(f"/trade/shipping/out/{ordered}", data={"line_2": "3", "operation": "act"}).status_code == 302
    assert len(shop(lambda s: s.scalars(select(Sale.id).where(Sale.state == "posted")).all())) == 2


def test_goods_cost_what_the_supplier_charges_for_them(company: Any, employ: Any, shop: Any, refused: Any) -> None:
    steve = employ("steve", "storekeeper")
    ordered = shop(lambda s: made(s, PurchaseOrder, OrderDraft(SUPPLIER, lines((HAMMER, 10, 3), (ANVIL, 5, 2)))))

    def take_in(session: Any) -> int:
        assert [(w.id, w.lines) for w in waiting(session, IN)] == [(ordered, 2)]
        return int(receive(session, steve, ordered, {1: D(10)}).id)

    receipt = company.database.run(take_in, actor=steve)

    def look(session: Any) -> None:
        assert open_of(session, [receipt]) == {}  # nothing is owed before it is charged
        assert costs_of(session, receipt) == {1: D(30)}
        assert [x.line for x in left_of_order(session, ordered, IN)[1]] == [2]

    shop(look)
    sale = shop(lambda s: made(s, Sale, TradeDraft(CUSTOMER, lines((HAMMER, 4, 9)))))
    assert shop(lambda s: costs_of(s, sale)) == {1: D(12)}

    def charge(session: Any, quantity: int, price: str, number: str) -> int:
        document: Any = session.get(Document, receipt)
        makes = next(m for m in kind_of(document).makes if m.target == "trade.supplier_invoice")
        draft: Any = makes.draft(session, document)
        said = [replace(x, quantity=D(quantity), price=D(price)) for x in draft.lines]
        return made(session, SupplierInvoice, replace(draft, lines=said, supplier_number=number))

    invoice = shop(lambda s: charge(s, 5, "3.50", "R 1"))

    def look_again(session: Any) -> None:
        assert open_of(session, [invoice]) == {invoice: D(21)}
        assert costs_of(session, sale) == {1: D(13)}  # 4 of 10 at 32.50
        document: Any = session.get(Document, invoice)
        (said,) = (str(w) for w in kind_of(document).warnings(session, SYSTEM, document))
        assert said == "Line 1, Hammer: 3.5 instead of 3 as ordered (+16.7 %)."
        # and stays on its page
        notes = kind_of(document).line_notes(session, document, {})
        assert {n: str(words) for n, words in notes.items()} == {1: "3.5 instead of 3 as ordered (+16.7 %)"}

    shop(look_again)
    refused(lambda s: charge(s, 5, "3", "R 1"), Invalid, field="supplier_number")
    refused(lambda s: charge(s, 6, "3", "R 2"), Invalid, field="lines")
    rest = shop(lambda s: charge(s, 5, "3", "R 2"))
    assert shop(lambda s: costs_of(s, sale)) == {1: D(13)}

    def undo_it_all(session: Any) -> None:
        for document_id in (rest, invoice, sale, receipt, ordered):
            reverse(session, SYSTEM, locked(session, Document, document_id))
        assert waiting(session, IN) == []

    shop(undo_it_all)


def test_an_invoice_of_a_supplier_is_entered_once(shop: Any, refused: Any) -> None:
    def enter(session: Any, contact: int, number: str) -> int:
        return made(session, Purchase, ChargeDraft(contact, lines((ANVIL, 1, 2)), supplier_number=number))

    first = shop(lambda s: enter(s, SUPPLIER, "R 17"))
    assert "PU-0000" in refused(lambda s: enter(s, SUPPLIER, " R 17 "), Invalid, field="supplier_number")
    shop(lambda s: enter(s, CUSTOMER, "R 17"))
    shop(lambda s: reverse(s, SYSTEM, locked(s, Purchase, first)))
    shop(lambda s: enter(s, SUPPLIER, "R 17"))
    assert set(KINDS) > {"receipt", "supplier_invoice"}


def test_a_picking_list_gives_what_is_free_once_for_all_its_orders(app: Any, shop: Any, monkeypatch: Any) -> None:
    def work(session: Any) -> None:
        kept = order(session, (ANVIL, 3, 5))
        plain = ([(ANVIL, 5, 5)], [(ANVIL, 4, 5), (ANVIL, 1, 5)])
        ids = [*(order(session, *each, reserves=False) for each in plain), kept]
        said: list[Any] = []
        real = picking.places_of
        monkeypatch.setattr(picking, "places_of", lambda *found: said.append(real(*found)) or said[-1])
        picking.picking_pdf(session, ids)
        (line,) = said[0][0]["lines"]
        assert (line["quantity"], [quantity for _, quantity in line["orders"]]) == ("10 pc", ["5 pc", "2 pc", "3 pc"])
        # By themselves, each could have what is free.
        assert [sum(x.available for x in left_of_order(session, each, OUT)[1]) for each in ids] == [5, 5, 3]

    with app.test_request_context():
        shop(work)


def test_a_picking_list_goes_by_the_walk_through_the_bins(shop: Any) -> None:
    def work(session: Any) -> None:
        made(session, Purchase, TradeDraft(SUPPLIER, lines((HAMMER, 4, 2))))
        create_bins(session, SYSTEM, place_id=100, codes="A-1..A-3")
        moves = [BinMoveLineDraft(ANVIL, D(2), to_bin="A-2"), BinMoveLineDraft(ANVIL, D(2), to_bin="A-3")]
        moves.append(BinMoveLineDraft(HAMMER, D(4), to_bin="A-1"))
        made(session, BinMove, BinMoveDraft(place_id=100, lines=moves))
        ids = [order(session, (ANVIL, 5, 5), (HAMMER, 1, 5))]
        ((place,),) = [picking.places_of(session, left_together(session, ids, OUT))]
        assert [(line["code"], line["bins"]) for line in place["lines"]] == [
            ("HAMMER", [["A-1", "1 pc"]]),
            ("ANVIL", [["A-2", "2 pc"], ["A-3", "2 pc"]]),
        ]
        assert picking.picking_pdf(session, ids).startswith(b"%PDF")

    shop(work)


def test_whoever_picks_with_a_scanner_walks_by_bins(shop: Any) -> None:
    def look(session: Any) -> None:
        create_bins(session, SYSTEM, place_id=100, codes="A-1..A-3")
        made(session, Purchase, TradeDraft(SUPPLIER, lines((HAMMER, 5, 2))))
        moves = [
            BinMoveLineDraft(ANVIL, D(8), to_bin="A-3"),
            BinMoveLineDraft(HAMMER, D(1), to_bin="A-2"),
            BinMoveLineDraft(HAMMER, D(4), to_bin="A-1"),
        ]
        made(session, BinMove, BinMoveDraft(place_id=100, lines=moves))
        ordered = order(session, (ANVIL, 9, 10), (HAMMER, 5, 5), (ANVIL, 1, 9))
        found = [(x.line, x.item_id, x.quantity, x.bin) for x in picked.lines(session, ordered)]
        assert found == [(2, HAMMER, D(5), "A-1, A-2"), (1, ANVIL, D(9), "A-3"), (3, ANVIL, D(1), "A-3")]

    shop(look)
