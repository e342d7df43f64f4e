"""Lines that can't be are refused by their number, in words, and nothing is written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents import Document, save
from app.errors import Invalid
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, Receipt
from modules.warehouse.operations import change_item, create_item

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # rules, before anything is stored: no engine decides

D = Decimal
GOOD, BARCODE, NONE = D(1), D(4_006_381_333_931), D("NaN")


@pytest.fixture
def refused(company: Any) -> Callable[..., None]:
    """Wood, a table made of it, a customer, and a rate; then: what is refused with which words."""

    def prepare(session: Any) -> None:
        for code in ("W", "T"):
            create_item(session, SYSTEM, code=code, name=code)
        create_contact(session, SYSTEM, kind="individual", name="Anna")
        save_bom(session, SYSTEM, BomDraft(2, [ComponentDraft(1, GOOD)]))
        set_rate(session, SYSTEM, currency="KWD", day=date(2020, 1, 1), rate=ExchangeRate(D(3)))

    company.database.run(prepare, actor=SYSTEM)

    def check(work: Callable[[Any], Any], words: str) -> None:
        with pytest.raises(Invalid, match=words):
            company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: s.query(Document).count(), actor=SYSTEM, write=False) == 0

    return check


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((NONE, GOOD), "must be above zero"),
        ((BARCODE, GOOD), "too many. Was a barcode scanned"),
        ((D("0.0000001"), GOOD), "at most six digits"),
        ((GOOD, D("-0.01")), "below zero"),
        ((GOOD, NONE), "too large, or has more than six"),
        ((GOOD, D("0.0000001")), "too large, or has more than six"),
        ((D(999_999_999), BARCODE), "more than can be kept"),
    ],
    ids=str,
)
def test_of_sales_and_receipts(refused: Any, line: tuple[Decimal, Decimal], words: str) -> None:
    words = f"Line 2: .*{words}"
    sale = TradeDraft(1, [TradeLineDraft(1, GOOD, GOOD), TradeLineDraft(1, *line)])
    refused(lambda s: save(s, SYSTEM, Sale, sale), words)
    receipt = MovementDraft([MovementLineDraft(1, GOOD, GOOD), MovementLineDraft(1, *line)], target_id=100)
    refused(lambda s: save(s, SYSTEM, Receipt, receipt), words)


@pytest.mark.parametrize(
    "fields", [{"discount": D("0.00001")}, {"tax_rate": D("0.00001")}, {"discount": NONE}], ids=str
)
def test_of_discounts_and_taxes(refused: Any, fields: dict[str, Decimal]) -> None:
    draft = TradeDraft(1, [TradeLineDraft(1, GOOD, GOOD, **fields)])
    refused(lambda s: save(s, SYSTEM, Sale, draft), "Line 1: .*at most four digits")


def test_of_sums_in_our_own_currency(refused: Any) -> None:
    """Four trillion dinars are no more than a document may come to, but twelve trillion pounds are."""
    lines = [TradeLineDraft(1, D(1), D(2_000_000_000_000))] * 2
    refused(lambda s: save(s, SYSTEM, Sale, TradeDraft(1, lines, currency="KWD")), "Line 2: .*more than can be kept")


def test_of_bills_and_orders(refused: Any) -> None:
    scanned = [ComponentDraft(1, GOOD), ComponentDraft(1, BARCODE)]
    refused(lambda s: save_bom(s, SYSTEM, BomDraft(2, scanned, name="x")), "Line 2: .*barcode")
    refused(lambda s: save_bom(s, SYSTEM, BomDraft(2, scanned[:1], name="x", output=BARCODE)), "barcode")
    refused(lambda s: save(s, SYSTEM, WorkOrder, WorkOrderDraft(1, GOOD, scanned)), "Line 2: .*barcode")
    refused(lambda s: save(s, SYSTEM, WorkOrder, WorkOrderDraft(1, BARCODE)), "barcode")
    refused(lambda s: save(s, SYSTEM, WorkOrder, WorkOrderDraft(1, NONE)), "above zero")


@pytest.mark.parametrize("price", [D("-0.01"), NONE, D("Infinity"), D("0.0000001"), D(10**13)], ids=str)
def test_of_items(refused: Any, company: Any, price: Decimal) -> None:
    refused(lambda s: create_item(s, SYSTEM, code="X", name="X", price=price), "A price is not below zero")
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, 1), price=price), "A price is not below zero")
    assert company.database.run(lambda s: [i.price for i in s.query(Item)], actor=SYSTEM, write=False) == [None, None]
