"""A page asks the database as often for sixty rows as for three, whoever looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from app.security import SYSTEM, User
from app.setup import set_edition
from app.web.tables import Table
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact, record_payment
from modules.production.models import Bom
from modules.production.operations import (
    BomDraft,
    ComponentDraft,
    WorkOrderDraft,
    post_work_orders,
    save_bom,
    save_work_order,
)
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.operations import TradeDraft, TradeLineDraft, post, save
from modules.warehouse.models import Issue, Item, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import (
    MovementDraft,
    MovementLineDraft,
    create_item,
    create_place,
    post_movements,
    save_movement,
)

MOVEMENTS = {
    Receipt: {"target_id": 100},
    Opening: {"target_id": 100},
    Issue: {"source_id": 100},
    WriteOff: {"source_id": 100},
    Transfer: {"source_id": 100, "target_id": 101},
}


def grow(session: Any, times: int) -> None:
    """Everything that lists show, `times` more of each, in one contact's and one item's history and in new ones; and
    documents of `times` lines at the end."""
    sam = session.scalars(select(User.id).where(User.login == "sam")).one()
    mine = session.scalars(select(Contact).where(Contact.responsible_id == sam)).first()
    start = session.scalars(select(Item.id).order_by(Item.id.desc())).first()
    items = [create_item(session, SYSTEM, code=f"Q{start}-{n}", name=f"Q {n}", price=Decimal(5)) for n in range(times)]
    for n in range(times):
        for kind in ("legal_entity", "individual"):
            create_contact(session, SYSTEM, kind=kind, name=f"Q {n}", responsible_id=sam)
        moment = datetime(2026, 3, 1) + timedelta(minutes=n)
        lines = [TradeLineDraft(item.id, Decimal(1), Decimal(7)) for item in (items if n == times - 1 else items[:1])]
        draft = TradeDraft(mine.id, lines, moment=moment, responsible_id=sam)
        for kind in (Purchase, Purchase, Purchase, Sale, SalesReturn):
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        for model, ends in MOVEMENTS.items():
            drawn = [MovementLineDraft(line.item_id, Decimal("0.1"), Decimal(3)) for line in lines]
            movement = save_movement(session, SYSTEM, model, MovementDraft(drawn, moment=moment, **ends))
            post_movements(session, SYSTEM, [movement])
        record_payment(session, SYSTEM, contact_id=mine.id, direction="in", amount=Decimal(3), moment=moment)
        if n:
            used = [ComponentDraft(item.id, Decimal("0.01")) for item in items if item is not items[n]]
            bom = save_bom(session, SYSTEM, BomDraft(items[n].id, used[: len(lines)]))
            order = save_work_order(session, SYSTEM, WorkOrderDraft(bom.id, Decimal(1), moment=moment))
            post_work_orders(session, SYSTEM, [order])


def pages(session: Any, company: Any) -> dict[str, str]:
    """A page's name → its address: each list, and the newest record of each kind, which has the most lines."""
    sam = session.scalars(select(User.id).where(User.login == "sam")).one()
    contact = session.scalars(select(Contact.id).where(Contact.responsible_id == sam)).first()
    item = session.scalars(select(Item.id).where(Item.code.startswith("Q")).order_by(Item.id)).first()
    found = {table.name: f"/api/v1/lists/{table.name}" for table in company.contributed("tables", Table)}
    found |= {
        "home": "/",
        "search": "/search?q=q",
        "lookup": "/lookup/items?q=q",
        "contact": f"/contacts/{contact}",
        "statement": f"/contacts/{contact}/statement",
        "item": f"/warehouse/items/{item}",
        "stock": "/warehouse/stock",
        "stock then": "/warehouse/stock?at=2026-03-05",
        "users": "/admin/users",
        "audit": "/admin/audit",
        "books": "/admin/books",
    }
    one = {Sale: "trade/sales", SalesReturn: "trade/sales-returns", Purchase: "trade/purchases"}
    one |= {model: f"warehouse/{model.__name__.lower()}s" for model in (Receipt, Issue, Transfer, Opening)}
    one |= {WriteOff: "warehouse/write-offs", Bom: "production/boms"}
    for model, address in one.items():
        newest = session.scalars(select(model.id).order_by(model.id.desc())).first()
        found[model.__name__] = f"/{address}/{newest}"
    return found


@pytest.fixture(scope="module")
def grown(house: Any) -> Any:
    """The sample company with every module on, and three of everything."""
    company = house.company
    company.database.run(lambda s: set_edition(s, SYSTEM, company, "enterprise"), actor=SYSTEM)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    company.database.run(lambda s: create_place(s, SYSTEM, code="second", name="Second"), actor=SYSTEM)
    company.database.run(lambda s: grow(s, 3), actor=SYSTEM)
    return house


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_no_page_asks_more_often_when_there_is_more(grown: Any, sign_in: Any) -> None:
    company = grown.company

    def ask() -> dict[tuple[str, str], list[str]]:
        addresses = company.database.run(lambda s: pages(s, company), actor=SYSTEM, write=False)
        asked = {}
        for login in ("admin", "sam"):
            client = sign_in(login)
            for name, address in addresses.items():
                client.get(address)  # what a worker keeps is there from now on
                with counted(company.database.engine) as statements:
                    answer = client.get(address)
                if answer.status_code == 200:
                    asked[login, name] = statements
        return asked

    few = ask()
    company.database.run(lambda s: grow(s, 60), actor=SYSTEM)
    many = ask()
    assert few.keys() == many.keys()
    assert len([1 for login, _name in few if login == "sam"]) > 15
    more = {page: many[page][-3:] for page in few if len(many[page]) > len(few[page])}
    assert not more
    assert max(len(statements) for statements in many.values()) <= 25
