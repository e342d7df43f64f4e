"""Goods that arrive for customers' orders go straight to shipping: in the orders' turn, no more than came, and once however
many press the button at once."""

import threading
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.documents.chain import chain_of
from app.errors import Conflict, Forbidden
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.crossing.models import Crossing
from modules.trade.crossing.operations import let_leave, make_ready, unmake
from modules.trade.crossing.queries import ready_shipments, to_go
from modules.trade.drafts import OrderDraft, SalesOrderDraft, TradeLineDraft
from modules.trade.models import GoodsReceipt, PurchaseOrder, Sale, SalesOrder
from modules.trade.registers import IN, OUT
from modules.trade.shipping.operations import receive
from modules.trade.shipping.queue import left_of_order, waiting
from modules.warehouse.operations import create_item


def _made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


def _line(quantity: int) -> TradeLineDraft:
    return TradeLineDraft(1, D(quantity), D(5), tax_rate=D(0))


def _ordered(session: Any) -> int:
    """Two customers wait for 4 and 8, the second first by priority; 10 are expected."""
    create_contact(session, SYSTEM, kind="legal_entity", name="Bergen")
    create_item(session, SYSTEM, code="TEA", name="Tea")
    _made(session, SalesOrder, SalesOrderDraft(1, [_line(4)]))
    _made(session, SalesOrder, SalesOrderDraft(1, [_line(8)], priority=5))
    order: int = _made(session, PurchaseOrder, OrderDraft(1, [_line(10)])).id
    return order


def _said(found: Any) -> list[tuple[str, D]]:
    return [(each.number, each.quantity) for each in found]


def test_what_comes_goes_out_in_the_orders_turn(proved: Any, employ: Any, refused: Any) -> None:
    anna = employ("anna", "accountant")
    bought = proved(_ordered)

    def preview(session: Any) -> list[tuple[str, D]]:
        order, lines = left_of_order(session, bought, IN)
        return _said(to_go(session, order.place_id, lines))

    first, second = proved(lambda s: [o.number for o in s.scalars(select(SalesOrder).order_by(SalesOrder.id))])
    assert proved(preview) == [(second, 8), (first, 2)]
    receipt = proved(lambda s: receive(s, SYSTEM, bought, {1: D(9)}).id)
    refused(lambda s: make_ready(s, anna, receipt), Forbidden)

    def ready(session: Any) -> list[tuple[str, D]]:
        return [(each.order, each.lines[0][2]) for each in ready_shipments(session, most=9)]

    proved(lambda s: len(make_ready(s, SYSTEM, receipt)))
    assert proved(ready) == [(second, 8), (first, 1)]
    refused(lambda s: make_ready(s, SYSTEM, receipt), Conflict)
    sales = proved(lambda s: list(s.scalars(select(Crossing.sale_id).order_by(Crossing.id))))
    proved(lambda s: let_leave(s, SYSTEM, sales[0]).id)
    assert proved(lambda s: let_leave(s, SYSTEM, sales[0]).number) == proved(lambda s: s.get_one(Sale, sales[0]).number)
    refused(lambda s: unmake(s, SYSTEM, sales[0]), Conflict)
    proved(lambda s: unmake(s, SYSTEM, sales[1]))
    assert proved(ready) == []
    # What was put back can be made ready again; the rest comes by a second receipt.
    proved(lambda s: len(make_ready(s, SYSTEM, receipt)))
    again = proved(lambda s: receive(s, SYSTEM, bought, {1: D(1)}).id)
    proved(lambda s: len(make_ready(s, SYSTEM, again)))
    assert proved(ready) == [(first, 1), (first, 1)]
    for each in proved(ready_shipments_ids):
        proved(lambda s, each=each: let_leave(s, SYSTEM, each).id)
    pairs = proved(lambda s: chain_of(s, s.get_one(GoodsReceipt, receipt)).pairs)
    assert (receipt, sales[0]) in pairs
    assert proved(preview_left) == 2


def test_an_item_on_two_lines_is_made_ready_line_by_line(proved: Any) -> None:
    def order(session: Any) -> int:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen")
        create_item(session, SYSTEM, code="TEA", name="Tea")
        wanted: int = _made(session, SalesOrder, SalesOrderDraft(1, [_line(5), _line(4)])).id
        bought = _made(session, PurchaseOrder, OrderDraft(1, [_line(9)])).id
        for quantity in (5, 4):
            make_ready(session, SYSTEM, receive(session, SYSTEM, bought, {1: D(quantity)}).id)
        assert waiting(session, OUT) == []  # all of it is ready, and offered once
        return wanted

    proved(order)
    assert proved(lambda s: [let_leave(s, SYSTEM, i).origins for i in ready_shipments_ids(s)]) == [
        {1: (1, 1)},
        {1: (1, 2)},
    ]


def ready_shipments_ids(session: Any) -> list[int]:
    return [each.sale_id for each in ready_shipments(session, most=9)]


def preview_left(session: Any) -> int:
    """What the first customer still waits for."""
    from modules.trade.registers import OUT
    from modules.trade.shipping.queue import waiting

    (order,) = waiting(session, OUT)
    return int(left_of_order(session, order.id, OUT)[1][0].left)


def test_two_who_press_at_once_make_it_ready_once(company: Any) -> None:
    database = company.database
    bought = database.run(_ordered, actor=SYSTEM)
    receipt = database.run(lambda s: receive(s, SYSTEM, bought, {1: D(10)}).id, actor=SYSTEM)
    barrier, results = threading.Barrier(2), list[Any]()

    def press() -> None:
        barrier.wait()
        try:
            results.append(database.run(lambda s: len(make_ready(s, SYSTEM, receipt)), actor=SYSTEM))
        except Conflict:
            results.append("refused")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["2", "refused"]
    assert database.run(lambda s: len(ready_shipments(s, most=9)), actor=SYSTEM) == 2


@pytest.mark.one_engine  # pages
def test_a_storekeeper_sees_what_goes_out_at_once_and_no_price(house: Any, sign_in: Any, actor: Any) -> None:
    actor("steve")

    def work(session: Any) -> tuple[int, str]:
        sold = session.scalars(select(SalesOrder).where(SalesOrder.state == "posted")).first()
        item = next(line.item_id for line in sold.lines if line.item.kind == "goods")
        line = TradeLineDraft(item, D(7000), D("77.77"), tax_rate=D(0))
        place = sold.place_id
        waits = _made(session, SalesOrder, SalesOrderDraft(sold.contact_id, [line], place_id=place))
        return _made(session, PurchaseOrder, OrderDraft(sold.contact_id, [line], place_id=place)).id, waits.number

    bought, waits = house.company.database.run(work, actor=SYSTEM)
    steve = sign_in("steve")
    page = steve.get(f"/trade/shipping/in/{bought}").text
    assert "Goes out at once" in page
    assert waits in page
    shown = steve.post(f"/trade/shipping/in/{bought}", data={"line_1": "7000"}, follow_redirects=True).text
    assert waits in shown
    assert "77.77" not in page + shown
    with house.company.database.session(SYSTEM) as session:
        receipt = session.scalars(select(GoodsReceipt.id).order_by(GoodsReceipt.id.desc())).first()
    ready = steve.post(f"/trade/shipping/at-once/{receipt}", follow_redirects=True).text
    assert "Ready to leave" in ready
    assert "77.77" not in ready
