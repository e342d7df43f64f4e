"""The pages of what is held back, as the sample company's people see them."""

from decimal import Decimal as D
from typing import Any

from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
from modules.warehouse.holds.models import Hold
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item

MAIN = 100


def test_a_storekeeper_sees_what_is_held_back_and_releases_it_by_one_press(house: Any, sign_in: Any) -> None:
    def prepare(session: Any) -> tuple[int, int, str]:
        item = create_item(session, SYSTEM, code="HB-NAIL", name="Held nail").id
        receipt = save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(item, D(10), D(1))], target_id=MAIN))
        post(session, SYSTEM, [receipt])
        hold = save(session, SYSTEM, Hold, HoldDraft(MAIN, [HoldLineDraft(item, D(4))], "inspection"))
        post(session, SYSTEM, [hold])
        return item, hold.id, hold.number or ""

    item, held, number = house.company.database.run(prepare, actor=SYSTEM)
    steve, one = sign_in("steve"), f"/warehouse/holds/{held}"
    assert "Arrivals that wait for inspection" in steve.get("/").text
    assert "Held back" in steve.get("/warehouse/stock?q=HB-NAIL").text
    assert number in steve.get(f"/warehouse/items/{item}").text
    shown = steve.get("/warehouse/held").text
    assert number in shown
    assert "Inspection" in shown
    for page in ("/warehouse/holds", "/warehouse/holds/new", f"{one}/edit", "/warehouse/hold-releases"):
        assert steve.get(page).status_code == 200, page
    for kind in ("hold-releases", "write-offs"):
        assert "HB-NAIL" in steve.get(f"/warehouse/{kind}/new?of={held}").text
    assert "New hold release" in steve.get(f"/warehouse/hold-releases/new?of={held}").text
    assert sign_in("anna").post(f"{one}/release-all").status_code == 403
    assert "Release all" not in sign_in("anna").get(one).text
    assert "Release all" in steve.get(one).text
    answer = steve.post(f"{one}/release-all", follow_redirects=True).text
    assert "the goods are free" in answer
    assert "Release all" not in answer
    assert number not in steve.get("/warehouse/held").text
    assert "This hold keeps nothing any more" in steve.post(f"{one}/release-all", follow_redirects=True).text
