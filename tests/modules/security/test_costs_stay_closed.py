"""A salesperson can't work out what goods cost, from a supplier's statement and an item's movements."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from app.documents import post, save
from app.security import SYSTEM, Actor
from modules.contacts.operations import create_contact
from modules.contacts.queries import statement_of
from modules.trade.kinds import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item
from modules.warehouse.queries import movements_of

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def sam(company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson whose customer is a supplier too: 7 bought for 91 each, 2 sold by them, 1 sold by a colleague."""
    actor = employ("sam", "salesperson")

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Both", responsible_id=actor.user_id)
        for day, (kind, quantity, price, responsible) in enumerate(
            ((Purchase, 7, 91, 1), (Sale, 2, 150, actor.user_id), (Sale, 1, 160, 1)), 1
        ):
            line = TradeLineDraft(1, Decimal(quantity), Decimal(price))
            draft = TradeDraft(1, [line], moment=datetime(2026, 3, day), responsible_id=responsible)
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])

    company.database.run(work, actor=SYSTEM)
    return actor


def test_a_statement_tells_of_a_closed_kind_only_what_is_owed(company: Any, sam: Actor) -> None:
    def lines(actor: Actor) -> list[tuple[Any, ...]]:
        statement = company.database.run(lambda s: statement_of(s, 1, *YEAR)["GBP"], actor=actor, write=False)
        return [(x.kind, x.number, x.summary, x.amounts["amount"], x.balance["amount"]) for x in statement.lines]

    assert lines(SYSTEM)[0] == ("trade.purchase", "PU-000001", "Both", -637, -637)
    assert lines(sam) == [
        ("", "", "", -637, -637),
        ("trade.sale", "S-000001", "Both", 300, -337),
        ("trade.sale", "S-000002", "", 160, -177),  # a colleague's: its number stands on what the customer got
    ]


def test_movements_of_documents_that_are_not_open_are_in_the_balance_alone(company: Any, sam: Actor) -> None:
    def lines(actor: Actor) -> list[tuple[Any, ...]]:
        shown = company.database.run(lambda s: movements_of(s, 1, 100, *YEAR), actor=actor, write=False)
        rows = [(x.kind, x.number, x.amounts["quantity"], x.balance["quantity"]) for x in shown.lines]
        return [*rows, shown.closing["quantity"]]

    assert len(lines(SYSTEM)) == 4
    assert lines(sam) == [("trade.sale", "S-000001", -2, 5), 4]


@pytest.mark.usefixtures("sam")
def test_pages_and_files_say_other(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "sam", "password": "sam-sample"})
    address = f"/contacts/1/statement?since={YEAR[0]}&until={YEAR[1]}"
    page = browser.get(address).text
    assert "Other" in page
    assert "637.00" in page
    card = browser.get("/warehouse/items/1").text
    assert "PU-0" not in page + card
    assert "Purchase" not in page + card
    sheet = load_workbook(io.BytesIO(browser.get(f"{address}&as=xlsx").data))["GBP"]
    assert [row[1:3] for row in sheet.iter_rows(min_row=6, max_row=7, values_only=True)] == [
        ("Other", ""),
        ("Sale", "S-000001"),
    ]
