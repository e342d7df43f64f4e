"""Lists stand in one order on every database: on the screen, page by page, and in files."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from app.documents import save
from app.errors import Conflict
from app.migrations.mending import mend_texts
from app.ordering import order_key
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.tables import legal_entities
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.production.tables import boms
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.tables import sales
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item, create_item, create_place
from modules.warehouse.tables import items, places

NAMES = [
    "Äpfel",
    "anvil",
    "Ёлка",
    "Zebra",
    "йод",
    "Ель",
    "Жук",
    "Ánh",
    "ánh",
    "Öl",
    "Енот",
    "Đinh",
    "dây",
    "Ắc quy",
    "10",
    "Игла",
]
ORDER = [
    "10",
    "Ắc quy",
    "ánh",
    "Ánh",
    "anvil",
    "Äpfel",
    "dây",
    "Đinh",
    "Öl",
    "Zebra",
    "Ёлка",
    "Ель",
    "Енот",
    "Жук",
    "Игла",
    "йод",
]


@pytest.fixture
def listed(company: Any) -> None:
    def work(session: Any) -> None:
        for n, name in enumerate(NAMES):
            create_item(session, SYSTEM, code=f"{n}", name=name)
            create_contact(session, SYSTEM, kind="legal_entity", name=name)

    company.database.run(work, actor=SYSTEM)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("table", [items, legal_entities], ids=["items", "contacts"])
@pytest.mark.parametrize("order", ["name", "-name"])
def test_pages_by_key_go_on_in_the_same_order(company: Any, table: Any, order: str) -> None:
    def work(session: Any) -> list[str]:
        found, query = [], Query(order=order, limit=3)
        while True:
            page = fetch(session, table, query)
            found += [row.name for row in page.rows]
            if page.following is None:
                return found
            query = Query(order=order, limit=3, after=page.following)

    names = company.database.run(work, actor=SYSTEM, write=False)
    assert names == (ORDER if order == "name" else ORDER[::-1])


@pytest.mark.usefixtures("listed")
def test_the_file_has_the_order_of_the_screen(app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    sheet = openpyxl.load_workbook(BytesIO(client.get("/warehouse/items?order=name&as=xlsx").data)).active
    at = [cell.value for cell in next(sheet.iter_rows())].index("Name")
    assert [row[at].value for row in sheet.iter_rows(min_row=2)] == ORDER


@pytest.mark.usefixtures("listed")
def test_a_renamed_record_moves_in_the_order(company: Any) -> None:
    def work(session: Any) -> list[str]:
        item = session.scalars(select(Item).where(Item.name == "Zebra")).one()
        change_item(session, SYSTEM, item, name="äal")
        contact = session.scalars(select(Contact).where(Contact.name == "Zebra")).one()
        change_contact(session, SYSTEM, contact, name="äal")
        rows = (fetch(session, table, Query(order="name", limit=2)).rows for table in (items, legal_entities))
        return [row.name for page in rows for row in page]

    assert company.database.run(work, actor=SYSTEM) == ["10", "äal"] * 2


def test_what_looks_alike_is_the_same_code(company: Any, refused: Any) -> None:
    company.database.run(lambda s: create_item(s, SYSTEM, code="Ä\u200b1", name="A\u0308pfel\ufeff"), actor=SYSTEM)
    words = refused(lambda s: create_item(s, SYSTEM, code="A\u03081\u00a0", name="Other"), Conflict, field="code")
    assert words == "The code “Ä1” is taken."
    assert company.database.run(lambda s: s.scalars(select(Item.name)).all(), actor=SYSTEM) == ["Äpfel"]


def test_rows_of_an_earlier_version_are_mended_where_no_twin_results(company: Any) -> None:
    def write(session: Any) -> list[str]:
        for code, name in (("A\u0308", "first"), ("Ä", "second"), ("B\u200b", "O\u0308l\ufeff"), ("C", "Cork")):
            item = create_item(session, SYSTEM, code=f"x{name}", name=name)
            session.flush()
            values = {"code": code, "name": name, "name_order": "", "code_order": "", "folded": "?"}
            session.connection().execute(Item.__table__.update().where(Item.__table__.c.id == item.id).values(values))
        return mend_texts(
            session.connection(),
            "warehouse_item",
            ["code", "name", "barcode"],
            orders={"code": "code_order", "name": "name_order"},
            unique=[("code",), ("barcode",)],
            folded=("folded", 500),
            folds=("code", "name", "barcode"),
        )

    assert company.database.run(write, actor=SYSTEM) == ["A\u0308"]

    def read(session: Any) -> list[tuple[str, str, str, str]]:
        t = Item.__table__.c
        query = select(t.code, t.name, t.name_order, t.folded).order_by(t.id)
        return [tuple(row) for row in session.connection().execute(query)]

    assert company.database.run(read, actor=SYSTEM) == [
        ("A\u0308", "first", order_key("first"), "a first"),
        ("Ä", "second", order_key("second"), "a second"),
        ("B", "Öl", order_key("Öl"), "b ol"),
        ("C", "Cork", order_key("Cork"), "c cork"),
    ]


def sorted_by(company: Any, table: Any, name: str) -> list[str]:
    def work(session: Any) -> list[str]:
        found, query = [], Query(order=name, limit=3)
        while (page := fetch(session, table, query)).following is not None:
            found += page.rows
            query = Query(order=name, limit=3, after=page.following)
        return [getattr(row, name) for row in [*found, *page.rows]]

    return company.database.run(work, actor=SYSTEM, write=False)


@pytest.mark.enterprise
def test_codes_of_warehouses_and_names_of_bills_stand_in_order_too(company: Any) -> None:
    codes = ["Äpfel", "anvil", "Zebra", "Ёлка", "Ель"]

    def work(session: Any) -> None:
        parts = [create_item(session, SYSTEM, code=code, name="X").id for code in "AB"]
        for code in codes:
            create_place(session, SYSTEM, code=code, name="X")
            save_bom(session, SYSTEM, BomDraft(parts[0], [ComponentDraft(parts[1], Decimal(1))], name=code))

    company.database.run(work, actor=SYSTEM)
    order = ["anvil", "Äpfel", "Zebra", "Ёлка", "Ель"]
    assert [code for code in sorted_by(company, places, "code") if code in codes] == order
    assert sorted_by(company, boms, "name") == order


def test_journals_stand_by_whom_in_the_same_order(company: Any) -> None:
    names = ["Äpfel", "anvil", "Zebra", "Ёлка", "apfel", "Ель"]

    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="S", name="S", kind="service").id
        for name in names:
            contact = create_contact(session, SYSTEM, kind="legal_entity", name=name).id
            save(session, SYSTEM, Sale, TradeDraft(contact, [TradeLineDraft(item, Decimal(1), Decimal(1))]))

    company.database.run(work, actor=SYSTEM)
    assert sorted_by(company, sales, "summary") == ["anvil", "apfel", "Äpfel", "Zebra", "Ёлка", "Ель"]
