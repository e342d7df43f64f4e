"""What is decided about buying goods again: one by one, for a group, from a file, on the item's card; and what goes out."""

from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.importing import run_import
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_group, create_item, create_place
from modules.warehouse.planning.demand import used
from modules.warehouse.planning.many import set_for_group
from modules.warehouse.planning.models import ReorderRule
from modules.warehouse.planning.operations import add_rule, change_rule, remove_rule

ANVIL, HAMMER, FITTING = 1, 2, 3
NOW = wall_clock()


@pytest.fixture
def shop(proved: Any) -> Any:
    def prepare(session: Any) -> None:
        tools = create_group(session, SYSTEM, name="Tools")
        hand = create_group(session, SYSTEM, name="Hand tools", parent_id=tools.id)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", group_id=tools.id)
        create_item(session, SYSTEM, code="HAMMER", name="Hammer", group_id=hand.id)
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service", group_id=tools.id)
        create_place(session, SYSTEM, code="shop", name="Shop floor")

    proved(prepare)
    return proved


def rules(session: Any) -> list[tuple[Any, ...]]:
    rows = session.scalars(select(ReorderRule).order_by(ReorderRule.item_id, ReorderRule.place_id))
    return [(r.item_id, r.place_id, r.minimum, r.maximum, r.multiple, r.least, r.lead_days) for r in rows]


def test_a_buyer_decides_and_a_storekeeper_only_looks(company: Any, employ: Any, shop: Any, refused: Any) -> None:
    bella, steve = employ("bella", "buyer"), employ("steve", "storekeeper")

    def decide(session: Any) -> None:
        add_rule(session, bella, item_id=ANVIL, place_id=FIRST_WAREHOUSE, minimum=D(5), maximum=D(20), lead_days=7)

    company.database.run(decide, actor=bella)
    assert shop(rules) == [(ANVIL, FIRST_WAREHOUSE, D(5), D(20), 0, 0, 7)]
    said = {"item_id": ANVIL, "place_id": FIRST_WAREHOUSE, "minimum": D(1)}
    refused(lambda s: add_rule(s, steve, **{**said, "item_id": HAMMER}), Forbidden)
    refused(lambda s: add_rule(s, bella, **said), Conflict, field="place_id")
    refused(lambda s: add_rule(s, bella, **{**said, "item_id": 99}), NotFound)
    refused(lambda s: add_rule(s, bella, **{**said, "place_id": -1, "item_id": HAMMER}), NotFound)
    refused(lambda s: add_rule(s, bella, **{**said, "item_id": FITTING}), Invalid, field="item_id")
    refused(
        lambda s: change_rule(s, bella, s.get(ReorderRule, 1), minimum=D(9), maximum=D(8)), Invalid, field="maximum"
    )
    refused(lambda s: change_rule(s, bella, s.get(ReorderRule, 1), version=7, minimum=D(9)), Changed)
    shop(lambda s: change_rule(s, bella, s.get(ReorderRule, 1), version=1, minimum=D(6), multiple=D(4)))
    assert shop(rules) == [(ANVIL, FIRST_WAREHOUSE, D(6), D(6), D(4), 0, 0)]
    shop(lambda s: remove_rule(s, bella, s.get(ReorderRule, 1), version=2))
    assert shop(rules) == []


def test_the_goods_of_a_group_are_planned_alike_and_what_was_planned_stays(shop: Any, refused: Any) -> None:
    shop(lambda s: add_rule(s, SYSTEM, item_id=HAMMER, place_id=FIRST_WAREHOUSE, minimum=D(1)))
    said = {"place_id": FIRST_WAREHOUSE, "minimum": D(3), "maximum": D(9)}
    assert shop(lambda s: set_for_group(s, SYSTEM, group_id=1, **said)) == 1
    assert [row[:4] for row in shop(rules)] == [(ANVIL, 100, D(3), D(9)), (HAMMER, 100, D(1), D(1))]
    assert (
        shop(lambda s: set_for_group(s, SYSTEM, group_id=None, replaces=True, **said)) == 1
    )  # the anvil is so already
    assert [row[:4] for row in shop(rules)] == [(ANVIL, 100, D(3), D(9)), (HAMMER, 100, D(3), D(9))]
    shop(lambda s: create_group(s, SYSTEM, name="Empty"))
    refused(lambda s: set_for_group(s, SYSTEM, group_id=3, **said), Invalid, field="group_id")


def test_a_file_says_it_for_many_and_what_it_leaves_out_stays(company: Any, shop: Any, tmp_path: Path) -> None:
    shop(lambda s: add_rule(s, SYSTEM, item_id=ANVIL, place_id=FIRST_WAREHOUSE, minimum=D(1), lead_days=4))
    file = tmp_path / "planning.csv"
    file.write_text("Code,Warehouse,Minimum,Maximum\nANVIL,,5,20\nANVIL,Shop floor,2,\nHAMMER,shop,3,6\n")
    report = run_import(company, SYSTEM, "warehouse.planning", [file])
    assert (report.errors, dict(report.created), dict(report.updated)) == (
        [],
        {"warehouse.planning": 2},
        {"warehouse.planning": 1},
    )
    assert [row[:4] + row[6:] for row in shop(rules)] == [
        (ANVIL, 100, D(5), D(20), 4),
        (ANVIL, 101, D(2), D(2), 0),
        (HAMMER, 101, D(3), D(6), 0),
    ]
    file.write_text(
        "Code,Warehouse,Minimum,Maximum\nANVIL,shop,1,2\nANVIL,Shop floor,1,2\nSAW,,1,2\nFIT,,1,1\nHAMMER,Moon,1,1\n"
    )
    before = shop(rules)
    report = run_import(company, SYSTEM, "warehouse.planning", [file])
    assert [error.row for error in report.errors] == [3, 4, 5, 6]
    assert shop(rules) == before


def test_what_goes_out_for_use_is_counted_net_of_what_came_back(shop: Any) -> None:
    def moved(session: Any, model: Any, quantity: int, *, days: int = 5, **places: int) -> Any:
        lines = [MovementLineDraft(ANVIL, D(quantity), D(2) if model is Receipt else None)]
        document = save(session, SYSTEM, model, MovementDraft(lines, moment=NOW - timedelta(days=days), **places))
        post(session, SYSTEM, [document])
        return document

    def trade(session: Any) -> None:
        moved(session, Receipt, 1000, days=200, target_id=100)
        moved(session, Issue, 50, days=120, source_id=100)  # too long ago
        moved(session, Issue, 30, source_id=100)
        reverse(session, SYSTEM, moved(session, Issue, 7, source_id=100))
        moved(session, WriteOff, 11, source_id=100)
        moved(session, Transfer, 20, source_id=100, target_id=101)
        moved(session, Issue, 4, days=1, source_id=101)
        moved(session, Issue, 2, days=0, source_id=101)  # today isn't over

    shop(trade)

    def found(session: Any) -> dict[int, int]:
        rows = session.execute(select(used(session))).all()
        return {row.place_id: row.units // 10**6 for row in rows if row.units}

    assert shop(found) == {100: 50, 101: 4}
