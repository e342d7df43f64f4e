"""A contact goes to a colleague, who sees what was done with it; whoever had it acts on nothing of it any more."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import Document, PartnerClosed, correct, discard, kind_of, latest_documents, post, reverse, save
from app.errors import NotFound
from app.security import SYSTEM, Actor
from app.web.kit.tables import Query, fetch
from modules.contacts.models import Contact, Payment
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.queries import statement_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.tables import sales
from modules.warehouse.operations import create_item
from tests.rows import rows_of_all_tables
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

AT = datetime(2026, 3, 2, 12)


@dataclass
class Handed:
    """Who had the contact, who has it now, and what was made with it: the documents' numbers in the database."""

    sam: Actor
    sofia: Actor
    contact: int
    draft: int
    draft_return: int
    sale: int
    payment: int
    by_admin: int


@pytest.fixture
def handed(company: Any, employ: Callable[..., Any]) -> Handed:
    """Sam sold, drafted and was paid; the administrator sold too; then the contact went to Sofia."""
    sam, sofia = employ("sam", "salesperson"), employ("sofia", "salesperson")

    def work(session: Any) -> Handed:
        create_item(session, SYSTEM, code="A", name="Repair", kind="service")
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", responsible_id=sam.user_id)

        def sold(kind: Any, responsible: int | None) -> Any:
            draft = TradeDraft(contact.id, [TradeLineDraft(1, D(2), D(50))], moment=AT, responsible_id=responsible)
            return save(session, SYSTEM, kind, draft)

        sale, by_admin = sold(Sale, sam.user_id), sold(Sale, 1)
        post(session, SYSTEM, [sale, by_admin])
        payment = record_payment(session, SYSTEM, contact_id=contact.id, direction="in", amount=D(30), moment=AT)
        drafts = [sold(kind, sam.user_id) for kind in (Sale, SalesReturn)]
        session.flush()
        change_contact(session, SYSTEM, contact, responsible_id=sofia.user_id)
        ids = [d.id for d in (*drafts, sale, payment, by_admin)]
        return Handed(sam, sofia, contact.id, *ids)

    made: Handed = company.database.run(work, actor=SYSTEM)
    return made


def pages_of(app: Any, login: str) -> Any:
    browser = app.test_client()
    assert browser.post("/login", data={"login": login, "password": f"{login}-sample"}).status_code == 302
    return browser


def rows(company: Any) -> Any:
    found = company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    return {name: lines for name, lines in found.items() if name not in ("core_login", "core_audit", "core_audit_head")}


def test_the_new_owner_sees_every_document_of_the_contact(company: Any, handed: Handed) -> None:
    def seen(session: Any) -> tuple[set[int], set[int]]:
        latest = {row.id for row in latest_documents(session, handed.sofia, 10)}
        return {d.id for d in session.query(Document)}, latest

    whole = {handed.draft, handed.draft_return, handed.sale, handed.payment, handed.by_admin}
    assert company.database.run(seen, actor=handed.sofia, write=False) == (whole, whole)


def test_the_statement_and_the_list_show_the_same_documents(app: Any, company: Any, handed: Handed) -> None:
    def numbers(session: Any) -> list[str]:
        lines = statement_of(session, handed.contact, date(2026, 1, 1), date(2026, 12, 31))["GBP"].lines
        assert all(line.is_open for line in lines)
        return sorted(line.number for line in lines)

    said = company.database.run(numbers, actor=handed.sofia, write=False)
    assert said == ["P-000001", "S-000001", "S-000002"]
    sofia = pages_of(app, "sofia")
    listed = [r["number"] for r in sofia.get("/api/v1/lists/trade.sale?state=posted").json["rows"]]
    assert sorted(listed) == ["S-000001", "S-000002"]
    assert "S-000002" in sofia.get(f"/trade/contacts/{handed.contact}").text
    assert sofia.get(f"/trade/sales/{handed.by_admin}").status_code == 200


def test_whoever_had_the_contact_still_sees_what_they_did_and_nothing_else(
    app: Any, company: Any, handed: Handed
) -> None:
    def seen(session: Any) -> set[int]:
        return {d.id for d in session.query(Document)}

    mine = {handed.draft, handed.draft_return, handed.sale, handed.payment}
    assert company.database.run(seen, actor=handed.sam, write=False) == mine
    sam = pages_of(app, "sam")
    for address in (f"/trade/sales/{handed.sale}", f"/trade/sales/{handed.draft}", "/", "/trade/sales"):
        assert sam.get(address).status_code == 200, address
    page = sam.get(f"/trade/sales/{handed.sale}").text
    assert "is not open to you" in page
    assert not any(act in page for act in ("/reverse", "/post", "/discard", "sales-returns/new", "payments/new"))
    assert sam.get(f"/contacts/{handed.contact}").status_code == 404


@pytest.mark.parametrize("act", ["post", "discard", "reverse", "correct", "save", "return", "pay", "paid back"])
def test_whoever_had_the_contact_acts_on_nothing_of_it(company: Any, handed: Handed, act: str) -> None:
    sam = handed.sam
    kinds = {"return": (SalesReturn, handed.draft_return), "paid back": (Payment, handed.payment)}
    model, number = kinds.get(act, (Sale, handed.sale if act in ("reverse", "correct") else handed.draft))

    def work(session: Any) -> None:
        document = session.get(model, number)
        if act in ("post", "return"):
            post(session, sam, [document])
        elif act == "discard":
            discard(session, sam, document)
        elif act in ("reverse", "paid back"):
            reverse(session, boss, document)
        elif act == "correct":
            correct(session, sam, document, kind_of(document).draft_of(document))
        elif act == "save":
            save(session, sam, model, kind_of(document).draft_of(document), document=document)
        else:
            record_payment(session, boss, contact_id=handed.contact, direction="in", amount=D(1))

    more = {"contacts.payment.reverse", "contacts.payment.post"}
    boss = Actor(sam.user_id, sam.name, sam.permissions | more, sam.scopes, sam.groups, sam.team)
    before = rows(company)
    with pytest.raises(NotFound if act == "pay" else PartnerClosed):
        company.database.run(work, actor=boss)
    assert rows(company) == before


def test_pages_refuse_the_act_in_words_and_change_nothing(app: Any, company: Any, handed: Handed) -> None:
    sam, before = pages_of(app, "sam"), rows(company)
    for act in (
        f"sales/{handed.draft}/post",
        f"sales/{handed.draft}/discard",
        f"sales/{handed.sale}/reverse",
        f"sales-returns/{handed.draft_return}/post",
    ):
        answer = sam.post(f"/trade/{act}", follow_redirects=True)
        assert answer.status_code == 200, act
        assert "Bergen AS" in answer.text, act
        assert "is not open to you" in answer.text, act
    assert rows(company) == before


def test_the_new_owner_acts_on_what_was_left(company: Any, handed: Handed) -> None:
    company.database.run(lambda s: post(s, handed.sofia, [s.get(Sale, handed.draft)]), actor=handed.sofia)
    company.database.run(
        lambda s: discard(s, handed.sofia, s.get(SalesReturn, handed.draft_return)), actor=handed.sofia
    )
    state = company.database.run(lambda s: s.get(Sale, handed.draft).state, actor=SYSTEM, write=False)
    assert state == "posted"


def test_a_team_sees_the_documents_of_its_members_contacts(company: Any, handed: Handed) -> None:
    team = Actor(
        99,
        "Tess",
        handed.sofia.permissions,
        dict.fromkeys(handed.sofia.scopes, "team"),
        handed.sofia.groups,
        team=(99, handed.sofia.user_id),  # type: ignore[arg-type]
    )
    seen = company.database.run(lambda s: {d.id for d in s.query(Sale)}, actor=team, write=False)
    assert seen == {handed.draft, handed.sale, handed.by_admin}


def test_lines_links_and_custom_values_go_with_their_documents(company: Any, handed: Handed) -> None:
    from modules.trade.models import TradeLine

    def lines(session: Any) -> set[int]:
        return {line.document_id for line in session.query(TradeLine)}

    sales = {handed.draft, handed.draft_return, handed.sale, handed.by_admin}
    assert company.database.run(lines, actor=handed.sofia, write=False) == sales
    assert company.database.run(lines, actor=handed.sam, write=False) == sales - {handed.by_admin}


def test_a_contact_that_was_given_away_is_found_by_its_new_owner_alone(company: Any, handed: Handed) -> None:
    for actor, found in ((handed.sam, []), (handed.sofia, [handed.contact])):
        ids = company.database.run(lambda s: [c.id for c in s.query(Contact)], actor=actor, write=False)
        assert ids == found


def owners(company: Any) -> dict[int, int | None]:
    """Who has each document beside whoever is responsible for it."""
    table = Document.__table__.c
    query = select(table.id, table.owner_id)
    return dict(company.database.run(lambda s: [tuple(row) for row in s.execute(query)], actor=SYSTEM, write=False))


def test_documents_keep_who_has_their_contact_where_that_is_somebody_else(company: Any, handed: Handed) -> None:
    whole = (handed.draft, handed.draft_return, handed.sale, handed.payment, handed.by_admin)
    assert owners(company) == dict.fromkeys(whole, handed.sofia.user_id)

    def back(session: Any) -> None:
        change_contact(session, SYSTEM, session.get(Contact, handed.contact), responsible_id=handed.sam.user_id)

    company.database.run(back, actor=SYSTEM)
    assert owners(company) == {**dict.fromkeys(whole), handed.by_admin: handed.sam.user_id}


def test_what_is_written_later_and_with_another_contact_goes_with_it_too(company: Any, handed: Handed) -> None:
    def work(session: Any) -> int:
        other = create_contact(session, SYSTEM, kind="individual", name="Otto", responsible_id=handed.sam.user_id)
        sale = session.get(Sale, handed.by_admin)
        correct(session, SYSTEM, sale, replace(kind_of(sale).draft_of(sale), contact_id=other.id))
        change_contact(session, SYSTEM, other, responsible_id=handed.sofia.user_id)
        paid = record_payment(session, SYSTEM, contact_id=other.id, direction="in", amount=D(1), moment=AT)
        change_contact(session, SYSTEM, other, responsible_id=handed.sam.user_id)
        return paid.id

    payment = company.database.run(work, actor=SYSTEM)
    found = owners(company)
    assert (found[handed.by_admin], found[payment]) == (handed.sam.user_id, handed.sam.user_id)
    own = {d.id for d in company.database.run(lambda s: list(s.query(Document)), actor=handed.sam, write=False)}
    assert {handed.by_admin, payment} <= own


@pytest.mark.parametrize("table", ["latest", "list"])
def test_ones_own_newest_are_found_by_indexes_of_ones_own(company: Any, handed: Handed, table: str) -> None:
    """Others may have any number of newer documents: no statement walks the whole journal."""

    def ask(session: Any) -> list[str]:
        with counted(session, "core_document") as statements:
            if table == "latest":
                assert latest_documents(session, handed.sofia, 10)
            else:
                assert fetch(session, sales, Query()).rows
        return statements

    (statement,) = company.database.run(ask, actor=handed.sofia, write=False)
    parts = statement.split("UNION")
    of_sales = [part for part in parts if "ORDER BY" in part and ("JOIN" in part or table == "latest")]
    assert len(of_sales) >= 2
    for part in of_sales:
        narrowed = part.rpartition("WHERE")[2]
        assert "responsible_id = " in narrowed or "owner_id = " in narrowed
    if not company.database.is_sqlite:
        return

    def plan(session: Any) -> list[Any]:
        holders = statement.count("?")
        return list(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * holders))

    rows = company.database.run(plan, actor=SYSTEM, write=False)
    steps = [row[3] for row in rows if "core_document" in row[3] and not is_of_each(row, rows)]
    assert steps
    assert all("responsible_id=?" in step or "owner_id=?" in step for step in steps), steps


def is_of_each(row: Any, rows: list[Any]) -> bool:
    """Whether a step of a plan belongs to what is asked of each of the few that were found, such as what became of it."""
    above = {each[0]: each for each in rows}
    while row is not None:
        if row[3].startswith("CORRELATED"):
            return True
        row = above.get(row[1])
    return False
