"""A reversed document stands twice in a statement, and each line says which it is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.clock import wall_clock
from app.documents import correct, post, reverse, save
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import movements_of


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


def test_of_the_newest_lines_alone_the_reversal_is_known_too(house: Any) -> None:
    day = wall_clock().date()

    def work(session: Any) -> list[bool]:
        item = create_item(session, SYSTEM, code="NEWEST", name="Newest")
        draft = MovementDraft([MovementLineDraft(item.id, Decimal(5), Decimal(1))], target_id=100)
        made = save(session, SYSTEM, Receipt, draft)
        post(session, SYSTEM, [made])
        reverse(session, SYSTEM, made)
        shown = [movements_of(session, item.id, 100, day, day, newest=newest).lines for newest in (1, 2)]
        return [line.is_reversal for lines in shown for line in lines]

    assert house.company.database.run(work, actor=SYSTEM) == [True, False, True]


def test_what_was_corrected_before_it_was_reversed_is_marked_entry_by_entry(house: Any) -> None:
    day = wall_clock().date()

    def work(session: Any) -> list[tuple[Decimal, bool]]:
        item = create_item(session, SYSTEM, code="TWICE", name="Twice")
        draft = MovementDraft([MovementLineDraft(item.id, Decimal(5), Decimal(1))], target_id=100)
        made = save(session, SYSTEM, Receipt, draft)
        post(session, SYSTEM, [made])
        correct(session, SYSTEM, made, replace(draft, lines=[MovementLineDraft(item.id, Decimal(7), Decimal(1))]))
        reverse(session, SYSTEM, made)
        lines = movements_of(session, item.id, 100, day, day).lines
        return [(line.amounts["quantity"], line.is_reversal) for line in lines]

    assert house.company.database.run(work, actor=SYSTEM) == [(5, False), (-5, True), (7, False), (-7, True)]
