"""The supplier brings to the customer what we never had in stock: bought and sold at once, at its own cost."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import Document, SentBefore, correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from modules.contacts.registers import Settlements
from modules.trade.direct.operations import deliver_directly
from modules.trade.drafts import AgreementDraft, OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import direct_order_of, sale_of
from modules.trade.models import Purchase, PurchaseAgreement, PurchaseOrder, Sale, SalesOrder
from modules.trade.registers import IN, OUT, Orders, Sales
from modules.trade.repeating.making import draft_for
from modules.trade.repeating.operations import repeat
from modules.trade.shipping.queue import waiting
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock
from tests.modules.trade.test_chain import next_of
from tests.modules.trade.test_trade_pages import form_of

ANVIL, HAMMER = 1, 2


def line(item: int, quantity: Any, price: Any, **more: Any) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(price), tax_rate=D(0), **more)


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


@pytest.fixture
def ordered(proved: Any) -> tuple[Callable[[Callable[[Any], Any]], Any], int, int]:
    """Ten anvils at 3.00 in stock. Six are ordered at 10.00: two of ours, four from the supplier at 5.00."""

    def prepare(session: Any) -> tuple[int, int]:
        for name in ("Bergen AS", "Lübeck GmbH"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        session.flush()
        made(session, Purchase, TradeDraft(2, [line(ANVIL, 10, 3)]))
        order = made(session, SalesOrder, SalesOrderDraft(1, [line(ANVIL, 2, 10), line(ANVIL, 4, 10, direct=1)]))
        draft = direct_order_of(session, order)
        assert [(x.item_id, x.quantity, x.origin, x.direct) for x in draft.lines] == [(ANVIL, D(4), (order.id, 2), 1)]
        assert "Bergen AS" in draft.ship_to  # type: ignore[attr-defined]
        lines = [replace(draft.lines[0], price=D(5), tax_rate=D(0))]
        bought = made(session, PurchaseOrder, replace(draft, contact_id=2, lines=lines))
        return int(order.id), int(bought.id)

    order_id, bought_id = proved(prepare)
    return proved, order_id, bought_id


def figures(session: Any) -> list[Any]:
    totals = (
        (Stock.on_hand, ("item",)),
        (Stock.worth, ("item",)),
        (Stock.claims, ("item", "claim")),
        (Settlements.balance, ("contact",)),
        (Sales.results, ("item", "contact")),
        (Orders.awaited, ("direction", "order", "order_line")),
    )
    found = []
    for total, by in totals:
        rows = now(session, total, by=by)
        found.append(sorted((f.key, tuple(f.amounts.items())) for f in rows if any(f.amounts.values())))
    return found


def test_goods_go_from_the_supplier_to_the_customer_at_their_own_cost(ordered: Any) -> None:
    do, order_id, bought_id = ordered

    def look(session: Any) -> None:
        assert [(w.id, w.lines) for w in waiting(session, OUT)] == [(order_id, 1)]  # of ours alone
        assert waiting(session, IN) == []
        assert [x.origin for x in sale_of(session, session.get(SalesOrder, order_id)).lines] == [(order_id, 1)]

    do(look)

    def work(session: Any) -> None:
        stock, worth = figures(session)[:2]
        bought, (sold,) = deliver_directly(session, SYSTEM, bought_id, {1: D(3)}, operation_id="act")
        again, _ = deliver_directly(session, SYSTEM, bought_id, {1: D(3)}, operation_id="act")
        assert again.id == bought.id
        for quantity, supplier_number in ((D(2), ""), (D(3), "R-9")):
            said = {"supplier_number": supplier_number, "operation_id": "act"}
            with pytest.raises(SentBefore):
                deliver_directly(session, SYSTEM, bought_id, {1: quantity}, **said)
        assert (bought.amount, sold.amount, sold.contact_id) == (D(15), D(30), 1)
        assert figures(session)[:2] == [stock, worth]  # nothing of it is left in stock, and ours costs what it did
        (sales,) = now(session, Sales.results, by=("item", "contact"))
        assert (sales.amounts["revenue"], sales.amounts["cost"]) == (D(30), D(15))

    do(work)
    do(look)


def test_direct_deliveries_are_refused_beyond_what_was_ordered_and_through_stock(ordered: Any, refused: Any) -> None:
    _, order_id, bought_id = ordered
    for quantities in ({}, {1: D(0)}, {1: D(5)}, {1: D(-1)}, {2: D(1)}):
        refused(lambda s, q=quantities: deliver_directly(s, SYSTEM, bought_id, q), Invalid)
    through = line(ANVIL, 1, 10, origin=(order_id, 2))
    refused(lambda s: made(s, Sale, TradeDraft(1, [through])), Invalid)


def test_a_direct_delivery_is_reversed_from_its_end_and_everything_to_zero(ordered: Any, refused: Any) -> None:
    do, order_id, bought_id = ordered
    before = do(figures)
    bought, sold = do(
        lambda s: (lambda p, x: (p.id, x[0].id))(*deliver_directly(s, SYSTEM, bought_id, {1: D(4)}, operation_id="act"))
    )
    assert do(figures) != before

    def corrected(session: Any, number: int) -> None:
        document: Any = session.get(Document, number)
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), note="x"))

    for number in (bought, sold):
        refused(lambda s, number=number: corrected(s, number), Conflict)
    refused(lambda s: reverse(s, SYSTEM, s.get(Document, bought)), Conflict)
    for number in (sold, bought):
        do(lambda s, number=number: reverse(s, SYSTEM, s.get(Document, number)))
    assert do(figures) == before
    for number in (bought_id, order_id):
        do(lambda s, number=number: reverse(s, SYSTEM, s.get(Document, number)))
    assert do(figures)[5] == []


def test_what_was_delivered_directly_goes_back_to_the_supplier(ordered: Any, refused: Any) -> None:
    do, _, bought_id = ordered
    sold = do(lambda s: deliver_directly(s, SYSTEM, bought_id, {1: D(4)}, operation_id="act")[1][0].id)
    back = do(lambda s: next_of(s, sold, "trade.sales_return", {1: 2}))
    purchase = do(lambda s: s.get(Sale, sold).direct_id)
    assert do(lambda s: costs_of(s, back)) == {1: D(10)}
    returned = do(lambda s: next_of(s, purchase, "trade.purchase_return", {1: 2}))

    def look(session: Any) -> None:
        document: Any = session.get(Document, returned)
        assert [x.direct for i in (back, returned) for x in session.get(Document, i).lines] == [0, 0]
        # Twelve are there, worth 40: what leaves is what two of them carry, and what is credited what these two cost.
        assert (document.amount, costs_of(session, returned)) == (D(10), {1: D("6.67")})
        (there,) = now(session, Stock.on_hand, by=("item",), where={"place": 100})
        assert there.amounts["quantity"] == D(10)

    do(look)
    refused(lambda s: next_of(s, purchase, "trade.purchase_return", {1: 3}), Invalid, field="lines")
    do(lambda s: reverse(s, SYSTEM, s.get(Document, returned)))


def test_what_is_repeated_says_directly_only_where_it_still_can(ordered: Any) -> None:
    do, order_id, bought_id = ordered
    sold = do(lambda s: deliver_directly(s, SYSTEM, bought_id, {1: D(4)}, operation_id="act")[1][0].id)

    def said(session: Any, document_id: int) -> list[int]:
        source, today = session.get(Document, document_id), wall_clock().date()
        found = repeat(session, SYSTEM, document_id, every="week", first=today, posts=False)
        return [x.direct for x in draft_for(session, found, source, today).lines]

    assert do(lambda s: [said(s, i) for i in (sold, order_id)]) == [[0], [0, 1]]


def test_a_supplier_delivers_only_what_a_customer_ordered(ordered: Any, refused: Any) -> None:
    do, _, _ = ordered
    agreed = do(lambda s: made(s, PurchaseAgreement, AgreementDraft(2, [line(ANVIL, 9, 5)])).id)
    for origin in ((agreed, 1), None):
        draft = OrderDraft(2, [line(ANVIL, 1, 5), line(ANVIL, 1, 5, direct=1, origin=origin)])
        said = refused(lambda s, d=draft: save(s, SYSTEM, PurchaseOrder, d), Invalid, field="lines")
        assert "Line 2: no customer ordered it" in said


def test_the_pages_lead_from_the_order_to_both_documents(house: Any, sign_in: Callable[[str], Any]) -> None:
    maria = sign_in("maria")

    def order(session: Any) -> tuple[int, int]:
        customer, supplier = session.scalars(select(Contact.id).order_by(Contact.id).limit(2)).all()
        item = session.scalars(select(Item.id).where(Item.kind == "goods").order_by(Item.id)).first()
        sold = made(session, SalesOrder, SalesOrderDraft(customer, [line(item, 1, 9, direct=1)]))
        draft: Any = direct_order_of(session, sold)
        lines = [replace(draft.lines[0], price=D(4), tax_rate=D(0))]
        return sold.id, made(session, PurchaseOrder, replace(draft, contact_id=supplier, lines=lines)).id

    sold, bought = house.company.database.run(order, actor=SYSTEM)
    assert "the supplier delivers it" in maria.get(f"/trade/sales-orders/{sold}").text
    assert "Delivered to" in maria.get(f"/trade/purchase-orders/new?of={sold}").text
    address = f"/trade/purchase-orders/{bought}/direct"
    assert address in maria.get(f"/trade/purchase-orders/{bought}").text
    assert maria.get(address).status_code == 200
    assert sign_in("steve").get(address).status_code in (403, 404)
    done = maria.post(address, data={"operation": "d", "line_1": "1", "supplier_number": "77"})
    assert "are posted" in maria.get(done.headers["Location"]).text


def test_who_delivers_is_chosen_in_the_forms_of_both_orders(house: Any, sign_in: Callable[[str], Any]) -> None:
    maria = sign_in("maria")

    def known(session: Any) -> tuple[int, int, int]:
        customer, supplier = session.scalars(select(Contact.id).order_by(Contact.id).limit(2)).all()
        return (
            customer,
            supplier,
            session.scalars(select(Item.id).where(Item.kind == "goods").order_by(Item.id)).first(),
        )

    def newest(model: Any) -> tuple[int, list[int]]:
        def look(session: Any) -> tuple[int, list[int]]:
            order = session.scalars(select(model).order_by(model.id.desc())).first()
            return order.id, [x.direct for x in order.lines]

        return house.company.database.run(look, actor=SYSTEM, write=False)  # type: ignore[no-any-return]

    customer, supplier, item = house.company.database.run(known, actor=SYSTEM, write=False)
    row = {"item_id": str(item), "quantity": "2", "price": "9", "tax_rate": "0"}
    head = {"contact_id": customer, "place_id": "100", "currency": "GBP", "moment": f"{wall_clock():%Y-%m-%dT%H:%M}"}
    rows = [{**row, "direct": "1"}, {**row, "direct": "0"}, {**row, "direct": ""}]
    maria.post("/trade/sales-orders/new", data={**head, "lines": json.dumps(rows), "then": "post"})
    sold, direct = newest(SalesOrder)
    assert direct == [1, 0, 0]

    address = f"/trade/sales-orders/{sold}/edit"
    form = form_of(maria.get(address).text)
    shown = json.loads(form["lines"])
    assert [line["direct"] for line in shown] == ["1", "0", "0"]
    shown[1]["direct"] = "1"
    answer = maria.post(address, data={**form, "lines": json.dumps(shown), "then": "correct"})
    assert answer.status_code == 302, answer.text
    assert newest(SalesOrder) == (sold, [1, 1, 0])

    address = f"/trade/purchase-orders/new?of={sold}"
    form = form_of(maria.get(address).text)
    lines = [{**line, "price": "4", "tax_rate": "0"} for line in json.loads(form["lines"])]
    sent = {**form, "contact_id": supplier, "lines": json.dumps(lines), "then": "post"}
    assert maria.post(address, data=sent).status_code == 302
    assert newest(PurchaseOrder)[1] == [1, 1]
    assert "the supplier delivers it" in maria.get(f"/trade/sales-orders/{sold}").text
