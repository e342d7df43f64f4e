"""Lines of trade documents that were typed in packings: kept in base units, said as they were typed, passed on."""

from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import verify
from app.security import SYSTEM
from app.web.kit.documents.paper import paper_json
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import purchase_of
from modules.trade.models import Purchase, PurchaseOrder, TradeLine
from modules.trade.prints import delivery_paper
from modules.warehouse.models import Packing
from modules.warehouse.operations import create_item
from modules.warehouse.packing.operations import add_packing, change_packing


@pytest.fixture
def cola(company: Any) -> dict[str, int]:
    """An item by the piece, its box of twelve, and another item."""

    def work(session: Any) -> dict[str, int]:
        item = create_item(session, SYSTEM, code="COLA", name="Cola")
        box = add_packing(session, SYSTEM, item, name="Box", contains=Fraction(12))
        other = create_item(session, SYSTEM, code="SODA", name="Soda").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bottler").id
        return {"item": item.id, "box": box.id, "other": other, "contact": contact}

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


def _line(cola: dict[str, int], quantity: int, **said: Any) -> TradeLineDraft:
    return TradeLineDraft(cola["item"], D(quantity), D("0.75"), tax_rate=D(0), packing_id=cola["box"], **said)


def test_an_order_in_boxes_is_received_in_boxes_as_far_as_they_are_whole(company: Any, cola: dict[str, int]) -> None:
    def work(session: Any) -> None:
        order = save(session, SYSTEM, PurchaseOrder, OrderDraft(cola["contact"], [_line(cola, 36)]))
        post(session, SYSTEM, [order])
        assert (order.lines[0].quantity, order.amount) == (D(36), D(27))
        paper = kind_of(order).paper(session, order)
        assert paper_json(order, paper)["lines"][0]["packed"] == "3 Box"
        assert delivery_paper(session, order).lines[0]["packed"] == "3 Box"

        made = purchase_of(session, order)
        assert (made.lines[0].quantity, made.lines[0].packing_id) == (D(36), cola["box"])
        made.lines[0].quantity = D(20)
        purchase = save(session, SYSTEM, Purchase, made)
        post(session, SYSTEM, [purchase])
        assert not kind_of(purchase).paper(session, purchase).lines[0]["packed"]
        rest = purchase_of(session, order).lines[0]
        assert (rest.quantity, rest.packing_id) == (D(16), cola["box"])
        draft = kind_of(purchase).draft_of(purchase)
        draft.lines[0].quantity = D(24)
        correct(session, SYSTEM, purchase, draft)
        assert kind_of(purchase).paper(session, purchase).lines[0]["packed"] == "2 Box"
        reverse(session, SYSTEM, purchase)
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


def test_a_packing_is_the_items_own_and_keeps_its_contents(company: Any, cola: dict[str, int]) -> None:
    def other(session: Any) -> None:
        line = TradeLineDraft(cola["other"], D(12), D(1), packing_id=cola["box"])
        save(session, SYSTEM, Purchase, TradeDraft(cola["contact"], [_line(cola, 12), line]))

    with pytest.raises(Invalid, match="Line 2: the item has no such packing"):
        company.database.run(other, actor=SYSTEM)
    assert company.database.run(lambda s: s.query(TradeLine).count(), actor=SYSTEM) == 0

    def change(session: Any) -> None:
        change_packing(
            session, SYSTEM, session.get(Packing, cola["box"]), barcodes="", name="Box", contains=Fraction(10)
        )

    company.database.run(
        lambda s: save(s, SYSTEM, Purchase, TradeDraft(cola["contact"], [_line(cola, 12)])).id, actor=SYSTEM
    )
    with pytest.raises(Conflict, match="Documents are counted in “Box”"):
        company.database.run(change, actor=SYSTEM)
