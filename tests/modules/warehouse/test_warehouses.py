"""Warehouses: renamed, closed once they are empty, opened again."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.errors import Changed, Conflict, Invalid, NotFound
from app.ledger import Posting
from app.security import SYSTEM
from modules.warehouse import claims
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Opening, Place, Transfer, WriteOff
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand, warehouse_choices
from modules.warehouse.warehouses import change_place, create_place, warehouse_by_id

DAY = datetime(2026, 1, 5)


def change(session: Any, place_id: int, **fields: Any) -> None:
    place = session.get(Place, place_id)
    change_place(session, SYSTEM, place, **{"code": place.code, "name": place.name, **fields})


def moved(session: Any, kind: Any, item: int, quantity: str, **ends: int) -> Any:
    draft = MovementDraft([MovementLineDraft(item, D(quantity), D(1) if kind is Opening else None)], moment=DAY, **ends)
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return document


@pytest.fixture
def barn(company: Any) -> dict[str, int]:
    """A second warehouse with five bolts in it."""

    def work(session: Any) -> dict[str, int]:
        place = create_place(session, SYSTEM, code="B", name="Barn").id
        item = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        return {"place": place, "item": item, "opening": moved(session, Opening, item, "5", target_id=place).id}

    return company.database.run(work, actor=SYSTEM)


def test_a_warehouse_is_renamed(company: Any, refused: Any, barn: dict[str, int]) -> None:
    company.database.run(lambda s: change(s, barn["place"], code="S", name="Shed", version=1), actor=SYSTEM)
    names = company.database.run(lambda s: warehouse_choices(s), actor=SYSTEM, write=False)
    assert names == [(FIRST_WAREHOUSE, "Main warehouse"), (barn["place"], "Shed")]
    assert refused(lambda s: change(s, barn["place"], code="main"), Conflict, field="code")
    assert refused(lambda s: change(s, barn["place"], name=" "), Invalid, field="name")
    refused(lambda s: change(s, barn["place"], name="Hut", version=1), Changed)
    refused(lambda s: warehouse_by_id(s, -1), NotFound)


def test_the_oldest_warehouse_in_use_is_proposed(company: Any, barn: dict[str, int]) -> None:
    """Not the first by name, which may be where goods on commission lie."""

    def work(session: Any) -> list[str]:
        create_place(session, SYSTEM, code="A", name="Annexe")
        change(session, barn["place"], name="Cellar")
        return [name for _, name in warehouse_choices(session)]

    assert company.database.run(work, actor=SYSTEM) == ["Main warehouse", "Annexe", "Cellar"]


def test_a_warehouse_in_which_goods_lie_is_not_closed(company: Any, refused: Any, barn: dict[str, int]) -> None:
    words = refused(lambda s: change(s, barn["place"], is_active=False), Conflict, field="is_active")
    assert words.startswith("Goods lie in “Barn” or are kept there.")


def test_a_warehouse_that_keeps_goods_for_somebody_is_not_closed(
    company: Any, refused: Any, barn: dict[str, int]
) -> None:
    def keep(session: Any) -> None:
        opening = session.get(Opening, barn["opening"])
        posting = Posting(session, [opening])
        claim = claims.create_claim(session, opening)
        claims.claim(
            posting, opening, 1, item_id=barn["item"], warehouse_id=barn["place"], quantity=D(5), claim_id=claim.id
        )
        posting.write()

    company.database.run(keep, actor=SYSTEM)
    refused(lambda s: change(s, barn["place"], is_active=False), Conflict, field="is_active")


def test_the_last_open_warehouse_stays_open(company: Any, refused: Any) -> None:
    words = refused(lambda s: change(s, FIRST_WAREHOUSE, is_active=False), Conflict, field="is_active")
    assert words == "This is the last open warehouse; documents need one."


def test_an_empty_warehouse_is_closed_takes_nothing_and_opens_again(
    company: Any, refused: Any, barn: dict[str, int]
) -> None:
    ends = {"source_id": barn["place"], "target_id": FIRST_WAREHOUSE}

    def empty(session: Any) -> None:
        moved(session, Transfer, barn["item"], "5", **ends)
        change(session, barn["place"], is_active=False)

    company.database.run(empty, actor=SYSTEM)
    back = {"source_id": FIRST_WAREHOUSE, "target_id": barn["place"]}
    words = refused(lambda s: moved(s, Transfer, barn["item"], "1", **back), Invalid)
    assert words == "The warehouse “Barn” is closed. Choose another, or reopen it."
    refused(lambda s: moved(s, Opening, barn["item"], "1", target_id=barn["place"]), Invalid)

    def reopen(session: Any) -> list[int]:
        change(session, barn["place"], is_active=True)
        moved(session, Transfer, barn["item"], "1", **back)
        return [f.key[1] for f in stock_on_hand(session)]

    assert company.database.run(reopen, actor=SYSTEM) == [FIRST_WAREHOUSE, barn["place"]]


def test_what_moved_in_a_unoffered_warehouse_is_still_reversed(proved: Any, barn: dict[str, int]) -> None:
    def work(session: Any) -> None:
        gone = moved(session, WriteOff, barn["item"], "5", source_id=barn["place"])
        change(session, barn["place"], is_active=False)
        reverse(session, SYSTEM, gone)
        assert [f.amounts["quantity"] for f in stock_on_hand(session)] == [D(5)]

    proved(work)


def test_a_draft_shows_the_unoffered_warehouse_that_it_names(company: Any, app: Any, barn: dict[str, int]) -> None:
    def work(session: Any) -> int:
        draft = MovementDraft([MovementLineDraft(barn["item"], D(1))], moment=DAY, source_id=barn["place"])
        document = save(session, SYSTEM, WriteOff, draft)
        moved(session, WriteOff, barn["item"], "5", source_id=barn["place"])
        change(session, barn["place"], is_active=False)
        return document.id

    draft = company.database.run(work, actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    page = client.get(f"/warehouse/write-offs/{draft}/edit").text
    assert f'<option selected value="{barn["place"]}">Barn (closed)</option>' in page
    assert "Barn (closed)" not in client.get("/warehouse/write-offs/new").text


def test_a_warehouse_is_closed_by_its_form(company: Any, app: Any, barn: dict[str, int]) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/warehouse/places/{barn['place']}"
    assert client.post(address, data={"code": "B", "name": "Barn"}).status_code == 200  # goods lie in it
    company.database.run(lambda s: reverse(s, SYSTEM, s.get(Opening, barn["opening"])), actor=SYSTEM)
    assert client.post(address, data={"code": "B", "name": "Barn"}).status_code == 302
    assert client.post(address, data={"code": "B", "name": "Barn", "is_active": "y"}).status_code == 302
    assert client.get("/warehouse/places/-1").status_code == 404


def test_a_warehouse_stays_open_while_goods_lie_there_now_or_documents_ahead_move_some(
    company: Any, refused: Any, barn: dict[str, int]
) -> None:
    ahead = wall_clock() + timedelta(days=300)

    def leaves(session: Any) -> int:
        draft = MovementDraft([MovementLineDraft(barn["item"], D(5))], source_id=barn["place"], moment=ahead)
        issue = save(session, SYSTEM, Issue, draft)
        post(session, SYSTEM, [issue])
        return issue.id

    issue = company.database.run(leaves, actor=SYSTEM)
    words = refused(lambda s: change(s, barn["place"], is_active=False), Conflict, field="is_active")
    assert words.startswith("Documents that are dated ahead move goods in “Barn”.")
    company.database.run(lambda s: reverse(s, SYSTEM, s.get(Issue, issue)), actor=SYSTEM)
    words = refused(lambda s: change(s, barn["place"], is_active=False), Conflict, field="is_active")
    assert words.startswith("Goods lie in “Barn” or are kept there.")
