"""Home: the first steps of an empty company, what waits for whom, and what somebody has begun."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import html
from sqlalchemy import delete, select, update

from app.clock import wall_clock
from app.documents import post, save
from app.documents.queries import latest_documents, own_drafts
from app.hooks import first_steps
from app.preferences import Preference
from app.reference import Organisation
from app.security import SYSTEM, User
from app.security.operations import add_user
from app.web.kit.home import FirstStep
from app.web.pages.home import own_steps
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.trade.taxes.presets import take_preset
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Opening, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.conftest import ADMIN, PASSWORD
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def steps_of(page: str) -> dict[str, bool]:
    part = page.partition('class="card first-steps')[2].partition("</ol>")[0]
    found = re.findall(r'<li( class="done")?>.*?(?:Done:.*?</span>|href="[^"]*">)([^<]*)<', part, re.DOTALL)
    return {title.strip().removesuffix("</a>"): bool(done) for done, title in found}


def attention_of(page: str) -> dict[str, str]:
    part = page.partition('class="attention"')[2].partition("</ul>")[0]
    return {title: count for count, title in re.findall(r"<b>(.*?)</b><span>(.*?)</span>", part, re.DOTALL)}


@pytest.fixture
def visitor(app: Any) -> Any:
    """The administrator of an empty company."""
    client = app.test_client()
    client.post("/login", data={"login": ADMIN, "password": PASSWORD})
    return client


STEPS = [
    "Complete your organisation&#39;s details",
    "Add your first item",
    "Add your first contact",
    "Enter what is in stock already",
    "Take the tax codes of your country",
    "Record your first purchase",
    "Make your first sale",
    "Invite your colleagues",
]


def doing(session: Any) -> Iterator[int]:
    """Does one first step after the other; gives which one was done."""
    session.scalars(select(Organisation)).one().tax_id = "GB1"
    yield 0
    item = create_item(session, SYSTEM, code="A", name="A")
    yield 1
    contact = create_contact(session, SYSTEM, kind="legal_entity", name="C")
    yield 2
    begun = MovementDraft([MovementLineDraft(item.id, Decimal(1), Decimal(1))], target_id=100)
    post(session, SYSTEM, [save(session, SYSTEM, Opening, begun)])
    yield 3
    take_preset(session, SYSTEM, "GB")
    yield 4
    for n, kind in ((5, Purchase), (6, Sale)):
        draft = TradeDraft(contact.id, [TradeLineDraft(item.id, Decimal(1), Decimal(1))])
        made = save(session, SYSTEM, kind, draft)
        yield -1  # a draft is nothing yet
        post(session, SYSTEM, [made])
        yield n
    add_user(session, SYSTEM, login="new", name="New", password="correct horse", roles=["accountant"])
    yield 7


def test_each_first_step_is_ticked_when_it_is_really_done(visitor: Any, app: Any) -> None:
    assert list(steps_of(visitor.get("/").text).items()) == [(title, False) for title in STEPS]
    with app.company.database.session(SYSTEM, write=True) as session:
        done = set()
        for n in doing(session):
            session.flush()
            done |= {n} - {-1}
            assert {i for i, step in enumerate(steps(app, session)) if step} == done
        session.rollback()


def steps(app: Any, session: Any) -> list[bool]:
    """Whether each step is done, in order, as a worker sees it that has asked before nothing."""
    with app.test_request_context("/"):
        every = [*own_steps(), *first_steps(session, SYSTEM)]
        names = [step.name for step in sorted(every, key=lambda step: step.rank)]
        done = {step.name for step in every if step.is_done(session)}
    return [name in done for name in dict.fromkeys(names)]


def test_steps_are_shown_to_whoever_can_do_them_until_all_are_done(visitor: Any, app: Any) -> None:
    run = app.company.database.run
    assert list(steps_of(visitor.get("/").text)) == STEPS

    def work(session: Any) -> None:
        for _n in doing(session):
            session.flush()

    before = steps_of(visitor.get("/").text)
    assert not any(before.values())
    run(lambda s: create_item(s, SYSTEM, code="X", name="X"), actor=SYSTEM)
    ticked = [title for title, done in steps_of(visitor.get("/").text).items() if done]
    assert ticked == ["Add your first item"]
    run(work, actor=SYSTEM)
    assert steps_of(visitor.get("/").text) == {}
    accountant = app.test_client()
    accountant.post("/login", data={"login": "new", "password": "correct horse"})
    assert "Needs attention" in accountant.get("/").text


def test_a_draft_does_not_count_as_the_first_sale(visitor: Any, app: Any) -> None:
    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="X", name="X", kind="service")
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="C")
        save(session, SYSTEM, Sale, TradeDraft(contact.id, [TradeLineDraft(item.id, Decimal(1), Decimal(1))]))

    app.company.database.run(work, actor=SYSTEM)
    assert steps_of(visitor.get("/").text)["Make your first sale"] is False


def test_steps_are_hidden_for_whoever_dismisses_them(visitor: Any, app: Any) -> None:
    assert visitor.post("/home/dismissed").location == "/"
    assert "First steps" not in visitor.get("/").text
    app.company.database.run(lambda s: s.execute(delete(Preference)), actor=SYSTEM)
    assert "First steps" in visitor.get("/").text


def test_steps_that_are_dismissed_twice_are_kept_once(visitor: Any, app: Any) -> None:
    for _ in range(3):
        visitor.post("/home/dismissed")
    kept = app.company.database.run(lambda s: s.scalars(select(Preference.shell)).one(), actor=SYSTEM, write=False)
    assert json.loads(kept)["dismissed"] == ["first_steps"]


def test_a_step_is_done_for_whoever_does_not_see_what_was_done(app: Any, company: Any, employ: Any) -> None:
    employ("sam", "salesperson")
    client = app.test_client()
    client.post("/login", data={"login": "sam", "password": "sam-sample"})
    before = steps_of(client.get("/").text)
    assert before["Add your first contact"] is False
    app.company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="individual", name="Another's", responsible_id=1), actor=SYSTEM
    )
    assert steps_of(client.get("/").text)["Add your first contact"] is True
    assert "Another" not in client.get("/contacts/people").text


def test_a_step_that_is_closed_to_the_user_is_not_asked(
    app: Any, company: Any, employ: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def own(needs: str) -> FirstStep:
        return FirstStep(needs, needs, "", "/", needs, lambda _session: bool(asked.append(needs)), 1)

    monkeypatch.setattr("app.web.pages.home.own_steps", lambda: [own("core.user.manage"), own("trade.sale.view")])
    employ("sam", "salesperson")
    client = app.test_client()
    client.post("/login", data={"login": "sam", "password": "sam-sample"})
    assert client.get("/").status_code == 200
    assert set(asked) == {"trade.sale.view"}


def test_what_waits_is_counted_as_far_as_it_is_open(sign_in: Any) -> None:
    waits = attention_of(sign_in("admin").get("/").text)
    assert int(waits["Overdue: customers owe us"]) > 0
    assert int(waits["Due within a week: we owe"]) > 0
    assert "Items below zero in stock" not in waits, "there are none"
    # a storekeeper sees no debts
    assert attention_of(sign_in("steve").get("/").text) == {
        "Orders to ship": "3",
        "Orders to receive": "1",
        "Items to put away: Main warehouse": "10",
        "Internal requests to send": "1",
        "Transfers on their way": "1",
        "Lots that expire within 30 days": "1",
    }
    link = re.search(r'href="(/contacts/open-items\?[^"]*who=them[^"]*)"', sign_in("admin").get("/").text)
    assert link
    rows = sign_in("admin").get(link[1].replace("&amp;", "&")).text.count("<tr>") - 2  # its head and its foot
    assert rows == int(waits["Overdue: customers owe us"])


def test_what_is_below_zero_now_waits_whatever_is_dated_ahead(visitor: Any, app: Any) -> None:
    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="X", name="X").id
        ahead = wall_clock() + timedelta(days=300)
        draft = MovementDraft(
            [MovementLineDraft(item, Decimal(5), Decimal(1))], target_id=FIRST_WAREHOUSE, moment=ahead
        )
        receipt = save(session, SYSTEM, Receipt, draft)
        post(session, SYSTEM, [receipt])
        total = Stock.on_hand.table  # as an earlier version could leave it: two less than nothing until then
        session.execute(update(total).where(total.c.item_id == item).values(quantity=Decimal(3)))

    app.company.database.run(work, actor=SYSTEM)
    assert attention_of(visitor.get("/").text)["Items below zero in stock"] == "1"


def test_drafts_are_those_of_whoever_looks(sign_in: Any, house: Any) -> None:
    from modules.contacts.models import Contact
    from modules.warehouse.models import Item

    def work(session: Any) -> None:
        sam = session.scalars(select(User.id).where(User.login == "sam")).one()
        contact = session.scalars(select(Contact.id).where(Contact.responsible_id == sam)).first()
        item = session.scalars(select(Item.id)).first()
        line = TradeLineDraft(item, Decimal(1), Decimal(1))
        save(session, SYSTEM, Sale, TradeDraft(contact, [line], moment=datetime(2026, 5, 1), responsible_id=sam))

    house.company.database.run(work, actor=SYSTEM)
    assert "Your drafts" in sign_in("sam").get("/").text
    assert "Your drafts" not in sign_in("anna").get("/").text


def test_home_asks_no_more_than_it_must(sign_in: Any, house: Any, actor: Any) -> None:
    client = sign_in("admin")
    client.get("/")
    with house.company.database.session(SYSTEM) as session, counted(session) as statements:
        assert client.get("/").status_code == 200
    assert len(statements) <= 31  # six of them for what waits to be done in trade, eleven in the warehouse
    who = actor("sam")
    with house.company.database.session(who) as session:
        assert latest_documents(session, who, 3) == latest_documents(session, who, 3)
        with counted(session) as statements:
            own_drafts(session, who, 3)
        assert len(statements) == 1


def test_home_repeats_no_line_of_the_menu(sign_in: Any) -> None:
    page = sign_in("admin").get("/").text
    main = page.partition("<main")[2]
    for address in ("/trade/sales", "/warehouse/items", "/contacts/companies", "/admin/users"):
        assert f'href="{address}"' in page
        assert f'href="{address}"' not in main


def test_a_storekeeper_sees_no_amount(sign_in: Any) -> None:
    steve = sign_in("steve")
    assert "GBP" not in steve.get("/").text
    for address in ("/trade/commission-moves", "/trade/on-commission"):
        assert steve.get(address).status_code == 403


@pytest.mark.one_engine
def test_what_is_begun_most_often_is_offered_first(sign_in: Any) -> None:
    page = html.fromstring(sign_in("steve").get("/").text)
    begun = [" ".join(each.text_content().split()) for each in page.xpath("//*[contains(@class, 'quick')]/a")]
    assert begun[:4] == ["Scanner", "New goods receipt", "New goods issue", "New transfer"]
