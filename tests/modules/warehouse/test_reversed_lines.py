"""A reversed document stands twice in a statement, and each line says which it is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item


def test_a_reversed_receipt_and_its_reversal_are_marked(sign_in: Any, house: Any) -> None:
    yesterday = wall_clock() - timedelta(days=1)

    def work(session: Any) -> int:
        item = create_item(session, SYSTEM, code="REV", name="Reversed")
        for quantity in (5, 7):
            draft = MovementDraft(
                [MovementLineDraft(item.id, Decimal(quantity), Decimal(1))],
                target_id=100,
                moment=yesterday,
            )
            made = save(session, SYSTEM, Receipt, draft)
            post(session, SYSTEM, [made])
        reverse(session, SYSTEM, made)
        return item.id

    item = house.company.database.run(work, actor=SYSTEM)
    page = sign_in("admin").get(f"/warehouse/items/{item}").text.partition("<main")[2]
    assert page.count('state-reversed">Reversed<') == 1
    assert page.count('state-reversed">reversal<') == 1
