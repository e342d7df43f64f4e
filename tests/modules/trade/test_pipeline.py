"""Stages of selling and buying: how many documents lie in each, for how much, and where each figure leads."""

import re
from decimal import Decimal as D
from html import unescape
from typing import Any

from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import GoodsReceipt, Purchase, PurchaseOrder, Quote, Sale, SalesOrder
from modules.trade.pipeline.stages import MONTH, RESPONSIBLE, board
from modules.trade.registers import IN, OUT
from modules.warehouse.operations import create_item


def _made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return int(document.id)


def _prepare(session: Any, sam: int) -> None:
    contact = create_contact(session, SYSTEM, kind="legal_entity", name="Own", responsible_id=sam).id
    item = create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service").id

    def lines(quantity: int, origin: Any = None) -> list[TradeLineDraft]:
        return [TradeLineDraft(item, D(quantity), D(10), tax_rate=D(0), origin=origin)]

    _made(session, Quote, QuoteDraft(contact, lines(1)))
    quoted = _made(session, Quote, QuoteDraft(contact, lines(2)))
    _made(session, SalesOrder, SalesOrderDraft(contact, lines(2, (quoted, 1))))
    part = _made(session, SalesOrder, SalesOrderDraft(contact, lines(4)))
    begun = _made(session, Sale, TradeDraft(contact, lines(3, (part, 1))))
    record_payment(session, SYSTEM, contact_id=contact, direction="in", amount=D(12), pays=[(begun, D(12))])
    paid = _made(session, Sale, TradeDraft(contact, lines(5)))
    record_payment(session, SYSTEM, contact_id=contact, direction="in", amount=D(50), pays=[(paid, D(50))])
    _made(session, PurchaseOrder, OrderDraft(contact, lines(6)))
    order = _made(session, PurchaseOrder, OrderDraft(contact, lines(8)))
    _made(session, GoodsReceipt, TradeDraft(contact, lines(7, (order, 1))))
    _made(session, Purchase, TradeDraft(contact, lines(9)))


def _figures(found: Any) -> dict[str, tuple[int, D]]:
    return {name: (lot.count, lot.amount) for name, lot in found.items()}


def test_each_document_lies_in_its_stage_and_leads_to_its_list(company: Any, app: Any, employ: Any) -> None:
    sam = employ("sam", "salesperson").user_id
    employ("steve", "storekeeper")
    company.database.run(lambda s: _prepare(s, sam), actor=SYSTEM)
    ask = lambda *said: company.database.run(lambda s: board(s, *said), actor=SYSTEM, write=False)  # noqa: E731
    sold = {"quote": (1, 10), "ordered": (1, 20), "part": (1, 40), "unpaid": (1, 30 - 12), "paid": (1, 50)}
    assert _figures(ask(OUT, {})[None]) == sold
    bought = {"ordered": (1, 60), "part": (1, 80), "received": (1, 70), "unpaid": (1, 90)}
    assert _figures(ask(IN, {})[None]) == bought
    today = wall_clock().date()
    month = today.year * 12 + today.month - 1
    assert _figures(ask(OUT, {}, MONTH)[month]) == sold
    assert _figures(ask(OUT, {}, RESPONSIBLE)[sam]) == sold
    assert ask(OUT, {"responsible": "0"}) == {}
    assert ask(OUT, {"until": today.replace(year=today.year - 2)}) == {}

    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    for side, stages in (("sales", sold), ("purchases", bought)):
        for by in ("", RESPONSIBLE, MONTH):
            page = browser.get(f"/trade/pipeline/{side}?by={by}").text
            links = {unescape(a) for a in re.findall(r'href="(/reports/trade.pipeline_[^"]+)"', page)}
            assert len(links) == len(stages) * (2 if by else 1)
            for address in links:
                rows = re.findall(r">(?:Q|SO|S|PO|OR|PU)-\d+<", browser.get(address).text)
                assert len(rows) == 1, address
    assert browser.get("/trade/pipeline/sales?by=nothing").status_code == 404
    assert browser.get("/reports/trade.pipeline_out?stage=nothing").status_code == 422

    sams = app.test_client()
    sams.post("/login", data={"login": "sam", "password": "sam-sample"})
    assert sams.get("/trade/pipeline/sales").status_code == 200
    assert sams.get("/trade/pipeline/purchases").status_code == 403
    steves = app.test_client()
    steves.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = steves.get("/trade/pipeline/purchases").text
    assert "stage=unpaid" not in page  # who may not see what is owed
    assert "90.00" not in steves.get("/reports/trade.pipeline_in?stage=unpaid").text
