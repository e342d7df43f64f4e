"""Rights that show the records of others hold only with the right to see these; figures and audit lines are held to scopes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select

from app import ledger
from app.audit import AuditLine, AuditValue, verify
from app.documents import discard, post, save
from app.registry.state import bump_generation
from app.security import MASKED, SYSTEM, Actor, Grant, Role
from app.security.operations import add_role
from modules.contacts.operations import change_contact, create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.trade.pricing.agreeing import add_agreed_price, remove_agreed_price
from modules.trade.pricing.models import ItemPrice, PriceType
from modules.trade.pricing.types import create_type, remove_price, set_price
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item, create_item
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # who may what: no engine decides


@pytest.fixture
def traded(company: Any) -> None:
    """Bergen AS bought for 500, and was bought from for 91."""

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="A-1", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", code="B-1")
        for kind, price, day in ((Purchase, "91", 1), (Sale, "500", 2)):
            draft = TradeDraft(1, [TradeLineDraft(1, D(1), D(price))], moment=datetime(2026, 3, day), responsible_id=1)
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])

    company.database.run(work, actor=SYSTEM)


@pytest.fixture
def role(app: Any, company: Any, employ: Callable[..., Any], traded: None) -> Callable[..., tuple[Actor, Any]]:
    """Somebody with a role of these rights alone: permissions, groups, scopes → the actor, and their browser."""

    def make(permissions: Iterable[str], groups: Iterable[str] = (), **scopes: str) -> tuple[Actor, Any]:
        def work(session: Any) -> None:
            made = add_role(session, SYSTEM, name="odd")
            rights = [("permission", name, None) for name in permissions] + [("group", name, None) for name in groups]
            rights += [("scope", name.replace("__", "."), scope) for name, scope in scopes.items()]
            session.add_all(Grant(role_id=made.id, kind=k, name=n, scope=s) for k, n, s in rights)
            bump_generation(session)

        company.database.run(work, actor=SYSTEM)
        actor = employ("odette", "odd")
        client = app.test_client()
        client.post("/login", data={"login": "odette", "password": "odette-sample"})
        return actor, client

    return make


NAMED = ("Bergen AS", "B-1")


def test_figures_and_statements_list_no_customers_to_who_may_not_see_contacts(role: Any) -> None:
    rights = ["trade.result.view", "contacts.statement.view", "warehouse.item.view"]
    actor, browser = role(rights, ["contacts.financial", "warehouse.cost"])
    assert actor.permissions == {"warehouse.item.view"}
    pages = ["/", "/search?q=bergen", "/reports", "/api/v1/lists", "/warehouse/items", "/warehouse/items/1"]
    shut = ["trade/results", "contacts/balances", "contacts/open-items", "contacts/1/statement"]
    for path in pages:
        text = browser.get(path).text
        assert not any(name in text for name in NAMED), path
        assert not any(f"/{address}" in text for address in shut), path
    for address in shut:
        assert browser.get(f"/{address}").status_code in (403, 404), address
        assert browser.get(f"/{address}?as=xlsx").status_code in (403, 404), address
    for name in ("trade.result", "contacts.balance", "contacts.open_item"):
        assert browser.get(f"/api/v1/lists/{name}").status_code == 404, name


def test_who_sees_no_sales_prices_reads_none_in_figures_nor_complaints(role: Any) -> None:
    rights = {"contacts.contact.view", "warehouse.item.view"}
    actor, browser = role([*rights, "trade.result.view", "trade.complaint.view"], ["warehouse.cost"])
    assert actor.permissions == rights
    for address in ("trade/results", "trade/complaints", "api/v1/lists/trade.result", "api/v1/lists/trade.complaint"):
        assert browser.get(f"/{address}").status_code in (403, 404), address
    for address in ("warehouse/items/1", "contacts/1", "reports"):
        text = browser.get(f"/{address}").text
        assert "Sales figures" not in text, address
        assert "500" not in text, address


def test_they_do_to_who_may(role: Any) -> None:
    _, browser = role(
        ["trade.result.view", "contacts.statement.view", "contacts.contact.view", "warehouse.item.view"],
        ["contacts.financial", "warehouse.price"],
    )
    for address in ("trade/results", "contacts/balances"):
        assert "Bergen AS" in browser.get(f"/{address}").text, address


def test_what_is_on_hand_is_for_who_may_see_stock(role: Any, app: Any, sheet: Any) -> None:
    _, browser = role(["warehouse.item.view"])
    row = browser.get("/api/v1/lists/warehouse.item").json["rows"][0]
    assert row["code"] == "A-1"
    assert "on_hand" not in row
    assert "On hand" not in browser.get("/warehouse/items").text
    assert "On hand" not in sheet(browser.get("/warehouse/items?as=xlsx"))
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    assert "On hand" in sheet(admin.get("/warehouse/items?as=xlsx"))
    assert admin.get("/api/v1/lists/warehouse.item").json["rows"][0]["on_hand"] == "0"


@pytest.fixture
def sheet() -> Callable[[Any], list[str]]:
    """The cells of a workbook's first sheet."""
    import io

    from openpyxl import load_workbook

    def read(answer: Any) -> list[str]:
        rows = load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True)
        return [str(cell) for row in rows for cell in row]

    return read


def test_prices_of_purchases_are_purchase_prices(app: Any, company: Any, employ: Any, traded: None) -> None:
    def take(session: Any) -> None:
        held = select(Role.id).where(Role.name == "accountant").scalar_subquery()
        session.execute(delete(Grant).where(Grant.role_id == held, Grant.name == "warehouse.cost"))
        bump_generation(session)

    company.database.run(take, actor=SYSTEM)
    anna = employ("anna", "accountant")
    assert not any(name.startswith("trade.purchase") for name in anna.permissions)
    browser = app.test_client()
    browser.post("/login", data={"login": "anna", "password": "anna-sample"})
    for path in ("/", "/trade/contacts/1", "/contacts/1/open-items", "/contacts/open-items", "/search?q=PU-0"):
        text = browser.get(path).text
        assert "91.00" not in text, path
        assert "/trade/purchases" not in text, path
    for path in ("/trade/purchases", "/trade/purchases/1", "/trade/purchases/1?as=json", "/trade/purchases/new"):
        assert browser.get(path).status_code == 403, path


def test_the_books_come_to_nothing_for_who_sees_but_a_part(company: Any, role: Any) -> None:
    whole = company.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    assert (whole["trade.sales"]["revenue"], whole["contacts.settlements"]["amount"]) == (500, 409)
    actor, browser = role(["core.ledger.view"], ["warehouse.cost", "contacts.financial"])
    page = browser.get("/admin/books").text
    assert "500" not in page
    assert "409" not in page
    seen = company.database.run(ledger.totals_of, actor=actor, write=False)
    assert {v for f in seen.values() for name, v in f.items() if name != "entries"} == {MASKED}


def test_the_books_of_a_narrow_scope_come_to_nothing_either(company: Any, role: Any) -> None:
    rights = ["core.ledger.view", "trade.result.view", "contacts.contact.view", "warehouse.item.view"]
    actor, _ = role([*rights, "warehouse.stock.view"], contacts__contact="own")
    seen = company.database.run(ledger.totals_of, actor=actor, write=False)
    assert seen["trade.sales"]["revenue"] is MASKED
    assert seen["warehouse.stock"]["quantity"] == 0
    assert seen["warehouse.stock"]["value"] is MASKED


def summaries(company: Any, actor: Actor) -> dict[str, set[str]]:
    """Action → what the lines say that the actor may read."""

    def work(session: Any) -> dict[str, set[str]]:
        said: dict[str, set[str]] = {}
        for line in session.query(AuditLine):
            said.setdefault(line.action, set()).add(line.summary)
        return said

    return dict(company.database.run(work, actor=actor, write=False))


AUDITOR = ["core.audit.view", "contacts.contact.view", "contacts.contact.edit", "trade.sale.view"]


def test_the_audit_of_a_narrow_scope_names_no_others_records(company: Any, role: Any) -> None:
    actor, browser = role(AUDITOR, ["contacts.private"], contacts__contact="own", trade__sale="own")

    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="individual", name="Odette's", code="O-1", responsible_id=actor.user_id)
        draft = TradeDraft(1, [TradeLineDraft(1, D(1), D(1))], responsible_id=1)
        made = save(session, SYSTEM, Purchase, draft)
        session.flush()
        discard(session, SYSTEM, made)

    company.database.run(work, actor=SYSTEM)
    said = summaries(company, actor)
    assert said["contacts.contact.create"] == {"O-1"}
    assert not {"trade.sale.post", "trade.purchase.post", "trade.purchase.discard"} & said.keys()
    assert said["core.role.add"] == {"odd"}, "what has no scope is there for whoever may read the audit"
    for path in (
        "/admin/audit",
        "/admin/audit?as=xlsx",
        "/api/v1/lists/core.audit?limit=500",
        "/search?q=contact.create",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert not any(name.encode() in answer.data for name in ("B-1", "Bergen", "S-000001", "PU-")), path


def test_what_one_did_oneself_stays_in_sight(company: Any, role: Any) -> None:
    actor, _ = role(AUDITOR, contacts__contact="own")

    def work(session: Any) -> None:
        contact = create_contact(session, actor, kind="individual", name="Gone", code="G-1")
        change_contact(session, actor, contact, responsible_id=1)

    company.database.run(work, actor=actor)
    assert {"contacts.contact.create", "contacts.contact.change"} <= summaries(company, actor).keys()
    assert summaries(company, actor)["contacts.contact.create"] == {"G-1"}


def test_the_audit_says_no_sales_prices_to_who_sees_none(company: Any, role: Any) -> None:
    def price(session: Any, amount: str) -> None:
        change_item(session, SYSTEM, session.get(Item, 1), price=D(amount))
        fields = {"name": "Retail", "formula": "typed", "direction": "nearest"}
        kind = session.scalars(select(PriceType)).first() or create_type(session, SYSTEM, **fields)
        set_price(session, SYSTEM, kind, item_id=1, price=D(amount), since=date(2026, 3, 1))
        if amount == "7654":
            special = add_agreed_price(session, SYSTEM, contact_id=1, item_id=1, price=D(amount))
            remove_price(session, SYSTEM, session.scalars(select(ItemPrice)).one())
            remove_agreed_price(session, SYSTEM, special)
        session.flush()

    for amount in ("7653", "7654"):
        company.database.run(lambda s, amount=amount: price(s, amount), actor=SYSTEM)
    # As values were kept before sales prices were confidential.
    company.database.run(lambda s: s.execute(AuditValue.__table__.update().values(field_group="")), actor=SYSTEM)
    actor, _ = role(["core.audit.view", "contacts.contact.view", "warehouse.item.view"])

    def values(session: Any) -> set[str]:
        return {str(v) for row in session.execute(select(AuditValue.before, AuditValue.after)) for v in row}

    def read(reader: Actor) -> tuple[bool, bool]:
        said = {text for texts in summaries(company, reader).values() for text in texts}
        found = company.database.run(values, actor=reader, write=False)
        return any("765" in text for text in said), any("765" in value for value in found)

    assert read(actor) == (False, False)
    assert read(replace(actor, groups=frozenset({"warehouse.price"}))) == (False, True)
    said = summaries(company, actor)
    assert said["trade.item_price.set"] == said["trade.item_price.remove"] == {"Retail"}
    assert said["trade.agreed_price.create"] == said["trade.agreed_price.remove"] == {"A-1"}


def test_whoever_sees_all_reads_all_and_the_chain_is_whole(company: Any, role: Any, employ: Any) -> None:
    manager = employ("maria", "manager")
    assert summaries(company, manager) == summaries(company, SYSTEM)
    assert "B-1" in summaries(company, manager)["contacts.contact.create"]
    assert company.database.run(lambda s: list(verify(s)), actor=SYSTEM, write=False) == []


def test_whoever_ticks_a_right_is_shown_what_it_needs(app: Any, company: Any) -> None:
    number = company.database.run(lambda s: add_role(s, SYSTEM, name="odd").id, actor=SYSTEM)
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/admin/roles/{number}"

    def saved(*permissions: str, group: Sequence[str] = ()) -> str:
        fields = fields_of(admin.get(address).text)
        typed = {**fields, "permission": list(permissions), "group": list(group)}
        return unescape(admin.post(address, data=typed, follow_redirects=True).text)

    assert "“Post sales” holds only with “See sales”." in saved("trade.sale.post")
    assert "“See sales” holds only with “Sales prices”." in saved("trade.sale.post", "trade.sale.view")
    assert "holds only with" not in saved("trade.sale.post", "trade.sale.view", group=["warehouse.price"])
