"""Lots through a work order: what is made has a lot of its own, and is traced to customers and back to suppliers."""

from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM, User
from app.security.login import open_session
from app.web.kit.tables import Query, everything
from modules.contacts.operations import create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.trade.recalls.tables import recall_of
from modules.trade.recalls.tabs import lot_recall
from modules.warehouse.lots.tracing import Traced, traced
from modules.warehouse.models import CUSTOMERS, PRODUCTION, SUPPLIERS, Lot
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.enterprise

FLOUR, BREAD, OVEN = 1, 2, 3
MAIN, DAY = 100, datetime(2026, 2, 10, 12)


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def bake_and_sell(session: Any) -> None:
    create_contact(session, SYSTEM, kind="legal_entity", name="Mill Ltd")
    create_contact(session, SYSTEM, kind="legal_entity", name="Corner Shop")
    create_item(session, SYSTEM, code="FLOUR", name="Flour", unit="KGM", tracking="lot")
    create_item(session, SYSTEM, code="BREAD", name="Bread", tracking="lot")
    create_item(session, SYSTEM, code="OVEN", name="Oven", tracking="serial")
    for lot, quantity in (("F1", 3), ("F2", 5)):
        line = TradeLineDraft(FLOUR, D(quantity), D(1), tax_rate=D(0), lots=lot)
        made(session, Purchase, TradeDraft(1, [line], moment=DAY))
    bread = save_bom(session, SYSTEM, BomDraft(BREAD, [ComponentDraft(FLOUR, D("0.5"))]))
    oven = save_bom(session, SYSTEM, BomDraft(OVEN, [ComponentDraft(FLOUR, D("0.1"))]))
    made(session, WorkOrder, WorkOrderDraft(bread.id, D(8), moment=DAY))
    made(session, WorkOrder, WorkOrderDraft(oven.id, D(2), moment=DAY))
    made(session, Sale, TradeDraft(2, [TradeLineDraft(BREAD, D(6), D(2), tax_rate=D(0))], moment=DAY))


def said(tree: Traced) -> Any:
    steps = [(step.source_id, step.target_id, step.quantity) for step in tree.steps]
    return tree.code, steps, [said(each) for each in tree.further]


def test_a_lot_is_followed_forward_to_customers_and_back_to_suppliers(proved: Any) -> None:
    proved(bake_and_sell)

    def trace(session: Any) -> None:
        lots = {lot.code: lot.id for lot in session.query(Lot)}
        first, second, bread, *ovens = lots_made = [code for code in lots if code]
        assert (first, second, len(ovens)) == ("F1", "F2", 2)
        assert [code.rpartition("-")[2] for code in ovens] == ["1", "2"]
        sold = (bread, [(PRODUCTION, MAIN, D(8)), (MAIN, CUSTOMERS, D(6))], [])
        assert said(traced(session, lots["F1"], is_forward=True)) == (
            "F1",
            [(SUPPLIERS, MAIN, D(3)), (MAIN, PRODUCTION, D(3))],
            [sold],
        )
        forward = traced(session, lots["F2"], is_forward=True)
        assert [each.code for each in forward.further] == lots_made[2:]
        back = traced(session, lots[bread], is_forward=False)
        assert [(each.code, each.steps[0].source_id) for each in back.further] == [("F1", SUPPLIERS), ("F2", SUPPLIERS)]

    proved(trace)


def test_the_page_of_a_lot_names_its_customers_to_whoever_sees_them(app: Any, company: Any, proved: Any) -> None:
    proved(bake_and_sell)

    def begin(session: Any) -> tuple[int, str]:
        lot = session.query(Lot).filter_by(code="F1").one().id
        return lot, open_session(session, session.query(User).filter_by(login="admin").one())

    lot, token = company.database.run(begin, actor=SYSTEM)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    page = browser.get(f"/warehouse/lots/{lot}").text
    assert "Corner Shop" in page
    assert "Mill Ltd" in page
    rows = browser.get("/api/v1/lists/warehouse.lot").json["rows"]
    assert {row["code"]: row["quantity"] for row in rows if row["item_code"] == "FLOUR"} == {"F2": "3.8"}
    assert browser.post(f"/warehouse/lots/{lot}/edit", data={"expires": "2026-05-01"}).status_code == 302
    assert "1 May 2026" in browser.get(f"/warehouse/lots/{lot}").text
    found = browser.get("/api/v1/lists/warehouse.lot?stock=no&expires=expired").json["rows"]
    assert [row["code"] for row in found] == ["F1"]
    assert browser.get("/warehouse/lots/0").status_code == 404


def test_a_recall_of_flour_names_who_got_the_bread(proved: Any) -> None:
    proved(bake_and_sell)

    def recalled(session: Any, code: str) -> list[tuple[Any, ...]]:
        lot = session.query(Lot).filter(Lot.code == code).one()
        rows = everything(session, recall_of(session, lot), Query())
        return [(row.customer, row.item_code, row.quantity) for row in rows]

    assert proved(lambda s: recalled(s, "F1")) == [("Corner Shop", "BREAD", D(6))]

    def sell_an_oven_with_flour(session: Any) -> None:
        oven = session.query(Lot.code).filter(Lot.item_id == OVEN).limit(1).scalar()
        sold = ((FLOUR, "F2"), (OVEN, oven))
        lines = [TradeLineDraft(item, D(1), D(9), tax_rate=D(0), lots=lot) for item, lot in sold]
        made(session, Sale, TradeDraft(2, lines, moment=DAY))

    proved(sell_an_oven_with_flour)
    lot = proved(lambda s: s.query(Lot.id).filter(Lot.code == "F2").scalar())
    (fact,) = proved(lambda s: lot_recall(s, s.get_one(Lot, lot)))
    assert fact.value == 2  # documents, though three lots went by them
