"""Many codes in one question: what a pasted spreadsheet names."""

from decimal import Decimal
from typing import Any

import pytest

from app.security import SYSTEM
from modules.warehouse.operations import create_item
from tests.modules.web.test_query_counts import counted


@pytest.fixture(scope="module")
def stocked(house: Any) -> Any:
    """Two hundred items with barcodes, one that differs by case alone, and a service."""

    def work(session: Any) -> None:
        for n in range(200):
            create_item(session, SYSTEM, code=f"LK-{n}", name=f"Looked up {n}", barcode=f"LB{n:011d}", price=Decimal(n))
        create_item(session, SYSTEM, code="lk-7", name="Another seven")
        create_item(session, SYSTEM, code="LK-S", name="Fitting", kind="service")

    house.company.database.run(work, actor=SYSTEM)
    return house


def ask(client: Any, codes: list[str], name: str = "items") -> list[dict[str, Any]]:
    answer = client.get(f"/lookup/{name}/codes", query_string=[("code", code) for code in codes])
    assert answer.status_code == 200
    return list(answer.json["rows"])


def test_two_hundred_codes_are_one_question_as_one_is(stocked: Any, sign_in: Any) -> None:
    client = sign_in("steve")
    ask(client, ["LK-1"])  # what a worker keeps is there from now on
    with counted(stocked.company.database.engine) as few:
        assert [row["code"] for row in ask(client, ["LK-1"])] == ["LK-1"]
    with counted(stocked.company.database.engine) as many:
        assert len(ask(client, [f"LK-{n}" for n in range(0, 200)])) == 201
    assert len(many) == len(few)


def test_codes_and_barcodes_are_found_whatever_their_case_and_the_exact_one_first(stocked: Any, sign_in: Any) -> None:
    rows = ask(sign_in("steve"), ["LK-7", "lk-12", "LB00000000003", "Looked", "LK-", ""])
    assert [row["code"] for row in rows] == ["LK-3", "LK-7", "LK-12", "lk-7"]
    assert [row["code"] for row in ask(sign_in("steve"), ["lk-7"])] == ["lk-7", "LK-7"]
    assert rows[1].keys() == {"id", "code", "barcode", "title", "price", "unit", "digits", "tracking", "codes"}


def test_goods_are_not_services_and_what_nobody_finds_by_code_is_left_to_be_asked_for(
    stocked: Any, sign_in: Any
) -> None:
    assert [row["code"] for row in ask(sign_in("steve"), ["LK-S"])] == ["LK-S"]
    assert ask(sign_in("steve"), ["LK-S"], "goods") == []
    assert ask(sign_in("sam"), ["C-1"], "contacts") == []


def test_too_many_codes_and_unknown_lookups_are_refused(stocked: Any, sign_in: Any) -> None:
    client = sign_in("steve")
    assert client.get("/lookup/nothing/codes?code=1").status_code == 404
    answer = client.get("/lookup/items/codes", query_string=[("code", str(n)) for n in range(201)])
    assert answer.status_code == 422
    assert stocked.test_client().get("/lookup/items/codes?code=LK-1").status_code == 302
