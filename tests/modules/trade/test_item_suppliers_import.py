"""A supplier's price list comes in as a table: which item a row names, what it changes, and what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.errors import Conflict, Forbidden
from app.importing import Report, run_import
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.suppliers.models import ItemSupplier
from modules.trade.suppliers.operations import add_supplier, set_suppliers, suppliers_of_pairs
from modules.warehouse.operations import create_item
from modules.warehouse.queries import items_called
from tests.statements import counted

LAMP, SHADE = 1, 2
DAY = date(2026, 3, 1)


@pytest.fixture
def shop(proved: Any) -> Any:
    """A lamp with a barcode and a shade; Lübeck supplies the lamp as L-1 at 40, two are called Twin."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="LAMP", name="Lamp", barcode="4006381333931")
        create_item(session, SYSTEM, code="SHADE", name="Shade")
        for code, name in (("C1", "Lübeck"), ("C2", "Bergen"), ("C3", "Twin"), ("C4", "Twin")):
            create_contact(session, SYSTEM, kind="legal_entity", name=name, code=code)
        lubeck = {"item_id": LAMP, "contact_id": 1, "code": "L-1", "name": "Leuchte", "price": D(40), "since": DAY}
        add_supplier(session, SYSTEM, **lubeck, lead_days=9, is_main=True)

    proved(prepare)
    return proved


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Any:
    def work(text: str, actor: Any = SYSTEM, **said: Any) -> Report:
        file = tmp_path / "prices.csv"
        file.write_text(text, "utf-8")
        return run_import(company, actor, "trade.item_suppliers", [file], **said)

    return work


def rows(session: Any) -> list[tuple[Any, ...]]:
    c = ItemSupplier
    query = select(c.item_id, c.contact_id, c.code, c.name, c.price, c.since, c.lead_days, c.is_main).order_by(c.id)
    return [tuple(row) for row in session.execute(query)]


def test_a_price_list_changes_what_is_there_and_adds_what_is_not(shop: Any, bring: Any) -> None:
    text = (
        "Item,Code,Supplier,Their code,Price,Minimum quantity,Main supplier,lead_days\n"
        "Lamp,4006381333931,C1,,41.123456,,,\n"
        "Shade,SHADE,Lübeck,L-2,9.5,10,yes,3\n"
        "Lamp,LAMP,Bergen,B-1,,,yes,\n"
    )
    before = shop(rows)
    preview = bring(text, dry_run=True)
    assert shop(rows) == before
    report = bring(text)
    for each in (preview, report):
        assert not each.errors
        assert dict(each.created) == {"trade.item_supplier": 2}
        assert dict(each.updated) == {"trade.item_supplier": 1}
    today = wall_clock().date()
    after = [
        (LAMP, 1, "L-1", "Leuchte", D("41.123456"), today, 9, False),  # Bergen is the main one now
        (SHADE, 1, "L-2", "", D("9.5"), today, 3, True),
        (LAMP, 2, "B-1", "", None, None, None, True),
    ]
    assert shop(rows) == after
    assert shop(lambda s: items_called(s, ["L-2", "B-1"])) == {"L-2": [SHADE], "B-1": [LAMP]}
    again = bring(text)
    assert (len(again.skipped), dict(again.created), dict(again.updated)) == (3, {}, {})
    assert bring("Item,Supplier,Price\nL-2,C1,9.7\n").updated  # by the supplier's own code alone
    assert shop(rows) == [after[0], (*after[1][:4], D("9.7"), *after[1][5:]), after[2]]


def test_a_code_is_given_to_what_has_none_and_each_further_one_stands_beside(shop: Any, bring: Any) -> None:
    bring("Item,Supplier\nSHADE,C2\n")
    bring("Item,Supplier,Their_code\nSHADE,C2,B-7\nSHADE,C2,B-8\nLAMP,C1,L-9\n")
    assert [row[:3] for row in shop(rows)] == [(1, 1, "L-1"), (2, 2, "B-7"), (2, 2, "B-8"), (1, 1, "L-9")]


def test_a_row_that_cannot_be_right_is_refused_and_nothing_changed(shop: Any, bring: Any) -> None:
    bring("Item,Supplier,Their_code\nSHADE,C2,B-7\nSHADE,C2,B-8\n")
    before = shop(rows)
    refused = {
        "SAW,C1,,1,,,,": "item_code",  # nothing is called so
        "LAMP,C9,,1,,,,": "supplier",
        "LAMP,Twin,,1,,,,": "supplier",  # two are
        "SHADE,C2,,1,,,,": "their_code",  # which of its two?
        "LAMP,C1,,-1,,,,": "price",
        "LAMP,C1,,1,XYZ,,,": "currency",
        "LAMP,C1,,1,,1.5,,": "least_quantity",
        "LAMP,C1,,1,,,0.5,": "lead_days",
        "LAMP,C1,,1,,,9999,": "lead_days",
        "LAMP,C3,,1,,,,maybe": "is_main",
        f"LAMP,C3,{'x' * 61},1,,,,": "their_code",
    }
    header = "item_code,supplier,their_code,price,currency,least_quantity,lead_days,is_main\n"
    report = bring(
        header + "\n".join([*refused, "LAMP,C1,L-1,50,,,,", "LAMP,C1,,51,,,,", "SHADE,C1,,,,,,1", "SHADE,C3,,,,,,1"])
    )
    expected = [(n, field) for n, field in enumerate(refused.values(), 2)] + [(14, "item_code"), (16, "is_main")]
    assert [(e.row, e.field) for e in report.errors] == expected
    assert [entry.row for entry in report.skipped] == [13, 15]  # right, and not written
    assert shop(rows) == before


def test_prices_and_contacts_that_are_closed_stay_closed(shop: Any, bring: Any, employ: Any) -> None:
    bella = employ("bella", "buyer")
    blind = replace(bella, groups=frozenset())
    before = shop(rows)
    assert [e.field for e in bring("Item,Supplier,Price\nLAMP,C1,40\n", blind).errors] == ["Price"]
    assert shop(rows) == before
    assert bring("Item,Supplier,lead_days\nLAMP,C1,5\n", blind).updated
    with pytest.raises(Forbidden):
        bring("Item,Supplier\nSHADE,C1\n", replace(bella, permissions=bella.permissions - {"trade.item_supplier.edit"}))
    own = {**bella.scopes, "contacts.contact": "own"}
    assert [e.field for e in bring("Item,Supplier\nSHADE,C1\n", replace(bella, scopes=own)).errors] == ["Supplier"]
    assert [row[4] for row in shop(rows)] == [D(40)]


def test_many_are_kept_by_as_few_statements_as_a_few(shop: Any) -> None:
    shop(lambda s: [create_item(s, SYSTEM, code=f"I{n}", name="Item") for n in range(30)] and None)

    def keep(session: Any, first: int, count: int) -> int:
        new = [
            {"item_id": n, "contact_id": 2, "code": f"B{n}", "currency": "EUR", "is_main": True}
            for n in range(first, first + count)
        ]
        with counted(session) as statements:
            set_suppliers(session, SYSTEM, new=new, changed={})
        made = {row.id: {"code": f"N{row.id}"} for row in suppliers_of_pairs(session, {(n["item_id"], 2) for n in new})}
        with counted(session) as more:
            set_suppliers(session, SYSTEM, new=[], changed=made)
        return sum(not statement.startswith("INSERT") for statement in (*statements, *more))

    assert shop(lambda s: keep(s, 3, 2)) == shop(lambda s: keep(s, 5, 25))


def test_what_was_added_meanwhile_is_not_added_twice(shop: Any, refused: Any) -> None:
    before = shop(rows)
    same = {"item_id": LAMP, "contact_id": 1, "code": "L-1", "currency": "EUR"}
    refused(lambda s: set_suppliers(s, SYSTEM, new=[same], changed={}), Conflict)
    refused(lambda s: set_suppliers(s, SYSTEM, new=[], changed={99: {"code": "x"}}), Conflict)
    assert shop(rows) == before
