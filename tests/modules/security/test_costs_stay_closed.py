"""A salesperson can't work out what goods cost, from a supplier's statement and an item's movements."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.company import actor_of
from app.documents import post, save
from app.ledger import first_closed
from app.registry.lifecycle import disable
from app.security import MASKED, SYSTEM, Actor, User
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import allocations_of, statement_of
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item
from modules.warehouse.queries import movements_of
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def sam(company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson whose customer is a supplier too: 7 bought for 91 each, 2 sold by them, 1 sold by a colleague."""
    actor = employ("sam", "salesperson")

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Both", responsible_id=actor.user_id)
        for day, (kind, quantity, price, responsible) in enumerate(
            ((Purchase, 7, 91, 1), (Sale, 2, 150, actor.user_id), (Sale, 1, 160, 1)), 1
        ):
            line = TradeLineDraft(1, Decimal(quantity), Decimal(price))
            draft = TradeDraft(1, [line], moment=datetime(2026, 3, day), responsible_id=responsible)
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])

    company.database.run(work, actor=SYSTEM)
    return actor


@pytest.fixture
def actor_now(company: Any) -> Callable[[str], Actor]:
    """A user as the query layer knows them by now."""

    def work(session: Any, login: str) -> Any:
        company.refresh(session)
        user = session.scalars(select(User.id).where(User.login == login)).one()
        return actor_of(session, user, frozenset(m.name for m in company.enabled))

    return lambda login: company.database.run(lambda s: work(s, login), actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def statement_lines(company: Any, actor: Actor, since: date = YEAR[0], until: date = YEAR[1]) -> list[tuple[Any, ...]]:
    """Opening, lines and closing: kind, number, amount, balance."""
    found = company.database.run(lambda s: statement_of(s, 1, since, until)["GBP"], actor=actor, write=False)
    lines = [(x.kind, x.number, x.amounts["amount"], x.balance["amount"]) for x in found.lines]
    return [("opening", found.opening["amount"]), *lines, ("closing", found.closing["amount"])]


def test_a_statement_says_no_amount_of_a_closed_kind_and_what_is_owed_now(company: Any, sam: Actor) -> None:
    assert statement_lines(company, SYSTEM)[1] == ("trade.purchase", "PU-000001", -637, -637)
    assert statement_lines(company, sam) == [
        ("opening", 0),
        ("", "", MASKED, MASKED),
        ("trade.sale", "S-000001", 300, MASKED),
        ("trade.sale", "S-000002", 160, MASKED),  # a colleague's, to Sam's customer
        ("closing", -177),
    ]


def test_no_choice_of_days_tells_the_amount_of_a_closed_kind(company: Any, sam: Actor) -> None:
    days = [date(2026, 2, 28), *(date(2026, 3, day) for day in range(1, 6))]
    for since in days:
        for until in (day for day in days if day >= since):
            said = statement_lines(company, sam, since, until)
            balances = {row[-1] for row in said if row[-1] is not MASKED}
            assert balances <= {0}, (since, until, said)
    assert statement_lines(company, SYSTEM, days[1], days[1])[-1] == ("closing", -637)


def test_no_two_past_lists_of_balances_tell_it(app: Any, sam: Actor) -> None:
    assert sam.scope("contacts.contact") == "own"
    browser, boss = app.test_client(), app.test_client()
    browser.post("/login", data={"login": "sam", "password": "sam-sample"})
    boss.post("/login", data={"login": "admin", "password": "correct horse"})

    def owed(client: Any, day: str, more: str = "") -> list[Any]:
        rows = client.get(f"/api/v1/lists/contacts.balance?at={day}{more}").json["rows"]
        return [row["amount"] for row in rows]

    assert owed(boss, "2026-03-01") == ["-637"]
    assert owed(browser, "2026-03-01") == [None]
    for more in ("&who=us", "&who=them"):
        assert owed(browser, "2026-03-01", more) == []
    page = browser.get("/contacts/balances?at=2026-03-01").text
    assert "•••" in page
    assert "637" not in page
    today = [row["amount"] for row in browser.get("/api/v1/lists/contacts.balance").json["rows"]]
    assert today == ["-177"]


def test_what_a_payment_settled_of_a_closed_document_is_not_said(company: Any, sam: Actor) -> None:
    def pay(session: Any) -> int:
        paid = record_payment(
            session, SYSTEM, contact_id=1, direction="out", amount=Decimal(637), pays=[(1, Decimal(637))]
        )
        return paid.id

    payment = company.database.run(pay, actor=SYSTEM)

    def settled(actor: Actor) -> list[Any]:
        found = company.database.run(lambda s: allocations_of(s, payment), actor=actor, write=False)
        return [(row.number, row.amount) for row in found]

    assert settled(SYSTEM) == [("PU-000001", 637)]
    assert settled(sam) == [("", MASKED)]


def test_movements_of_closed_documents_say_how_many_and_not_what_they_are(company: Any, sam: Actor) -> None:
    def lines(actor: Actor) -> list[tuple[Any, ...]]:
        shown = company.database.run(lambda s: movements_of(s, 1, 100, *YEAR), actor=actor, write=False)
        rows = [(x.kind, x.number, x.amounts["quantity"], x.balance["quantity"]) for x in shown.lines]
        return [*rows, shown.closing["quantity"]]

    assert lines(SYSTEM)[0] == ("trade.purchase", "PU-000001", 7, 7)
    assert lines(sam) == [
        ("", "", 7, 7),
        ("trade.sale", "S-000001", -2, 5),
        ("trade.sale", "S-000002", -1, 4),
        4,
    ]


@pytest.mark.usefixtures("sam")
def test_pages_and_files_say_other(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "sam", "password": "sam-sample"})
    address = f"/contacts/1/statement?since={YEAR[0]}&until={YEAR[1]}"
    page = browser.get(address).text
    assert "hidden" in page
    assert "637" not in page
    card = browser.get("/warehouse/items/1").text
    assert "hidden" in card
    assert "PU-0" not in page + card
    assert "Purchase" not in page + card
    sheet = load_workbook(io.BytesIO(browser.get(f"{address}&as=xlsx").data))["GBP"]
    assert [row[1:3] for row in sheet.iter_rows(min_row=6, max_row=7, values_only=True)] == [
        ("hidden", ""),
        ("Sale", "S-000001"),
    ]


def test_a_switched_off_module_closes_nothing_to_whoever_had_the_right(
    company: Any, sam: Actor, actor_now: Callable[[str], Actor]
) -> None:
    whole, before = statement_lines(company, SYSTEM), statement_lines(company, sam)
    company.database.run(lambda s: disable(s, SYSTEM, company, "trade"), actor=SYSTEM)
    admin, salesperson = actor_now("admin"), actor_now("sam")
    assert not admin.may("trade.purchase.view")
    assert statement_lines(company, admin) == whole
    said = statement_lines(company, salesperson)
    assert [line[2:] for line in said] == [line[2:] for line in before]
    assert "trade.purchase" not in {line[0] for line in said}
    days = (date(2026, 3, 1), date(2026, 3, 1))
    assert statement_lines(company, salesperson, *days)[-1] == ("closing", MASKED)
    links = [
        line.is_open
        for line in company.database.run(lambda s: statement_of(s, 1)["GBP"].lines, actor=admin, write=False)
    ]
    assert links == [False] * 3


def test_kinds_that_have_no_document_cost_a_statement_nothing(company: Any, employ: Callable[..., Any]) -> None:
    actor = employ("sam", "salesperson")

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil", kind="service")
        create_contact(session, SYSTEM, kind="legal_entity", name="Customer", responsible_id=actor.user_id)
        draft = TradeDraft(1, [TradeLineDraft(1, Decimal(1), Decimal(5))], moment=datetime(2026, 3, 1))
        post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])

    company.database.run(work, actor=SYSTEM)

    def asked(session: Any) -> int:
        where = {"contact": 1, "currency": "GBP"}
        with counted(session, "contacts_settlements_entry") as statements:
            assert first_closed(session, Settlements.balance, where=where) is None
        return len(statements)

    assert company.database.run(asked, actor=actor, write=False) == 0
