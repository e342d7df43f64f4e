"""A storekeeper puts away what has arrived: one press drafts it, the bins are scanned, and the draft is posted."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item, create_place

pytestmark = pytest.mark.browser


def test_goods_are_put_away(open_page: Any, server: Any) -> None:
    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code="shelves", name="Shelves").id
        create_bins(session, SYSTEM, place_id=place, codes="S-1..S-3")
        item = create_item(session, SYSTEM, code="PUT-1", name="To put away").id
        draft = MovementDraft([MovementLineDraft(item, Decimal(6), Decimal(1))], target_id=place)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])
        return int(place)

    place = server.app.company.database.run(begin, actor=SYSTEM)
    page = open_page("steve")
    page.goto(f"/warehouse/bins/put-away?place={place}")
    expect(page.get_by_text("PUT-1 To put away")).to_be_visible()
    page.get_by_role("button", name="Draft a bin move of all this").click()
    page.locator("[data-column=to_bin]").first.fill("s-2")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    assert "S-2" in page.inner_text("table.list")
    page.goto(f"/warehouse/bins/put-away?place={place}")
    expect(page.get_by_text("Everything is put away.")).to_be_visible()
