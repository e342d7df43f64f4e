"""Suppliers of items: one main one, found by their codes, prices closed to whoever may not see what goods cost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import save
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, TradeLineDraft
from modules.trade.models import PurchaseOrder
from modules.trade.paper.invoice import commercial_data
from modules.trade.prints import trade_paper
from modules.trade.suppliers.models import ItemSupplier
from modules.trade.suppliers.operations import add_supplier, change_supplier, remove_supplier, supplier_by_id
from modules.warehouse.lookups import items_by_code
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.other_codes import keep_code
from modules.warehouse.tables import find_items


@pytest.fixture
def goods(company: Any) -> dict[str, int]:
    """A lamp and a shade, which Lübeck and Bergen supply; nobody does yet."""

    def work(session: Any) -> dict[str, int]:
        names = {
            name: create_contact(session, SYSTEM, kind="legal_entity", name=name).id for name in ("Lübeck", "Bergen")
        }
        items = {code: create_item(session, SYSTEM, code=code, name=code.title()).id for code in ("LAMP", "SHADE")}
        return names | items

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def add(company: Any, goods: dict[str, int], item: str = "LAMP", whom: str = "Lübeck", **fields: Any) -> int:
    return company.database.run(  # type: ignore[no-any-return]
        lambda s: add_supplier(s, SYSTEM, item_id=goods[item], contact_id=goods[whom], **fields).id, actor=SYSTEM
    )


def rows_of(company: Any) -> list[tuple[Any, ...]]:
    query = select(ItemSupplier.id, ItemSupplier.code, ItemSupplier.is_main).order_by(ItemSupplier.id)
    return [tuple(r) for r in company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False)]


def test_an_item_has_one_main_supplier(company: Any, goods: dict[str, int]) -> None:
    first = add(company, goods, code="L-1", is_main=True)
    other = add(company, goods, whom="Bergen", code="B-1", is_main=True)
    of_another = add(company, goods, item="SHADE", is_main=True)
    assert rows_of(company) == [(first, "L-1", False), (other, "B-1", True), (of_another, "", True)]
    company.database.run(lambda s: change_supplier(s, SYSTEM, supplier_by_id(s, first), is_main=True), actor=SYSTEM)
    assert [row[2] for row in rows_of(company)] == [True, False, True]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price": D("-1")}, "price"),
        ({"price": D("0.0000001")}, "price"),
        ({"currency": "XYZ"}, "currency"),
        ({"least_quantity": D(0)}, "least_quantity"),
        ({"least_quantity": D("1.5")}, "least_quantity"),
        ({"lead_days": -1}, "lead_days"),
        ({"lead_days": 3651}, "lead_days"),
        ({"code": "x" * 61}, "code"),
    ],
)
def test_figures_that_cannot_be_right_are_refused(
    company: Any, goods: dict[str, int], fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(company, goods, **fields)
    assert refused.value.field == field
    assert rows_of(company) == []


def test_the_same_supplier_stands_twice_only_with_another_code(company: Any, goods: dict[str, int]) -> None:
    first = add(company, goods, code="L-1")
    with pytest.raises(Conflict, match="already with the same code"):
        add(company, goods, code="L-1")
    second = add(company, goods, code="L-2")
    with pytest.raises(Conflict, match="already with the same code"):
        company.database.run(lambda s: change_supplier(s, SYSTEM, supplier_by_id(s, second), code="L-1"), actor=SYSTEM)
    assert rows_of(company) == [(first, "L-1", False), (second, "L-2", False)]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(company: Any, goods: dict[str, int]) -> None:
    row = add(company, goods, code="L-1")
    company.database.run(
        lambda s: change_supplier(s, SYSTEM, supplier_by_id(s, row), code="L-2", version=1), actor=SYSTEM
    )
    with pytest.raises(Changed):
        company.database.run(
            lambda s: change_supplier(s, SYSTEM, supplier_by_id(s, row), code="L-3", version=1), actor=SYSTEM
        )
    assert rows_of(company) == [(row, "L-2", False)]


def found(company: Any, text: str) -> tuple[list[str], list[str]]:
    """By typing and by pasting."""

    def work(session: Any) -> tuple[list[str], list[str]]:
        typed = [row["title"] for row in find_items(session, text, 12)]
        return typed, [row["code"] for row in items_by_code(session, [text])]

    return company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_items_are_found_by_the_codes_of_suppliers_as_long_as_these_are_theirs(
    company: Any, goods: dict[str, int]
) -> None:
    row = add(company, goods, code="Ü-4711/x")
    assert found(company, "Ü-4711/x") == (["LAMP Lamp"], ["LAMP"])
    assert found(company, "4711")[0] == ["LAMP Lamp"]  # a part, while typing
    assert found(company, "u-4711 lamp")[0] == ["LAMP Lamp"]
    company.database.run(lambda s: change_supplier(s, SYSTEM, supplier_by_id(s, row), code="L-9"), actor=SYSTEM)
    assert found(company, "Ü-4711/x") == ([], [])
    assert found(company, "L-9") == (["LAMP Lamp"], ["LAMP"])
    with pytest.raises(Changed):  # somebody has changed it since it was looked at
        company.database.run(lambda s: remove_supplier(s, SYSTEM, supplier_by_id(s, row), version=1), actor=SYSTEM)
    company.database.run(lambda s: remove_supplier(s, SYSTEM, supplier_by_id(s, row)), actor=SYSTEM)
    assert found(company, "L-9") == ([], [])


def test_an_exact_code_of_a_supplier_stands_before_parts_of_others(company: Any, goods: dict[str, int]) -> None:
    add(company, goods, item="SHADE", code="7")
    add(company, goods, code="77")
    assert found(company, "7")[0] == ["SHADE Shade", "LAMP Lamp"]


def test_the_list_of_items_finds_by_codes_of_suppliers(company: Any, goods: dict[str, int], app: Any) -> None:
    add(company, goods, code="4711")
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    page = client.get("/warehouse/items?q=4711").text
    assert "Lamp" in page
    assert "Shade" not in page


def test_a_purchase_order_says_what_its_supplier_calls_the_goods(company: Any, goods: dict[str, int], app: Any) -> None:
    add(company, goods, code="L-1", name="Leuchte")
    add(company, goods, whom="Bergen", code="B-1")

    def said(session: Any) -> tuple[Any, Any]:
        lines = [TradeLineDraft(goods["LAMP"], D(1), D(5), tax_rate=D(0))]
        order = save(session, SYSTEM, PurchaseOrder, OrderDraft(goods["Lübeck"], lines))
        session.flush()
        return trade_paper(session, order).lines[0]["aside"], commercial_data(session, order, "")["lines"][0][0]["code"]

    with app.test_request_context():
        aside, code = company.database.run(said, actor=SYSTEM)
    assert aside == "your code L-1 Leuchte"
    assert code == "LAMP · your code L-1 Leuchte"


def test_suppliers_that_are_closed_to_somebody_stay_closed(
    company: Any, goods: dict[str, int], employ: Callable[..., Any]
) -> None:
    closed = add(company, goods, code="L-1", is_main=True)
    bob = replace(employ("bob", "buyer"), scopes={"contacts.contact": "own"})

    def work(session: Any) -> None:
        assert session.scalars(select(ItemSupplier.id)).all() == []
        with pytest.raises(NotFound):
            supplier_by_id(session, closed)
        with pytest.raises(NotFound):
            add_supplier(session, bob, item_id=goods["LAMP"], contact_id=goods["Lübeck"])
        own = create_contact(session, bob, kind="legal_entity", name="Own", responsible_id=bob.user_id).id
        add_supplier(session, bob, item_id=goods["LAMP"], contact_id=own, is_main=True)

    company.database.run(work, actor=bob)
    assert [row[2] for row in rows_of(company)] == [False, True], "an item has one main supplier all the same"
    assert found(company, "L-1")[0] == ["LAMP Lamp"]


def test_prices_are_closed_to_storekeepers_and_stay_as_they_are(
    company: Any, goods: dict[str, int], app: Any, employ: Callable[..., Any]
) -> None:
    add(company, goods, code="L-1", price=D("765.43"), currency="EUR", since=date(2026, 3, 1))
    employ("steve", "storekeeper")
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    address = f"/trade/items/{goods['LAMP']}/item-suppliers"
    page = client.get(address)
    assert page.status_code == 200
    assert "L-1" in page.text
    for shown in (address, "/trade/item-suppliers", "/api/v1/lists/trade.item_supplier"):
        assert "765" not in client.get(shown).text
    assert client.get("/trade/item-suppliers/1").status_code == 403


def test_nobody_sets_a_price_that_they_do_not_see(
    company: Any, goods: dict[str, int], employ: Callable[..., Any]
) -> None:
    row = add(company, goods, price=D(7))
    bob = employ("bob", "buyer")
    bob = replace(bob, groups=bob.groups - {"warehouse.cost"})
    with pytest.raises(Forbidden):
        company.database.run(lambda s: change_supplier(s, bob, supplier_by_id(s, row), price=D(1)), actor=bob)
    company.database.run(lambda s: change_supplier(s, bob, supplier_by_id(s, row), code="N", price=None), actor=bob)
    price = select(ItemSupplier.__table__.c.price, ItemSupplier.__table__.c.code)
    assert company.database.run(lambda s: s.execute(price).one(), actor=SYSTEM) == (D(7), "N")


def test_codes_do_not_keep_an_item_from_another_unit_but_prices_do(company: Any, goods: dict[str, int]) -> None:
    def code_alone(session: Any) -> None:
        keep_code(session, "test", 1, goods["SHADE"], "X")
        change_item(session, SYSTEM, session.get(Item, goods["SHADE"]), unit="KGM")

    company.database.run(code_alone, actor=SYSTEM)
    add(company, goods, price=D(7))

    def priced(session: Any) -> None:
        change_item(session, SYSTEM, session.get(Item, goods["LAMP"]), unit="KGM")

    with pytest.raises(Conflict, match="unit can't change"):
        company.database.run(priced, actor=SYSTEM)


def test_the_form_adds_changes_and_removes(company: Any, goods: dict[str, int], app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    new = f"/trade/item-suppliers/new?item={goods['LAMP']}"
    assert f'data-hotkey="Insert" href="{new}"' in client.get(f"/trade/items/{goods['LAMP']}/item-suppliers").text
    fields = {"contact_id": goods["Bergen"], "code": "B-1", "currency": "EUR", "price": "1.5", "lead_days": "7"}
    made = client.post(new, data={"item_id": goods["LAMP"], **fields})
    assert made.location == f"/trade/items/{goods['LAMP']}/item-suppliers"
    assert "B-1" in client.get(made.location).text
    refused = client.post("/trade/item-suppliers/1", data={"version": "1", **fields, "lead_days": "-3"})
    assert "Say the days as a whole number" in refused.text
    assert client.post("/trade/item-suppliers/1", data={"version": "1", **fields, "code": "B-2"}).status_code == 302
    assert rows_of(company) == [(1, "B-2", False)]
    assert client.post("/trade/item-suppliers/1", data={"version": "2", **fields, "then": "remove"}).status_code == 302
    assert rows_of(company) == []
