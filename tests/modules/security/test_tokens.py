"""A token opens the API, as far and as long as its user said. Before, it opened every page and made more tokens for a year."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit import AuditLine
from app.company import actor_of
from app.db import utc_now
from app.errors import Conflict, Invalid
from app.notifications import Notification
from app.security import SYSTEM, Actor, Login, Role, User
from app.security.login import open_session
from app.security.operations import set_grant
from app.security.signing_out import sign_out
from app.security.tokens import MOST_TOKENS, make_token, within_token
from app.web.edge.routing import ANY, DOOR, PUBLIC
from tests.modules.security.test_sessions import sign_in

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

LISTS = "/api/v1/lists"
ADMIN = Actor(1, "Ada")


@pytest.fixture
def writing(config: Any) -> Iterator[Any]:
    """The application as people run it, with a route of the API that writes."""
    from app import create_app

    made = create_app(config)
    made.config["RATELIMIT_ENABLED"] = False
    made.add_url_rule("/api/v1/echo", "echo", lambda: {"done": True}, methods=["POST"])
    made.needs = {**made.needs, "echo": ANY}
    yield made
    made.company.database.dispose()


def bearer(app: Any, **options: Any) -> dict[str, str]:
    token = app.company.database.run(lambda s: make_token(s, ADMIN, **options), actor=ADMIN)
    return {"Authorization": f"Bearer {token}"}


def newest(app: Any) -> Login:
    login: Login = app.company.database.run(
        lambda s: s.scalars(select(Login).order_by(Login.id.desc())).first(), actor=SYSTEM, write=False
    )
    return login


def test_it_opens_the_api_and_no_page(app: Any) -> None:
    headers, program = bearer(app, access="write"), app.test_client()
    assert program.get(LISTS, headers=headers).status_code == 200
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    opened = {
        rule.rule
        for rule in pages
        if not rule.rule.startswith("/api/")
        and app.needs[rule.endpoint] not in (PUBLIC, DOOR)
        and program.get(rule.rule, headers=headers).status_code not in (302, 404)
    }
    assert opened == set()
    assert "Sign in" in program.get("/login", headers=headers).text


def test_it_makes_no_more_of_its_kind(app: Any) -> None:
    headers = bearer(app, access="write")
    before = app.company.database.run(lambda s: s.scalar(select(func.count(Login.id))), actor=SYSTEM)
    assert app.test_client().post("/account/tokens", headers=headers).status_code == 302
    assert app.company.database.run(lambda s: s.scalar(select(func.count(Login.id))), actor=SYSTEM) == before


def test_a_cookie_and_a_token_do_not_stand_for_each_other(app: Any) -> None:
    token = app.company.database.run(lambda s: make_token(s, ADMIN), actor=ADMIN)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert client.get("/").status_code == 302
    secret = app.company.database.run(lambda s: open_session(s, s.get(User, 1)), actor=SYSTEM)
    assert app.test_client().get(LISTS, headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_wrong_token_isnt_made_good_by_a_cookie(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    assert client.get(LISTS).status_code == 200
    assert client.get(LISTS, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_one_that_may_read_writes_nothing(writing: Any) -> None:
    program = writing.test_client()
    reads, writes = bearer(writing, access="read"), bearer(writing, access="write")
    refused = program.post("/api/v1/echo", json={}, headers=reads)
    assert (refused.status_code, refused.json["error"]) == (403, "This token may read only. Create one that may write.")
    assert program.post("/api/v1/echo", json={}, headers=writes).json == {"done": True}
    assert program.post("/api/v1/echo", data={"a": "b"}, headers=writes).status_code == 415
    assert [program.get(LISTS, headers=headers).status_code for headers in (reads, writes)] == [200, 200]


def test_a_browser_sends_the_form_s_token_to_the_api_as_well(writing: Any) -> None:
    """No other site's page may write in the user's name; a program's token is sent by nobody's page."""
    browser = writing.test_client()
    writing.config["WTF_CSRF_ENABLED"] = False
    sign_in(browser)
    writing.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/api/v1/echo", json={}).status_code == 400


def test_it_ends_when_its_user_said(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import company

    headers = bearer(app, days=7)
    for days, status in ((6, 200), (8, 401)):
        moment = utc_now() + timedelta(days=days)
        monkeypatch.setattr(company, "utc_now", lambda moment=moment: moment)
        assert app.test_client().get(LISTS, headers=headers).status_code == status


def test_a_page_makes_one_and_shows_it_once(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    page = client.post("/account/tokens", data={"name": "shop", "access": "write", "days": "30"}).text
    token = page.split('<code class="token">')[1].split("</code>")[0]
    assert "read and write" in page.partition("</svg> shop ")[2][:100]
    made = newest(app)
    assert (made.agent, made.access, (made.expires_at - made.created_at).days) == ("shop", "write", 30)
    assert token not in client.get("/account").text
    assert app.test_client().get(LISTS, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    client.post("/account/tokens", data={"name": "careful"})
    assert (newest(app).access, (newest(app).expires_at - newest(app).created_at).days) == ("read", 90)


WRONG = ({"name": "a\0b"}, {"name": "n" * 201}, {"access": "all"}, {"days": "9999"}, {"days": "-1"}, {"days": "x"})


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: repr(wrong)[:20])
def test_a_page_offers_nothing_else(app: Any, wrong: dict[str, str]) -> None:
    client = app.test_client()
    sign_in(client)
    before = newest(app).id
    answer = client.post("/account/tokens", data={"name": "greedy", **wrong})
    assert answer.status_code == (200 if wrong == {"days": "x"} else 302)  # what can't be read is the default
    assert (newest(app).id == before) is (wrong != {"days": "x"})


def test_only_so_many_open_anything(company: Any, refused: Any) -> None:
    """Before, a click a second made 300 of them."""
    make = lambda s: make_token(s, ADMIN)  # noqa: E731
    for _ in range(MOST_TOKENS):
        company.database.run(make, actor=ADMIN)
    why = refused(make, Conflict)
    assert why == "You have 20 tokens already. Sign out one that you no longer need."
    assert refused(lambda s: make_token(s, ADMIN, access="all"), Invalid, field="access") == "Choose from the list."
    assert refused(lambda s: make_token(s, ADMIN, days=366), Invalid, field="days") == "Choose from the list."

    def end(session: Any) -> None:
        session.scalars(select(Login)).first().expires_at = utc_now()

    company.database.run(end, actor=SYSTEM)
    company.database.run(make, actor=ADMIN)


def test_its_user_is_notified_and_the_audit_says_so(company: Any) -> None:
    company.database.run(lambda s: make_token(s, ADMIN, name="shop", days=30), actor=ADMIN)
    with company.database.session(SYSTEM) as session:
        (notice,) = session.scalars(select(Notification)).all()
        assert (notice.user_id, notice.kind, notice.is_belled) == (1, "core.access_changed", True)
        assert notice.parameters == {"who": "Ada"}
        lines = session.execute(select(AuditLine.action, AuditLine.summary).where(AuditLine.actor == "Ada")).all()
        assert ("security.token.add", "read, 30 days: shop") in [tuple(line) for line in lines]


def test_it_holds_to_what_it_is_for_and_to_what_its_owner_may(house: Any) -> None:
    """As somebody would try who has found it: other records, other verbs, after the owner has lost a right, once revoked."""
    database, program = house.company.database, house.test_client()

    def owner(session: Any) -> User:
        return session.scalars(select(User).where(User.login == "sam")).one()

    modules = frozenset({"contacts", "warehouse", "trade"})

    def made(**options: Any) -> dict[str, str]:
        def work(session: Any) -> str:
            return make_token(session, actor_of(session, owner(session).id, modules), **options)

        return {"Authorization": f"Bearer {database.run(work, actor=Actor(sam, 'Sam'))}"}

    def opened(headers: dict[str, str]) -> list[str]:
        lists = ("contacts.legal_entity", "trade.sale", "warehouse.item", "core.user", "core.audit")
        codes = {name: program.get(f"/api/v1/lists/{name}", headers=headers).status_code for name in lists}
        assert set(codes.values()) <= {200, 401, 403, 404}
        return [name for name, code in codes.items() if code == 200]

    sam = database.run(lambda s: owner(s).id, actor=SYSTEM)
    assert opened(made()) == ["contacts.legal_entity", "trade.sale", "warehouse.item"]
    contacts = made(reach=["contacts"], access="write")
    assert opened(contacts) == ["contacts.legal_entity"]
    assert opened(made(reach=["trade.sale"])) == ["trade.sale"]
    for wrong in (["production"], ["core.user"], ["contacts.contact.view"], [""], ["contacts,trade"]):
        with pytest.raises(Invalid):
            made(reach=wrong)
    last = database.run(
        lambda s: s.scalars(select(Login).where(Login.user_id == sam, Login.reach == "contacts")).one(), actor=SYSTEM
    )
    assert last.seen_at is not None, "its owner sees when it was used"

    for address, form in (
        ("/account/tokens", {"access": "write"}),
        ("/account", {"current": "sam-sample", "password": "another long one"}),
        (f"/admin/users/{sam}", {"roles": "administrator"}),
    ):
        assert program.post(address, data=form, headers=contacts).status_code in (302, 401, 403)
    assert database.run(lambda s: owner(s).version, actor=SYSTEM) == 1

    def take(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
        set_grant(session, SYSTEM, role, "permission", "contacts.contact.view", False)

    database.run(take, actor=SYSTEM)
    assert opened(contacts) == []
    assert program.get("/api/v1/lists", headers=contacts).status_code == 200
    admin = actor_of_admin()
    database.run(lambda s: sign_out(s, admin, owner(s), login_id=last.id), actor=admin)
    assert program.get("/api/v1/lists", headers=contacts).status_code == 401


def test_a_programs_actor_never_changes_who_may_do_what() -> None:
    rights = frozenset(
        {"core.user.manage", "core.role.manage", "trade.sale.view", "trade.sale.post", "contacts.contact.view"}
    )
    whole = Actor(7, "Ann", rights)
    assert within_token(whole, "write", "").permissions == rights - {"core.user.manage", "core.role.manage"}
    assert within_token(whole, "read", "").permissions == {"trade.sale.view", "contacts.contact.view"}
    assert within_token(whole, "write", "trade").permissions == {"trade.sale.view", "trade.sale.post"}
    assert within_token(whole, "read", "trade.sale").permissions == {"trade.sale.view"}


def actor_of_admin() -> Actor:
    return Actor(1, "Admin", frozenset({"core.user.manage", "core.role.manage"}))
