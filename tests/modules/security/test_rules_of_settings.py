"""What users, roles, the organisation, rates and units may not be, whoever calls: the page's form is not asked here."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.errors import Invalid
from app.reference.operations import change_organisation, save_unit, set_rate
from app.security import SYSTEM, Actor, User
from app.security.operations import add_user, change_own, change_user
from app.setup import create_company
from app.values import ExchangeRate

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

DAY = date(2026, 1, 1)


def organisation(session: Any, **fields: str) -> None:
    change_organisation(session, SYSTEM, **{"name": "Ltd", "country": "GB", "tax_id": "", "zone": "", **fields})


def user(session: Any, **fields: Any) -> None:
    add_user(session, SYSTEM, **{"login": "o", "name": "O", "password": "long enough", "roles": ["manager"], **fields})


@pytest.mark.parametrize(
    ("work", "field", "why"),
    [
        (lambda s: organisation(s, name=" "), "name", "The organisation needs a name."),
        (lambda s: organisation(s, name="n" * 201), "name", "At most 200 characters."),
        (lambda s: organisation(s, tax_id="1" * 41), "tax_id", "At most 40 characters."),
        (lambda s: organisation(s, country="UK"), "country", "“UK” isn't a country code (ISO 3166, such as GB or VN)."),
        (lambda s: organisation(s, country="EU"), "country", "“EU” isn't a country code (ISO 3166, such as GB or VN)."),
        (lambda s: organisation(s, zone="Mars"), "zone", "There is no time zone “Mars”."),
        (
            lambda s: set_rate(s, SYSTEM, currency="DEM", day=DAY, rate=ExchangeRate(Decimal(1))),
            "currency",
            "“DEM” isn't a currency code (ISO 4217, such as GBP).",
        ),
        (
            lambda s: set_rate(s, SYSTEM, currency="EUR", day=DAY, rate=ExchangeRate(Decimal("0.1234567890123456789"))),
            "number",
            "A rate has at most 18 digits, and is neither above 10¹⁵ nor below 10⁻¹².",
        ),
        (
            lambda s: save_unit(s, SYSTEM, None, code="XX", name="n" * 41, digits=0),
            "name",
            "At most 40 characters.",
        ),
        (lambda s: user(s, login=" "), "login", "A user needs a login."),
        (lambda s: user(s, login="l" * 101), "login", "At most 100 characters."),
        (lambda s: user(s, name="n" * 201), "name", "At most 200 characters."),
        (lambda s: user(s, name="a\0b"), "name", "the text holds a character that can't be kept"),
        (lambda s: user(s, team="t" * 101), "team", "At most 100 characters."),
        (lambda s: change_user(s, SYSTEM, s.get(User, 1), name="n" * 201), "name", "At most 200 characters."),
        (
            lambda s: change_own(s, Actor(1, "admin"), locale="xx"),
            "locale",
            "There is no “xx”. Choose from the list.",
        ),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_changed(
    refused: Any, work: Callable[[Any], Any], field: str, why: str
) -> None:
    assert refused(work, Invalid, field=field) == why


def test_teams_that_differ_by_blanks_alone_are_one(company: Any) -> None:
    def work(session: Any) -> int:
        user(session, login="one", team="East")
        user(session, login="two", team=" East ")
        return len({u.team_id for u in session.query(User) if u.team_id})

    assert company.database.run(work, actor=SYSTEM) == 1


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"organisation": "n" * 201}, "organisation", "At most 200 characters."),
        ({"currency": "DEM"}, "currency", "“DEM” isn't a currency code (ISO 4217, such as GBP)."),
    ],
)
def test_a_company_that_can_not_be_is_not_begun(company: Any, given: dict[str, str], field: str, why: str) -> None:
    facts = {"organisation": "Ltd", "country": "GB", "currency": "GBP", "edition": "trade"}
    with pytest.raises(Invalid) as refusal:
        create_company(company, **{**facts, "login": "a", "password": "long enough", **given})
    assert (str(refusal.value), refusal.value.field) == (why, field)
