"""Which passwords may be chosen, by whichever way. Before, “password” was one, and so was a text of a megabyte."""

from typing import Any

import pytest

from app.errors import Invalid
from app.security import SYSTEM, Actor, User
from app.security.login import authenticate
from app.security.operations import add_user, change_own, change_user
from app.security.passwords import _common

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

COMMON = "This password is one of those that are guessed first. Choose another."
REFUSED = {
    "short": "A password has at least 8 characters.",
    "x" * 257: "A password has at most 256 characters.",
    "password": COMMON,
    "Password123": COMMON,
    "QWERTYUIOP": COMMON,
    "kontor-2026!": "This password is hardly more than “kontor”, which is guessed first. Choose another.",
    "olga.petrova": "This password is hardly more than “olga.petrova”, which is guessed first. Choose another.",
    "Petrova1999": "This password is hardly more than “petrova”, which is guessed first. Choose another.",
    "testing ltd 1": "This password is hardly more than “testing ltd”, which is guessed first. Choose another.",
}
LOGIN, NAME, OLD = "olga.petrova", "Olga Petrova", "an old horse"


@pytest.mark.parametrize("password", REFUSED, ids=lambda text: text[:20])
def test_what_is_guessed_first_is_refused_whichever_way(company: Any, refused: Any, password: str) -> None:
    def new(login: str, word: str) -> Any:
        return lambda s: add_user(s, SYSTEM, login=login, name=NAME, password=word, roles=[])

    olga = company.database.run(new(LOGIN, OLD), actor=SYSTEM).id
    for way in (
        lambda s: change_user(s, SYSTEM, s.get(User, olga), password=password),
        lambda s: change_own(s, Actor(olga, NAME), locale=None, password=password, current=OLD),
        *([] if LOGIN in password else [new("another", password)]),
    ):
        assert refused(way, Invalid, field="password") == REFUSED[password]


ODD = ("a longer horse", "x" * 256, "пароль подлиннее", "kontor is my warehouse", " blanks around ", "🐴🐎🐴🐎🐴🐎🐴🐎")


@pytest.mark.parametrize("password", ODD)
def test_long_and_odd_ones_are_taken_as_they_are(company: Any, password: str) -> None:
    company.database.run(
        lambda s: add_user(s, SYSTEM, login="olga", name="", password=password, roles=[]), actor=SYSTEM
    )
    assert company.database.run(lambda s: authenticate(s, "olga", password).login, actor=SYSTEM) == "olga"


def test_the_list_has_at_least_what_the_standard_asks_for() -> None:
    """ASVS 5.0, 6.2.4: the 3,000 most common ones that are long enough."""
    assert len(_common()) >= 3000
    assert all(len(password) >= 8 and password == password.lower() for password in _common())
