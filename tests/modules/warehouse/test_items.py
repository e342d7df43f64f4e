"""Items: what can change once they are in use."""

from decimal import Decimal
from typing import Any

import pytest

from app.documents import save
from app.errors import Conflict
from app.registry.lifecycle import enable
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Receipt
from modules.warehouse.operations import change_item, create_item


def use_in_purchase(session: Any, item_id: int) -> None:
    contact = create_contact(session, SYSTEM, kind="legal_entity", name="Mill")
    save(session, SYSTEM, Purchase, TradeDraft(contact.id, [TradeLineDraft(item_id, Decimal(1), Decimal(1))]))


def use_in_receipt(session: Any, item_id: int) -> None:
    lines = [MovementLineDraft(item_id, Decimal(1), Decimal(1))]
    save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=FIRST_WAREHOUSE))


def use_in_bill(session: Any, item_id: int) -> None:
    product = create_item(session, SYSTEM, code="P", name="Product")
    save_bom(session, SYSTEM, BomDraft(product.id, [ComponentDraft(item_id, Decimal(1))]))


@pytest.mark.parametrize("use", [use_in_purchase, use_in_receipt, use_in_bill])
def test_goods_in_use_do_not_become_a_service(company: Any, use: Any) -> None:
    company.database.run(lambda s: enable(s, SYSTEM, company, "production"), actor=SYSTEM)

    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        use(session, item.id)
        return item.id

    item_id = company.database.run(prepare, actor=SYSTEM)
    with pytest.raises(Conflict, match="“Anvil” is used in documents"):
        company.database.run(lambda s: change_item(s, SYSTEM, s.get(Item, item_id), kind="service"), actor=SYSTEM)
    assert company.database.run(lambda s: s.get(Item, item_id).kind, actor=SYSTEM, write=False) == "goods"


def test_an_item_that_nothing_refers_to_changes_its_kind_though_production_has_no_tables(company: Any) -> None:
    def change(session: Any) -> str:
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        create_item(session, SYSTEM, code="B", name="Bolt")
        change_item(session, SYSTEM, item, kind="service", name="Forging")
        return item.kind

    assert company.database.run(change, actor=SYSTEM) == "service"
