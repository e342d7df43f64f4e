"""A joiner's month: buy wood, make tables, sell them, one is returned; then undo it all, and nothing is left."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.audit import verify as verify_audit
from app.company import Company
from app.documents import locked, post, reverse, save
from app.reference import Unit
from app.reference.operations import save_unit
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production import operations as production
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.models import FIRST_WAREHOUSE
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock

pytestmark = pytest.mark.enterprise


@pytest.fixture
def joinery(company: Any) -> dict[str, int]:
    """Production is on; a product, two components, a supplier, a customer, and a bill for three tables."""

    def work(session: Any) -> dict[str, int]:
        pieces = session.scalars(select(Unit).where(Unit.code == "C62")).one()
        save_unit(session, SYSTEM, pieces, code="C62", name="pc", digits=6)  # so that shares show their last digit
        ids = {
            code: create_item(session, SYSTEM, code=code, name=name).id
            for code, name in (("TABLE", "Oak table"), ("BOARD", "Oak board"), ("SCREW", "Wood screw"))
        }
        ids["mill"] = create_contact(session, SYSTEM, kind="legal_entity", name="Saw Mill Ltd").id
        ids["guest"] = create_contact(session, SYSTEM, kind="legal_entity", name="Guest House Ltd").id
        bill = production.BomDraft(
            ids["TABLE"],
            [
                ComponentDraft(ids["BOARD"], Decimal(10)),
                ComponentDraft(ids["SCREW"], Decimal(72)),
            ],
            output=Decimal(3),
        )
        ids["bom"] = production.save_bom(session, SYSTEM, bill).id
        return ids

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def _buy(session: Any, ids: dict[str, int]) -> int:
    lines = [
        TradeLineDraft(ids["BOARD"], Decimal(30), Decimal("7.77")),
        TradeLineDraft(ids["SCREW"], Decimal(1000), Decimal("0.011")),
    ]
    purchase = save(session, SYSTEM, Purchase, TradeDraft(ids["mill"], lines, moment=datetime(2026, 1, 5)))
    post(session, SYSTEM, [purchase])
    return purchase.id


def _make(session: Any, ids: dict[str, int], quantity: Decimal, day: int = 10) -> WorkOrder:
    draft = WorkOrderDraft(ids["bom"], quantity, moment=datetime(2026, 1, day))
    order = save(session, SYSTEM, WorkOrder, draft)
    post(session, SYSTEM, [order])
    return order


def _on_hand(session: Any, item_id: int) -> tuple[Decimal, Decimal]:
    figures = stock_on_hand(session, items=[item_id])
    return (figures[0].amounts["quantity"], figures[0].amounts["value"]) if figures else (Decimal(0), Decimal(0))


def test_a_product_costs_exactly_what_its_components_did(company: Any, joinery: dict[str, int]) -> None:
    def work(session: Any) -> None:
        _buy(session, joinery)
        order = _make(session, joinery, Decimal(4))
        # 4 × 10 ÷ 3 boards at 7.77 are 103.60; 4 × 72 ÷ 3 = 96 screws at 0.011 are 1.056, in pence 1.06.
        assert [line.quantity for line in order.lines] == [Decimal("13.333333"), Decimal(96)]
        # Line 0 is the product.
        assert costs_of(session, order.id) == {0: Decimal("104.66"), 1: Decimal("103.60"), 2: Decimal("1.06")}
        assert order.number == "MO-000001"
        assert _on_hand(session, joinery["TABLE"]) == (Decimal(4), Decimal("104.66"))
        assert _on_hand(session, joinery["BOARD"]) == (Decimal("16.666667"), Decimal("129.50"))
        in_work = ledger.now(session, Stock.wip, by=("work_order",), where={"work_order": order.id})
        assert [figure.amounts["value"] for figure in in_work] == [0]

    company.database.run(work, actor=SYSTEM)


def test_what_was_really_used_is_what_counts(company: Any, joinery: dict[str, int]) -> None:
    def work(session: Any) -> None:
        _buy(session, joinery)
        actual = [
            ComponentDraft(joinery["BOARD"], Decimal(11)),
            ComponentDraft(joinery["SCREW"], Decimal(0)),
        ]
        draft = WorkOrderDraft(joinery["bom"], Decimal(3), lines=actual, moment=datetime(2026, 1, 10))
        order = save(session, SYSTEM, WorkOrder, draft)
        post(session, SYSTEM, [order])
        assert [(line.planned, line.quantity) for line in order.lines] == [(10, 11), (72, 0)]
        assert costs_of(session, order.id) == {0: Decimal("85.47"), 1: Decimal("85.47")}
        assert _on_hand(session, joinery["TABLE"]) == (Decimal(3), Decimal("85.47"))

    company.database.run(work, actor=SYSTEM)


def test_an_order_without_its_components_is_refused_by_name_and_changes_nothing(
    company: Any, joinery: dict[str, int]
) -> None:
    company.database.run(lambda session: _buy(session, joinery), actor=SYSTEM)
    before = company.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    with pytest.raises(
        NotEnoughStock, match=r"BOARD Oak board, Main warehouse: 3\.333333 short, 30 on hand on 10 Jan 2026$"
    ):
        company.database.run(lambda session: _make(session, joinery, Decimal(10)), actor=SYSTEM)
    assert company.database.run(ledger.totals_of, actor=SYSTEM, write=False) == before


def test_an_order_may_use_what_an_earlier_one_of_the_same_act_makes(company: Any, joinery: dict[str, int]) -> None:
    def work(session: Any) -> None:
        _buy(session, joinery)
        suite = create_item(session, SYSTEM, code="SUITE", name="Two tables").id
        of_tables = production.BomDraft(suite, [ComponentDraft(joinery["TABLE"], Decimal(2))])
        bom = production.save_bom(session, SYSTEM, of_tables)
        at = datetime(2026, 1, 10)
        tables = save(session, SYSTEM, WorkOrder, WorkOrderDraft(joinery["bom"], Decimal(4), moment=at))
        suites = save(session, SYSTEM, WorkOrder, WorkOrderDraft(bom.id, Decimal(2), moment=at))
        post(session, SYSTEM, [tables, suites])
        assert _on_hand(session, joinery["TABLE"]) == (Decimal(0), Decimal(0))
        assert _on_hand(session, suite) == (Decimal(2), Decimal("104.66"))

    company.database.run(work, actor=SYSTEM)


def test_after_everything_is_reversed_every_register_stands_at_zero(company: Any, joinery: dict[str, int]) -> None:
    def trade_a_month(session: Any) -> list[tuple[Any, int]]:
        bought = _buy(session, joinery)
        made = [_make(session, joinery, Decimal(4), day=10).id, _make(session, joinery, Decimal("2.5"), day=11).id]
        lines = [TradeLineDraft(joinery["TABLE"], Decimal(5), Decimal("99.95"), tax_rate=Decimal(20))]
        sale = save(session, SYSTEM, Sale, TradeDraft(joinery["guest"], lines, moment=datetime(2026, 1, 20)))
        post(session, SYSTEM, [sale])
        lines = [
            TradeLineDraft(joinery["TABLE"], Decimal(1), Decimal("99.95"), tax_rate=Decimal(20), origin=(sale.id, 1))
        ]
        back = save(session, SYSTEM, SalesReturn, TradeDraft(joinery["guest"], lines, moment=datetime(2026, 1, 25)))
        post(session, SYSTEM, [back])
        return [(Purchase, bought), *((WorkOrder, m) for m in made), (Sale, sale.id), (SalesReturn, back.id)]

    documents = company.database.run(trade_a_month, actor=SYSTEM)

    def look(session: Any) -> None:
        assert _on_hand(session, joinery["TABLE"])[0] == Decimal("2.5")
        assert list(ledger.verify(session)) == []

    company.database.run(look, actor=SYSTEM, write=False)

    def undo(session: Any) -> None:
        for kind, document_id in reversed(documents):
            if kind is WorkOrder:
                reverse(session, SYSTEM, locked(session, WorkOrder, document_id))
            else:
                reverse(session, SYSTEM, locked(session, kind, document_id))

    company.database.run(undo, actor=SYSTEM)

    def nothing_is_left(session: Any) -> None:
        for name, register in ledger.Register.declared.items():
            for totals in register.totals:
                for figure in ledger.now(session, totals, by=totals.by):
                    assert not any(figure.amounts.values()), (name, totals.name, figure)
        assert stock_on_hand(session, places=[FIRST_WAREHOUSE]) == []
        assert list(ledger.verify(session)) == []
        assert list(verify_audit(session)) == []

    company.database.run(nothing_is_left, actor=SYSTEM, write=False)


def test_the_sample_company_makes_shelves_and_its_books_are_proven(config: Any) -> None:
    from app.demo import fill
    from app.setup import set_edition

    company = Company(config)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    company.database.run(lambda s: set_edition(s, SYSTEM, company, "enterprise"), actor=SYSTEM)
    fill(company)

    def look(session: Any) -> tuple[list[str], list[str]]:
        states = [order.state for order in session.scalars(select(WorkOrder).order_by(WorkOrder.id))]
        return states, list(ledger.verify(session))

    assert company.database.run(look, actor=SYSTEM, write=False) == (["posted", "posted", "draft"], [])
    company.database.dispose()
