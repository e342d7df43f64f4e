"""Packings: exact contents, lines that are counted in them, and barcodes of their own."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now, verify
from app.security import SYSTEM
from app.web.kit.documents.paper import paper_json
from modules.warehouse import tables
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.lookups import items_by_code
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Packing, Receipt
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.packing.operations import add_packing, change_packing
from modules.warehouse.registers import Stock
from tests.modules.web.browser_forms import fields_of

BOX_EAN = "10012345000017"


def run(company: Any, work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


@pytest.fixture
def cola(company: Any) -> tuple[int, int]:
    """An item by the piece and its box of twelve."""

    def make(session: Any) -> tuple[int, int]:
        item = create_item(session, SYSTEM, code="COLA", name="Cola", barcode="4012345001235")
        box = add_packing(session, SYSTEM, item, name="Box", contains=Fraction(12), barcodes=BOX_EAN)
        return item.id, box.id

    made: tuple[int, int] = run(company, make)
    return made


def receipt(session: Any, *lines: MovementLineDraft) -> Receipt:
    draft = MovementDraft(list(lines), target_id=FIRST_WAREHOUSE)
    made: Receipt = save(session, SYSTEM, Receipt, draft)
    return made


def test_lines_are_kept_in_base_units_and_say_how_they_were_typed(company: Any, cola: tuple[int, int]) -> None:
    item, box = cola

    def work(session: Any) -> Any:
        made = receipt(session, MovementLineDraft(item, Decimal(36), Decimal(1), packing_id=box))
        post(session, SYSTEM, [made])
        held = [f.amounts["quantity"] for f in now(session, Stock.on_hand, by=("item",), where={"item": [item]})]
        paper = kind_of(made).paper(session, made)
        draft = kind_of(made).draft_of(made)
        return held, paper_json(made, paper)["lines"][0], draft.lines[0].packing_id, made.id

    held, line, packing, made = run(company, work)
    assert (held, packing) == ([Decimal(36)], box)
    assert (line["quantity"], line["packed"]) == ("36", "3 Box")

    def back(session: Any) -> None:
        document = session.get(Receipt, made)
        draft = kind_of(document).draft_of(document)
        draft.lines[0].quantity = Decimal(24)
        correct(session, SYSTEM, document, draft)
        assert document.lines[0].packing_id == box
        reverse(session, SYSTEM, document)
        assert [f for f in now(session, Stock.on_hand, by=("item",)) if f.amounts["quantity"]] == []
        assert list(verify(session)) == []

    run(company, back)


def test_what_it_contains_is_fixed_once_a_document_is_counted_in_it(company: Any, cola: tuple[int, int]) -> None:
    item, box = cola

    def change(session: Any, **fields: Any) -> None:
        said = {"name": "Box", "contains": Fraction(12), "barcodes": BOX_EAN, "weight": None, "is_active": True}
        change_packing(session, SYSTEM, session.get(Packing, box), **{**said, **fields})

    run(company, lambda s: change(s, contains=Fraction(10)))
    run(company, lambda s: change(s, contains=Fraction(12)))
    run(company, lambda s: receipt(s, MovementLineDraft(item, Decimal(12), Decimal(1), packing_id=box)).id)
    with pytest.raises(Conflict, match="Documents are counted in “Box”") as refused:
        run(company, lambda s: change(s, contains=Fraction(10), name="Case"))
    assert refused.value.field == "contains"
    assert run(company, lambda s: (s.get(Packing, box).name, s.get(Packing, box).contains)) == ("Box", Fraction(12))
    run(company, lambda s: change(s, is_active=False, weight=Decimal("4.5")))
    other = run(company, lambda s: add_packing(s, SYSTEM, s.get(Item, item), name="box", contains=Fraction(10)).id)
    with pytest.raises(Conflict, match="has a packing “Box” already"):
        run(company, lambda s: change(s))
    assert other != box


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"contains": Fraction(0)}, "contains"),
        ({"contains": Fraction(-1, 2)}, "contains"),
        ({"contains": None}, "contains"),
        ({"contains": Fraction(1, 10**6 + 1)}, "contains"),
        ({"contains": Fraction(2), "name": " "}, "name"),
        ({"contains": Fraction(2), "name": "BOX"}, "name"),
        ({"contains": Fraction(2), "weight": Decimal(-1)}, "weight"),
        ({"contains": Fraction(2), "barcodes": "04012345001235"}, "barcodes"),
        ({"contains": Fraction(2), "barcodes": "4012345001234"}, "barcodes"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    company: Any, cola: tuple[int, int], fields: dict[str, Any], field: str
) -> None:
    with pytest.raises((Invalid, Conflict)) as refused:
        run(company, lambda s: add_packing(s, SYSTEM, s.get(Item, cola[0]), **{"name": "Pallet", **fields}))
    assert refused.value.field == field
    assert run(company, lambda s: s.scalars(select(Packing.id)).all()) == [cola[1]]


def test_a_line_in_a_packing_of_another_item_is_refused(company: Any, cola: tuple[int, int]) -> None:
    other = run(company, lambda s: create_item(s, SYSTEM, code="B", name="Bolt").id)
    with pytest.raises(Invalid, match="Line 2: the item has no such packing"):
        run(
            company,
            lambda s: receipt(
                s,
                MovementLineDraft(cola[0], Decimal(12), packing_id=cola[1]),
                MovementLineDraft(other, Decimal(12), packing_id=cola[1]),
            ),
        )


def test_its_barcode_leads_to_the_item_and_to_the_packing(company: Any, cola: tuple[int, int]) -> None:
    item, box = cola
    said = [{"id": box, "name": "Box", "factor": ["12", "1"]}]
    for found in (
        run(company, lambda s: tables.find_items(s, BOX_EAN, 5)),
        run(company, lambda s: items_by_code(s, {BOX_EAN})),
    ):
        assert [(row["id"], row["packing_id"], row["packings"]) for row in found] == [(item, box, said)]
    assert "packing_id" not in run(company, lambda s: tables.find_items(s, "4012345001235", 5))[0]
    run(company, lambda s: change_item(s, SYSTEM, s.get(Item, item), name="Cola 0.5", further_barcodes="own"))
    assert run(company, lambda s: s.get(Packing, box).barcodes) == BOX_EAN
    with pytest.raises(Conflict, match="Another item or packing has the barcode"):
        run(company, lambda s: change_item(s, SYSTEM, s.get(Item, item), further_barcodes=BOX_EAN))


def lines_of(*rows: dict[str, Any]) -> dict[str, str]:
    return {"target_id": str(FIRST_WAREHOUSE), "lines": json.dumps(rows)}


@pytest.fixture
def client(app: Any, cola: tuple[int, int]) -> Any:
    """The administrator's browser."""
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def test_a_form_takes_what_is_typed_in_packings_and_shows_it_again(
    company: Any, client: Any, cola: tuple[int, int]
) -> None:
    item, box = cola
    row = {"item_id": item, "item": "COLA Cola", "quantity": "3", "price": "1", "packing_id": box}
    answer = client.post("/warehouse/receipts/new", data=lines_of(row))
    assert answer.status_code == 302, answer.text
    kept = run(
        company, lambda s: [(x.quantity, x.packing_id, x.amount) for x in s.scalars(select(Receipt)).one().lines]
    )
    assert kept == [(Decimal(36), box, Decimal(36))]
    assert "3 Box (36 pc)" in client.get(answer.location).text
    made = run(company, lambda s: s.scalars(select(Receipt.id)).one())
    form = fields_of(client.get(f"/warehouse/receipts/{made}/edit").text)
    (shown,) = json.loads(form["lines"][0])
    assert (shown["quantity"], shown["packing_id"]) == ("3", box)
    assert client.post(f"/warehouse/receipts/{made}/edit", data=form).status_code == 302
    assert run(company, lambda s: s.get(Receipt, made).lines[0].quantity) == Decimal(36)


@pytest.mark.parametrize(
    ("quantity", "contains", "words"),
    [("1", "1/3", "an exact number"), ("1", "1/2", "whole"), ("0", "12", "above zero")],
)
def test_a_part_of_the_unit_is_refused_at_its_line(
    company: Any, client: Any, cola: tuple[int, int], quantity: str, contains: str, words: str
) -> None:
    item = cola[0]
    form = {"name": "Part", "contains": contains, "is_active": "y"}
    assert client.post(f"/warehouse/items/{item}/packings/new", data=form).status_code == 302
    part = run(company, lambda s: s.scalars(select(Packing.id).where(Packing.name == "Part")).one())
    page = client.post(
        "/warehouse/receipts/new",
        data=lines_of({"item_id": item, "item": "COLA", "quantity": quantity, "price": "1", "packing_id": part}),
    )
    assert (page.status_code, words in page.text) == (200, True)
    assert run(company, lambda s: s.scalars(select(Receipt.id)).all()) == []


def test_the_card_shows_packings_and_their_form_keeps_fractions(client: Any, cola: tuple[int, int]) -> None:
    item, _ = cola
    form = {"name": "Sip", "contains": "1/3", "is_active": "y", "barcodes": "", "weight": ""}
    assert client.post(f"/warehouse/items/{item}/packings/new", data=form).status_code == 302
    page = client.get(f"/warehouse/items/{item}").text
    assert "Sip" in page
    assert "1/3 pc" in page
    assert "12 pc" in page
    for wrong in ("x", "1/0", "1/2/3", ""):
        refused = client.post(f"/warehouse/items/{item}/packings/new", data={**form, "name": "No", "contains": wrong})
        assert (refused.status_code, "contains-error" in refused.text) == (200, True)


def test_a_packing_isnt_called_as_the_items_own_unit(company: Any) -> None:
    item = run(company, lambda s: create_item(s, SYSTEM, code="IN-BOX", name="Screws", unit="BX").id)

    def add(name: str) -> Any:
        return run(company, lambda s: add_packing(s, SYSTEM, s.get_one(Item, item), name=name, contains=Fraction(1)).id)

    for name in ("box", "Box"):
        with pytest.raises(Conflict, match=r"counted in “.ox” already"):
            add(name)
    assert run(company, lambda s: s.scalars(select(Packing.name).where(Packing.item_id == item)).all()) == []
    assert add("Carton")
