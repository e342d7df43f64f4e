"""What an item, a group or a warehouse may not be: refused alike on the form, by a call, and in an import; nothing changed."""

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.importing import run_import
from app.reference import Unit
from app.security import SYSTEM, Actor
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.operations import (
    change_item,
    change_items,
    create_group,
    create_item,
    create_items,
    create_place,
)

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides

PRICE = "A price is not below zero and has at most six digits after the point."
WRONG = [
    ("code", " ", "An item needs a code and a name."),
    ("code", "c" * 61, "At most 60 characters."),
    ("name", " ", "An item needs a code and a name."),
    ("name", "n" * 301, "At most 300 characters."),
    ("barcode", "1" * 61, "At most 60 characters."),
    ("note", "a\0b", "the text holds a character that can't be kept"),
    ("kind", "ghost", "An item is goods or a service."),
    ("price", D(-1), PRICE),
    ("price", D("-0.000001"), PRICE),
    ("price", D("0.1234567"), PRICE),
    ("price", D("NaN"), PRICE),
    ("unit", "QQQ", "There is no unit “QQQ”."),
    ("unit_id", 999, "There is no unit “999”."),
]
CLERK = Actor(1, "clerk", permissions=frozenset({"warehouse.item.edit", "core.import.run"}))


@pytest.fixture
def anvil(company: Any) -> int:
    """An item whose code is A and whose barcode is 1."""

    def work(session: Any) -> int:
        return create_item(session, SYSTEM, code="A", name="Anvil", barcode="1").id

    return int(company.database.run(work, actor=SYSTEM))


@pytest.mark.parametrize(("field", "value", "why"), WRONG)
def test_what_an_item_can_not_be_is_refused_and_nothing_changed(
    refused: Any, anvil: int, field: str, value: Any, why: str
) -> None:
    def create(session: Any) -> None:
        create_items(session, SYSTEM, [{"code": "B", "name": "Bolt"}, {"code": "C", "name": "Cork", field: value}])

    def change(session: Any) -> None:
        change_item(session, SYSTEM, session.get(Item, anvil), **{"note": "new", field: value})

    for work in (create, change):
        assert refused(work, Invalid, field=field) == why


@pytest.mark.parametrize(
    ("field", "value", "why"), [row for row in WRONG if row[0] not in ("note", "unit_id") and row[1] != " "]
)
def test_an_import_refuses_it_by_its_row(
    company: Any, anvil: int, tmp_path: Path, field: str, value: Any, why: str
) -> None:
    row = {"code": "A", "name": "Anvil", field: value}
    sheet = tmp_path / "items.csv"
    sheet.write_text(f"{','.join(row)}\n{','.join(str(cell) for cell in row.values())}\n")
    report = run_import(company, SYSTEM, "warehouse.items", [sheet])
    if value != value:  # NaN: no cell of a table is that
        why = "“NaN” isn't a number"
    assert [(e.row, e.field, e.message) for e in report.errors] == [(2, field, why)]


def test_a_price_may_be_as_low_as_zero(company: Any, anvil: int) -> None:
    def work(session: Any) -> list[D]:
        item = session.get(Item, anvil)
        prices = []
        for price in (D(0), D("0.000001")):
            change_item(session, SYSTEM, item, price=price)
            session.flush()
            session.refresh(item)
            prices.append(item.price)
        return prices

    assert company.database.run(work, actor=SYSTEM) == [D(0), D("0.000001")]


def test_codes_and_barcodes_are_taken_once(refused: Any, company: Any, anvil: int) -> None:
    for one, two in (
        ({"code": "B"}, {"code": "B"}),
        ({"code": "B"}, {"code": " A "}),
        ({"code": "B", "barcode": "2"}, {"code": "C", "barcode": "2"}),
        ({"code": "B"}, {"code": "C", "barcode": "1"}),
    ):
        drafts = [{"name": "Bolt", **one}, {"name": "Cork", **two}]
        why = refused(lambda s, drafts=drafts: create_items(s, SYSTEM, drafts), Conflict)
        taken = two.get("barcode", two["code"]).strip()
        words = "Another item or packing has the barcode “{}”." if "barcode" in two else "The code “{}” is taken."
        assert why == words.format(taken)

    def work(session: Any) -> None:
        bolt, cork = create_items(
            session, SYSTEM, [{"code": "B", "name": "Bolt", "barcode": ""}, {"code": "C", "name": "Cork"}]
        )
        anvil_ = session.get(Item, anvil)
        change_items(session, SYSTEM, {anvil_: {"barcode": "1", "code": "A"}, bolt: {"barcode": ""}, cork: {}})
        assert (anvil_.barcode, bolt.barcode, cork.barcode) == ("1", None, None)

    company.database.run(work, actor=SYSTEM)


def test_there_must_be_a_group_to_go_to(refused: Any, anvil: int) -> None:
    for work in (
        lambda s: create_item(s, SYSTEM, code="B", name="Bolt", group_id=99),
        lambda s: change_item(s, SYSTEM, s.get(Item, anvil), group_id=99),
        lambda s: create_group(s, SYSTEM, name="Tools", parent_id=99),
    ):
        assert refused(work, NotFound) == "There is no such record, or it is not open to you."


@pytest.mark.parametrize(
    ("work", "field", "why"),
    [
        (lambda s: create_group(s, SYSTEM, name=" "), "name", "A group needs a name."),
        (lambda s: create_group(s, SYSTEM, name="n" * 201), "name", "At most 200 characters."),
        (lambda s: create_place(s, SYSTEM, code=" ", name="Shop"), "code", "A warehouse needs a code and a name."),
        (lambda s: create_place(s, SYSTEM, code="c" * 41, name="Shop"), "code", "At most 40 characters."),
        (lambda s: create_place(s, SYSTEM, code="c", name="n" * 201), "name", "At most 200 characters."),
    ],
)
def test_what_a_group_or_a_warehouse_can_not_be_is_refused(refused: Any, work: Any, field: str, why: str) -> None:
    assert refused(work, Invalid, field=field) == why


def test_the_form_shows_each_refusal_at_its_field(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    form = {"code": "A", "name": "Anvil", "kind": "goods", "unit_id": "1", "group_id": ""}
    answer = browser.post("/warehouse/items/new", data={**form, "price": "-1"})
    assert f'id="price-error">{PRICE}' in answer.text
    answer = browser.post("/warehouse/items/new", data={**form, "new_group": "n" * 201})
    assert 'id="new_group-error">At most 200 characters.' in answer.text

    def there(session: Any) -> list[Any]:
        return [*session.scalars(select(Item.id)), *session.scalars(select(ItemGroup.id))]

    assert app.company.database.run(there, actor=SYSTEM, write=False) == []


def test_a_group_whose_name_is_too_long_is_reported_by_its_row(company: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "items.csv"
    sheet.write_text(f"code,name,group\nA,Anvil,Tools/{'n' * 201}\n")
    report = run_import(company, SYSTEM, "warehouse.items", [sheet])
    assert [(e.row, e.field, e.message) for e in report.errors] == [(2, "group", "At most 200 characters.")]


def test_an_import_makes_units_for_whoever_may_make_them(company: Any, tmp_path: Path) -> None:
    preset = tmp_path / "pallets.toml"
    preset.write_text(
        'target = "warehouse.items"\noptional = ["unit"]\n[columns]\ncode = "code"\nname = "name"\nunit = "unit"\n'
        '[units.PF]\nname = "pallet"\n[units.D97]\nname = "another pallet"\n'
    )
    sheet = tmp_path / "items.csv"
    sheet.write_text("code,name,unit\nA,Anvil,PF\n")

    def pallets() -> list[str]:
        query = select(Unit.code).where(Unit.code.in_(("PF", "D97")))
        return list(company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False))

    refused = run_import(company, CLERK, "warehouse.items", [sheet], str(preset))
    assert [(e.row, e.field, e.message) for e in refused.errors] == [(2, "unit", "There is no unit “PF”.")]
    assert pallets() == []
    assert run_import(company, SYSTEM, "warehouse.items", [sheet], str(preset)).is_whole
    assert pallets() == ["PF"]


def test_an_import_is_a_saving_that_others_get_a_message_about(
    company: Any, anvil: int, refused: Any, tmp_path: Path
) -> None:
    sheet = tmp_path / "items.csv"
    sheet.write_text("code,name\nA,Big anvil\n")
    assert run_import(company, CLERK, "warehouse.items", [sheet]).updated["warehouse.item"] == 1
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, anvil), version=1, name="Mine"), Changed)
    refused(lambda s: create_items(s, Actor(1, "nobody"), []), Forbidden)


def test_an_import_writes_many_rows_with_as_many_statements_as_few(company: Any, tmp_path: Path) -> None:
    counts: dict[str, list[int]] = {"made": [], "changed": []}
    for rows in (3, 300):
        sheet = tmp_path / f"items-{rows}.csv"
        for what, name in (("made", "Name"), ("changed", "Renamed")):
            lines = (f"N{rows}-{i},{name} {i},N{rows}{i},KGM,Tools/{what}\n" for i in range(rows))
            sheet.write_text("code,name,barcode,unit,group\n" + "".join(lines))
            statements: list[str] = []

            def note(*given: Any, statements: list[str] = statements) -> None:
                # SQLite inserts row by row, as it wouldn't say which id is whose.
                if not (company.database.is_sqlite and given[2].startswith("INSERT")):
                    statements.append(given[2])

            event.listen(company.database.engine, "before_cursor_execute", note)
            assert run_import(company, CLERK, "warehouse.items", [sheet]).is_whole
            event.remove(company.database.engine, "before_cursor_execute", note)
            # Groups are made the first time, while nobody else makes any.
            usual = [s for s in statements if "item_group" not in s and "FROM core_organisation ORDER BY" not in s]
            counts[what].append(len(usual))
    assert counts["made"][0] == counts["made"][1]
    assert counts["changed"][0] == counts["changed"][1]
