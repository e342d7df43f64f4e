"""Whoever was shown confidential fields is in the audit, however they were shown, with how many; and nobody waits for it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import event, select

from app.audit import AuditLine, Look, note_look, verify, write_down_looks
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, create_contacts
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


@pytest.fixture
def sam(app: Any, company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson's browser; 60 people are Sam's, and a company that owes."""
    actor = employ("sam", "salesperson")

    def work(session: Any) -> None:
        own = {"responsible_id": actor.user_id, "phone": "+44 20 7946 0018"}
        people = ({"kind": "individual", "name": f"Person {i:02}", **own} for i in range(60))
        create_contacts(session, SYSTEM, [*people])
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", contact_person="Ida", **own)
        create_item(session, SYSTEM, code="A", name="Advice", kind="service")
        draft = TradeDraft(
            61, [TradeLineDraft(1, D(1), D(5))], moment=datetime(2026, 3, 2), responsible_id=actor.user_id
        )
        post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])

    company.database.run(work, actor=SYSTEM)
    client = app.test_client()
    assert client.post("/login", data={"login": "sam", "password": "sam-sample"}).status_code == 302
    return client


def seen(company: Any) -> list[tuple[Any, ...]]:
    """What the audit says that Sam saw: action, of what, its number, words."""

    def work(session: Any) -> list[tuple[Any, ...]]:
        write_down_looks(session)
        session.flush()
        return []

    company.database.run(work, actor=SYSTEM)

    def read(session: Any) -> list[tuple[Any, ...]]:
        asked = select(AuditLine).where(AuditLine.actor == "Sam", AuditLine.action.not_like("%.login.%"))
        lines = session.scalars(asked.where(AuditLine.action.not_like("audit.%")).order_by(AuditLine.sequence))
        return [(x.action, x.subject, x.subject_id, x.summary) for x in lines]

    assert company.database.run(lambda s: list(verify(s)), actor=SYSTEM, write=False) == []
    return list(company.database.run(read, actor=SYSTEM, write=False))


LOOK = "core.list.view"


#: every way of seeing → its line
WAYS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("/contacts/61", ("contacts.contact.view", "contacts.contact", 61, "61")),
    ("/contacts/61/edit", ("contacts.contact.view", "contacts.contact", 61, "61")),
    ("/contacts/people", (LOOK, "contacts.individual", None, "contacts.individual: 50 rows, page")),
    ("/contacts/companies?q=ber", (LOOK, "contacts.legal_entity", None, "contacts.legal_entity: 1 rows, page")),
    ("/contacts/balances", (LOOK, "contacts.balance", None, "contacts.balance: 1 rows, page")),
    ("/contacts/61/open-items", (LOOK, "contacts.contact", 61, "contacts.open_item: 1 rows, page")),
    ("/search?q=bergen", (LOOK, "contacts.legal_entity", None, "contacts.legal_entity: 1 rows, search")),
    ("/search?q=794600", (LOOK, "contacts.individual", None, "contacts.individual: 5 rows, search")),
    ("/lookup/contacts?q=794600", (LOOK, "contacts.contact", None, "contacts.contact: 12 rows, lookup")),
    ("/api/v1/lists/contacts.individual", ("core.list.export", "contacts.individual", None, "API, 50 rows")),
    ("/contacts/people?as=xlsx", ("core.list.export", "contacts.individual", None, "60 rows")),
    ("/contacts/61/open-items?as=xlsx", ("core.list.export", "contacts.contact", 61, "contacts.open_item: 1 rows")),
    ("/trade/sales/1?as=xlsx", ("core.list.export", "trade.sale", 1, "trade.sale: XLSX")),
    ("/trade/sales/1?as=json", ("core.list.export", "trade.sale", 1, "trade.sale: JSON")),
    ("/trade/sales/1?print=trade.delivery_note", (LOOK, "trade.sale", 1, "trade.delivery_note: 1 rows, print")),
)
NOTHING = ("/", "/trade/quotes", "/warehouse/items", "/trade/sales/1", "/contacts/people?q=zzz")


def test_each_way_of_seeing_has_its_line_and_what_shows_nothing_of_the_kind_has_none(company: Any, sam: Any) -> None:
    before = seen(company)
    for path, line in (*WAYS, *((path, None) for path in NOTHING)):
        assert sam.get(path).status_code == 200, path
        lines = seen(company)
        new, before = lines[len(before) :], lines
        if line is None:
            assert new == [], path
        else:
            assert line in new, path
            assert len(new) <= 2, f"{path}: a search finds several lists"


def test_whoever_is_shown_no_such_column_looks_at_nothing(app: Any, company: Any, sam: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    steve = app.test_client()
    steve.post("/login", data={"login": "steve", "password": "steve-sample"})
    assert "Person 01" in steve.get("/contacts/people").text
    assert company.database.run(lambda s: s.query(Look).count(), actor=SYSTEM, write=False) == 0


def test_pages_of_a_minute_are_one_line_with_all_their_rows(
    company: Any, sam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime(2026, 3, 2, 10, 0, 5)]
    monkeypatch.setattr("app.audit.looks.utc_now", lambda: now[0])
    for second, path in ((5, "/contacts/people"), (20, "/contacts/people?limit=20"), (59, "/contacts/people")):
        now[0] = now[0].replace(second=second)
        sam.get(path)
    now[0] = datetime(2026, 3, 2, 10, 1, 0)
    sam.get("/contacts/people")
    assert [words for _, _, _, words in seen(company)] == [
        "contacts.individual: 120 rows, page ×3",
        "contacts.individual: 50 rows, page",
    ]
    assert company.database.run(lambda s: s.query(Look).count(), actor=SYSTEM, write=False) == 0


def test_a_minute_that_is_not_over_waits(company: Any, sam: Any) -> None:
    sam.get("/contacts/people")
    assert company.database.run(lambda s: write_down_looks(s, datetime(2026, 1, 1)), actor=SYSTEM) == 0
    assert company.database.run(lambda s: write_down_looks(s), actor=SYSTEM) == 1


def test_the_audits_page_shows_what_was_seen_a_moment_ago(app: Any, company: Any, sam: Any) -> None:
    sam.get("/contacts/people")
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    assert "Individuals: 50 rows, on the page" in admin.get("/admin/audit").text


def test_a_look_costs_one_insert(company: Any, sam: Any) -> None:
    statements: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    driven: list[str] = []
    from app import driver

    run_each = driver.Driver.run_each

    def count(self: Any, sql: str, rows: Any) -> None:
        driven.append(sql)
        run_each(self, sql, rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(driver.Driver, "run_each", count)
        event.listen(company.database.engine, "before_cursor_execute", note)
        sam.get("/contacts/people")
        event.remove(company.database.engine, "before_cursor_execute", note)
    assert [sql[:21] for sql in driven] == ["INSERT INTO core_look"]
    assert not [s for s in statements if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nobody_waits_where_another_writes_and_the_look_is_kept(app: Any, company: Any, sam: Any) -> None:
    with app.company.database.session(SYSTEM, write=True) as writing:
        create_item(writing, SYSTEM, code="B", name="Busy")  # it holds the file
        assert sam.get("/contacts/people").status_code == 200
        assert company.database.run(lambda s: s.query(Look).count(), actor=SYSTEM, write=False) == 0
        writing.commit()
    sam.get("/contacts/people")
    assert [words for _, _, _, words in seen(company)] == ["contacts.individual: 100 rows, page ×2"]


def test_what_is_rolled_back_was_not_shown(company: Any, sam: Any) -> None:
    with company.database.session(SYSTEM) as session:
        note_look(session, "contacts.individual", rows=1, way="page")
        assert "looks" not in session.info, "the program itself looks at nothing"
    assert seen(company) == []


def test_jobs_write_down_what_was_seen_in_minutes_that_are_over(
    app: Any, company: Any, sam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.looks.utc_now", lambda: datetime(2026, 3, 2, 10, 0, 5))
    sam.get("/contacts/people")
    app.extensions["kontor.jobs"].write_down_looks()
    assert company.database.run(lambda s: s.query(Look).count(), actor=SYSTEM, write=False) == 0
    assert [words for _, _, _, words in seen(company)] == ["contacts.individual: 50 rows, page"]
