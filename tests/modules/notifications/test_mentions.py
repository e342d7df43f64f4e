"""Whoever a note mentions is notified, if they may see what it stands in; whoever wrote it is shown who was not."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import correct, post, save
from app.notifications import Notification, mentions
from app.notifications.kinds import mentioned
from app.notifications.mentions import notify_mentioned
from app.notifications.queries import latest_notifications
from app.reference.own_organisations import create_organisation
from app.security import SYSTEM, User
from app.security.operations import add_role, change_user, set_grants
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def do(company: Any) -> Any:
    return lambda work, actor=SYSTEM: company.database.run(work, actor=actor)


def notified(do: Any) -> list[tuple[int, str]]:
    return do(lambda s: [(n.user_id, n.link) for n in s.scalars(select(Notification).order_by(Notification.id))])


def test_a_contacts_note_mentions_who_may_see_it(do: Any, employ: Any) -> None:
    mary, sam, steve = employ("mary", "manager"), employ("sam", "salesperson"), employ("steve", "storekeeper")
    note = "Ask @sam or @steve, @mary, @nobody"
    contact = do(lambda s: create_contact(s, mary, kind="legal_entity", name="Bergen AS", note=note).id, mary)
    # Sam sees nothing but own contacts, and Steve none.
    assert notified(do) == []
    own = do(
        lambda s: create_contact(s, mary, kind="individual", name="Ida", note=note, responsible_id=sam.user_id).id, mary
    )
    assert notified(do) == [(sam.user_id, f"/contacts/{own}")]
    (shown,) = do(lambda s: latest_notifications(s, sam, {mentioned.name: mentioned}, count=5), sam)
    assert shown.text == "Mary mentions you in Ida."
    assert contact != own
    assert steve.user_id not in {user for user, _link in notified(do)}


def test_only_new_mentions_are_reported(do: Any, employ: Any) -> None:
    mary, boss = employ("mary", "manager"), employ("boss", "manager")
    contact = do(lambda s: create_contact(s, mary, kind="legal_entity", name="Bergen AS", note="@mary").id, mary)
    assert notified(do) == []  # oneself
    for note in ("@mary @boss", "@boss again", "", "@boss"):
        do(lambda s, note=note: change_contact(s, mary, s.get_one(Contact, contact), note=note), mary)
    assert [user for user, _link in notified(do)] == [boss.user_id, boss.user_id]  # it had been taken out between


def test_the_first_mentions_of_a_long_list_are_looked_at_and_no_more(
    do: Any, employ: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mary, *others = (employ(name, "manager") for name in ("mary", "anna", "boris", "carl"))
    monkeypatch.setattr(mentions, "MOST", 2)
    note = "@carl @boris @anna"
    do(lambda s: create_contact(s, mary, kind="legal_entity", name="Bergen AS", note=note), mary)
    assert {user for user, _link in notified(do)} == {other.user_id for other in others[1:]}


def test_which_modules_are_on_is_asked_once_for_all_that_are_mentioned(do: Any, employ: Any) -> None:
    mary = employ("mary", "manager")
    for name in ("anna", "boris", "carl"):
        employ(name, "manager")

    def asked(session: Any) -> int:
        with counted(session, "core_module") as found:
            notify_mentioned(
                session, mary, "@anna @boris @carl", "/contacts/1", what="x", needs="contacts.contact.view"
            )
        return len(found)

    assert do(asked, mary) == 1
    assert len(notified(do)) == 3


def test_who_does_not_see_the_confidential_group_hears_nothing(do: Any, employ: Any) -> None:
    mary, clerk = employ("mary", "manager"), employ("clerk", "accountant")

    def work(session: Any) -> None:
        role = add_role(session, SYSTEM, name="outline")
        set_grants(session, SYSTEM, role, {("permission", "contacts.contact.view"): True})
        change_user(session, SYSTEM, session.get_one(User, clerk.user_id), roles=["outline"])

    do(work)
    do(lambda s: create_contact(s, mary, kind="legal_entity", name="Bergen AS", note="@clerk"), mary)
    assert notified(do) == []


def test_a_documents_note_mentions_who_may_see_the_document(do: Any, employ: Any) -> None:
    mary, sam, steve = employ("mary", "manager"), employ("sam", "salesperson"), employ("steve", "storekeeper")

    hans = employ("hans", "manager")  # sees every sale of Harbour's

    def begin(session: Any) -> TradeDraft:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        change_user(session, SYSTEM, session.get_one(User, hans.user_id), books=[2])
        item = create_item(session, mary, code="A", name="A")
        buyer = create_contact(session, mary, kind="legal_entity", name="Bergen AS")
        lines = [TradeLineDraft(item.id, Decimal(1), Decimal(7))]
        return TradeDraft(buyer.id, lines, responsible_id=sam.user_id, note="@sam @steve @mary @hans, pick it up")

    draft = do(begin, mary)
    sale = do(lambda s: save(s, mary, Sale, draft).id, mary)
    assert notified(do) == [(sam.user_id, f"/documents/{sale}")]
    assert steve.user_id != sam.user_id


def test_a_correction_mentions_too(do: Any, employ: Any) -> None:
    mary, boss = employ("mary", "administrator"), employ("boss", "administrator")

    def begin(session: Any) -> tuple[int, TradeDraft]:
        item = create_item(session, mary, code="A", name="A", kind="service")
        buyer = create_contact(session, mary, kind="legal_entity", name="Bergen AS")
        draft = TradeDraft(buyer.id, [TradeLineDraft(item.id, Decimal(1), Decimal(7))], note="")
        sale = save(session, mary, Sale, draft)
        post(session, mary, [sale])
        return sale.id, draft

    sale, draft = do(begin, mary)
    do(lambda s: correct(s, mary, s.get_one(Sale, sale), replace(draft, note="@boss look", moment=None)), mary)
    (found,) = do(lambda s: s.scalars(select(Notification)).all())
    assert (found.user_id, found.link) == (boss.user_id, f"/documents/{sale}")
    assert found.parameters["what"]["parameters"]["title"] == {"message": "Sale", "parameters": {}}


def test_a_documents_address_leads_to_its_page(app: Any, do: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert browser.get("/documents/999").status_code == 404


def test_whoever_writes_is_shown_who_is_not_notified_and_not_why(app: Any, do: Any, employ: Any) -> None:
    mary, _sam = employ("mary", "manager"), employ("sam", "salesperson")
    employ("boss", "manager")
    browser = app.test_client()
    browser.post("/login", data={"login": "mary", "password": "mary-sample"})
    fields = fields_of(browser.get("/contacts/new/individual").text)

    def saved(note: str) -> str:
        typed = {**fields, "name": "Ida", "note": note, "responsible_id": str(mary.user_id)}
        answer = browser.post("/contacts/new/individual", data=typed, follow_redirects=True)
        assert answer.status_code == 200
        return str(answer.text)

    said = "Not notified, as they may not see this or don&#39;t sign in here: "
    assert f"{said}@sam, @nobody." in saved("@sam @nobody @boss @mary")
    assert said not in saved("@boss @mary")
    assert len(notified(do)) == 2


def test_it_is_said_of_a_documents_note_too_and_not_of_what_is_refused(app: Any, do: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    do(lambda s: create_item(s, SYSTEM, code="A", name="Advice", kind="service"))
    do(lambda s: create_contact(s, SYSTEM, kind="individual", name="Ida"))
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    lines = [{"item_id": 1, "item": "A", "quantity": "1", "price": "2"}]
    fields = {**fields_of(browser.get("/trade/sales/new").text), "contact_id": "1", "note": "@steve", "then": "save"}

    def sent(quantity: str) -> str:
        typed = {**fields, "lines": json.dumps([{**lines[0], "quantity": quantity}])}
        return str(browser.post("/trade/sales/new", data=typed, follow_redirects=True).text)

    assert "Not notified" not in sent("-1")
    assert "Not notified, as they may not see this or don&#39;t sign in here: @steve." in sent("1")
