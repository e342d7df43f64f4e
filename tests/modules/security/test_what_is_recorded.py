"""Of each act over users, roles, passwords and sign-ins the audit says which, by whom, of whom, and in words what."""

from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.errors import Conflict, Invalid
from app.security import SYSTEM, Actor, Grant, Login, Role, User
from app.security.login import WrongCredentials, close_session, note_refusal, open_session, revoke
from app.security.operations import add_role, add_user, change_own, change_user, set_grant, set_grants

PASSWORD = "long enough"
VIEW, SCOPE = ("permission", "contacts.contact.view"), ("scope", "contacts.contact")


@pytest.fixture
def acts(company: Any) -> Any:
    """Do something, as the system or somebody; gives the audit's new lines: action, by whom, subject, its number, words."""

    def run(work: Any, actor: Actor = SYSTEM) -> list[tuple[Any, ...]]:
        def lines(session: Any) -> dict[int, tuple[Any, ...]]:
            acts = select(AuditLine).where(AuditLine.action != "audit.chain.begin")
            found = session.scalars(acts.order_by(AuditLine.id))
            return {x.id: (x.action, x.actor, x.subject, x.subject_id, x.summary) for x in found}

        before = company.database.run(lines, actor=SYSTEM, write=False)
        company.database.run(work, actor=actor)
        after = company.database.run(lines, actor=SYSTEM, write=False)
        return [line for number, line in after.items() if number not in before]

    return run


@pytest.fixture
def olga(company: Any) -> Actor:
    """User 2, a salesperson."""

    def work(session: Any) -> int:
        return add_user(session, SYSTEM, login="olga", name="Olga", password=PASSWORD, roles=["salesperson"]).id

    return Actor(company.database.run(work, actor=SYSTEM), "Olga")


def user(session: Any, who: Actor) -> User:
    found: User = session.get(User, who.user_id)
    return found


def test_users(acts: Any, olga: Actor) -> None:
    fields: dict[str, Any] = {"name": "", "password": PASSWORD, "roles": ["salesperson", "manager"]}
    ((action, by, subject, number, words),) = acts(lambda s: add_user(s, SYSTEM, login=" Sam ", **fields))
    assert (action, by, subject, words) == ("core.user.add", "system", "core.user", "sam: manager, salesperson")
    assert number == olga.user_id + 1
    changed = acts(lambda s: change_user(s, SYSTEM, user(s, olga), name="O"))
    assert changed == [("core.user.change", "system", "core.user", olga.user_id, "olga")]


def test_roles_and_what_they_grant(acts: Any) -> None:
    ((_, _, _, number, _),) = made = acts(lambda s: add_role(s, SYSTEM, name=" intern "))
    assert made == [("core.role.add", "system", "core.role", number, "intern")]
    wanted = {VIEW: True, SCOPE: "own", ("group", "contacts.private"): False}
    said = acts(lambda s: set_grants(s, SYSTEM, s.get(Role, number), wanted))
    assert said == [
        ("core.role.change", "system", "core.role", number, "intern: contacts.contact.view = True"),
        ("core.role.change", "system", "core.role", number, "intern: contacts.contact = own"),
    ]
    assert acts(lambda s: set_grants(s, SYSTEM, s.get(Role, number), wanted)) == [], (
        "what is so already does not change"
    )
    said = acts(lambda s: set_grant(s, SYSTEM, s.get(Role, number), *VIEW, False))
    assert [words for *_, words in said] == ["intern: contacts.contact.view = False"]


def test_passwords_and_sign_ins(company: Any, acts: Any, olga: Actor) -> None:
    secrets: list[str] = []
    said = acts(lambda s: secrets.append(open_session(s, user(s, olga))))
    said += acts(lambda s: open_session(s, user(s, olga), kind="token"))
    assert said == [
        ("security.login.open", "Olga", "core.user", olga.user_id, f"olga: {kind}") for kind in ("browser", "token")
    ]
    assert acts(lambda s: note_refusal(s, " OLGA ", "10.0.0.1")) == [
        ("security.login.refused", "system", "core.user", olga.user_id, "olga, 10.0.0.1")
    ]
    assert acts(lambda s: note_refusal(s, "my password", "10.0.0.1")) == [
        ("security.login.refused", "system", "core.user", None, "10.0.0.1")
    ]
    _, token = company.database.run(lambda s: s.scalars(select(Login.id).order_by(Login.id)).all(), actor=SYSTEM)
    said = acts(lambda s: revoke(s, token, user_id=olga.user_id), olga)
    assert said == [("security.login.revoke", "Olga", "core.login", token, "")]
    assert acts(lambda s: close_session(s, secrets[0]), olga) == [("security.login.close", "Olga", None, None, "")]
    assert company.database.run(lambda s: s.query(Login).count(), actor=SYSTEM) == 0


def test_ones_own_password(company: Any, acts: Any, refused: Any, olga: Actor) -> None:
    def signed_in(session: Any) -> list[int]:
        return list(session.scalars(select(Login.id).where(Login.user_id == olga.user_id).order_by(Login.id)))

    for kind in ("browser", "browser", "token"):
        acts(lambda s, kind=kind: open_session(s, user(s, olga), kind=kind))
    one, two, three = company.database.run(signed_in, actor=SYSTEM)
    why = refused(lambda s: change_own(s, olga, locale=None, password="another one", current="wrong"), WrongCredentials)
    assert why == "Login or password is wrong."
    assert refused(lambda s: change_own(s, olga, locale=None, password="another one"), WrongCredentials) == why
    said = acts(
        lambda s: change_own(s, olga, locale="vi", password="another one", current=PASSWORD, login_id=two), olga
    )
    assert said == [
        ("security.login.revoke", "Olga", "core.login", one, ""),
        ("security.login.revoke", "Olga", "core.login", three, ""),
        ("security.password.change", "Olga", "core.user", olga.user_id, "olga"),
    ]
    assert company.database.run(signed_in, actor=SYSTEM) == [two], "the browser in which it was changed"
    assert company.database.run(lambda s: user(s, olga).locale, actor=SYSTEM) == "vi"
    assert acts(lambda s: change_own(s, olga, locale="ru"), olga) == []
    assert company.database.run(lambda s: (user(s, olga).locale, signed_in(s)), actor=SYSTEM) == ("ru", [two])


def test_what_is_refused_of_roles_says_why_and_leaves_no_line(refused: Any) -> None:
    for name in (" ", "n" * 61):
        why = refused(lambda s, name=name: add_role(s, SYSTEM, name=name), Invalid, field="name")
        assert why == "A role needs a name of at most 60 characters."
    assert refused(lambda s: add_role(s, SYSTEM, name=" manager "), Conflict) == "There is a role “manager” already."
    keeps = "The administrator keeps the rights over users and roles, or nobody could give them back."
    for key in ("core.user.manage", "core.role.manage"):
        grant = ("permission", key, False)
        why = refused(lambda s, grant=grant: set_grant(s, SYSTEM, role_named(s, "administrator"), *grant), Conflict)
        assert why == keeps
    why = refused(lambda s: set_grant(s, SYSTEM, role_named(s, "manager"), *SCOPE, "some"), Invalid, field="scope")
    assert why == "A scope is none, own, team or all."


def test_other_rights_of_the_administrator_and_other_roles_keys_may_be_taken(company: Any) -> None:
    def work(session: Any) -> int:
        set_grant(session, SYSTEM, role_named(session, "administrator"), *VIEW, False)
        set_grant(session, SYSTEM, role_named(session, "manager"), "permission", "core.user.manage", True)
        set_grant(session, SYSTEM, role_named(session, "manager"), "permission", "core.user.manage", False)
        held = select(Grant).join(Role, Role.id == Grant.role_id).where(Grant.name.in_(("core.user.manage", VIEW[1])))
        return len(session.scalars(held.where(Role.name.in_(("administrator", "manager")))).all())

    assert company.database.run(work, actor=SYSTEM) == 2  # the administrator's key, and what the manager may view


def test_a_name_of_sixty_letters_is_a_roles_name(company: Any) -> None:
    assert company.database.run(lambda s: add_role(s, SYSTEM, name="n" * 60).name, actor=SYSTEM) == "n" * 60


def role_named(session: Any, name: str) -> Role:
    found: Role = session.scalars(select(Role).where(Role.name == name)).one()
    return found
