"""Throwing drafts away: the draft and its lines go, the audit stays; nothing else can be thrown away."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.audit import AuditLine
from app.documents import Document, discard, post, save
from app.errors import Conflict, Forbidden
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder, WorkOrderLine
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, TradeLine
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, MovementLine, Receipt
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.enterprise

ONE = Decimal(1)


@pytest.fixture
def drafts(company: Any) -> dict[Any, int]:
    """A draft of each shape: kind → id."""

    def work(session: Any) -> dict[Any, int]:
        wood, table = (create_item(session, SYSTEM, code=code, name=code) for code in ("W", "T"))
        contact = create_contact(session, SYSTEM, kind="individual", name="Anna").id
        bom = save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(wood.id, ONE)])).id
        service = create_item(session, SYSTEM, code="S", name="Sawing", kind="service").id
        lines = [TradeLineDraft(service, ONE, ONE)] * 2
        made = [
            save(session, SYSTEM, Sale, TradeDraft(contact, lines, moment=datetime(2026, 3, 2), responsible_id=1)),
            save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(wood.id, ONE, ONE)] * 2, target_id=100)),
            save(session, SYSTEM, WorkOrder, WorkOrderDraft(bom, ONE)),
        ]
        session.flush()
        return {type(document): document.id for document in made}

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def count(company: Any) -> list[int]:
    models = (Document, TradeLine, MovementLine, WorkOrderLine)
    return company.database.run(  # type: ignore[no-any-return]
        lambda s: [s.query(model).count() for model in models], actor=SYSTEM, write=False
    )


def test_nothing_is_left_of_a_draft_but_the_audit(company: Any, drafts: dict[Any, int]) -> None:
    assert count(company) == [3, 2, 2, 1]
    for kind, document_id in drafts.items():
        company.database.run(lambda s, k=kind, i=document_id: discard(s, SYSTEM, s.get(k, i)), actor=SYSTEM)
    assert count(company) == [0, 0, 0, 0]
    actions = company.database.run(
        lambda s: {a.action for a in s.query(AuditLine) if a.action.endswith(".discard")}, actor=SYSTEM, write=False
    )
    assert actions == {"trade.sale.discard", "warehouse.receipt.discard", "production.work_order.discard"}


def test_what_is_posted_is_not_discarded(company: Any, drafts: dict[Any, int]) -> None:
    company.database.run(lambda s: post(s, SYSTEM, [s.get(Sale, drafts[Sale])]), actor=SYSTEM)
    before = count(company)
    with pytest.raises(Conflict, match="Only a draft"):
        company.database.run(lambda s: discard(s, SYSTEM, s.get(Sale, drafts[Sale])), actor=SYSTEM)
    assert count(company) == before


def test_a_draft_that_another_has_posted_meanwhile_is_not_discarded(company: Any, drafts: dict[Any, int]) -> None:
    with company.database.session(SYSTEM) as early:
        seen = early.get(Sale, drafts[Sale])
        early.expunge(seen)
        early.rollback()
    company.database.run(lambda s: post(s, SYSTEM, [s.get(Sale, drafts[Sale])]), actor=SYSTEM)
    with pytest.raises(Conflict, match="meanwhile"):
        company.database.run(lambda s: discard(s, SYSTEM, s.merge(seen, load=False)), actor=SYSTEM)
    assert count(company) == [3, 2, 2, 1]


def test_it_needs_the_right_to_draft(company: Any, drafts: dict[Any, int], employ: Callable[..., Any]) -> None:
    reader = employ("ann", "accountant")
    with pytest.raises(Forbidden):
        company.database.run(lambda s: discard(s, reader, s.get(Sale, drafts[Sale])), actor=reader)
    assert count(company) == [3, 2, 2, 1]


def test_the_page_throws_a_draft_away_and_no_other_person_s(
    app: Any, company: Any, drafts: dict[Any, int], employ: Callable[..., Any]
) -> None:
    employ("sam", "salesperson")
    sam, admin = app.test_client(), app.test_client()
    sam.post("/login", data={"login": "sam", "password": "sam-sample"})
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/trade/sales/{drafts[Sale]}"
    assert sam.post(f"{address}/discard").status_code == 404
    assert count(company) == [3, 2, 2, 1]
    assert f'href="{address}">draft</a>' in admin.get("/trade/sales").text
    assert f'action="{address}/discard"' in admin.get(address).text
    page = admin.post(f"{address}/discard", follow_redirects=True)
    assert page.request.path == "/trade/sales"
    assert "The draft is discarded." in page.text
    assert count(company) == [2, 0, 2, 1]
    order = f"/production/work-orders/{drafts[WorkOrder]}"
    admin.post(f"{order}/discard")
    admin.post(f"/warehouse/receipts/{drafts[Receipt]}/discard")
    assert count(company) == [0, 0, 0, 0]
    assert admin.post(f"{order}/discard").status_code == 404


def test_the_id_of_a_discarded_draft_is_never_given_again(company: Any, drafts: dict[Any, int]) -> None:
    """Neither by a flush nor by posting's own statement, nor after the program has been started again."""

    def throw_away(session: Any, document_id: int) -> None:
        discard(session, SYSTEM, session.get(Document, document_id))

    def make(session: Any, *, posted: bool) -> int:
        lines = [TradeLineDraft(session.query(Item).filter_by(code="S").one().id, ONE, ONE)]
        sale = save(session, SYSTEM, Sale, TradeDraft(1, lines, moment=datetime(2026, 3, 2)))
        if posted:
            post(session, SYSTEM, [sale])
        session.flush()
        return int(sale.id)

    newest = max(drafts.values())
    for posted in (True, False):
        company.database.run(lambda s, i=newest: throw_away(s, i), actor=SYSTEM)
        company.database.dispose()
        made = company.database.run(lambda s, p=posted: make(s, posted=p), actor=SYSTEM)
        assert made > newest
        newest = company.database.run(lambda s: make(s, posted=False), actor=SYSTEM)
        assert newest > made
