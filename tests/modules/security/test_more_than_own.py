"""Who manages users, and not roles, gives nobody more than they have: not a right, not a field group, not a wider scope."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import Conflict, Invalid
from app.security import SYSTEM, Actor, Team, User
from app.security.actor import SCOPES
from app.security.operations import add_role, add_user, change_user, roles_named, set_grants

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

NOUN, GROUP = "contacts.contact", "contacts.private"
VIEW = ("permission", f"{NOUN}.view")
TRUSTED = ("permission", "core.user.manage")

Grants = dict[tuple[str, str], str | bool]


def scoped(scope: str | None) -> Grants:
    """The right to view contacts, as far as `scope`; None: nothing is said of it, which is all of them."""
    return {VIEW: True} if scope is None else {VIEW: True, ("scope", NOUN): scope}


def within(own: str | None, *, is_within: bool) -> dict[str, Grants]:
    """Of each scope that reaches no further than `own`, or of each that does."""
    of = {scope: SCOPES.index(scope or "all") for scope in (*SCOPES, None)}
    return {scope or "unsaid": scoped(scope) for scope, reach in of.items() if (reach <= of[own]) == is_within}


OFF: Grants = {("permission", "production.bom.view"): True, ("scope", "production.bom"): "own"}

#: what somebody has who manages users; and roles with what each holds: no more than that, more than that
CASES: dict[str, tuple[Grants, dict[str, Grants], dict[str, Grants]]] = {
    **{
        f"scope {own or 'unsaid'}": (scoped(own), within(own, is_within=True), within(own, is_within=False))
        for own in (*SCOPES, None)
    },
    "rights and groups": (
        {**scoped("own"), ("group", GROUP): True},
        {
            "nothing": {},
            "the same": {**scoped("own"), ("group", GROUP): True},
            "a scope over what it may not view": {("scope", NOUN): "all"},
        },
        {
            "another right": {("permission", f"{NOUN}.edit"): True},
            "another group": {("group", "contacts.financial"): True},
            "to manage roles": {("permission", "core.role.manage"): True},
            "what opens once it is switched on": {("permission", "production.bom.view"): True},
            "what opens once it is installed again": {
                ("permission", "gone.noun.view"): True,
                ("group", "gone.group"): True,
            },
            "a wider scope beside the same": {**scoped("team"), ("group", GROUP): True},
        },
    ),
    # Before, whatever a module that is off would open was given away.
    "a module that is off": (
        OFF,
        {"the same": OFF, "narrower": {**OFF, ("scope", "production.bom"): "none"}},
        {
            "wider": {**OFF, ("scope", "production.bom"): "team"},
            "another": {("permission", "production.bom.edit"): True},
        },
    ),
}


@pytest.fixture
def trusted(company: Any, employ: Callable[..., Actor]) -> Callable[..., Actor]:
    """Clara, who may manage users and has `own`. There are `roles`; nora has one that holds nothing."""

    def prepare(own: Grants, roles: dict[str, Grants]) -> Actor:
        def work(session: Any) -> None:
            for name, grants in {**roles, "clerk": {TRUSTED: True, **own}, "empty": {}}.items():
                set_grants(session, SYSTEM, add_role(session, SYSTEM, name=name), grants)

        company.database.run(work, actor=SYSTEM)
        employ("nora", "empty")
        return employ("clara", "clerk")

    return prepare


def named(session: Any, login: str) -> User:
    user: User = session.query(User).filter(User.login == login).one()
    return user


def ways(actor: Actor, role: str, has_it: str) -> list[Callable[[Any], Any]]:
    """To let somebody have what `role` holds: a new user, another role, a password that one knows, of a user who `has_it`."""
    return [
        lambda s: add_user(s, actor, login=f"new {role}", name="", password="long enough", roles=["empty", role]),
        lambda s: change_user(s, actor, named(s, "nora"), roles=["empty", role]),
        lambda s: change_user(s, actor, named(s, has_it), password="known to clara"),
    ]


@pytest.mark.parametrize("case", CASES)
def test_nobody_gives_more_than_they_have_whichever_way_they_give_it(
    company: Any, trusted: Any, employ: Any, refused: Any, case: str
) -> None:
    own, no_more, more = CASES[case]
    clara = trusted(own, no_more | more)
    for role in more:
        employ(f"has {role}", "empty", role)
        for way in ways(clara, role, f"has {role}"):
            why = f"The role “{role}” holds rights that you don't have; ask an administrator."
            assert refused(way, Conflict) == why, role
    for role in no_more:
        employ(f"has {role}", "empty", role)
        for way in ways(clara, role, f"has {role}"):
            company.database.run(way, actor=SYSTEM)


def test_who_manages_roles_may_give_what_they_could_give_themselves(company: Any, trusted: Any, employ: Any) -> None:
    clara = trusted({("permission", "core.role.manage"): True}, {"all": {**scoped("all"), ("group", GROUP): True}})
    employ("gail", "all")
    for way in ways(clara, "all", "gail"):
        company.database.run(way, actor=SYSTEM)
    company.database.run(lambda s: change_user(s, SYSTEM, named(s, "gail"), team="East"), actor=SYSTEM)
    company.database.run(lambda s: change_user(s, clara, named(s, "nora"), team="East"), actor=SYSTEM)


def test_who_manages_users_puts_nobody_into_a_team_that_they_are_not_of(
    company: Any, trusted: Any, refused: Any
) -> None:
    """What is open to a team is open to whoever is put into it."""
    clara = trusted({}, {})

    def put(actor: Actor, login: str, team: str) -> Callable[[Any], Any]:
        return lambda s: change_user(s, actor, named(s, login), team=team)

    def new(login: str, team: str) -> Callable[[Any], Any]:
        return lambda s: add_user(s, clara, login=login, name="", password="long enough", roles=["empty"], team=team)

    def team_of(login: str) -> str | None:
        found = company.database.run(lambda s: s.get(Team, named(s, login).team_id or 0), actor=SYSTEM, write=False)
        return found and found.name

    for login, team in (("admin", "East"), ("clara", "West"), ("nora", "")):
        company.database.run(put(SYSTEM, login, team), actor=SYSTEM)
    for way in (put(clara, "nora", " East "), new("new", "East"), put(clara, "clara", "East")):
        why = refused(way, Conflict)
        assert why == "You aren't a member of the team “East” yourself; ask an administrator."
    for way in (put(clara, "nora", " West "), new("one", "West"), new("two", "A new one"), new("three", " ")):
        company.database.run(way, actor=SYSTEM)
    assert [team_of(login) for login in ("nora", "one", "two", "three")] == ["West", "West", "A new one", None]
    company.database.run(put(SYSTEM, "nora", "East"), actor=SYSTEM)
    company.database.run(put(clara, "nora", "East"), actor=SYSTEM)  # where they are already
    assert team_of("nora") == "East"
    company.database.run(put(clara, "nora", ""), actor=SYSTEM)
    assert team_of("nora") is None


def test_all_roles_that_are_named_must_exist(company: Any, refused: Any) -> None:
    def found(session: Any) -> list[str]:
        return sorted(role.name for role in roles_named(session, ["manager", "salesperson"]))

    assert company.database.run(found, actor=SYSTEM) == ["manager", "salesperson"]
    known = "accountant, administrator, buyer, manager, salesperson, storekeeper"
    why = refused(lambda s: roles_named(s, ["manager", "wizard", "ghost"]), Invalid, field="role")
    assert why == f"There is no role “ghost”. Known: {known}."
