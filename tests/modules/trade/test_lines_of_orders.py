"""What an order's page says of each line: how much was shipped, what is kept, and by when the rest can come."""

import re
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save, takers_of_one
from app.security import SYSTEM, Actor, unrestricted
from modules.contacts.operations import create_contact
from modules.trade.availability import kept_and_promised
from modules.trade.drafts import OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder, Sale, SalesOrder
from modules.warehouse.operations import create_item


def _made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def _line(item: int, quantity: int, **said: Any) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(5), tax_rate=D(0), **said)


def _lines(page: str) -> list[str]:
    """What stands below the lines, in words."""
    found = re.findall(r'<div class="line-aside come">(.*?)</div>', page, re.S)
    return [" · ".join(re.findall(r"<span>(.*?)</span>", each)) for each in found]


@pytest.fixture(scope="module")
def orders(house: Any) -> dict[str, Any]:
    """Ten anvils, of which an earlier order keeps three; five come on a day. An order of twelve in two lines, four of them
    shipped; one of five that were bought, two of them come."""

    def work(session: Any) -> dict[str, Any]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Waiting Ltd").id
        item = create_item(session, SYSTEM, code="ANV-L", name="Anvil").id
        _made(session, Purchase, TradeDraft(contact, [_line(item, 10)]))
        _made(session, SalesOrder, SalesOrderDraft(contact, [_line(item, 3)]))
        order = _made(session, SalesOrder, SalesOrderDraft(contact, [_line(item, 6), _line(item, 6)]))
        _made(session, Sale, TradeDraft(contact, [_line(item, 4, origin=(order, 1))]))
        comes = date.today() + timedelta(days=9)
        bought = _made(session, PurchaseOrder, OrderDraft(contact, [_line(item, 7)], delivery=comes))
        _made(session, Purchase, TradeDraft(contact, [_line(item, 2, origin=(bought, 1))]))
        return {"item": item, "contact": contact, "order": order, "bought": bought, "comes": comes}

    with house.test_request_context():
        return house.company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def test_each_line_of_an_order_says_what_was_shipped_and_kept_and_when_the_rest_comes(
    orders: dict[str, Any], sign_in: Any
) -> None:
    page = sign_in("maria").get(f"/trade/sales-orders/{orders['order']}").text
    first, second = _lines(page)
    assert first == "Shipped: 4 of 6 · Kept: 2"
    # seven were free for it, four of them are shipped; two came since and are nobody's, five are to come
    day = f"{orders['comes'].day} {orders['comes']:%b %Y}"
    assert second == f"Shipped: 0 of 6 · Kept: 1; 2 free now; all of it by {day}"
    assert _lines(sign_in("maria").get(f"/trade/purchase-orders/{orders['bought']}").text) == ["Received: 2 of 7"]


def test_of_what_is_not_all_ordered_it_says_what_part_is_due_when(
    house: Any, orders: dict[str, Any], sign_in: Any
) -> None:
    """Ten of twelve are to come, on three days; of more than three days the later are one."""

    def work(session: Any) -> list[int]:
        contact, made = orders["contact"], []
        for days in (2, 4):
            item = create_item(session, SYSTEM, code=f"ANV-{days}", name="Anvil").id
            for n in range(1, days + 1):
                lines = [_line(item, n)]
                _made(session, PurchaseOrder, OrderDraft(contact, lines, delivery=orders["comes"] + timedelta(days=n)))
            made.append(_made(session, SalesOrder, SalesOrderDraft(contact, [_line(item, 12)])))
        return made

    with house.test_request_context():
        few, many = house.company.database.run(work, actor=SYSTEM)
    one, two, _, four = (f"{d.day} {d:%b %Y}" for d in (orders["comes"] + timedelta(days=n) for n in (1, 2, 3, 4)))
    pages = [_lines(sign_in("maria").get(f"/trade/sales-orders/{order}").text)[0] for order in (few, many)]
    begun = "Kept: 0; 0 free now; 1 by"
    assert pages == [
        f"{begun} {one}; 2 by {two}; of 9 it isn&#39;t known when",
        f"{begun} {one}; 2 by {two}; 7 by {four}; of 2 it isn&#39;t known when",
    ]


def test_who_sees_no_stock_sees_nothing_of_it(house: Any, orders: dict[str, Any]) -> None:
    def said(*rights: str) -> Any:
        clerk = Actor(None, "clerk", permissions=frozenset(rights))

        def work(session: Any) -> list[int]:
            with unrestricted(session, "a test"):
                order = session.get(SalesOrder, orders["order"])
                return list(kept_and_promised(session, order, takers_of_one(session, order)))

        return house.company.database.run(work, actor=clerk)

    with house.test_request_context():
        assert said("trade.sales_order.view", "warehouse.stock.view") == [1, 2]
        assert said("trade.sales_order.view") == []
