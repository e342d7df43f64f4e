"""Recalls: who got goods of a lot, what is said of them, and to whom."""

import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.documents import post, reverse, save
from app.security import SYSTEM
from app.web.kit.tables import Query, everything
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.recalls.tables import recall_of
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Lot
from modules.warehouse.operations import create_item, create_place

MILK, DAY = 1, datetime(2026, 2, 10, 12)


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def trade(session: Any, model: Any, contact: int, quantity: int, lot: str, place: int = FIRST_WAREHOUSE) -> Any:
    line = TradeLineDraft(MILK, D(quantity), D(1), tax_rate=D(0), lots=lot)
    return made(session, model, TradeDraft(contact, [line], moment=DAY, place_id=place))


@pytest.fixture
def dairy(proved: Any) -> Any:
    """Milk of two lots: Adler got ten of the first and sent three back, Busch two of the second, and five nobody named."""

    def work(session: Any) -> None:
        for name in ("Farm", "Adler", "Busch"):
            create_contact(
                session, SYSTEM, kind="legal_entity", name=name, phone="+49 30 1234567", address=f"{name} street 1"
            )
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        for lot in ("L1", "L2"):
            trade(session, Purchase, 1, 50, lot)
        trade(session, Sale, 2, 10, "L1")
        trade(session, SalesReturn, 2, 3, "L1")
        trade(session, Sale, 3, 2, "L2")
        reverse(session, SYSTEM, trade(session, Sale, 3, 4, "L1"))
        given = MovementDraft([MovementLineDraft(MILK, D(5), lots="L1")], FIRST_WAREHOUSE, moment=DAY)
        made(session, Issue, given)

    proved(work)
    return proved


def recalled(session: Any, *columns: str) -> list[tuple[Any, ...]]:
    lot = session.scalars(select(Lot).where(Lot.code == "L1")).one()
    rows = everything(session, recall_of(session, lot), Query())
    return sorted((tuple(getattr(row, name) for name in columns) for row in rows), key=str)


def test_a_recall_has_who_got_the_lot_and_what_came_back_and_nothing_that_was_reversed(dairy: Any) -> None:
    found = dairy(lambda s: recalled(s, "customer", "quantity", "lot", "address"))
    assert found == [
        ("Adler", D(-3), "L1", "Adler street 1"),
        ("Adler", D(10), "L1", "Adler street 1"),
        (None, D(5), "L1", None),
    ]
    columns = dairy(lambda s: recall_of(s, s.scalars(select(Lot).where(Lot.code == "L1")).one()).columns)
    closed = {column.name for column in columns if column.group == "contacts.private"}
    assert closed == {"phone", "email", "address"}  # by the role's right, on the screen and in files


def test_whoever_is_limited_to_a_warehouse_recalls_what_left_that(company: Any, employ: Any, dairy: Any) -> None:
    def sell(session: Any) -> int:
        shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        trade(session, Purchase, 1, 9, "L1", shop)
        trade(session, Sale, 3, 1, "L1", shop)
        return int(shop)

    shop = dairy(sell)
    maria = replace(employ("maria", "manager"), limits={"warehouse.place": frozenset({shop})})
    found = company.database.run(lambda s: recalled(s, "customer", "quantity"), actor=maria)
    assert found == [("Busch", D(1))]


@pytest.mark.one_engine
def test_the_page_of_a_lot_leads_to_its_recall_and_that_to_a_workbook_by_right(
    company: Any, app: Any, employ: Any, dairy: Any
) -> None:
    lot = dairy(lambda s: s.scalars(select(Lot.id).where(Lot.code == "L1")).one())
    address = f"/trade/recalls/{lot}"
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    assert address in admin.get(f"/warehouse/lots/{lot}").text
    sheet = load_workbook(io.BytesIO(admin.get(f"{address}?as=xlsx").data)).active
    titles = [cell.value for cell in sheet[1]]
    assert {"Customer", "Phone", "Address", "Document", "Lot", "Quantity"} <= set(titles)
    assert "Adler street 1" in [cell.value for row in sheet for cell in row]
    for login, role, status in (("steve", "storekeeper", 403), ("maria", "manager", 200)):
        employ(login, role)
        other = app.test_client()
        other.post("/login", data={"login": login, "password": f"{login}-sample"})
        assert other.get(address).status_code == status, login
        assert (address in other.get(f"/warehouse/lots/{lot}").text) == (status == 200)
    assert admin.get("/trade/recalls/999").status_code == 404
