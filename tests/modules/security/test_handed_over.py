"""A contact goes to a colleague, who sees what was done with it; whoever had it acts on nothing of it any more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import Document, PartnerClosed, correct, discard, kind_of, latest_documents, post, reverse, save
from app.errors import NotFound
from app.security import SYSTEM, Actor
from modules.contacts.models import Contact, Payment
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.queries import statement_of
from modules.trade.kinds import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.operations import create_item
from tests.rows import rows_of_all_tables

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
