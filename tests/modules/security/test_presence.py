"""How long a browser stays signed in, and when it is asked for the password once more. Before, a browser left alone changed who
may do what for two weeks, and a password's change left its cookie as it was."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit import AuditLine
from app.db import utc_now
from app.errors import Conflict, Invalid
from app.notifications import Notification, NotificationChoice, set_channels
from app.notifications.kinds import access_changed
from app.reference.models import Organisation
from app.reference.operations import change_organisation
from app.security import SYSTEM, Actor, Login, Role, User
from app.security.login import PRESENCE, SEEN_EVERY
from app.security.operations import add_user, change_own, change_user
from tests.modules.security.test_sessions import PASSWORD, add, sign_in

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

ASKED = (
    "/admin/users/new",
    "/admin/users/1",
    "/admin/roles/1",
    "/admin/backups/plan",
    "/admin/organisation",
    "/admin/modules/production/enable",
)
ORIGIN = {"Origin": "http://localhost"}


def shift(app: Any, **values: Any) -> None:
    """Let time pass for everybody who is signed in."""
    app.company.database.run(lambda s: s.execute(update(Login).values(values)), actor=SYSTEM)


def the(app: Any, query: Any) -> Any:
    return app.company.database.run(lambda s: s.scalars(query).first(), actor=SYSTEM, write=False)


def notices(app: Any) -> list[tuple[int, str, str]]:
    query = select(Notification.user_id, Notification.message, Notification.kind).order_by(Notification.id)
    return [tuple(row) for row in app.company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM)]


def test_who_may_do_what_changes_by_those_who_have_just_given_their_password(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    assert {client.get(page).status_code for page in ASKED} == {200}
    shift(app, proved_at=utc_now() - PRESENCE)
    assert client.get("/").status_code == 200  # for all else they stay signed in
    for page in ASKED:
        answer = client.get(page)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), page
    assert client.post("/account/tokens", data={"name": "x"}).status_code == 302
    assert client.post("/admin/roles/new", data={"name": "Burglar"}).status_code == 302
    assert the(app, select(Role).where(Role.name == "Burglar")) is None
    before = the(app, select(Organisation.edition))
    for path, form in (("/admin/modules/warehouse/disable", {}), ("/admin/edition", {"edition": "enterprise"})):
        assert client.post(path, data=form).location.partition("?")[0] == "/login", path
    assert (the(app, select(Organisation.edition)), app.company.is_on("warehouse")) == (before, True)
    page = client.get("/login?next=/admin/users/new").text
    assert "needs your password once more" in page
    assert 'value="admin"' in page
    again = sign_in(client, query_string={"next": "/admin/users/new"})
    assert again.location == "/admin/users/new"
    assert client.get("/admin/users/new").status_code == 200


def test_what_was_typed_into_such_a_form_comes_back_after_the_password(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    shift(app, proved_at=utc_now() - PRESENCE)
    answer = client.post("/admin/roles/new", data={"name": "Buyer"}, headers=ORIGIN)
    assert answer.status_code == 401
    assert "What you typed is kept." in answer.text
    assert "You have been signed out" not in answer.text


def test_a_browser_in_which_somebody_signs_in_again_has_one_session(app: Any) -> None:
    client = app.test_client()
    for _ in range(3):
        assert sign_in(client).status_code == 302
    assert len(app.company.database.run(lambda s: s.scalars(select(Login)).all(), actor=SYSTEM)) == 1


def test_a_browser_that_nobody_uses_is_signed_out(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    shift(app, seen_at=utc_now() - timedelta(hours=11, minutes=59))
    assert client.get("/").status_code == 200
    assert utc_now() - the(app, select(Login.seen_at)) < timedelta(minutes=1), "and it counts from then"
    shift(app, seen_at=utc_now() - timedelta(hours=12))
    assert client.get("/").status_code == 302


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    job = client.post("/admin/backups/make").location
    before = utc_now() - timedelta(hours=11)
    shift(app, seen_at=before)
    assert client.get(f"{job}/state").status_code == 200
    assert the(app, select(Login.seen_at)) == before
    assert client.get(job).status_code == 200
    assert the(app, select(Login.seen_at)) > before


def test_a_wrong_present_password_leaves_a_line_and_changes_nothing(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    kept = the(app, select(User.password_hash))
    form = {"version": "1", "locale": "", "password": "another password", "current": "wrong"}
    answer = client.post("/account", data=form)
    assert "password is wrong" in answer.text
    line = the(app, select(AuditLine).order_by(AuditLine.id.desc()))
    assert (line.action, line.summary) == ("security.login.refused", "admin, 127.0.0.1")
    assert the(app, select(User.password_hash)) == kept


def test_when_it_was_seen_is_written_now_and_then(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    lately = utc_now() - SEEN_EVERY + timedelta(seconds=30)
    shift(app, seen_at=lately)
    client.get("/")
    assert the(app, select(Login.seen_at)) == lately


def test_nobody_waits_for_its_being_written(app: Any, engine: str) -> None:
    client = app.test_client()
    sign_in(client)
    client.get("/")
    before = utc_now() - timedelta(hours=1)
    shift(app, seen_at=before)
    with app.company.database.session(SYSTEM, write=True) as session:  # an import, say, that holds it for long
        session.execute(update(Login).values(agent="held"))
        assert client.get("/").status_code == 200
        session.rollback()
    assert the(app, select(Login.seen_at)) == before
    client.get("/")
    assert the(app, select(Login.seen_at)) > before


def test_the_organisation_says_how_long(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    form = {"name": "Testing Ltd", "country": "GB", "version": "1", "idle_minutes": "30", "signed_in_days": "2"}
    assert client.post("/admin/organisation", data=form).status_code == 302
    shift(app, seen_at=utc_now() - timedelta(minutes=29))
    assert client.get("/").status_code == 200
    shift(app, seen_at=utc_now() - timedelta(minutes=30))
    assert client.get("/").status_code == 302
    sign_in(client)
    shift(app, created_at=utc_now() - timedelta(days=2))
    assert client.get("/").status_code == 302
    sign_in(client)
    newest = the(app, select(Login).order_by(Login.id.desc()))
    assert newest.expires_at - newest.created_at == timedelta(days=2)


def test_too_short_and_endless_times_are_refused(refused: Any) -> None:
    fields: dict[str, Any] = {"name": "Ltd", "country": "GB", "tax_id": "", "zone": ""}
    for field, wrong, why in (
        ("idle_minutes", 4, "From 5 to 10080."),
        ("idle_minutes", 10_081, "From 5 to 10080."),
        ("signed_in_days", 0, "From 1 to 30."),
        ("signed_in_days", 31, "From 1 to 30."),
    ):
        change = {**fields, field: wrong}
        assert refused(lambda s, change=change: change_organisation(s, SYSTEM, **change), Invalid, field=field) == why


def test_a_new_password_gives_this_browser_another_secret(app: Any) -> None:
    here, thief, elsewhere = (app.test_client() for _ in range(3))
    sign_in(here)
    sign_in(elsewhere)
    with here.session_transaction() as mine, thief.session_transaction() as copied:
        copied.update(mine)
    assert thief.get("/").status_code == 200
    form = {"password": "another horse", "current": PASSWORD, "locale": "", "version": "1"}
    page = here.post("/account", data=form, follow_redirects=True)
    assert "Your password is changed." in page.text
    assert [client.get("/").status_code for client in (here, thief, elsewhere)] == [200, 302, 302]


def test_ones_own_password_isnt_changed_without_the_one_before(app: Any, refused: Any) -> None:
    ada = Actor(1, "admin", frozenset({"core.user.manage", "core.role.manage"}))
    why = refused(lambda s: change_user(s, ada, s.get(User, 1), password="another horse"), Conflict)
    assert why == "Change your own password under My account: there you give the present one as well."
    same = lambda s: change_own(s, Actor(1, "admin"), locale=None, password=PASSWORD, current=PASSWORD)  # noqa: E731
    assert refused(same, Invalid, field="password") == "This is the password that you have. Choose another."


def test_ones_own_address_isnt_changed_by_who_finds_the_browser(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    form = {"email": "thief@example.com", "locale": "", "version": "1"}
    shift(app, proved_at=utc_now() - PRESENCE)
    assert 'id="current-error"' in client.post("/account", data=form).text
    assert the(app, select(User.email)) == ""
    assert (
        client.post("/account", data={**form, "locale": "ru", "email": ""}).status_code == 302
    )  # a language opens nothing
    assert client.post("/account", data={**form, "version": "2", "current": PASSWORD}).status_code == 302
    assert the(app, select(User.email)) == "thief@example.com"
    assert notices(app) == [(1, "%(who)s changed your address of e-mail.", "core.access_changed")]


@pytest.fixture
def admin(app: Any) -> Any:
    client = app.test_client()
    sign_in(client)
    return client


def new_user(admin: Any, **fields: Any) -> Any:
    form = {"login": "olga", "name": "Olga", "password": "set by ada", "roles": ["salesperson"], **fields}
    return admin.post("/admin/users/new", data=form, follow_redirects=True)


def test_a_password_that_somebody_else_has_set_is_changed_first(app: Any, admin: Any) -> None:
    """Before, an administrator knew the passwords of those whom they had let in for as long as these liked."""
    new_user(admin)
    olga = app.test_client()
    sign_in(olga, "olga", "set by ada")
    for page in ("/", "/contacts/companies", "/notifications"):
        assert olga.get(page).location == "/account#password-card", page
    assert olga.post("/account/tokens", data={"name": "x"}).location == "/account#password-card"
    assert olga.get("/api/v1/lists").status_code == 401
    assert "Choose one that you alone know" in olga.get("/account").text
    form = {"locale": "", "version": "1", "current": "set by ada"}
    assert "Choose another." in olga.post("/account", data={**form, "password": "set by ada"}).text
    assert olga.get("/").status_code == 302
    assert olga.post("/account", data={**form, "password": "olga's alone"}).status_code == 302
    assert [olga.get(page).status_code for page in ("/", "/contacts/companies")] == [200, 200]


def test_a_password_set_again_is_changed_again_and_its_owner_is_notified(app: Any, admin: Any) -> None:
    olga_id = add(app, "olga", "salesperson")
    olga = app.test_client()
    sign_in(olga, "olga")
    assert olga.get("/").status_code == 200  # whoever has the server sets passwords that stay
    form = {
        "version": "1",
        "name": "Olga",
        "is_active": "y",
        "roles": ["salesperson", "manager"],
        "password": "set by ada",
    }
    assert admin.post(f"/admin/users/{olga_id}", data=form).status_code == 302
    assert olga.get("/").location.startswith("/login")
    sign_in(olga, "olga", "set by ada")
    assert olga.get("/").location == "/account#password-card"
    assert notices(app) == [
        (olga_id, "%(who)s changed your password.", "core.access_changed"),
        (olga_id, "%(who)s changed your roles.", "core.access_changed"),
    ]


def test_nobody_hushes_up_what_opens_the_program(app: Any, refused: Any) -> None:
    """Neither by a choice nor by one that was made before."""
    me = Actor(1, "admin")
    off = {access_changed.name: "off"}
    assert refused(lambda s: set_channels(s, me, [access_changed], off), Invalid, field=access_changed.name)
    app.company.database.known["has_mail"] = True

    def work(session: Any) -> None:
        session.add(NotificationChoice(user_id=1, kind=access_changed.name, channel="off"))
        session.get(User, 1).email = "ada@example.com"
        session.flush()
        change_own(session, me, locale=None, password="another horse", current=PASSWORD)

    app.company.database.run(work, actor=me)
    notice = the(app, select(Notification))
    assert (notice.is_belled, notice.is_mailed) == (True, True)
    client = app.test_client()
    sign_in(client, password="another horse")
    assert "My password, address, roles or tokens change" not in client.get("/account").text


def test_the_command_may_ask_for_a_new_password_too(company: Any) -> None:
    fields: dict[str, Any] = {"name": "", "password": PASSWORD, "roles": []}
    for must, login in ((True, "one"), (False, "two")):
        made = company.database.run(
            lambda s, must=must, login=login: add_user(s, SYSTEM, login=login, must_change_password=must, **fields),
            actor=SYSTEM,
        )
        assert made.must_change_password is must


def test_somebody_without_a_role_is_pointed_out(app: Any, admin: Any) -> None:
    """Before, they were saved without a word, and found every page closed."""
    said = "has no role yet, so hardly anything is open to them."
    assert said in new_user(admin, roles=[]).text
    assert said not in new_user(admin, login="sam").text
    assert (
        said
        in admin.post(
            "/admin/users/2", data={"version": "1", "name": "Olga", "is_active": "y"}, follow_redirects=True
        ).text
    )


def test_the_form_of_a_new_user_says_nothing_of_an_old_password(admin: Any) -> None:
    assert "stays as it is" not in admin.get("/admin/users/new").text
    assert "stays as it is" in admin.get("/admin/users/1").text


def test_roles_read_in_the_list_of_users_as_elsewhere(app: Any, admin: Any) -> None:
    new_user(admin, roles=["salesperson", "manager"])
    admin.post("/account", data={"locale": "ru", "version": "1"})
    page = admin.get("/admin/users").text
    assert "менеджер" in page or "руководитель" in page
    assert "salesperson" not in page.partition('id="list"')[2]
    rows = admin.get("/api/v1/lists/core.user").json["rows"]
    names = {row["login"]: set(row["roles"].split(", ")) for row in rows}  # programs read names
    assert names == {"admin": {"administrator"}, "olga": {"manager", "salesperson"}}
