"""Hostile requests, a few hundred of them; `python -m bench faults` sends as many as one likes, and others with each seed."""

from typing import Any

import pytest
from werkzeug.datastructures import Headers

from tests.faults.fuzz import Fuzz, Hostile, fuzz
from tests.faults.houses import House

# Werkzeug leaves files of a form that ends in the middle to be closed when they are collected.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
#: PostgreSQL is sent fewer: what doesn't get as far as a database is answered alike.
REQUESTS = {"sqlite": 500, "postgresql": 150}


def test_no_hostile_request_makes_an_error_or_changes_what_it_may_not(house: House, engine: str) -> None:
    done = fuzz(house, seed=20261127, numbers=range(REQUESTS[engine]))
    assert done.wrong == []
    assert done.requests == REQUESTS[engine]
    assert done.statuses[302] > done.requests / 20, "hardly any form was taken"
    assert done.refused > done.requests / 4


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_same_number_of_the_same_seed_is_the_same_request(house: House) -> None:
    """Operations, tokens and moments aside, which are new each time."""
    once, again = Fuzz(house, 7), Fuzz(house, 7)
    other = Fuzz(house, 8)

    def said(fuzzing: Fuzz, number: int) -> tuple[Any, ...]:
        request = fuzzing._make(number)
        return request.login, request.endpoint, request.method, request.path, request.query

    assert [said(once, number) for number in (5, 3, 40)] == [said(again, number) for number in (5, 3, 40)]
    assert [said(once, number) for number in range(9)] != [said(other, number) for number in range(9)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_fuzz_notices_an_error_and_a_refusal_that_has_written(house: House) -> None:
    fuzzing = Fuzz(house, 1)

    def fail() -> Any:
        raise ZeroDivisionError

    def write() -> Any:
        from app.reference import Unit
        from app.web.edge.request import current_session

        current_session().add(Unit(code="ZZ", name="written", digits=0))
        current_session().flush()
        return "refused", 422

    def ask(endpoint: str, method: str, path: str) -> str:
        cookies, token = fuzzing._signed_in("admin")
        headers = Headers({"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"})
        fuzzing._send(Hostile(1, "admin", endpoint, method, path, "", headers, f"csrf_token={token}".encode()))
        return fuzzing.done.wrong[-1]

    views = house.app.view_functions
    views["core.search"], views["core.notification_read_all"] = fail, write
    assert "→ 500: fails" in ask("core.search", "GET", "/search")
    assert "→ 422: changed {'core_unit'}" in ask("core.notification_read_all", "POST", "/notifications/read")
