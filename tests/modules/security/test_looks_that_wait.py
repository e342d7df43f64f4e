"""A look that can't be written at once is written later, or its page isn't sent: no transaction that fails loses any."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.audit import AuditLine, Look, are_looks_waiting, looks, write_down_looks, write_last_looks
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from tests.conftest import ADMIN, PASSWORD


@pytest.fixture
def sam(app: Any, company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson's browser; two people are Sam's."""
    actor = employ("sam", "salesperson")
    own = {"responsible_id": actor.user_id, "phone": "+44 20 7946 0018"}

    def work(session: Any) -> None:
        for name in ("Ada", "Ben"):
            create_contact(session, SYSTEM, kind="individual", name=name, **own)

    company.database.run(work, actor=SYSTEM)
    client = app.test_client()
    assert client.post("/login", data={"login": "sam", "password": "sam-sample"}).status_code == 302
    return client


@pytest.fixture
def admin(app: Any) -> Any:
    """The administrator's browser."""
    client = app.test_client()
    assert client.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def waiting(app: Any, sam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look waits in memory, as somebody held the database."""
    with monkeypatch.context() as patched:
        patched.setattr(looks.Driver, "run_each", raise_error("database is locked"))
        assert sam.get("/contacts/people").status_code == 200
    assert in_memory(app.company) == 1
    assert rows(app.company) == 0


def raise_error(why: str) -> Callable[..., Any]:
    def fail(*_: Any) -> None:
        raise OperationalError("INSERT INTO core_look", {}, Exception(why))

    return fail


def in_memory(company: Any) -> int:
    return len(looks._waiting._rows.get(company.database.url, []))


def rows(company: Any) -> int:
    return int(company.database.run(lambda s: s.query(Look).count(), actor=SYSTEM, write=False))


def lines(company: Any) -> list[str]:
    """What the audit says that Sam saw."""
    asked = select(AuditLine.summary).where(AuditLine.actor == "Sam", AuditLine.action == looks.VIEW)
    return list(company.database.run(lambda s: s.scalars(asked).all(), actor=SYSTEM, write=False))


SEEN, SHOWN = "contacts.individual: 2 rows, page", "Individuals: 2 rows, on the page"


def test_what_waits_stays_when_its_transaction_is_done_again(app: Any, waiting: None) -> None:
    database, tries = app.company.database, []

    def work(session: Any) -> int:
        tries.append(write_down_looks(session))
        if len(tries) == 1:
            raise_error("database is locked")()
        return len(tries)

    assert database.run(work, actor=SYSTEM) == 2
    assert tries == [1, 1]
    assert lines(app.company) == [SEEN]
    assert in_memory(app.company) == 0


@pytest.mark.parametrize("way", ["rolled back", "left"])
def test_what_waits_stays_when_its_transaction_is_given_up(app: Any, waiting: None, way: str) -> None:
    with app.company.database.session(SYSTEM, write=True) as session:
        assert write_down_looks(session) == 1
        if way == "rolled back":
            session.rollback()
    assert in_memory(app.company) == 1
    assert app.company.database.run(write_down_looks, actor=SYSTEM) == 1
    assert lines(app.company) == [SEEN]


def test_what_was_committed_waits_no_longer(app: Any, waiting: None) -> None:
    with app.company.database.session(SYSTEM, write=True) as session:
        write_down_looks(session)
        session.commit()
        session.execute(text("SELECT 1"))
        session.rollback()
    assert in_memory(app.company) == 0
    assert lines(app.company) == [SEEN]


def test_a_look_that_finds_the_database_held_again_waits_with_the_others(
    app: Any, sam: Any, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(looks.Driver, "run_each", raise_error("database is locked"))
        assert sam.get("/contacts/people").status_code == 200
    assert in_memory(app.company) == 2
    app.company.database.run(write_down_looks, actor=SYSTEM)
    assert sum(int(line.partition(": ")[2].split()[0]) for line in lines(app.company)) == 4


def test_jobs_write_down_what_waits_in_memory_alone(app: Any, waiting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    app.extensions["kontor.jobs"].write_down_looks()
    assert in_memory(app.company) == 0
    app.company.database.run(write_down_looks, actor=SYSTEM)
    assert lines(app.company) == [SEEN]


def test_the_audits_page_shows_what_waits_in_memory_alone(app: Any, admin: Any, waiting: None) -> None:
    assert SHOWN in admin.get("/admin/audit").text


def test_a_server_that_stops_writes_what_waits(app: Any, waiting: None) -> None:
    write_last_looks(app.company.database, SYSTEM)
    assert (in_memory(app.company), rows(app.company)) == (0, 1)
    write_last_looks(app.company.database, SYSTEM)
    assert rows(app.company) == 1


def test_what_a_server_that_stops_can_not_write_is_in_the_log(
    app: Any, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(looks._log, "error", lambda event, **known: said.append((event, known["look"][5:])))
    monkeypatch.setattr(looks.Driver, "run_each", raise_error("disk I/O error"))
    write_last_looks(app.company.database, SYSTEM)
    assert said == [("look.not_written", ("contacts.individual", "page", 2))]
    assert in_memory(app.company) == 0


@pytest.mark.parametrize("why", ["database or disk is full", "attempt to write a readonly database"])
def test_a_page_whose_look_can_not_be_written_is_refused_and_counts_as_seen_by_nobody(
    app: Any, sam: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(looks.Driver, "run_each", raise_error(why))
        for _ in range(3):
            answer = sam.get("/contacts/people")
            assert answer.status_code == 503
            assert "Ada" not in answer.text
        assert sam.get("/warehouse/items").status_code == 200
    assert in_memory(app.company) == 0
    assert app.company.database.run(write_down_looks, actor=SYSTEM) == 0


def test_the_audits_page_waits_for_nobody(app: Any, sam: Any, admin: Any, engine: str) -> None:
    sam.get("/contacts/people")
    database = app.company.database
    with database.session(SYSTEM, write=True) as writing:
        if engine == "postgresql":
            writing.execute(text("SELECT id FROM core_look FOR UPDATE"))
        else:
            writing.execute(text("SELECT 1"))  # it holds the file
        answer = admin.get("/admin/audit")
        assert answer.status_code == 200
        assert SHOWN not in answer.text
        assert rows(app.company) == 1
    assert SHOWN in admin.get("/admin/audit").text


def test_nothing_waits_where_nobody_has_looked(app: Any) -> None:
    assert not app.company.database.run(are_looks_waiting, actor=SYSTEM, write=False)
