"""What a bill of materials, and an order made after it, may not say."""

from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.production.kinds import WorkOrderDraft
from modules.production.models import Bom, WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.warehouse.operations import create_item

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # rules, before anything is stored: no engine decides


@pytest.fixture
def items(company: Any) -> dict[str, int]:
    """A product, a component, a service, and a bill named oiled."""

    def work(session: Any) -> dict[str, int]:
        made = {
            code: create_item(session, SYSTEM, code=code, name=code.capitalize(), kind=kind).id
            for code, kind in (("TABLE", "goods"), ("BOARD", "goods"), ("OILING", "service"))
        }
        bill = BomDraft(made["TABLE"], [ComponentDraft(made["BOARD"], D(4))], name="oiled")
        return {**made, "bom": save_bom(session, SYSTEM, bill).id}

    return dict(company.database.run(work, actor=SYSTEM))


def bill(items: dict[str, int], product: str, components: dict[str, str], **more: Any) -> BomDraft:
    return BomDraft(items[product], [ComponentDraft(items[code], D(q)) for code, q in components.items()], **more)


@pytest.mark.parametrize("name", ["oiled", " oiled "])
def test_a_second_bill_of_the_same_product_and_name_is_refused(refused: Any, items: dict[str, int], name: str) -> None:
    second = bill(items, "TABLE", {"BOARD": "5"}, name=name)
    assert refused(lambda s: save_bom(s, SYSTEM, second), Conflict) == (
        "This product has a bill of that name already; give this one another."
    )


def test_a_bill_may_keep_its_name_and_another_have_another(company: Any, refused: Any, items: dict[str, int]) -> None:
    def work(session: Any) -> int:
        save_bom(
            session, SYSTEM, bill(items, "TABLE", {"BOARD": "5"}, name="oiled"), bom=session.get(Bom, items["bom"])
        )
        save_bom(session, SYSTEM, bill(items, "BOARD", {"TABLE": "1"}, name="oiled"))  # another product's
        return int(save_bom(session, SYSTEM, bill(items, "TABLE", {"BOARD": "4"}, name="plain")).id)

    plain = company.database.run(work, actor=SYSTEM)
    renamed = bill(items, "TABLE", {"BOARD": "4"}, name="oiled")
    assert "already" in refused(lambda s: save_bom(s, SYSTEM, renamed, bom=s.get(Bom, plain)), Conflict)


@pytest.mark.parametrize(
    ("product", "components", "output", "why"),
    [
        ("OILING", {"BOARD": "1"}, "1", "“Oiling” is a service; only goods can be made."),
        ("TABLE", {"BOARD": "1", "OILING": "1"}, "1", "Line 2: “Oiling” is a service and can't be used up."),
        ("TABLE", {"BOARD": "1", "TABLE": "1"}, "1", "Line 2: “Table” can't be made of itself."),
        ("TABLE", {"BOARD": "0"}, "1", "Line 1: the quantity must be above zero."),
        ("TABLE", {"BOARD": "-1"}, "1", "Line 1: the quantity must be above zero."),
        ("TABLE", {"BOARD": "1"}, "0", "The output must be above zero."),
        ("TABLE", {"BOARD": "1"}, "-1", "The output must be above zero."),
        ("TABLE", {}, "1", "Add at least one component."),
    ],
)
def test_a_bill_that_can_not_be_is_refused_and_nothing_changed(
    refused: Any, items: dict[str, int], product: str, components: dict[str, str], output: str, why: str
) -> None:
    for bom_id in (None, items["bom"]):  # a new one, and instead of what was there
        wrong = bill(items, product, components, output=D(output), name="new")

        def work(session: Any, bom_id: int | None = bom_id, wrong: BomDraft = wrong) -> Any:
            return save_bom(session, SYSTEM, wrong, bom=session.get(Bom, bom_id) if bom_id else None)

        assert refused(work, Invalid) == why


@pytest.mark.parametrize(
    ("quantity", "components", "why"),
    [
        ("0", None, "The quantity must be above zero."),
        ("-1", None, "The quantity must be above zero."),
        ("1", {"BOARD": "0"}, "An order uses up at least one component."),
        ("1", {}, "An order uses up at least one component."),
        ("1", {"BOARD": "-1"}, "Line 1: the quantity must be above zero."),
        ("1", {"BOARD": "4", "OILING": "1"}, "Line 2: “Oiling” is a service and can't be used up."),
        ("1", {"BOARD": "4", "TABLE": "1"}, "Line 2: “Table” can't be made of itself."),
    ],
)
def test_an_order_that_can_not_be_is_refused_and_nothing_changed(
    refused: Any, items: dict[str, int], quantity: str, components: dict[str, str] | None, why: str
) -> None:
    lines = None if components is None else [ComponentDraft(items[code], D(q)) for code, q in components.items()]
    order = WorkOrderDraft(items["bom"], D(quantity), lines)
    assert refused(lambda s: save(s, SYSTEM, WorkOrder, order), Invalid) == why


def test_a_bill_whose_name_is_too_long_is_refused(refused: Any, items: dict[str, int]) -> None:
    wrong = bill(items, "TABLE", {"BOARD": "1"}, name="n" * 201)
    assert refused(lambda s: save_bom(s, SYSTEM, wrong), Invalid, field="name") == "At most 200 characters."
