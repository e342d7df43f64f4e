"""A second factor keeps out whoever knows the password alone, and lets its owner in who has lost the phone."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pyotp import TOTP
from sqlalchemy import func, select

from app.audit import AuditLine
from app.db import utc_now
from app.errors import Conflict
from app.notifications import Notification
from app.security import SYSTEM, Login, Role, User, wrong_tries
from app.security import second_factor as rules
from app.security.models import RecoveryCode, SecondFactor
from app.security.operations import add_user
from app.security.second_factor import WrongCode, check_code, reset_factor, seconds_of
from app.web.pages.guesses import limiter
from tests.at_once import at_once

PASSWORD = "correct horse"
KEY = "tests"


class Clock:
    """The moment that codes are made for, moved by hand."""

    def __init__(self) -> None:
        self.now = utc_now()

    def on(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (rules, wrong_tries):
        monkeypatch.setattr(module, "utc_now", lambda: made.now)
    return made


Code = Callable[[], str]


@pytest.fixture
def phone(company: Any, clock: Clock) -> Code:
    """The administrator's phone, with the second factor on: gives the code that it shows."""
    return lambda: code_of(switch_on(company, clock)[0], clock)


def code_of(secret: str, clock: Clock) -> str:
    return TOTP(secret).at(int(seconds_of(clock.now)))


def actor_of(company: Any, login: str = "admin") -> Any:
    from app.company import actor_of as read

    def work(session: Any) -> Any:
        user_id = session.scalars(select(User.id).where(User.login == login)).one()
        return read(session, user_id, company._state.enabled)

    return company.database.run(work, actor=SYSTEM, write=False)


def switch_on(company: Any, clock: Clock, login: str = "admin") -> tuple[str, list[str]]:
    """Gives the secret, and the recovery codes."""
    actor, run = actor_of(company, login), company.database.run
    run(lambda s: rules.begin_factor(s, actor, key=KEY), actor=actor)
    _address, secret = run(lambda s: rules.address_of(s, actor, key=KEY, issuer="T"), actor=actor)
    code = code_of(secret, clock)
    codes = run(lambda s: rules.confirm_factor(s, actor, code, key=KEY, login_id=None), actor=actor)
    return secret, codes


def test_a_code_is_taken_once_and_no_older_one_after_it(company: Any, clock: Clock) -> None:
    secret, _codes = switch_on(company, clock)
    admin = actor_of(company)

    def tried(code: str) -> str:
        try:
            return company.database.run(lambda s: check_code(s, admin.user_id, code, key=KEY), actor=SYSTEM)
        except WrongCode:
            return "refused"

    assert tried(code_of(secret, clock)) == "refused"  # it has confirmed the phone
    before = code_of(secret, clock)
    clock.on(seconds=30)
    spaced = code_of(secret, clock)
    assert tried(f"{spaced[:3]} {spaced[3:]}") == "phone"
    assert tried(spaced) == "refused"
    assert tried(before) == "refused"
    clock.on(seconds=90)
    old = code_of(secret, clock)
    clock.on(seconds=60)
    assert tried(old) == "refused"
    assert tried(code_of(secret, clock)) == "phone"


def test_a_recovery_code_opens_once_and_is_in_the_audit(company: Any, clock: Clock) -> None:
    _secret, codes = switch_on(company, clock)
    admin, run = actor_of(company), company.database.run
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ")
    assert run(lambda s: check_code(s, admin.user_id, typed, key=KEY), actor=SYSTEM) == "recovery"
    with pytest.raises(WrongCode):
        run(lambda s: check_code(s, admin.user_id, codes[3], key=KEY), actor=SYSTEM)

    def left(session: Any) -> tuple[int, int]:
        used = select(func.count()).where(AuditLine.action == "security.second_factor.recover")
        return session.scalar(select(func.count(RecoveryCode.id))), session.scalar(used)

    assert run(left, actor=SYSTEM) == (9, 1)


def test_nothing_that_is_stored_shows_a_secret_or_a_code(company: Any, clock: Clock) -> None:
    secret, codes = switch_on(company, clock)

    def stored(session: Any) -> str:
        rows = [session.execute(select(model.__table__)).all() for model in (SecondFactor, RecoveryCode, AuditLine)]
        return str(rows)

    text = company.database.run(stored, actor=SYSTEM)
    assert not [each for each in (secret, *codes, *(c.replace("-", "") for c in codes)) if each in text]


def test_under_another_key_the_phone_opens_nothing_but_a_recovery_code_does(company: Any, clock: Clock) -> None:
    """A backup that is restored where `secret.key` is another one."""
    secret, codes = switch_on(company, clock)
    clock.on(seconds=60)
    admin, run = actor_of(company), company.database.run
    with pytest.raises(WrongCode):
        run(lambda s: check_code(s, admin.user_id, code_of(secret, clock), key="another"), actor=SYSTEM)
    assert run(lambda s: check_code(s, admin.user_id, codes[0], key="another"), actor=SYSTEM) == "recovery"


def test_two_who_send_the_same_code_at_once_are_one(company: Any, clock: Clock) -> None:
    secret, _codes = switch_on(company, clock)
    clock.on(seconds=60)
    admin, code = actor_of(company), code_of(secret, clock)

    def take() -> str:
        try:
            return company.database.run(lambda s: check_code(s, admin.user_id, code, key=KEY), actor=SYSTEM)
        except WrongCode:
            return "refused"

    assert sorted(at_once(take, take)) == ["phone", "refused"]


def test_whoever_has_fewer_rights_takes_nobodys_factor_away(company: Any, clock: Clock) -> None:
    from app.security.operations import set_grant

    switch_on(company, clock)

    def hire(session: Any) -> None:
        session.add(Role(name="porter"))
        session.flush()
        role = session.scalars(select(Role).where(Role.name == "porter")).one()
        set_grant(session, SYSTEM, role, "permission", "core.user.manage", True)
        add_user(session, SYSTEM, login="pat", name="Pat", password=PASSWORD, roles=["porter"])

    company.database.run(hire, actor=SYSTEM)
    pat = actor_of(company, "pat")

    def reset(session: Any) -> None:
        reset_factor(session, pat, session.scalars(select(User).where(User.login == "admin")).one())

    with pytest.raises(Conflict):
        company.database.run(reset, actor=pat)
    assert company.database.run(lambda s: s.scalar(select(func.count(SecondFactor.user_id))), actor=SYSTEM) == 1


# --- Pages: SQLite alone, as what they do is tried on both above. ---

sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def guarded(config: Any) -> Iterator[Any]:
    """The application with limits on signing in."""
    from app import create_app

    made = create_app(config)
    made.config["WTF_CSRF_ENABLED"] = False
    made.company.database.run(made.company.refresh, actor=SYSTEM, write=False)
    yield made
    made.company.database.dispose()


def sign_in(client: Any, password: str = PASSWORD, login: str = "admin") -> Any:
    return client.post("/login", data={"login": login, "password": password})


def is_in(client: Any) -> bool:
    return client.get("/account").status_code == 200


@sqlite
def test_the_password_alone_opens_nothing(app: Any, clock: Clock) -> None:
    secret, _codes = switch_on(app.company, clock)
    client = app.test_client()
    asked = sign_in(client)
    assert asked.status_code == 200
    assert "Code of your phone" in asked.text
    assert not is_in(client)
    assert client.get("/api/v1/lists").status_code == 401
    assert client.post("/login/code", data={"code": "000000"}).status_code == 401
    assert not is_in(client)
    clock.on(seconds=60)
    assert client.post("/login/code", data={"code": code_of(secret, clock)}).headers["Location"] == "/"
    assert is_in(client)
    stranger = app.test_client()
    assert stranger.post("/login/code", data={"code": code_of(secret, clock)}).headers["Location"] == "/login"


@sqlite
def test_a_wrong_password_is_answered_alike_with_and_without_a_second_factor(app: Any, clock: Clock) -> None:
    before = sign_in(app.test_client(), "wrong password")
    switch_on(app.company, clock)
    after = sign_in(app.test_client(), "wrong password")
    assert (before.status_code, before.text) == (after.status_code, after.text)


@sqlite
def test_a_password_that_was_changed_meanwhile_leads_to_no_code(app: Any, clock: Clock) -> None:
    from app.security.passwords import hash_new_password

    secret, _codes = switch_on(app.company, clock)
    client = app.test_client()
    sign_in(client)

    def change(session: Any) -> None:
        user = session.scalars(select(User).where(User.login == "admin")).one()
        user.password_hash = hash_new_password(session, "another long one", login="admin")

    app.company.database.run(change, actor=SYSTEM)
    clock.on(seconds=60)
    assert client.post("/login/code", data={"code": code_of(secret, clock)}).headers["Location"] == "/login"
    assert not is_in(client)


@sqlite
def test_codes_are_throttled_and_their_owner_hears_of_it(guarded: Any, clock: Clock) -> None:
    secret, _codes = switch_on(guarded.company, clock)
    client = guarded.test_client()
    sign_in(client)
    answers = [
        client.post("/login/code", data={"code": "000000"}, environ_base={"REMOTE_ADDR": f"192.0.2.{n}"}).status_code
        for n in range(12)
    ]
    assert answers == [401] * 10 + [429] * 2
    clock.on(seconds=60)
    assert client.post("/login/code", data={"code": code_of(secret, clock)}).status_code == 429
    said = guarded.company.database.run(
        lambda s: s.scalars(select(Notification.message).where(Notification.message.contains("wrong code"))).all(),
        actor=SYSTEM,
    )
    assert len(said) == 1


@sqlite
def test_wrong_codes_count_on_every_server_together(guarded: Any, clock: Clock) -> None:
    """From wherever they come, and whatever a server has in its own memory."""
    secret, _codes = switch_on(guarded.company, clock)
    client, answers = guarded.test_client(), []
    sign_in(client)
    for server in range(4):
        limiter.reset()  # as another server, which has nothing in its memory
        for number in range(3):
            address = {"REMOTE_ADDR": f"192.0.2.{3 * server + number}"}
            answers.append(client.post("/login/code", data={"code": "000000"}, environ_base=address))
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
    limiter.reset()
    clock.on(seconds=3601)
    client.post("/login/code", data={"code": "000000"})
    sign_in(client)
    assert client.post("/login/code", data={"code": code_of(secret, clock)}).status_code == 302
    tries = guarded.company.database.run(lambda s: s.scalar(select(SecondFactor.tries)), actor=SYSTEM)
    assert tries == 1, "a code that was right counts for nothing"


def test_a_trusted_browser_is_asked_for_the_password_alone_until_it_is_not_trusted(app: Any, clock: Clock) -> None:
    secret, _codes = switch_on(app.company, clock)
    client = app.test_client()
    sign_in(client)
    clock.on(seconds=60)
    client.post("/login/code", data={"code": code_of(secret, clock), "trust": "y"})
    client.post("/logout")
    assert sign_in(client).headers["Location"] == "/"
    assert sign_in(app.test_client()).status_code == 200
    assert sign_in(client, login="Admin").headers["Location"] == "/"
    client.post("/logout")
    clock.on(seconds=60)

    def distrust(session: Any) -> None:
        rules.forget_trusted(session, session.scalars(select(User.id).where(User.login == "admin")).one())

    app.company.database.run(distrust, actor=SYSTEM)
    assert sign_in(client).status_code == 200
    assert not is_in(client)


@sqlite
def test_setting_it_up_by_the_pages_ends_what_was_signed_in_before(app: Any, clock: Clock) -> None:
    other, client = app.test_client(), app.test_client()
    sign_in(other)
    sign_in(client)
    assert client.post("/account/second-factor/begin").status_code == 302
    page = client.get("/account/second-factor")
    secret = re.search(r"<code class=\"token\">([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")  # type: ignore[index]
    picture = client.get("/account/second-factor/picture")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert b"<svg xmlns" in picture.data
    assert b"style=" not in picture.data
    assert client.post("/account/second-factor/confirm", data={"code": "123"}).status_code == 200
    assert is_in(other)
    done = client.post("/account/second-factor/confirm", data={"code": code_of(secret, clock)})
    assert len(re.findall(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", done.text)) == 10
    assert is_in(client)
    assert not is_in(other)
    assert client.get("/account/second-factor/picture").status_code == 404
    assert secret not in client.get("/account/second-factor").text


@sqlite
def test_a_role_that_needs_it_opens_nothing_before_it_is_there(app: Any, clock: Clock) -> None:
    def require(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "administrator")).one()
        rules.require_factor(session, SYSTEM, role, True)

    client = app.test_client()
    sign_in(client)
    token = re.search(r"token\">([\w-]{40,})<", client.post("/account/tokens", data={"access": "write"}).text)[1]  # type: ignore[index]
    app.company.database.run(require, actor=SYSTEM)
    for address in ("/", "/contacts/companies", "/admin/users", "/account/tokens"):
        answer = client.post(address) if address.endswith("tokens") else client.get(address)
        assert answer.headers["Location"] == "/account/second-factor"
    assert client.get("/api/v1/lists", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    secret, _codes = switch_on(app.company, clock)
    sign_in(client)
    clock.on(seconds=60)
    client.post("/login/code", data={"code": code_of(secret, clock)})
    assert client.get("/contacts/companies").status_code == 200
    clock.on(seconds=60)
    refused = client.post("/account/second-factor/end", data={"code": code_of(secret, clock)}, follow_redirects=True)
    assert "One of your roles needs a second factor." in refused.text
    assert app.company.database.run(lambda s: s.scalar(select(func.count(SecondFactor.user_id))), actor=SYSTEM) == 1


@sqlite
def test_an_administrator_signs_somebody_out_and_takes_their_factor_away(app: Any, clock: Clock) -> None:
    def hire(session: Any) -> int:
        user = add_user(session, SYSTEM, login="sue", name="Sue", password=PASSWORD, roles=["salesperson"])
        return int(user.id)

    sue_id = app.company.database.run(hire, actor=SYSTEM)
    admin, sue = app.test_client(), app.test_client()
    sign_in(admin)
    sign_in(sue, login="sue")
    page = admin.get(f"/admin/users/{sue_id}")
    (address,) = set(re.findall(rf"/admin/users/{sue_id}/logins/\d+/sign-out", page.text))
    mine = app.company.database.run(
        lambda s: s.scalar(select(func.max(Login.id)).where(Login.user_id != sue_id)), actor=SYSTEM
    )
    assert (
        admin.post(f"/admin/users/{sue_id}/logins/{mine}/sign-out").status_code == 404
    )  # another's, under Sue's number
    assert is_in(admin)
    assert sue.post(address).status_code == 403
    assert admin.post(address).status_code == 302
    assert not is_in(sue)
    switch_on(app.company, clock, "sue")
    assert admin.post(f"/admin/users/{sue_id}/second-factor/reset").status_code == 302
    assert sign_in(sue, login="sue").headers["Location"] == "/"
    assert "took your second factor away" in sue.get("/notifications").text
