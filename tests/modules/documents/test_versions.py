"""Two people who edit one draft: the second to save sees both versions, and nothing typed is lost."""

import html
import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.errors import Changed
from app.security import SYSTEM, Role
from app.security.operations import set_grant
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from tests.modules.trade.test_trade_pages import form_of


def draft(quantity: int, *, version: int | None = None, note: str = "") -> TradeDraft:
    line = TradeLineDraft(1, Decimal(quantity), Decimal(10))
    return TradeDraft(1, [line], moment=datetime(2026, 3, 2, 9), note=note, version=version)


@pytest.fixture
def sale(house: Any) -> int:
    """A draft sale of one piece."""

    def work(session: Any) -> int:
        document = save(session, SYSTEM, Sale, draft(1))
        session.flush()
        return int(document.id)

    return int(house.company.database.run(work, actor=SYSTEM))


def read(house: Any, sale: int) -> tuple[int, Decimal, str, str]:
    def work(session: Any) -> Any:
        document = session.get(Sale, sale)
        return document.version, document.lines[0].quantity, document.note, document.state

    return house.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_every_saving_is_a_version_and_an_older_one_is_refused(house: Any, sale: int) -> None:
    def change(quantity: int, version: int | None) -> None:
        house.company.database.run(
            lambda s: save(s, SYSTEM, Sale, draft(quantity, version=version), document=s.get(Sale, sale)), actor=SYSTEM
        )

    assert read(house, sale)[:2] == (1, 1)
    change(2, 1)
    with pytest.raises(Changed) as refusal:
        change(3, 1)
    assert refusal.value.stored.version == 2
    assert read(house, sale)[:2] == (2, 2)
    change(3, 2)
    change(4, None)  # whoever names no version saves over whichever there is
    assert read(house, sale)[:2] == (4, 4)


@pytest.mark.parametrize("then", ["save", "post"])
def test_the_second_to_save_sees_both_versions_and_may_save_over(
    house: Any, sign_in: Any, sale: int, then: str
) -> None:
    edit = f"/trade/sales/{sale}/edit"
    maria, admin = sign_in("admin"), sign_in("admin")
    early, late = form_of(maria.get(edit).text), form_of(admin.get(edit).text)
    assert early["version"] == "1"
    rows = [{**json.loads(early["lines"])[0], "quantity": "5"}]
    assert maria.post(edit, data={**early, "lines": json.dumps(rows), "then": "save"}).status_code == 302
    own = json.dumps([{**rows[0], "quantity": "7"}])
    mine = {**late, "lines": own, "note": "Call before", "then": then}
    answer = admin.post(edit, data=mine)
    assert answer.status_code == 200
    page = html.unescape(answer.text)
    assert "Somebody else has saved this meanwhile." in page
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    # Only the first of the two has changed the note, and nobody need be asked about it.
    assert [re.sub(r".*Quantity: (\d+);.*", r"\1", cell) for cell in cells[:3]] == ["Line 1", "7", "5"]
    assert read(house, sale) == (2, 5, "", "draft")
    kept = form_of(answer.text)
    assert (kept["note"], kept["version"]) == ("Call before", "2")
    assert json.loads(kept["lines"])[0]["quantity"] == "7"
    assert admin.post(edit, data={**kept, "then": "save"}).status_code == 302
    assert read(house, sale) == (3, 7, "Call before", "draft")


def _let_storekeepers_see_costs(session: Any, is_open: bool) -> None:
    role = session.scalars(select(Role).where(Role.name == "storekeeper")).one()
    set_grant(session, SYSTEM, role, "group", "warehouse.cost", is_open)


def test_who_may_not_see_costs_changes_and_posts_a_priced_draft_and_its_prices_stay(house: Any, sign_in: Any) -> None:
    def work(session: Any) -> int:
        lines = [MovementLineDraft(1, Decimal(4), Decimal("2.5")), MovementLineDraft(2, Decimal(1), Decimal(7))]
        document = save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=100, moment=datetime(2026, 3, 2, 9)))
        session.flush()
        return int(document.id)

    receipt = house.company.database.run(work, actor=SYSTEM)
    house.company.database.run(lambda s: _let_storekeepers_see_costs(s, False), actor=SYSTEM)
    keeper = sign_in("steve")
    page = keeper.get(f"/warehouse/receipts/{receipt}/edit").text
    assert "2.5" not in page
    assert "Cost of one" not in page
    form = form_of(page)
    rows = json.loads(form["lines"])
    rows[0]["quantity"] = "6"
    answer = keeper.post(
        f"/warehouse/receipts/{receipt}/edit", data={**form, "lines": json.dumps(rows), "then": "post", "seen": "1"}
    )
    assert answer.status_code == 302, answer.text

    def stored(session: Any) -> Any:
        document = session.get(Receipt, receipt)
        return document.state, document.value, [(x.quantity, x.price, x.amount) for x in document.lines]

    house.company.database.run(lambda s: _let_storekeepers_see_costs(s, True), actor=SYSTEM)
    assert house.company.database.run(stored, actor=SYSTEM, write=False) == (
        "posted",
        Decimal(22),
        [(6, Decimal("2.5"), 15), (1, 7, 7)],
    )


def test_a_posted_document_counts_no_version_by_being_posted(house: Any, sale: int) -> None:
    house.company.database.run(lambda s: post(s, SYSTEM, [s.get(Sale, sale)]), actor=SYSTEM)
    assert read(house, sale)[0] == 1
