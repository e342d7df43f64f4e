"""Who a contact is with: never nobody by accident, and never forgotten because somebody has left."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from tests.modules.web.browser_forms import fields_of

from app.security import SYSTEM, User
from app.security.operations import change_user
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact


@pytest.fixture
def sam(app: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson's browser; Sofia is another."""
    employ("sam", "salesperson")
    employ("sofia", "salesperson")
    return browser_of(app, "sam", "sam-sample")


def browser_of(app: Any, login: str, password: str) -> Any:
    client = app.test_client()
    assert client.post("/login", data={"login": login, "password": password}).status_code == 302
    return client


def add(client: Any, **typed: str) -> Any:
    """Fill in the form of a new person."""
    fields = fields_of(client.get("/contacts/new/individual").text)
    answer = client.post("/contacts/new/individual", data={**fields, "name": "Eva", **typed}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path != "/contacts/new/individual"
    return answer


def user_id(company: Any, login: str) -> int:
    query = select(User.id).where(User.login == login)
    return int(company.database.run(lambda s: s.scalars(query).one(), actor=SYSTEM, write=False))


def responsible(company: Any, contact: int = 1) -> int | None:
    found: int | None = company.database.run(
        lambda s: s.get(Contact, contact).responsible_id, actor=SYSTEM, write=False
    )
    return found


def test_who_sees_but_their_own_becomes_responsible_for_what_they_add(company: Any, sam: Any) -> None:
    answer = add(sam, responsible_id="")
    assert answer.request.path == "/contacts/1"
    assert responsible(company) == user_id(company, "sam")


def test_and_keeps_what_they_say_is_nobodys(company: Any, sam: Any) -> None:
    add(sam)
    fields = fields_of(sam.get("/contacts/1/edit").text)
    answer = sam.post("/contacts/1/edit", data={**fields, "responsible_id": ""}, follow_redirects=True)
    assert answer.status_code == 200
    assert responsible(company) == user_id(company, "sam")


def test_what_they_give_away_leads_to_the_list_and_says_so(company: Any, sam: Any) -> None:
    sofia = user_id(company, "sofia")
    answer = add(sam, responsible_id=str(sofia))
    assert answer.request.path == "/contacts/people"
    assert "“Eva” is not open to you any more" in answer.text
    assert responsible(company) == sofia


def test_who_sees_all_may_leave_a_contact_with_nobody(app: Any, company: Any) -> None:
    admin = browser_of(app, "admin", "correct horse")
    add(admin, responsible_id="")
    assert responsible(company) is None
    assert "nobody" in admin.get("/contacts/1").text


def test_an_edit_keeps_who_is_responsible_and_has_left(app: Any, company: Any, sam: Any) -> None:
    add(sam)
    mine = user_id(company, "sam")
    company.database.run(lambda s: change_user(s, SYSTEM, s.get(User, mine), is_active=False), actor=SYSTEM)
    admin = browser_of(app, "admin", "correct horse")
    page = admin.get("/contacts/1/edit").text
    assert "Sam (inactive)" in page
    assert admin.post("/contacts/1/edit", data={**fields_of(page), "name": "Eva Berg"}).status_code == 302
    assert responsible(company) == mine
    assert "Sam (inactive)" in admin.get("/contacts/1").text
    assert "(inactive)" not in admin.get("/contacts/new/individual").text


def test_the_card_says_who_is_responsible(app: Any, company: Any, sam: Any) -> None:
    company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="B", responsible_id=user_id(company, "sam")),
        actor=SYSTEM,
    )
    page = sam.get("/contacts/1").text
    assert "<dt>Responsible</dt><dd>Sam</dd>" in page
