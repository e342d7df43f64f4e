"""Several documents made into one: an invoice of several receipts, a sale of several orders, a cost on several receipts."""

from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import Document, kind_of
from app.documents.links import left_of
from app.errors import Invalid
from app.security import SYSTEM
from modules.contacts.queries import open_of
from modules.trade.drafts import OrderDraft
from modules.trade.kinds import KINDS
from modules.trade.models import PurchaseOrder
from tests.modules.trade.test_chain import ANVIL, CUSTOMER, HAMMER, SUPPLIER, awaited, lines, made, next_of, order
from tests.modules.trade.test_chain import shop as shop


def together(session: Any, target: str, *documents: int) -> int:
    """What is made of several documents at once."""
    found = [session.get(Document, number) for number in documents]
    makes = next(m for m in kind_of(found[0]).makes if m.target == target)
    assert makes.joins is not None
    return made(session, KINDS[target.partition(".")[2]].model, makes.joins([makes.draft(session, d) for d in found]))


def test_one_invoice_charges_several_receipts(shop: Any) -> None:
    def work(session: Any) -> None:
        said = [lines((ANVIL, 3, 2)), lines((HAMMER, 4, 5), (ANVIL, 1, 2))]
        ordered = [made(session, PurchaseOrder, OrderDraft(SUPPLIER, each)) for each in said]
        receipts = [next_of(session, each, "trade.receipt") for each in ordered]
        invoice: Any = session.get(Document, together(session, "trade.supplier_invoice", *receipts))
        assert invoice.origins == {1: (receipts[0], 1), 2: (receipts[1], 1), 3: (receipts[1], 2)}
        assert open_of(session, [invoice.id]) == {invoice.id: (D(6) + 20 + 2) * D("1.2")}
        for receipt in receipts:
            assert not any(left_of(session, session.get(Document, receipt), "trade.supplier_invoice").values())

    shop(work)


def test_one_sale_ships_several_orders_of_one_customer(shop: Any) -> None:
    def work(session: Any) -> None:
        orders = [order(session, (ANVIL, 2, 10)), order(session, (ANVIL, 1, 10), (HAMMER, 1, 7))]
        together(session, "trade.sale", *orders)
        assert awaited(session) == {}
        other = made(session, PurchaseOrder, OrderDraft(CUSTOMER, lines((ANVIL, 1, 2))))
        bought = made(session, PurchaseOrder, OrderDraft(SUPPLIER, lines((ANVIL, 1, 2))))
        with pytest.raises(Invalid, match="differ in contact"):
            together(session, "trade.receipt", other, bought)

    shop(work)


@pytest.mark.one_engine  # pages
def test_the_form_offers_what_else_goes_into_the_document(house: Any, sign_in: Any) -> None:
    def prepare(session: Any) -> list[int]:
        said = lines((ANVIL, 3, 2))
        ordered = [made(session, PurchaseOrder, OrderDraft(whose, said)) for whose in (2, 2, 3)]
        return [next_of(session, each, "trade.receipt") for each in ordered]

    first, second, other = house.company.database.run(prepare, actor=SYSTEM)
    anna = sign_in("anna")
    page = anna.get(f"/trade/supplier-invoices/new?of={first}").text
    assert f'name="of" value="{second}"' in page
    assert f'value="{other}"' not in page
    both = anna.get(f"/trade/supplier-invoices/new?of={first}&of={second}").text
    assert f'value="{second}" checked' in both
    assert "differ in contact" in anna.get(f"/trade/supplier-invoices/new?of={first},{other}").text
    assert anna.get(f"/trade/supplier-invoices/new?of={first},999999").status_code == 404
