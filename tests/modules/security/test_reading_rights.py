"""Queries ask for their permission by themselves, and a session keeps nothing that its actor may not have."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.errors import Forbidden, NotFound
from app.security import SYSTEM, Actor, unrestricted
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import balances_of
from modules.warehouse.items import items_by_id
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, Receipt
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.queries import movements_of, stock_on_hand
from modules.warehouse.tables import find_items


@pytest.fixture
def sam(company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson; five anvils in stock; a contact of theirs and one of nobody's."""
    actor = employ("sam", "salesperson")

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="individual", name="Sam's", responsible_id=actor.user_id)
        create_contact(session, SYSTEM, kind="individual", name="Nobody's")
        draft = MovementDraft(
            [MovementLineDraft(1, Decimal(5), Decimal(1))], target_id=100, moment=datetime(2026, 3, 2)
        )
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])

    company.database.run(work, actor=SYSTEM)
    return actor


def without(actor: Actor, *permissions: str) -> Actor:
    """The same user with fewer rights."""
    return Actor(actor.user_id, actor.name, actor.permissions - set(permissions), actor.scopes, actor.groups)


@pytest.mark.parametrize(
    ("query", "needs"),
    [
        (lambda s: stock_on_hand(s), "warehouse.stock.view"),
        (lambda s: movements_of(s, 1, 100, date(2026, 1, 1), date(2026, 12, 31)), "warehouse.stock.view"),
        (lambda s: balances_of(s, 1), "contacts.statement.view"),
    ],
)
def test_a_query_asks_for_its_permission(company: Any, sam: Actor, query: Any, needs: str) -> None:
    company.database.run(query, actor=sam, write=False)
    with pytest.raises(Forbidden, match=needs):
        company.database.run(query, actor=without(sam, needs), write=False)


def test_the_lookup_tells_what_is_on_hand_to_who_may_see_stock(company: Any, sam: Actor) -> None:
    def notes(actor: Actor) -> list[str]:
        return [row["note"] for row in company.database.run(lambda s: find_items(s, "a", 5), actor=actor, write=False)]

    assert notes(sam)[0].startswith("5 ")
    assert notes(without(sam, "warehouse.stock.view")) == [""]


def test_the_card_leaves_stock_out_for_who_may_not_see_it(app: Any, company: Any, sam: Actor) -> None:
    from app.security import Role
    from app.security.operations import set_grant

    def card() -> str:
        browser = app.test_client()
        browser.post("/login", data={"login": "sam", "password": "sam-sample"})
        return str(browser.get("/warehouse/items/1").text)

    assert "On hand" in card()

    def take_away(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
        set_grant(session, SYSTEM, role, "permission", "warehouse.stock.view", False)

    company.database.run(take_away, actor=SYSTEM)
    assert "Anvil" in card()
    assert "On hand" not in card()
    assert sam is not None


def test_what_a_session_remembers_is_what_its_actor_may_have_and_what_is_so(company: Any, sam: Actor) -> None:
    with company.database.session(sam, write=True) as session:
        with unrestricted(session, "a look beyond"):
            assert parties_by_id(session, {2})[2].name == "Nobody's"
        with pytest.raises(NotFound):
            parties_by_id(session, {2})
        assert parties_by_id(session, {1})[1].name == "Sam's"
        change_contact(session, sam, session.get(Contact, 1), name="Renamed")
        assert parties_by_id(session, {1})[1].name == "Renamed"
        session.rollback()
        assert parties_by_id(session, {1})[1].name == "Sam's"
    with company.database.session(SYSTEM, write=True) as session:
        assert items_by_id(session, {1})[1].kind == "goods"
        change_item(session, SYSTEM, session.get(Item, 1), name="Big anvil")
        assert items_by_id(session, {1})[1].name == "Big anvil"
        with session.begin_nested() as inner:
            item = create_item(session, SYSTEM, code="B", name="Bolt").id
            assert items_by_id(session, {item})
            inner.rollback()
        with pytest.raises(NotFound):
            items_by_id(session, {item})
