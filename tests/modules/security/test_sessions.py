"""Signing in and out, and what every answer and every form carries."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.security import SYSTEM, Login, Role, User
from app.security.operations import add_user, change_user
from app.web.edge.routing import DOOR, PARTNER
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # signing in and its pages: no engine decides

PASSWORD = "correct horse"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def guarded(config: Any) -> Iterator[Any]:
    """The application as people run it: with tokens in forms and limits on signing in."""
    from app import create_app

    made = create_app(config)
    yield made
    made.company.database.dispose()


def sign_in(client: Any, login: str = "admin", password: str = PASSWORD, **options: Any) -> Any:
    return client.post("/login", data={"login": login, "password": password}, **options)


def add(app: Any, login: str, *roles: str) -> int:
    user = app.company.database.run(
        lambda s: add_user(s, SYSTEM, login=login, name=login, password=PASSWORD, roles=roles), actor=SYSTEM
    )
    return int(user.id)


def test_a_wrong_login_and_a_wrong_password_get_the_same_answer(app: Any) -> None:
    answers = [sign_in(app.test_client(), *pair) for pair in (("admin", "wrong password"), ("nobody", PASSWORD))]
    assert [a.status_code for a in answers] == [401, 401]
    first, second = (a.text.replace("nobody", "admin") for a in answers)
    assert first == second
    assert "Login or password is wrong." in first


def test_signing_in_is_throttled(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    client = guarded.test_client()
    codes = [sign_in(client, password="wrong password").status_code for _ in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert sign_in(client).status_code == 429  # the right password does not help either
    answer = sign_in(client)
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert "Try again in 1 minute." in answer.text


def test_what_signs_in_counts_for_nothing(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    assert {sign_in(guarded.test_client()).status_code for _ in range(70)} == {302}


def test_no_stranger_locks_out_who_has_signed_in_here(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    mine = guarded.test_client()
    assert sign_in(mine).status_code == 302
    strangers = [{"REMOTE_ADDR": f"192.0.2.{n % 4}"} for n in range(40)]
    codes = [
        sign_in(guarded.test_client(), password="a guess", environ_base=stranger).status_code for stranger in strangers
    ]
    assert codes == [401] * 30 + [429] * 10
    assert sign_in(guarded.test_client()).status_code == 429  # in a browser that nobody knows, from the owner's address
    assert [sign_in(mine, password="mistyped").status_code for _ in range(3)] == [401] * 3
    assert sign_in(mine).status_code == 302
    assert [sign_in(mine, password="a guess").status_code for _ in range(9)] == [401] * 7 + [429] * 2


def test_those_who_share_a_browser_are_all_known_in_it(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    add(guarded, "bea")
    shared = guarded.test_client()
    assert [sign_in(shared, login).status_code for login in ("admin", "bea")] == [302, 302]
    for n in range(31):
        sign_in(guarded.test_client(), password="a guess", environ_base={"REMOTE_ADDR": f"192.0.2.{n}"})
    assert sign_in(guarded.test_client()).status_code == 429
    assert [sign_in(shared, login).status_code for login in ("admin", "bea")] == [302, 302]


def test_a_changed_password_ends_what_other_browsers_were_known_by(guarded: Any) -> None:
    """Where it was changed, its owner is known by the new one: before, they were locked out with everybody else."""
    guarded.config["WTF_CSRF_ENABLED"] = False
    add(guarded, "bea")
    known, elsewhere = guarded.test_client(), guarded.test_client()
    assert [sign_in(known, login).status_code for login in ("bea", "admin")] == [302, 302]
    assert sign_in(elsewhere).status_code == 302
    change = {"locale": "en", "password": "another one", "current": PASSWORD, "version": "1"}
    assert known.post("/account", data=change).status_code == 302
    for login in ("admin", "bea"):
        for n in range(30):
            sign_in(guarded.test_client(), login, "a guess", environ_base={"REMOTE_ADDR": f"192.0.2.{n}"})
    assert sign_in(elsewhere, password=PASSWORD).status_code == 429
    assert sign_in(elsewhere, password="another one").status_code == 429
    assert sign_in(known, password=PASSWORD).status_code == 401
    assert sign_in(known, password="another one").status_code == 302
    assert sign_in(known, "bea").status_code == 302  # who shares the browser is still known in it


def test_every_page_that_asks_for_a_password_counts_alike(guarded: Any) -> None:
    """Before, whoever found a browser guessed at both the account and the sign-in page, each as often."""
    guarded.config["WTF_CSRF_ENABLED"] = False
    mine, stranger = guarded.test_client(), guarded.test_client()
    sign_in(mine)
    with mine.session_transaction() as cookie, stranger.session_transaction() as stolen:
        stolen.update(cookie)
    guess = {"locale": "", "version": "1", "password": "another horse", "current": "a guess"}
    assert [stranger.post("/account", data=guess).status_code for _ in range(6)] == [200] * 6
    codes = [sign_in(stranger, password="a guess").status_code for _ in range(6)]
    assert codes == [401] * 4 + [429] * 2
    assert stranger.post("/account", data=guess).status_code == 429
    assert mine.post("/account", data={**guess, "current": PASSWORD}).status_code == 302


def test_a_form_without_a_password_does_not_count(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    assert {sign_in(guarded.test_client(), password="").status_code for _ in range(12)} == {401}
    assert sign_in(guarded.test_client()).status_code == 302


def test_addresses_of_one_network_count_together(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    addresses = [{"REMOTE_ADDR": f"2001:db8::{n}"} for n in range(1, 12)] + [{"REMOTE_ADDR": "2001:db8:0:1::1"}]
    codes = [sign_in(guarded.test_client(), f"nobody{n}", environ_base=a).status_code for n, a in enumerate(addresses)]
    assert codes == [401] * 10 + [429, 401]


def test_strangers_of_ipv4_are_kept_apart_where_the_server_listens_on_both(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    mapped = [{"REMOTE_ADDR": f"::ffff:{a}"} for a in ["192.0.2.1"] * 11 + ["192.0.2.2", "198.51.100.7"]]
    tries = [
        sign_in(guarded.test_client(), f"user{n}", "a guess", environ_base=address).status_code
        for n, address in enumerate(mapped)
    ]
    assert tries == [401] * 10 + [429] + [401] * 2
    plain = sign_in(guarded.test_client(), "else", "a guess", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert plain.status_code == 429, "the same client, however the server hears of it"


def test_a_cookie_of_one_login_opens_no_way_to_guess_at_another(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    add(guarded, "mallory")
    known = guarded.test_client()
    assert sign_in(known, "mallory").status_code == 302
    codes = [
        sign_in(known, password="a guess", environ_base={"REMOTE_ADDR": f"192.0.2.{n}"}).status_code for n in range(31)
    ]
    assert codes == [401] * 30 + [429]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "http:evil.example", "//[", "/\t/evil.example", "/\n/evil.example", "///evil.example", "evil.example"],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(target: str, app: Any) -> None:
    answer = sign_in(app.test_client(), query_string={"next": target})
    assert answer.headers["Location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_be(app: Any) -> None:
    client = app.test_client()
    wanted = client.get("/contacts/companies?q=a").headers["Location"]
    answer = client.post(wanted, data={"login": "admin", "password": PASSWORD})
    assert answer.headers["Location"] == "/contacts/companies?q=a"


def test_a_session_planted_before_signing_in_opens_nothing(app: Any) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"] = "planted", "yes"
    sign_in(client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "planted" not in cookie
    attacker = app.test_client()
    with attacker.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
    assert attacker.get("/").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Any) -> None:
    client, thief = app.test_client(), app.test_client()
    sign_in(client)
    with client.session_transaction() as mine, thief.session_transaction() as copied:
        copied.update(mine)
    assert thief.get("/").status_code == 200
    client.post("/logout")
    assert (client.get("/").status_code, thief.get("/").status_code) == (302, 302)
    # What it is answered, perhaps late, takes away no cookie that came meanwhile.
    assert "Set-Cookie" not in thief.post("/kept").headers


def test_a_browser_revoked_elsewhere_is_out_at_once(app: Any) -> None:
    from sqlalchemy import select

    from app.security import Login

    here, there = app.test_client(), app.test_client()
    sign_in(there)
    sign_in(here)
    first = app.company.database.run(lambda s: s.scalars(select(Login.id).order_by(Login.id)).first(), actor=SYSTEM)
    assert here.post(f"/account/logins/{first}/revoke").status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_nobody_revokes_anothers_session(app: Any) -> None:
    from sqlalchemy import select

    from app.security import Login

    add(app, "sam", "salesperson")
    admin, sam = app.test_client(), app.test_client()
    sign_in(admin)
    sign_in(sam, "sam")
    first = app.company.database.run(lambda s: s.scalars(select(Login.id).order_by(Login.id)).first(), actor=SYSTEM)
    sam.post(f"/account/logins/{first}/revoke")
    assert admin.get("/").status_code == 200


def test_a_user_switched_off_is_out_at_once_and_stays_out_when_switched_on(app: Any) -> None:
    user_id = add(app, "sam", "salesperson")
    sam = app.test_client()
    sign_in(sam, "sam")
    assert sam.get("/").status_code == 200

    def switch(is_active: bool) -> None:
        app.company.database.run(
            lambda s: change_user(s, SYSTEM, s.get(User, user_id), is_active=is_active), actor=SYSTEM
        )

    switch(False)
    assert sam.get("/").status_code == 302
    assert sign_in(app.test_client(), "sam").status_code == 401
    switch(True)
    assert sam.get("/").status_code == 302
    assert sign_in(app.test_client(), "sam").status_code == 302


def test_a_new_password_signs_everybody_out_who_knew_the_old_one(app: Any) -> None:
    user_id = add(app, "sam", "salesperson")
    sam = app.test_client()
    sign_in(sam, "sam")
    app.company.database.run(
        lambda s: change_user(s, SYSTEM, s.get(User, user_id), password="other horse"), actor=SYSTEM
    )
    assert sam.get("/").status_code == 302


def test_rights_and_scopes_given_and_taken_hold_from_the_next_request_on(app: Any) -> None:
    from sqlalchemy import select

    from app.security.operations import set_grant
    from modules.contacts.operations import create_contact

    add(app, "sam", "salesperson")
    sam = app.test_client()
    sign_in(sam, "sam")

    def grant(kind: str, name: str, value: Any) -> None:
        def work(session: Any) -> None:
            role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
            set_grant(session, SYSTEM, role, kind, name, value)

        app.company.database.run(work, actor=SYSTEM)

    contact = app.company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Nobody's Ltd", phone="+44 1632 960111"),
        actor=SYSTEM,
    )
    page = f"/contacts/{contact.id}"
    assert sam.get(page).status_code == 404
    grant("scope", "contacts.contact", "all")
    assert "+44 1632 960111" in sam.get(page).text
    grant("group", "contacts.private", False)
    assert "+44 1632 960111" not in sam.get(page).text
    grant("permission", "contacts.contact.view", False)
    assert sam.get(page).status_code == 403
    grant("permission", "contacts.contact.view", True)
    grant("scope", "contacts.contact", "none")
    assert sam.get(page).status_code == 404


def test_every_form_needs_its_token(guarded: Any) -> None:
    user = guarded.company.database.run(lambda s: s.get(User, 1), actor=SYSTEM)
    from app.security.login import open_session

    token = guarded.company.database.run(lambda s: open_session(s, user), actor=SYSTEM)
    client = guarded.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    company = guarded.company
    off = tuple(f"{name}." for name in company.installed if not company.is_on(name))  # its pages aren't there
    posts = [
        rule
        for rule in guarded.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith(off)
    ]
    assert len(posts) > 35
    refused = []
    for rule in posts:
        path = rule.build({name: 1 if name.endswith("_id") else "contacts" for name in rule.arguments})
        if path is None:  # an argument of few values
            path = rule.build(dict.fromkeys(rule.arguments, "individual"))
        assert path is not None, rule
        refused.append((client.post(path[1].removeprefix("|")).status_code, rule.rule))
    assert [r for r in refused if r[0] != 400] == []


def test_every_answer_carries_the_headers(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    asked = [
        client.get("/"),
        client.get("/contacts/companies?as=xlsx"),
        client.get("/api/v1/lists"),
        client.get("/nowhere"),
        client.get("/contacts/1"),
        client.get("/static/kontor.css"),
        client.get("/healthz"),
        client.post("/admin/users"),
        app.test_client().get("/"),
        app.test_client().get("/login"),
        app.test_client().get("/api/v1/lists"),
    ]
    assert {a.status_code for a in asked} == {200, 302, 401, 404, 405}
    for answer in asked:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        if answer.request.path != "/static/kontor.css":
            assert answer.headers["Cache-Control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(app: Any) -> None:
    cookie = sign_in(app.test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_only_signing_in_help_health_first_run_and_static_files_are_public(app: Any) -> None:
    public = {endpoint for endpoint, needs in app.needs.items() if needs == "public"}
    # The first run is where one signs in, and restoring is closed once there is a company; help tells strangers how to sign in.
    helping = {"core.help_list", "core.help_view", "core.help_search"}
    assert public == {"core.login", "core.login_code", "core.first_restore", "core.health", "static", *helping}
    # Clients come in by doors of their own, which lead to nothing of staff's.
    doors = {endpoint for endpoint, needs in app.needs.items() if needs == DOOR}
    assert doors == {
        *("contacts.client_enter", "contacts.client_open", "contacts.client_sign_in"),
        *("trade.offer_open", "trade.parcel_follow"),
    }
    stranger = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in public | doors and "GET" in (rule.methods or ()) and not rule.arguments:
            # A module that is off has no pages, for anyone; nor has a client whom nobody knows.
            is_there = not rule.endpoint.startswith("production.") and app.needs[rule.endpoint] != PARTNER
            assert stranger.get(rule.rule).status_code in ((302, 401) if is_there else (404,)), rule


def test_an_undeclared_route_keeps_the_program_from_starting(app: Any) -> None:
    from flask import Blueprint, Flask

    from app.web.edge.routing import Routes, UndeclaredPermission, declared_needs

    bare = Flask("bare", static_folder=None)
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", "page", lambda: "")
    bare.register_blueprint(stray)
    with pytest.raises(UndeclaredPermission, match=r"stray\.page"):
        declared_needs(bare, {})
    with pytest.raises(TypeError):
        Routes("other", __name__).get("/other")  # type: ignore[call-arg]


def test_no_second_company_can_be_made_over_the_first(app: Any) -> None:
    company = {"organisation": "Mine", "country": "GB", "currency": "GBP", "edition": "trade", "name": "Me"}
    answer = app.test_client().post("/login", data={**company, "login": "me", "password": PASSWORD})
    assert answer.status_code == 401
    assert sign_in(app.test_client(), "me").status_code == 401


def test_over_https_cookies_go_nowhere_else_and_a_proxy_is_believed_only_when_it_is_named(config: Any) -> None:
    from dataclasses import replace

    from app import create_app

    for proxies, is_secure in ((0, False), (1, True)):
        app = create_app(replace(config, proxies=proxies))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        said = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https"}
        answer = sign_in(app.test_client(), headers=said)
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert ("Secure" in cookie) is is_secure
            assert cookie.startswith("__Host-") is is_secure  # before, a neighbour's server could plant one
            assert "Path=/" in cookie.split("; ")
            assert "Domain" not in cookie
        assert ("Strict-Transport-Security" in answer.headers) is is_secure
        address = app.company.database.run(
            lambda s: s.scalars(select(Login.address).order_by(Login.id.desc())).first(), actor=SYSTEM, write=False
        )
        assert address == ("203.0.113.9" if proxies else "127.0.0.1")
        planted = app.test_client()
        (held,) = [c for c in answer.headers.getlist("Set-Cookie") if "session=" in c]
        planted.set_cookie("session", held.partition("session=")[2].partition(";")[0])
        assert planted.get("/", headers=said).status_code == (302 if is_secure else 200)
        app.company.database.dispose()


#: What a browser calls itself, and the same one's owner elsewhere.
HERE, ELSEWHERE = {"User-Agent": "Firefox"}, {"User-Agent": "Chrome"}


def logins(app: Any) -> int:
    return len(app.company.database.run(lambda s: s.scalars(select(Login.id)).all(), actor=SYSTEM))


def test_a_browser_that_is_no_longer_the_one_that_signed_in_grants_nothing(app: Any) -> None:
    client = app.test_client()
    sign_in(client, headers=HERE)
    before = logins(app)
    assert client.get("/admin/users/new", headers=HERE).status_code == 200
    assert client.get("/", headers=ELSEWHERE).status_code == 200  # it stays signed in
    for answer in (
        client.get("/admin/users/new", headers=ELSEWHERE),
        client.post("/account/tokens", headers=ELSEWHERE),
        client.post("/admin/roles/new", data={"name": "Burglar"}, headers=ELSEWHERE),
        client.get("/admin/users/1", headers=HERE),  # and it is asked until it signs in again
    ):
        assert answer.status_code == 302
        assert answer.location.startswith("/login?next=")
    assert logins(app) == before
    with app.company.database.session(SYSTEM) as session:
        assert session.scalars(select(Role).where(Role.name == "Burglar")).all() == []
    sign_in(client, headers=ELSEWHERE)
    assert client.get("/admin/users/new", headers=ELSEWHERE).status_code == 200


def test_what_is_typed_into_such_a_form_is_kept_for_after_signing_in(app: Any) -> None:
    client = app.test_client()
    sign_in(client, headers=HERE)
    answer = client.post(
        "/admin/roles/new", data={"name": "Buyer"}, headers={**ELSEWHERE, "Origin": "http://localhost"}
    )
    assert answer.status_code == 401
    assert "Buyer" in answer.text
    assert "/admin/roles/new" in answer.text


@pytest.mark.parametrize("by", ["cookie", "bearer"])
def test_a_login_opens_nothing_from_the_moment_it_expires(app: Any, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import company
    from app.security.login import open_session

    kind = "browser" if by == "cookie" else "token"
    token = app.company.database.run(lambda s: open_session(s, s.get(User, 1), kind=kind), actor=SYSTEM)
    with app.company.database.session(SYSTEM) as session:
        login = session.scalars(select(Login).order_by(Login.id.desc())).first()
        ends = login.seen_at = login.expires_at  # it is in use until the end
        session.commit()

    def status_at(moment: Any) -> int:
        monkeypatch.setattr(company, "utc_now", lambda: moment)
        client = app.test_client()
        if by == "bearer":
            return int(client.get("/api/v1/lists", headers={"Authorization": f"Bearer {token}"}).status_code)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return int(client.get("/").status_code)

    assert status_at(ends - timedelta(seconds=1)) == 200
    assert status_at(ends) == (302 if by == "cookie" else 401)
    assert status_at(ends + timedelta(days=1)) == (302 if by == "cookie" else 401)


def test_a_request_asks_once_who_it_comes_from(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    client.get("/help-yourself")  # what the first page reads is read
    with app.company.database.session(SYSTEM) as session, counted(session) as statements:
        client.get("/help-yourself")
    asked = [statement for statement in statements if statement != "BEGIN"]
    assert len(asked) == 1
    assert "core_login" in asked[0]


def test_signing_out_ends_the_token_itself(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    client.post("/logout")
    with client.session_transaction() as cookie:
        assert "_user_id" not in cookie
        cookie["_user_id"] = token  # whoever had copied it
    assert client.get("/").status_code == 302
