"""Items in variants: models, their grids, and what line grids ask of them."""

from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.importing import run_import
from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Opening
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.variants.models import ItemModel, Variant
from modules.warehouse.variants.operations import (
    change_model,
    create_model,
    grid_of,
    make_variants,
    release_variant,
    remove_model,
    set_variant,
)

MAIN = FIRST_WAREHOUSE
SIZES, COLOURS = "S\nM\nL", "red\nblue"


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there is a model of shirts in three sizes and two colours; the books are proved after it."""
    company.database.run(lambda s: shirts(s) and None, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def shirts(session: Any, actor: Any = SYSTEM, **fields: Any) -> ItemModel:
    said = {"code": "TS", "name": "T-shirt", "unit_id": unit(session), "first_title": "Size", "second_title": "Colour"}
    said |= {"first_values": SIZES, "second_values": COLOURS, **fields}
    return create_model(session, actor, **said)


def unit(session: Any, code: str = "C62") -> int:
    return int(session.scalar(select(Unit.id).where(Unit.code == code)))


def model(session: Any) -> ItemModel:
    return session.get(ItemModel, 1)  # type: ignore[no-any-return]


def make(session: Any, *places: int, actor: Any = SYSTEM, **version: int) -> list[Item]:
    """Variants in the cells of these numbers: S red, S blue, M red …"""
    cells = grid_of(model(session))
    return make_variants(session, actor, model(session), {cells[n] for n in places}, **version)


def change(session: Any, actor: Any = SYSTEM, version: int | None = None, **fields: Any) -> None:
    said = {"first_values": SIZES, "second_values": COLOURS} | fields
    change_model(session, actor, model(session), version=version, **said)


def codes(session: Any) -> list[str]:
    return [each.item.code for each in model(session).variants]


def test_ticked_cells_become_items_and_more_can_follow(run: Any) -> None:
    run(lambda s: create_item(s, SYSTEM, code="ts-m-red", name="Something else"))
    run(lambda s: change(s, price=D("9.90")))
    run(lambda s: make(s, 0, 2))
    items = run(
        lambda s: [(i.code, i.name, i.price, i.unit.code) for i in s.scalars(select(Item).order_by(Item.id))][1:]
    )
    assert items == [
        ("TS-S-RED", "T-shirt, S, red", D("9.90"), "C62"),
        ("TS-M-RED-2", "T-shirt, M, red", D("9.90"), "C62"),
    ]
    run(lambda s: change(s, second_values=f"{COLOURS}\ngreen"))
    run(lambda s: make(s, 2))
    assert run(codes) == ["TS-S-RED", "TS-M-RED-2", "TS-S-GREEN"]


def test_variants_have_the_second_unit_of_their_model(run: Any, refused: Any) -> None:
    """Those that are made from then on: the others stay as they are, as with its price."""
    run(lambda s: make(s, 0))
    said = {"is_priced_by_second": True, "second_per_unit": D("0.4")}
    run(lambda s: change(s, second_unit_id=unit(s, "KGM"), **said))
    refused(lambda s: change(s, second_unit_id=unit(s)), Invalid, field="second_unit_id")
    refused(lambda s: change(s, second_per_unit=D(0)), Invalid, field="second_per_unit")
    run(lambda s: make(s, 1))

    def work(session: Any) -> Any:
        return [
            (i.code, i.second_unit and i.second_unit.code, i.is_priced_by_second, i.second_per_unit)
            for i in session.scalars(select(Item).order_by(Item.id))
        ]

    assert run(work) == [("TS-S-RED", None, False, None), ("TS-S-BLUE", "KGM", True, D("0.4"))]
    run(lambda s: change(s, second_unit_id=None))
    assert run(lambda s: (model(s).is_priced_by_second, model(s).second_per_unit)) == (False, None)


def test_a_value_with_variants_is_renamed_and_moved_but_not_removed(run: Any, refused: Any) -> None:
    run(lambda s: make(s, 2))
    run(lambda s: change(s, second_values="navy = BLUE\ncrimson = RED"))
    assert run(lambda s: model(s).second_values) == "navy = BLUE\ncrimson = RED"
    assert run(lambda s: (model(s).of_axis(2)[1].id in model(s).variants[0].cell, codes(s))) == (True, ["TS-M-RED"])
    refused(lambda s: change(s, second_values="navy"), Conflict, field="second_values")
    refused(lambda s: change(s, second_title="", second_values=""), Conflict, field="second_title")
    refused(lambda s: change(s, unit_id=unit(s, "MTR")), Conflict, field="unit_id")
    run(lambda s: change(s, second_values="crimson"))
    assert run(lambda s: [value.name for value in model(s).of_axis(2)]) == ["crimson"]


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"code": ""}, Invalid, "code"),
        ({"first_title": " "}, Invalid, "first_title"),
        ({"first_values": ""}, Invalid, "first_values"),
        ({"second_title": ""}, Invalid, "second_title"),
        ({"first_values": "S\ns"}, Invalid, "first_values"),
        ({"price": D(-1)}, Invalid, "price"),
        ({"code": "ts"}, Conflict, "code"),
        ({"unit_id": 999}, NotFound, None),
        ({"group_id": 999}, NotFound, None),
    ],
)
def test_what_is_refused_of_a_model_changes_nothing(run: Any, refused: Any, fields: Any, kind: Any, field: Any) -> None:
    refused(lambda s: shirts(s, **{"code": "NEW", **fields}), kind, field=field)


def test_what_is_refused_of_variants_changes_nothing(run: Any, refused: Any, employ: Any) -> None:
    run(lambda s: (make(s, 0), create_item(s, SYSTEM, code="WORK", name="Work", kind="service")))
    run(lambda s: create_item(s, SYSTEM, code="ROPE", name="Rope", unit="MTR"))
    first, work, rope = run(lambda s: list(s.scalars(select(Item.id).order_by(Item.id))))
    free, sam = run(lambda s: grid_of(model(s))[1]), employ("sam", "salesperson")

    def put(item: int | None, cell: Any = free) -> Any:
        return lambda s: set_variant(s, SYSTEM, model(s), item_id=item, cell=cell)

    refused(lambda s: make(s), Invalid)
    refused(lambda s: make(s, 0, 1), Conflict)
    refused(lambda s: make_variants(s, SYSTEM, model(s), {(998, 999)}), NotFound)
    refused(lambda s: make(s, 1, version=1), Changed)
    refused(lambda s: make(s, 1, actor=sam), Forbidden)
    refused(lambda s: shirts(s, sam, code="NEW"), Forbidden)
    refused(lambda s: remove_model(s, SYSTEM, model(s)), Conflict)
    for item in (None, 999, work, rope):
        refused(put(item), Invalid, field="item_id")
    refused(put(first, (998, None)), NotFound)
    refused(lambda s: release_variant(s, SYSTEM, model(s), rope), NotFound)
    run(lambda s: shirts(s, code="OTHER", first_values="one", second_title="", second_values=""))
    refused(lambda s: set_variant(s, SYSTEM, s.get(ItemModel, 2), item_id=first, cell=free), Conflict, field="item_id")


def test_an_item_becomes_a_variant_moves_and_goes_again(run: Any, refused: Any) -> None:
    item = run(lambda s: create_item(s, SYSTEM, code="OLD", name="Old shirt").id)
    one, two = run(lambda s: grid_of(model(s))[:2])
    run(lambda s: set_variant(s, SYSTEM, model(s), item_id=item, cell=one))
    run(lambda s: set_variant(s, SYSTEM, model(s), item_id=item, cell=two))
    assert run(lambda s: s.get(Variant, item).cell) == two
    other = run(lambda s: create_item(s, SYSTEM, code="OTHER", name="Other").id)
    refused(lambda s: set_variant(s, SYSTEM, model(s), item_id=other, cell=two), Conflict, field="first_id")
    run(lambda s: release_variant(s, SYSTEM, model(s), item))
    run(lambda s: remove_model(s, SYSTEM, model(s)))
    assert run(lambda s: (s.get(Item, item).code, s.get(ItemModel, 1))) == ("OLD", None)


def test_a_variant_is_counted_in_the_unit_of_its_model(run: Any, refused: Any, company: Any, tmp_path: Path) -> None:
    item_id = run(lambda s: make(s, 0)[0].id)
    metres = run(lambda s: unit(s, "MTR"))
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, item_id), unit_id=metres), Conflict, field="unit_id")
    file = tmp_path / "items.csv"
    file.write_text("Code,Unit\nTS-S-RED,MTR\n")
    report = run_import(company, SYSTEM, "warehouse.items", [file])
    assert ["variant of" in str(error.message) for error in report.errors] == [True]
    run(lambda s: release_variant(s, SYSTEM, model(s), item_id))
    run(lambda s: change_item(s, SYSTEM, s.get(Item, item_id), unit_id=metres))


def test_its_pages_and_what_a_line_grid_asks(app: Any, run: Any, employ: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    assert "Alt+V" in client.get("/warehouse/issues/new").text
    page = client.get("/warehouse/models/1/variants/new").text
    assert page.count('name="cell"') == 6
    first, second = run(lambda s: grid_of(model(s))[2:4])
    form = {"version": "1", "cell": [f"{first[0]}:{first[1]}", f"{second[0]}:{second[1]}"]}
    assert client.post("/warehouse/models/1/variants/new", data=form).status_code == 302
    assert (
        client.post("/warehouse/models/1/variants/new", data={**form, "version": "2"}).status_code == 200
    )  # are there
    item = run(lambda s: s.scalar(select(Item.id).where(Item.code == "TS-M-RED")))

    def stock(session: Any) -> None:
        lines = [MovementLineDraft(item, D(7), D(1))]
        post(session, SYSTEM, [save(session, SYSTEM, Opening, MovementDraft(lines, target_id=MAIN))])

    run(stock)
    page = client.get(f"/warehouse/models/1?place={MAIN}").text
    assert ">7</a>" in page
    assert client.get("/warehouse/models/1?place=999").status_code == 404
    assert "T-shirt</a>" in client.get(f"/warehouse/items/{item}").text
    for address in (
        "/warehouse/models",
        "/warehouse/models/new",
        "/warehouse/models/1/edit",
        "/warehouse/models/1/variants/add",
    ):
        assert client.get(address).status_code == 200, address
    edit = f"/warehouse/models/1/variants/{item}"
    assert client.get(edit).status_code == 200
    (found,) = client.get("/lookup/goods/matrices?q=shirt").json["rows"]
    assert (found["title"], found["note"]) == ("TS T-shirt", "× 2")
    assert client.get(f"/lookup/goods/matrices?of={item}").json["rows"] == [found]
    assert client.get("/lookup/goods/matrices?q=trousers").json["rows"] == []
    matrix = client.get(f"{found['matrix']}?place={MAIN}").json
    assert (matrix["axes"], matrix["columns"]) == (["Size", "Colour"], ["red", "blue"])
    cells = [[cell and (cell["code"], cell["held"]) for cell in row["cells"]] for row in matrix["rows"]]
    assert cells == [[None, None], [("TS-M-RED", "7"), ("TS-M-BLUE", "0")], [None, None]]
    blind = client.get("/lookup/counted_goods/matrices/1").json["rows"][1]["cells"][0]
    assert "held" not in blind  # whoever counts isn't to know
    assert client.get("/lookup/contacts/matrices?q=x").json["rows"] == []
    assert (
        client.post(
            edit, data={"then": "remove", "version": "2", "first_id": first[0], "second_id": first[1]}
        ).status_code
        == 302
    )
    assert run(codes) == ["TS-M-BLUE"]


def test_a_file_makes_models_with_their_variants(run: Any, company: Any, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text(
        "Model,Name,First axis,First value,Second axis,Second value,Sales price,Code,Barcode\n"
        "CAP,Cap,Size,One = 1,,,12,,\n"
        "ts,,,S,,red,,,\n"
        "TS,,,XL,,Red,9.5,SHIRT-XL,2000000000015\n"
        "TS,,,M,,green = GRN,,,\n"
    )
    run(lambda s: make(s, 0) and None)

    def items(session: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.execute(select(Item.code, Item.name, Item.price).order_by(Item.id))]

    before = run(items)
    for dry_run in (True, False):
        report = run_import(company, SYSTEM, "warehouse.models", [file], dry_run=dry_run)
        said = (report.errors, dict(report.created), len(report.skipped))
        assert said == ([], {"warehouse.model": 1, "warehouse.variant": 3}, 1)
        assert (run(items) == before) is dry_run
    assert run(items)[len(before) :] == [
        ("CAP-1", "Cap, One", D(12)),
        ("TS-M-GRN", "T-shirt, M, green", None),
        ("SHIRT-XL", "T-shirt, XL, red", D("9.5")),
    ]
    report = run_import(company, SYSTEM, "warehouse.models", [file])
    assert (report.errors, dict(report.created), len(report.skipped)) == ([], {}, 4)


def test_a_file_says_the_second_unit_of_a_new_model(run: Any, company: Any, tmp_path: Path) -> None:
    file, head = (
        tmp_path / "models.csv",
        "Model,Name,First axis,First value,Unit,Second unit,Second quantity of one unit\n",
    )
    file.write_text(f"{head}CH,Cheese,Age,Young,,kg,8.2\nCH,,,Old,,KGM,\nHA,Ham,Size,S,pc,KGM,\n")
    for dry_run in (True, False):
        report = run_import(company, SYSTEM, "warehouse.models", [file], dry_run=dry_run)
        assert (report.errors, dict(report.created)) == ([], {"warehouse.model": 2, "warehouse.variant": 3})

    def seconds(session: Any) -> list[tuple[Any, ...]]:
        items = session.scalars(select(Item).where(Item.second_unit_id.is_not(None)).order_by(Item.code))
        return [(item.code, item.second_unit.code, item.second_per_unit) for item in items]

    made = [("CH-OLD", "KGM", D("8.2")), ("CH-YOUNG", "KGM", D("8.2")), ("HA-S", "KGM", None)]
    assert [(code.upper(), *more) for code, *more in run(seconds)] == made
    assert len(run_import(company, SYSTEM, "warehouse.models", [file]).skipped) == 3
    wrong = {
        "CH,,,New,,C62,": ("Second unit", "another second unit"),
        "CH,,,New,,,8": ("Second quantity of one unit", "another second quantity"),
        "X1,X,A,1,,XX,": ("Second unit", "no unit"),
        "X2,X,A,1,,pc,": ("Second unit", "another than the unit"),
        "X3,X,A,1,,kg,-1": ("Second quantity of one unit", "above zero"),
        "X4,X,A,1,,,2": ("Second unit", "Say the second unit too"),
    }
    file.write_text(head + "\n".join(wrong))
    errors = {error.row - 2: error for error in run_import(company, SYSTEM, "warehouse.models", [file]).errors}
    for n, (column, words) in enumerate(wrong.values()):
        assert errors[n].field == column
        assert words in str(errors[n].message)
    assert len(run(seconds)) == 3


def test_a_code_in_a_file_is_given_to_no_other_variant_of_it(run: Any, company: Any, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text("Model,Name,First axis,First value,Code\nCAP,Cap,Size,S,\nCAP,,,M,CAP-S\n")
    report = run_import(company, SYSTEM, "warehouse.models", [file])
    assert (report.errors, dict(report.created)) == ([], {"warehouse.model": 1, "warehouse.variant": 2})
    made = run(lambda s: dict(tuple(row) for row in s.execute(select(Item.name, Item.code))))
    assert made["Cap, M"] == "CAP-S" != made["Cap, S"]


def test_a_file_of_models_says_of_each_row_what_is_wrong(run: Any, company: Any, tmp_path: Path) -> None:
    rows = {
        "TS,,,L,,red,,": None,
        "TS,,,L,,,,": "second value",
        "TS,,,l,,RED,,": "earlier row",
        "TS,,Length,L,,blue,,": "called otherwise",
        "TS,,,L,,blue,-1,": "not below zero",
        "TS,,,L,,blue,,TS": "taken",
        "NEW,,,L,,,,": "needs a code",
        "TS,,,XX = S,,blue,,": "twice",
    }
    file = tmp_path / "models.csv"
    head = "Model,Name,First axis,First value,Second axis,Second value,Sales price,Code\n"
    file.write_text(head + "\n".join(rows))
    run(lambda s: create_item(s, SYSTEM, code="TS", name="Taken") and None)
    report = run_import(company, SYSTEM, "warehouse.models", [file])
    found = {error.row - 2: str(error.message) for error in report.errors}
    wanted = {n: words for n, words in enumerate(rows.values()) if words}
    assert found.keys() == wanted.keys()
    assert [n for n, words in wanted.items() if words not in found[n]] == [], found
    assert run(lambda s: s.scalars(select(Variant.item_id)).all()) == []
