"""What may be given instead of goods: each pair once, offered where goods fall short."""

from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, save
from app.errors import Changed, Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.trade.availability import say_availability
from modules.trade.proposals import Asked, AskedLine, Proposal, Proposed
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Opening
from modules.warehouse.operations import create_item
from modules.warehouse.substitutes.models import ANALOGUE, SUBSTITUTE, ItemSubstitute
from modules.warehouse.substitutes.operations import (
    add_substitute,
    change_substitute,
    remove_substitute,
    substitute_by_id,
)
from modules.warehouse.substitutes.queries import instead_of

BULB, LED, NEON, CANDLE, FITTING = 1, 2, 3, 4, 5


@pytest.fixture
def shop(proved: Any) -> Any:
    """Four sources of light, of which 7 LEDs and 2 candles are in stock."""

    def prepare(session: Any) -> None:
        for code, kind in (
            ("BULB", "goods"),
            ("LED", "goods"),
            ("NEON", "goods"),
            ("CANDLE", "goods"),
            ("FIT", "service"),
        ):
            create_item(session, SYSTEM, code=code, name=code.title(), kind=kind)
        lines = [MovementLineDraft(LED, D(7), price=D(1)), MovementLineDraft(CANDLE, D(2), price=D(1))]
        post(session, SYSTEM, [save(session, SYSTEM, Opening, MovementDraft(lines, target_id=FIRST_WAREHOUSE))])

    proved(prepare)
    return proved


def add(
    session: Any, item: int | None, other: int | None, kind: str = SUBSTITUTE, actor: Any = SYSTEM, **said: Any
) -> int:
    return add_substitute(session, actor, item_id=item, other_id=other, kind=kind, **said).id


def rows(session: Any) -> list[tuple[Any, ...]]:
    s = ItemSubstitute
    return [tuple(r) for r in session.execute(select(s.item_id, s.other_id, s.kind).order_by(s.id))]


def offered(session: Any, *items: int) -> dict[int, list[tuple[str, D]]]:
    return {i: [(e.code, e.free) for e in some] for i, some in instead_of(session, FIRST_WAREHOUSE, items).items()}


def test_what_is_free_is_offered_in_the_order_of_preference(shop: Any) -> None:
    def say(session: Any) -> None:
        add(session, BULB, CANDLE, preference=2)
        add(session, BULB, NEON)
        add(session, LED, BULB, ANALOGUE)

    shop(say)
    assert shop(rows)[-1] == (BULB, LED, ANALOGUE)
    assert shop(lambda s: offered(s, BULB, LED, CANDLE)) == {BULB: [("LED", D(7)), ("CANDLE", D(2))]}


def test_no_pair_stands_twice_and_nothing_in_place_of_itself(shop: Any, refused: Any) -> None:
    shop(lambda s: (add(s, BULB, LED), add(s, LED, NEON, ANALOGUE)))
    for item, other, kind in (
        (BULB, LED, SUBSTITUTE),
        (LED, BULB, ANALOGUE),
        (NEON, LED, SUBSTITUTE),
        (LED, NEON, SUBSTITUTE),
        (NEON, LED, ANALOGUE),
    ):
        refused(lambda s, a=item, b=other, k=kind: add(s, a, b, k), Conflict, field="other_id")
    for item, other, said, field in (
        (BULB, BULB, {}, "other_id"),
        (None, LED, {}, "item_id"),
        (BULB, FITTING, {}, "other_id"),
        (BULB, CANDLE, {"preference": 0}, "preference"),
        (BULB, CANDLE, {"kind": "twin"}, "kind"),
        (BULB, CANDLE, {"note": "x" * 201}, "note"),
    ):
        refused(lambda s, a=item, b=other, x=said: add(s, a, b, **x), Invalid, field=field)
    shop(lambda s: add(s, LED, BULB))  # the other way round
    refused(lambda s: change_substitute(s, SYSTEM, substitute_by_id(s, 1), kind=ANALOGUE), Conflict, field="other_id")
    assert shop(rows) == [(BULB, LED, SUBSTITUTE), (LED, NEON, ANALOGUE), (LED, BULB, SUBSTITUTE)]


def test_what_was_saved_meanwhile_is_not_overwritten(shop: Any, refused: Any, employ: Any) -> None:
    shop(lambda s: add(s, BULB, LED))
    sofia = employ("sofia", "salesperson")
    refused(lambda s: add(s, BULB, NEON, actor=sofia), Forbidden)
    shop(lambda s: change_substitute(s, SYSTEM, substitute_by_id(s, 1), note="dimmable", version=1))
    refused(lambda s: change_substitute(s, SYSTEM, substitute_by_id(s, 1), note="", version=1), Changed)
    refused(lambda s: remove_substitute(s, SYSTEM, substitute_by_id(s, 1), version=1), Changed)
    shop(lambda s: remove_substitute(s, SYSTEM, substitute_by_id(s, 1), version=2))
    assert shop(rows) == []


def test_a_refusal_and_a_line_that_falls_short_name_what_is_free_instead(shop: Any) -> None:
    shop(lambda s: (add(s, BULB, LED), add(s, BULB, NEON)))
    issue = MovementDraft([MovementLineDraft(BULB, D(3))], source_id=FIRST_WAREHOUSE)
    with pytest.raises(NotEnoughStock, match=r"Given instead: LED Led \(7\)\."):
        shop(lambda s: post(s, SYSTEM, [save(s, SYSTEM, Issue, issue)]))

    def typed(session: Any) -> list[str]:
        proposal = Proposal([Proposed(), Proposed()])
        lines = [AskedLine(BULB, D(3)), AskedLine(LED, D(7))]
        say_availability(session, SYSTEM, Asked("sale", "EUR", wall_clock().date(), lines), proposal)
        return [str(words) for line in proposal.lines for words in line.says]

    assert shop(typed)[1:] == ["Given instead: LED Led (7)"]


def test_the_card_shows_both_directions_and_the_form_works(shop: Any, app: Any, company: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    form = {"item_id": BULB, "other_id": LED, "kind": SUBSTITUTE, "preference": 1, "note": "dimmable"}
    assert client.post("/warehouse/substitutes/new", data=form).location == f"/warehouse/items/{BULB}/substitutes"
    page = client.get(f"/warehouse/items/{BULB}/substitutes").text
    assert "given instead" in page
    assert "dimmable" in page
    assert "it is given instead of this" in client.get(f"/warehouse/items/{LED}/substitutes").text
    again = client.post("/warehouse/substitutes/new", data=form)
    assert again.status_code == 409 or "already" in again.text
    client.post("/warehouse/substitutes/1", data={"version": 1, "kind": SUBSTITUTE, "preference": 1, "then": "remove"})
    assert shop(rows) == []
