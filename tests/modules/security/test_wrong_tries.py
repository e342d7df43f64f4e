"""Wrong tries count for all server processes, whatever each has in its memory."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.db import utc_now
from app.security import SYSTEM
from app.security.models import WrongTries
from app.web.pages.guesses import limiter
from tests.at_once import at_once
from tests.conftest import ADMIN, PASSWORD


@pytest.fixture
def counted(app: Any) -> Any:
    """The web application that counts, without tokens in its forms."""
    limiter.enabled = True
    return app


def another_process() -> None:
    """Forget what this one has in its memory."""
    limiter.reset()


def sign_in(app: Any, password: str, login: str = ADMIN, address: str = "127.0.0.1") -> int:
    data = {"login": login, "password": password}
    client = app.test_client()
    return int(client.post("/login", data=data, environ_base={"REMOTE_ADDR": address}).status_code)


def kept(app: Any) -> list[Any]:
    query = select(WrongTries.digest, WrongTries.times, WrongTries.until)
    return list(app.company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False))


def test_a_guesser_who_goes_from_one_process_to_another_has_no_more_guesses(counted: Any) -> None:
    for _ in range(5):
        assert sign_in(counted, "wrong") == sign_in(counted, "wrong") == 401
        another_process()
    assert sign_in(counted, "wrong") == sign_in(counted, PASSWORD) == 429
    assert sign_in(counted, PASSWORD, address="192.0.2.7") == 302, "nobody else waits"


def test_neither_logins_nor_addresses_are_kept_and_what_has_ended_goes(
    counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(counted, "wrong", login="somebody") == 401
    first = kept(counted)
    assert {times for _digest, times, _until in first} == {1}
    assert all(len(digest) == 64 for digest, *_ in first)
    later = utc_now() + timedelta(hours=2)
    monkeypatch.setattr("app.security.wrong_tries.utc_now", lambda: later)
    assert sign_in(counted, "wrong", login="another", address="192.0.2.7") == 401
    assert len(kept(counted)) == len(first)
    assert {digest for digest, *_ in first}.isdisjoint(digest for digest, *_ in kept(counted))


def test_tries_at_the_same_time_all_count(counted: Any) -> None:
    storage: Any = limiter.storage

    def work() -> None:
        with counted.app_context():
            storage.incr("LIMITER/one", 60)

    assert at_once(*[work] * 8) == [None] * 8
    with counted.app_context():
        assert storage.get("LIMITER/one") == 8
        assert storage.get("LIMITER/other") == 0
    total = counted.company.database.run(
        lambda s: s.scalar(select(func.sum(WrongTries.times))), actor=SYSTEM, write=False
    )
    assert total == 8


@pytest.mark.one_engine
def test_a_database_that_takes_nothing_lets_nobody_guess_without_end(
    counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = counted.company.database.run

    def busy(work: Any, **options: Any) -> Any:
        if work.__qualname__.startswith("WrongTriesInDatabase"):
            raise OperationalError("", {}, Exception("database is locked"))
        return run(work, **options)

    monkeypatch.setattr(counted.company.database, "run", busy)
    assert [sign_in(counted, "wrong") for _ in range(11)] == [401] * 10 + [429]
