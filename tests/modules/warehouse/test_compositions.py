"""What kits are made of: said on their cards, and filled into assemblies and disassemblies."""

import json
from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.errors import Changed, Forbidden, Invalid
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.kits.composing import Component, composition_of, lines_for, set_composition
from modules.warehouse.models import FIRST_WAREHOUSE, Assembly, Disassembly, Item, Opening
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.queries import stock_on_hand
from tests.modules.web.browser_forms import fields_of

MAIN = FIRST_WAREHOUSE
CUP, RIBBON, SET, CRATE, WORK, OLD = 1, 2, 3, 4, 5, 6
BOX = [Component(CUP, D(2)), Component(RIBBON, D("0.75"))]


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where a set may be made of cups and ribbon; the books are proved after it."""

    def prepare(session: Any) -> None:
        for code, kind, unit in (
            ("CUP", "goods", "C62"),
            ("RIBBON", "goods", "MTR"),
            ("SET", "goods", "C62"),
            ("CRATE", "goods", "C62"),
            ("WORK", "service", "C62"),
            ("OLD", "goods", "C62"),
        ):
            create_item(session, SYSTEM, code=code, name=code.title(), kind=kind, unit=unit)
        change_item(session, SYSTEM, session.get(Item, OLD), is_active=False)

    company.database.run(prepare, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def say(session: Any, kit: int, components: list[Component], actor: Any = SYSTEM, **version: int) -> None:
    set_composition(session, actor, session.get(Item, kit), components, **version)


def draft(session: Any, kind: Any, *lines: MovementLineDraft, kits: int = 3) -> Any:
    end = "source_id" if kind is Assembly else "target_id"
    said = MovementDraft(lines, kit_id=SET, kit_quantity=D(kits), **{end: MAIN})
    return save(session, SYSTEM, kind, said)


def shown(session: Any, kind: Any, *lines: MovementLineDraft) -> list[tuple[int, D]]:
    return [(line.item_id, line.quantity) for line in draft(session, kind, *lines).lines]


def test_a_document_without_lines_has_those_of_the_composition(run: Any, refused: Any) -> None:
    refused(lambda s: draft(s, Assembly), Invalid)
    run(lambda s: say(s, SET, BOX))
    assert run(lambda s: shown(s, Assembly)) == [(CUP, D(6)), (RIBBON, D("2.25"))]
    assert run(lambda s: shown(s, Disassembly)) == [(CUP, D(6)), (RIBBON, D("2.25"))]
    assert run(lambda s: shown(s, Assembly, MovementLineDraft(CUP, D(5)))) == [(CUP, D(5))]
    run(lambda s: say(s, SET, []))
    assert run(lambda s: composition_of(s, SET)) == []
    refused(lambda s: draft(s, Assembly), Invalid)


def test_what_is_filled_in_is_assembled(run: Any) -> None:
    def make(session: Any) -> None:
        say(session, SET, BOX)
        stock = [MovementLineDraft(CUP, D(6), D(1)), MovementLineDraft(RIBBON, D(3), D(2))]
        post(session, SYSTEM, [save(session, SYSTEM, Opening, MovementDraft(stock, target_id=MAIN))])
        post(session, SYSTEM, [draft(session, Assembly)])

    run(make)
    held = run(lambda s: {f.key[0]: f.amounts for f in stock_on_hand(s, items=[CUP, RIBBON, SET])})
    assert {item: a["quantity"] for item, a in held.items() if a["quantity"]} == {RIBBON: D("0.75"), SET: D(3)}
    assert held[SET]["value"] == D("10.5")


def test_a_quantity_that_cannot_be_right_fills_nothing_in(run: Any) -> None:
    run(lambda s: say(s, SET, BOX))
    for quantity in (None, D(0), D(-1), D("NaN"), D(10) ** 12):
        assert run(lambda s, q=quantity: lines_for(s, SET, q)) == []


@pytest.mark.parametrize(
    ("kit", "components"),
    [
        (SET, [Component(SET, D(1))]),
        (CUP, [Component(CRATE, D(1))]),  # the crate has sets, and those have cups
        (SET, [Component(WORK, D(1))]),
        (WORK, [Component(CUP, D(1))]),
        (SET, [Component(CUP, D(0))]),
        (SET, [Component(CUP, D("0.5"))]),
        (SET, [Component(CUP, D(1)), Component(CUP, D(2))]),
        (SET, [Component(OLD, D(1))]),
    ],
)
def test_what_is_refused_of_a_composition_changes_nothing(
    run: Any, refused: Any, kit: int, components: list[Component]
) -> None:
    run(lambda s: (say(s, SET, BOX), say(s, CRATE, [Component(SET, D(4))])))
    refused(lambda s: say(s, kit, components), Invalid, field="lines")
    assert run(lambda s: composition_of(s, SET)) == BOX


def test_who_may_not_change_items_only_looks(run: Any, employ: Any, refused: Any) -> None:
    sam = employ("sam", "salesperson")
    run(lambda s: say(s, SET, BOX))
    refused(lambda s: say(s, SET, [], sam), Forbidden)
    refused(lambda s: say(s, SET, [], version=1), Changed)
    assert run(lambda s: composition_of(s, SET)) == BOX


def test_it_is_said_on_the_card_and_filled_in_by_a_button(app: Any, run: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/warehouse/items/{SET}/composition"
    lines = json.dumps([{"item_id": CUP, "quantity": "2"}, {"item_id": RIBBON, "quantity": "0.75"}])
    form = {"lines": lines, "version": "1"}
    assert client.post(f"{address}/edit", data=form).status_code == 302
    assert run(lambda s: composition_of(s, SET)) == BOX
    assert client.post(f"{address}/edit", data=form).status_code == 200  # somebody has saved it meanwhile
    assert "Ribbon" in client.get(address).text
    assert "Set" in client.get(f"/warehouse/items/{CUP}/composition").text
    said = {"kit_id": SET, "kit_quantity": "2", "source_id": MAIN, "lines": "[]", "then": "fill"}
    page = client.post("/warehouse/assemblies/new", data=said)
    assert page.status_code == 200
    assert [(line["item_id"], line["quantity"]) for line in json.loads(fields_of(page.text)["lines"][0])] == [
        (CUP, "4"),
        (RIBBON, "1.5"),
    ]
