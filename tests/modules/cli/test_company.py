"""Making a company, its users, modules and edition by command."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.company import Company
from app.config import Config
from app.reference import Organisation
from app.security import SYSTEM, User

OURS = ("--organisation", "Ours Ltd", "--country", "GB", "--currency", "GBP", "--admin", "Ada", "--password-stdin")
PASSWORD = "correct horse\n"


def with_other(option: str, value: str) -> list[str]:
    """The usual options except one."""
    place = OURS.index(option) + 1
    return [*OURS[:place], value, *OURS[place + 1 :]]


@pytest.fixture
def count(empty_url: str, tmp_path: Any) -> Any:
    """How many companies and users there are."""

    def work(session: Any) -> list[int]:
        return [session.scalar(select(func.count()).select_from(kind)) for kind in (Organisation, User)]

    def ask() -> list[int]:
        company = Company(Config(tmp_path, empty_url, "tests"))
        try:
            return list(company.database.run(work, actor=SYSTEM, write=False))
        finally:
            company.database.dispose()

    return ask


def test_a_company_is_made_once(tell_nobody: Any, count: Any, tmp_path: Any) -> None:
    made = tell_nobody("init", *OURS, stdin=PASSWORD)
    assert (made.code, made.out, made.err) == (0, f"Ours Ltd is ready in {tmp_path}\n", "")
    assert count() == [1, 1]
    assert tell_nobody("users", "list", "--json").json == [
        {"login": "ada", "name": "ada", "roles": ["administrator"], "active": True}
    ]
    again = tell_nobody("init", *with_other("--admin", "bob"), stdin=PASSWORD)
    assert again.refusal == "There is a company here already."
    assert count() == [1, 1]


def test_a_company_that_is_filled_for_trying_out_names_the_logins_it_gets(tell_nobody: Any, count: Any) -> None:
    made = tell_nobody("init", *with_other("--admin", "maria"), "--demo", stdin=PASSWORD)
    assert made.code == 0
    for login in ("anna", "sam", "sofia", "steve"):
        assert f"{login}-sample" in made.out
    assert "admin-sample" not in made.out
    users = {user["login"] for user in tell_nobody("users", "list", "--json").json}
    assert users == {"bella", "maria", "anna", "sam", "sofia", "steve"}


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("option", "value", "password", "why"),
    [
        ("--organisation", "  ", PASSWORD, "The organisation needs a name."),
        ("--admin", "  ", PASSWORD, "A user needs a login."),
        ("--country", "UK", PASSWORD, "“UK” isn't a country code (ISO 3166, such as GB or VN)."),
        ("--currency", "POUND", PASSWORD, "“POUND” isn't a currency code (ISO 4217, such as GBP)."),
        ("--admin", "ada", "short\n", "A password has at least 8 characters."),
        ("--admin", "ada", "\n", "No password came on standard input."),
        ("--admin", "ada", "", "No password came on standard input."),
    ],
    ids=lambda value: str(value)[:20].strip() or "blank",
)
def test_a_company_that_can_not_be_is_refused_and_none_is_there(
    tell_nobody: Any, count: Any, option: str, value: str, password: str, why: str
) -> None:
    assert tell_nobody("init", *with_other(option, value), stdin=password).refusal == why
    assert tell_nobody("init", *OURS, stdin=PASSWORD).code == 0  # nothing of the first try stands in its way
    assert count() == [1, 1]


@pytest.mark.parametrize("command", [("users", "list"), ("ledger", "totals"), ("edition", "show")], ids=" ".join)
def test_where_no_company_is_that_is_said(
    tell_nobody: Any, engine: str, tmp_path: Any, command: tuple[str, ...]
) -> None:
    where = f"There is no company in {tmp_path} yet" if engine == "sqlite" else "there is no company here yet"
    assert tell_nobody(*command).refusal == f"{where}; make one with `kontor init` or `kontor up`."
    assert not (tmp_path / "kontor.db").exists()


def test_an_option_that_is_missing_is_named(tell: Any) -> None:
    missing = tell("users", "add", "bob", "--password-stdin", stdin=PASSWORD)
    assert (missing.code, missing.out) == (2, "")
    assert "Missing option '--role'" in missing.err


def test_whoever_adds_a_user_says_whether_the_password_is_theirs_to_change(tell: Any, company: Any) -> None:
    for login, options in (("tom", ()), ("tim", ("--must-change",))):
        assert tell("users", "add", login, "--role", "manager", *options, "--password-stdin", stdin=PASSWORD).code == 0
    query = select(User.login, User.must_change_password).where(User.login != "admin").order_by(User.login)
    found = company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False)
    assert [tuple(row) for row in found] == [("tim", True), ("tom", False)]


def test_users_are_added_and_listed_with_their_roles(tell: Any) -> None:
    sofia = ("users", "add", "Sofia", "--role", "salesperson", "--role", "manager", "--name", "Sofia Petrova")
    added = tell(*sofia, "--password-stdin", stdin=PASSWORD)
    assert (added.code, added.out, added.err) == (0, "added: Sofia\n", "")
    listed = tell("users", "list", "--json").json
    assert [{**user, "roles": sorted(user["roles"])} for user in listed] == [
        {"login": "admin", "name": "admin", "roles": ["administrator"], "active": True},
        {"login": "sofia", "name": "Sofia Petrova", "roles": ["manager", "salesperson"], "active": True},
    ]
    for arguments, password, why in (
        (("SOFIA", "--role", "manager"), PASSWORD, "The login “sofia” is taken."),
        (
            ("bob", "--role", "emperor"),
            PASSWORD,
            "There is no role “emperor”. Known: accountant, administrator, buyer, manager, salesperson, storekeeper.",
        ),
        ((" ", "--role", "manager"), PASSWORD, "A user needs a login."),
        (("bob", "--role", "manager"), "short\n", "A password has at least 8 characters."),
        (("bob", "--role", "manager"), "", "No password came on standard input."),
    ):
        assert tell("users", "add", *arguments, "--password-stdin", stdin=password).refusal == why
    assert tell("users", "list", "--json").json == listed


def modules(tell: Any) -> dict[str, bool]:
    return {module["name"]: module["enabled"] for module in tell("modules", "list", "--json").json}


TRADE = {"contacts": True, "warehouse": True, "trade": True, "production": False}


def test_modules_are_listed_with_what_they_require(tell: Any) -> None:
    listed = tell("modules", "list", "--json").json
    assert {tuple(module) for module in listed} == {("name", "enabled", "version", "requires", "editions", "fault")}
    by_name = {module["name"]: module for module in listed}
    assert by_name.keys() == TRADE.keys()
    assert by_name["trade"] == {
        "name": "trade",
        "enabled": True,
        "version": "1.0",
        "requires": ["contacts", "warehouse"],
        "editions": ["trade", "enterprise"],
        "fault": None,
    }
    assert by_name["production"] == {
        "name": "production",
        "enabled": False,
        "version": "1.0",
        "requires": ["warehouse"],
        "editions": ["enterprise"],
        "fault": None,
    }


def test_modules_go_on_and_off_and_what_can_not_be_is_refused(tell: Any) -> None:
    assert tell("modules", "enable", "production").out == "switched on: production\n"
    assert modules(tell) == {**TRADE, "production": True}
    assert tell("modules", "enable", "production").out == "production is on already\n"
    assert tell("modules", "disable", "production").out == "switched off: production\n"
    assert tell("modules", "disable", "production").refusal == "The module “production” is off already."
    assert tell("modules", "disable", "contacts").refusal == "Switch off “trade” first: it needs “contacts”."
    assert tell("modules", "enable", "alchemy").refusal == "There is no module “alchemy” on this machine."
    assert modules(tell) == TRADE


def test_an_edition_takes_its_modules_along(tell: Any) -> None:
    assert tell("edition", "show").out == "trade\n"
    assert tell("edition", "set", "enterprise").out == "edition: enterprise\n"
    assert tell("edition", "show").out == "enterprise\n"
    assert modules(tell) == {**TRADE, "production": True}
    assert tell("edition", "set", "trade").out == "edition: trade\n"
    assert modules(tell) == TRADE
    wrong = tell("edition", "set", "imperial")
    assert (wrong.code, wrong.out) == (2, "")
    assert tell("edition", "show").out == "trade\n"
