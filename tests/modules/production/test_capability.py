"""What can be made now: whole batches of what the scarcest free component is enough for."""

from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.production.operations import BomDraft, save_bom
from modules.production.reports import capability
from modules.production.rules import ComponentDraft
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Opening
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.enterprise


def test_the_scarcest_component_says_how_much_can_be_made(company: Any, app: Any) -> None:
    def work(session: Any) -> None:
        made = {
            code: create_item(session, SYSTEM, code=code, name=code.title()).id
            for code in ("TABLE", "CHAIR", "BOARD", "SCREW", "GLUE")
        }
        for product, parts, output in (
            ("TABLE", {"BOARD": 3, "SCREW": 8}, 1),
            ("CHAIR", {"SCREW": 4, "GLUE": 1}, 2),
        ):
            lines = [ComponentDraft(made[code], D(quantity)) for code, quantity in parts.items()]
            save_bom(session, SYSTEM, BomDraft(made[product], lines, output=D(output)))
        drawn = [MovementLineDraft(made["BOARD"], D(11), D(1)), MovementLineDraft(made["SCREW"], D(17), D(1))]
        opening = save(session, SYSTEM, Opening, MovementDraft(drawn, target_id=FIRST_WAREHOUSE))
        post(session, SYSTEM, [opening])

    company.database.run(work, actor=SYSTEM)
    with company.database.session(SYSTEM) as session:
        rows = fetch(session, capability.asked(session, {}), Query()).rows
        assert [(row.product, row.batches) for row in rows] == [("Table", 2), ("Chair", 0)]
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert "1 of 2" in browser.get("/overview").text
    assert "2 pc" in browser.get("/reports/production.capability").text
