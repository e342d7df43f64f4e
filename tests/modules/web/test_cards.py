"""A card takes tabs and panels from any module that is on, for whoever holds their rights; each tab is a page of its own."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlalchemy import literal_column, select
from structlog.testing import capture_logs

from app.api.module import Panel, Tab
from app.api.prints import Fact
from app.company import Company
from app.registry.lifecycle import disable, enable
from app.registry.manifest import TabGroup
from app.security import SYSTEM
from app.web.kit.cards import TAB_GROUPS, Shown
from modules.contacts.models import Contact
from modules.trade.models import Sale
from modules.warehouse.models import Item
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def tabs_on(page: str) -> dict[str, str]:
    """Title → address of the tabs of a page."""
    (nav,) = re.findall(r'<nav class="tabs".*?</nav>', page, re.DOTALL) or [""]
    return {title: address for address, title in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>([^<]*)<', nav)}


def here(page: str) -> list[str]:
    return re.findall(r'<a id="tab-[^"]+"[^>]*aria-current="page">([^<]*)<', page)


@pytest.fixture
def sold(ask: Any) -> dict[str, Any]:
    """A sale, its contact and an item on it, by their numbers."""

    def look(session: Any) -> dict[str, Any]:
        sale = session.scalars(select(Sale).where(Sale.state == "posted").order_by(Sale.id)).first()
        return {"sale": sale.id, "number": sale.number, "contact": sale.contact_id, "item": sale.lines[0].item_id}

    return ask(None, look)


def test_a_contacts_card_has_its_own_tabs_and_those_of_others(sign_in: Any, sold: dict[str, Any]) -> None:
    contact = sold["contact"]
    tabs = {
        "Contact card": f"/contacts/{contact}",
        "Timeline": f"/contacts/{contact}/timeline",
        "Files": f"/contacts/{contact}/files",
        "Statement": f"/contacts/{contact}/statement",
        "Open items": f"/contacts/{contact}/open-items",
        "Contracts": f"/contacts/{contact}/contracts",
        "Letters": f"/contacts/{contact}/letters",
        "Client access": f"/contacts/{contact}/client-access",
        "Documents": f"/trade/contacts/{contact}",
        "Sales figures": f"/trade/contacts/{contact}/contact-results",
        "Prices": f"/trade/contacts/{contact}/contact-prices",
        "Bonus points": f"/trade/contacts/{contact}/contact-points",
        "Supplied items": f"/trade/contacts/{contact}/supplied-items",
        "Purchase prices": f"/trade/contacts/{contact}/contact-purchase-prices",
        "Tax": f"/trade/contacts/{contact}/contact-tax",
        "Complaints": f"/trade/contacts/{contact}/contact-complaints",
    }
    admin = sign_in("admin")
    for title, address in tabs.items():
        page = admin.get(address).text
        assert tabs_on(page) == tabs, title
        assert here(page) == [title]
        assert 'hx-boost="true" hx-target="#main" hx-select="#main"' in page


def test_a_tab_is_there_for_whoever_holds_its_right(sign_in: Any, sold: dict[str, Any]) -> None:
    steve, contact = sign_in("steve"), sold["contact"]
    assert list(tabs_on(steve.get(f"/contacts/{contact}").text)) == [
        "Contact card",
        "Timeline",
        "Documents",
        "Supplied items",
    ]
    assert steve.get(f"/contacts/{contact}/statement").status_code == 403
    assert steve.get(f"/trade/contacts/{contact}/contact-results").status_code == 403


def test_many_tabs_gather_by_what_they_are_about(sign_in: Any, sold: dict[str, Any]) -> None:
    def bar(login: str, address: str) -> list[str]:
        (nav,) = re.findall(r'<nav class="tabs".*?</nav>', sign_in(login).get(address).text, re.DOTALL)
        return re.findall(r"<summary[^>]*>([^<]*)<", nav)

    item, contact = f"/warehouse/items/{sold['item']}", f"/contacts/{sold['contact']}"
    assert bar("admin", item) == ["Supply", "Files and papers", "Buying and selling"]
    assert bar("admin", f"{item}/certificates") == ["Supply", "Files and papers: Certificates", "Buying and selling"]
    assert bar("admin", contact) == ["Files and papers", "Money", "Buying and selling"]
    assert bar("steve", contact) == []


def test_every_group_of_tabs_has_a_title() -> None:
    assert {"", *TAB_GROUPS} == set(get_args(TabGroup))


def test_a_tab_of_a_record_that_is_not_open_is_not_found(sign_in: Any, ask: Any, actor: Any) -> None:
    me = actor("sam").user_id
    other = ask(
        None, lambda s: s.scalars(select(Contact.id).where(Contact.responsible_id.is_distinct_from(me))).first()
    )
    for tab in ("statement", "open-items"):
        assert sign_in("sam").get(f"/contacts/{other}/{tab}").status_code == 404
    assert sign_in("sam").get(f"/trade/contacts/{other}/contact-results").status_code == 404
    assert sign_in("admin").get("/contacts/999999/statement").status_code == 404


def test_an_item_shows_to_whom_it_was_sold_and_to_few_at_what_cost(sign_in: Any, sold: dict[str, Any]) -> None:
    address = f"/trade/items/{sold['item']}/item-results"
    assert tabs_on(sign_in("admin").get(f"/warehouse/items/{sold['item']}").text)["Sales figures"] == address
    page = sign_in("admin").get(address).text
    assert here(page) == ["Sales figures"]
    assert {"Customer", "Margin"} <= set(re.findall(r'data-label="([^"]*)"', page))
    assert "Margin" not in set(re.findall(r'data-label="([^"]*)"', sign_in("sam").get(address).text))
    part = sign_in("admin").get(f"{address}?q=zzz", headers={"HX-Request": "true", "HX-Target": "list"}).text
    assert "Nothing matches" in part
    assert "<nav" not in part
    assert sign_in("admin").get(f"{address}?as=xlsx").status_code == 200


def test_a_document_of_any_kind_has_a_history_for_who_may_read_the_audit(sign_in: Any, sold: dict[str, Any]) -> None:
    address = f"/core/documents/{sold['sale']}/history"
    assert tabs_on(sign_in("admin").get(f"/trade/sales/{sold['sale']}").text) == {
        "Document": f"/trade/sales/{sold['sale']}",
        "Complaints": f"/trade/documents/{sold['sale']}/sale-complaints",
        "Letters": f"/documents/{sold['sale']}/letters",
        "Files": f"/core/documents/{sold['sale']}/files",
        "History": address,
    }
    page = sign_in("admin").get(address).text
    assert "trade.sale.post" in page
    assert f"<h1>Sale {sold['number']}</h1>" in page
    assert tabs_on(sign_in("sofia").get(f"/trade/sales/{sold['sale']}").text) == {}
    assert sign_in("sofia").get(address).status_code == 403


def test_bills_of_an_item_come_and_go_with_production(company: Any, app: Any) -> None:
    from modules.production.operations import BomDraft, save_bom
    from modules.production.rules import ComponentDraft
    from modules.warehouse.operations import create_item

    def prepare(session: Any) -> list[int]:
        enable(session, SYSTEM, company, "production")
        made, used, other = (create_item(session, SYSTEM, code=code, name=code).id for code in "ABC")
        save_bom(session, SYSTEM, BomDraft(made, [ComponentDraft(used, Decimal(2))]))
        save_bom(session, SYSTEM, BomDraft(other, [ComponentDraft(made, Decimal(1))]))
        return [made, used, other]

    items = company.database.run(prepare, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    pages = [browser.get(f"/production/items/{item}/item-boms").text for item in items]
    assert [len(re.findall(r'href="/production/boms/\d+">[ABC]<', page)) // 2 for page in pages] == [2, 1, 1]
    company.database.run(lambda s: disable(s, SYSTEM, company, "production"), actor=SYSTEM)
    assert browser.get(f"/production/items/{items[0]}/item-boms").status_code == 404
    assert "Bills of materials" not in tabs_on(browser.get(f"/warehouse/items/{items[0]}").text)


@pytest.fixture
def adding(house: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let trade add tabs or panels, whose function is given, for as long as the test lasts."""
    trade = house.company.installed["trade"]

    def add(function: Any, *, tabs: tuple[Any, ...] = (), panels: tuple[Any, ...] = ()) -> None:
        monkeypatch.setattr(trade.files["tabs"], "added", function, raising=False)
        changed = replace(trade.manifest, tabs=trade.manifest.tabs + tabs, panels=trade.manifest.panels + panels)
        monkeypatch.setattr(trade, "manifest", changed)

    return add


def panel(target: str, needs: str = "trade.sale.view") -> Panel:
    return Panel(target, "Beside", "tabs:added", needs)


def test_a_panel_says_a_few_facts_on_every_card(adding: Any, sign_in: Any, sold: dict[str, Any]) -> None:
    def added(_session: Any, record: Any) -> list[Fact]:
        return [Fact("Known as", f"<{record.id}>", endpoint="core.home"), Fact("Unsaid", None)]

    targets = ("contacts.contact", "warehouse.item", "trade.sale", "core.document")
    adding(added, panels=tuple(panel(target) for target in targets))
    pages = (f"/contacts/{sold['contact']}", f"/warehouse/items/{sold['item']}", f"/trade/sales/{sold['sale']}")
    found = [sign_in("admin").get(page).text for page in pages]
    assert [page.count('aria-label="Beside"') for page in found] == [1, 1, 2]
    assert f'<a href="/">&lt;{sold["contact"]}&gt;</a>' in found[0]
    assert "Unsaid" not in found[0]
    assert 'aria-label="Beside"' not in sign_in("steve").get(pages[0]).text


def test_a_panel_without_facts_or_that_fails_is_left_out(adding: Any, sign_in: Any, sold: dict[str, Any]) -> None:
    def added(session: Any, record: Any) -> list[Fact]:
        if isinstance(record, Item):
            return []
        return [Fact("Never", session.execute(select(literal_column("nowhere"))).all())]

    adding(added, panels=(panel("contacts.contact"), panel("warehouse.item")))
    with capture_logs() as logs:
        for page in (f"/contacts/{sold['contact']}", f"/warehouse/items/{sold['item']}"):
            answer = sign_in("admin").get(page)
            assert answer.status_code == 200
            assert "Beside" not in answer.text
    assert [log["what"] for log in logs if log["event"] == "module.left_out"] == ["panel of contacts.contact"]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ([Fact("Weight", 7)], "<dt>Weight</dt><dd>7</dd>"),
        (Shown("card_facts.html", {"facts": [Fact("Weight", 8)]}), "<dt>Weight</dt><dd>8</dd>"),
    ],
    ids=["facts", "template"],
)
def test_a_tab_shows_facts_or_a_template(config: Any, monkeypatch: Any, content: Any, shown: str) -> None:
    from app import create_app
    from app.registry import discover

    trade = discover()["trade"]
    monkeypatch.setattr(trade.files["tabs"], "added", lambda _session, _record: content, raising=False)
    tab = Tab("trade.sale", "Added", "tabs:added", "trade.sale.view")
    monkeypatch.setattr(trade, "manifest", replace(trade.manifest, tabs=(tab,)))
    app = create_app(config)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    company: Company = app.company
    ids = company.database.run(make_documents, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get(f"/trade/documents/{ids[0]}/added")
    assert shown in page.text
    assert here(page.text) == ["Added"]
    assert browser.get(f"/trade/documents/{ids[1]}/added").status_code == 404  # a document of another kind
    company.database.dispose()


def make_documents(session: Any) -> list[int]:
    """A draft of a sale, and one of a purchase."""
    from app.documents import save
    from modules.contacts.operations import create_contact
    from modules.trade.drafts import TradeDraft, TradeLineDraft
    from modules.trade.models import Purchase
    from modules.warehouse.operations import create_item

    contact = create_contact(session, SYSTEM, kind="legal_entity", name="Ötzi Ltd").id
    item = create_item(session, SYSTEM, code="A", name="A").id
    draft = TradeDraft(contact, [TradeLineDraft(item, Decimal(1), Decimal(2))])
    made = [save(session, SYSTEM, kind, draft) for kind in (Sale, Purchase)]
    session.flush()
    return [document.id for document in made]


def test_tabs_and_panels_ask_the_database_nothing(house: Any, actor: Any) -> None:
    from flask import g

    from app.web.kit.cards import panels_of, tabs_of

    maria = actor("maria")
    with house.test_request_context(), house.company.database.session(maria) as session:
        house.company.refresh(session)
        g.session, g.actor = session, maria
        with counted(session) as statements:
            assert len(tabs_of("contacts.contact", 1)) == 16
            assert panels_of("contacts.contact", None) == []
    assert statements == []
