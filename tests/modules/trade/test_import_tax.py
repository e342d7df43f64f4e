"""Tax paid to customs: owed and deducted, in no cost, and gone when it is reversed."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, reverse, save
from app.errors import Invalid
from app.ledger import now
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_of
from modules.trade.drafts import ImportTaxDraft, TradeDraft, TradeLineDraft
from modules.trade.landed.making import import_tax_of, landed_of
from modules.trade.models import ImportTax, LandedCost, Purchase
from modules.trade.registers import Sales
from modules.trade.taxes.register import Taxes
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

ANVIL, VAT = 1, 2
SUPPLIER, CUSTOMS = 1, 2


@pytest.fixture
def bought(proved: Any) -> Any:
    """Ten anvils from abroad at 8.00, without tax."""

    def prepare(session: Any) -> None:
        for name in ("Yiwu Tools", "Customs"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_item(session, SYSTEM, code="VAT", name="Import VAT", kind="service")
        session.flush()
        purchase = save(
            session, SYSTEM, Purchase, TradeDraft(SUPPLIER, [TradeLineDraft(ANVIL, D(10), D(8), tax_rate=D(0))])
        )
        post(session, SYSTEM, [purchase])

    proved(prepare)
    return proved


def draft_of(session: Any, rate: int = 20, **more: Any) -> ImportTaxDraft:
    """20 % of the customs value and duty, 95.00, on the purchase."""
    draft = import_tax_of(session, session.query(Purchase).one())
    draft.contact_id, draft.lines = CUSTOMS, [TradeLineDraft(VAT, D(1), D(95), tax_rate=D(rate))]
    draft.supplier_number, draft.supplier_day = "26GB000123", date(2026, 11, 20)
    for name, value in more.items():
        setattr(draft, name, value)
    return draft


def figures(session: Any) -> Any:
    """Input tax at 20 per cent, what goods are worth, revenue."""
    taxes = now(session, Taxes.by_rate, by=("direction", "rate"))
    tax = [
        (f.amounts["base"], f.amounts["tax"]) for f in taxes if f.key == ("input", 200_000) and any(f.amounts.values())
    ]
    worth = now(session, Stock.worth, by=("item",), where={"item": ANVIL})[0].amounts["value"]
    return tax, worth, [f.amounts["revenue"] for f in now(session, Sales.results, by=())]


def test_the_tax_is_owed_and_deducted_and_the_goods_cost_the_same(bought: Any) -> None:
    def work(session: Any) -> None:
        before = figures(session)
        tax = save(session, SYSTEM, ImportTax, draft_of(session))
        post(session, SYSTEM, [tax])
        assert (tax.net, tax.tax, tax.amount, tax.receipts) == (D("95.00"), D("19.00"), D("19.00"), "PU-000001")
        assert figures(session) == ([(D("95.00"), D("19.00"))], before[1], before[2])
        assert open_of(session, [tax.id]) == {tax.id: D(19)}
        paid = {"direction": "out", "amount": D(19), "pays": [(tax.id, D(19))]}
        payment = record_payment(session, SYSTEM, contact_id=CUSTOMS, **paid)
        assert open_of(session, [tax.id]) == {tax.id: 0}
        reverse(session, SYSTEM, payment)
        reverse(session, SYSTEM, tax)
        assert figures(session) == before

    bought(work)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"rate": 0}, "lines"), ({"receipts": "PU-9"}, "receipts"), ({"receipts": ""}, "receipts")],
)
def test_lines_without_tax_and_unknown_receipts_are_refused(bought: Any, refused: Any, wrong: Any, field: str) -> None:
    refused(lambda s: save(s, SYSTEM, ImportTax, draft_of(s, **wrong)), Invalid, field=field)


def test_duty_and_tax_of_one_declaration_bear_its_number(bought: Any, refused: Any) -> None:
    def enter(session: Any) -> None:
        post(session, SYSTEM, [save(session, SYSTEM, ImportTax, draft_of(session))])
        duty = landed_of(session, session.query(Purchase).one())
        duty.contact_id, duty.lines = CUSTOMS, [TradeLineDraft(VAT, D(1), D(9), tax_rate=D(0))]
        duty.supplier_number = "26GB000123"
        post(session, SYSTEM, [save(session, SYSTEM, LandedCost, duty)])

    bought(enter)
    said = refused(lambda s: save(s, SYSTEM, ImportTax, draft_of(s)), Invalid, field="supplier_number")
    assert "entered already" in said
