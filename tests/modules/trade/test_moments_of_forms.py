"""A document happens when it is posted, unless somebody chose another moment in its form."""

import json
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.contacts.operations import create_contact
from modules.trade.models import Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

EARLIER = "2026-01-05T16:57"


@pytest.fixture
def shop(app: Any, company: Any) -> Any:
    """A signed-in browser of a company with a customer and a bolt, of which ten came in an hour ago."""

    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        lines, then = [MovementLineDraft(bolt, D(10), D(1))], wall_clock() - timedelta(hours=1)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=100, moment=then))])

    company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    return browser


def newest(company: Any, kind: Any) -> Any:
    def look(session: Any) -> Any:
        found = session.query(kind).order_by(kind.id.desc()).first()
        return found.id, found.moment, found.is_dated, found.state

    return company.database.run(look, actor=SYSTEM, write=False)


def sale(moment: str, offered: str, then: str, **more: str) -> dict[str, Any]:
    lines = json.dumps([{"item_id": 1, "quantity": "5", "price": "2"}])
    form = {"contact_id": 1, "place_id": 100, "currency": "GBP", "lines": lines, "then": then}
    return {**form, "moment": moment, "moment-offered": offered, **more}


def just_now(moment: datetime) -> bool:
    return abs(wall_clock() - moment) < timedelta(minutes=2)


def test_a_form_that_lay_open_sells_what_came_in_meanwhile(shop: Any, company: Any) -> None:
    """Opened before the goods were there: they are, when it is posted."""
    assert shop.post("/trade/sales/new", data=sale(EARLIER, EARLIER, "post")).status_code == 302
    _, moment, is_dated, state = newest(company, Sale)
    assert (just_now(moment), is_dated, state) == (True, False, "posted")


def test_a_moment_that_was_chosen_stays_and_a_shortage_then_names_it(shop: Any, company: Any) -> None:
    page = shop.post("/trade/sales/new", data=sale(EARLIER, "2026-01-05T16:58", "post")).text
    assert "BOLT Bolt, Main warehouse: 5 short, 0 on hand on 5 Jan 2026 16:57" in page
    assert shop.post("/trade/sales/new", data=sale(EARLIER, "", "save")).status_code == 302
    _, moment, is_dated, state = newest(company, Sale)
    assert (moment, is_dated, state) == (datetime(2026, 1, 5, 16, 57), True, "draft")


def test_a_draft_that_nobody_dated_happens_when_it_is_posted(shop: Any, company: Any) -> None:
    assert shop.post("/trade/sales/new", data=sale(EARLIER, EARLIER, "save")).status_code == 302
    number, *_ = newest(company, Sale)
    company.database.run(
        lambda s: setattr(s.get(Sale, number), "moment", datetime(2026, 1, 5, 16, 57)), actor=SYSTEM
    )  # it has lain there since then
    page = shop.get(f"/trade/sales/{number}/edit").text
    assert EARLIER not in page
    version = {"version": "1", "moment": EARLIER, "moment-offered": EARLIER}
    assert shop.post(f"/trade/sales/{number}/edit", data={**sale("", "", "save"), **version}).status_code == 302
    assert newest(company, Sale)[2] is False
    assert shop.post(f"/trade/sales/{number}/post").status_code == 302
    _, moment, _, state = newest(company, Sale)
    assert (just_now(moment), state) == (True, "posted")


def test_what_is_refused_offers_the_present_again(shop: Any) -> None:
    page = shop.post("/trade/sales/new", data=sale(EARLIER, EARLIER, "post", contact_id="")).text
    assert f'value="{EARLIER}"' not in page
    assert f'name="moment-offered" value="{wall_clock():%Y-%m-%dT%H:}' in page


def test_payments_are_dated_alike(shop: Any, company: Any) -> None:
    form = {"contact_id": 1, "direction": "in", "amount": "5", "currency": "GBP", "method": "bank", "note": ""}
    sent = {**form, "moment": EARLIER, "moment-offered": EARLIER}
    assert shop.post("/contacts/payments/new", data=sent).status_code == 302
    assert just_now(newest(company, Payment)[1])
    sent = {**form, "moment": EARLIER, "moment-offered": ""}
    assert shop.post("/contacts/payments/new", data=sent).status_code == 302
    assert newest(company, Payment)[1] == datetime(2026, 1, 5, 16, 57)
