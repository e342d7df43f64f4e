"""The contract that the form of a new document chooses by itself, and where what was chosen or said stays."""

import html
import json
import re
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any
from urllib.parse import urlencode

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesOrder
from tests.modules.contacts import test_contracts as contracts
from tests.modules.contacts.test_allocation_pages import browser
from tests.modules.contacts.test_contracts import agreed, do
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # pages: no engine decides

contact, service, browser = contracts.contact, contracts.service, browser

NEW = "/trade/sales/new"
ASKED = re.compile(r'hx-get="(/contacts/conditions/[^"]*)"')
CHOSEN = re.compile(r'<option selected value="(\d*)"')


class Filling:
    """The part of a document's form that follows from its contact, asked again as a browser does when something changes."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        self.show(browser.get(address).text)

    def show(self, page: str) -> None:
        self.page, self.address = page, html.unescape(ASKED.findall(page)[0])

    def change(self, contact: int, contract: int | None = None, currency: str = "GBP", day: str = "") -> int | None:
        """The contract that is chosen then."""
        said = {"contact_id": contact, "contract_id": contract or "", "currency": currency, "moment": day}
        self.show(self.browser.get(f"{self.address}{'&' if '?' in self.address else '?'}{urlencode(said)}").text)
        found = CHOSEN.findall(self.page)
        return int(found[0]) if found and found[0] else None


def test_the_only_contract_in_force_is_chosen_and_its_terms_are_said(browser: Any, company: Any, contact: int) -> None:
    mine = agreed(company, contact, payment_terms="days", payment_days=30)
    form = Filling(browser, NEW)
    assert form.change(contact, day="2026-02-10T12:00") == mine
    assert "To be paid by 12 Mar 2026" in form.page
    assert '<select class="form-select" id="contract_id" name="contract_id">' in form.page
    assert '<option value="">–</option>' in form.page


def test_of_two_that_fit_none_is_chosen(browser: Any, company: Any, contact: int) -> None:
    agreed(company, contact)
    agreed(company, contact)
    form = Filling(browser, NEW)
    assert form.change(contact) is None
    assert form.page.count("<option") == 3


@pytest.mark.parametrize(
    "other",
    [
        {"until": date(2020, 1, 31)},
        {"since": date(2040, 1, 1)},
        {"state": "draft"},
        {"state": "closed"},
        {"currency": "EUR"},
    ],
)
def test_one_that_does_not_fit_is_neither_chosen_nor_in_the_way(
    browser: Any, company: Any, contact: int, other: dict[str, Any]
) -> None:
    agreed(company, contact, **other)
    assert Filling(browser, NEW).change(contact) is None
    mine = agreed(company, contact)
    assert Filling(browser, NEW).change(contact) == mine


def test_what_is_chosen_by_itself_follows_the_day_and_the_currency(browser: Any, company: Any, contact: int) -> None:
    pounds, euros = agreed(company, contact, since=date(2026, 2, 1)), agreed(company, contact, currency="EUR")
    form = Filling(browser, NEW)
    assert form.change(contact, day="2026-02-10T12:00") == pounds
    assert form.change(contact, pounds, "EUR") == euros
    assert form.change(contact, euros, "USD") is None
    assert form.change(contact, None, "GBP", "2026-01-31T12:00") is None
    assert form.change(contact, None, "GBP", "2026-02-01T12:00") == pounds


def test_what_somebody_chose_stays_until_they_choose_another_contact(browser: Any, company: Any, contact: int) -> None:
    other = int(do(company, lambda s: create_contact(s, SYSTEM, kind="individual", name="Boris").id))
    mine, theirs = agreed(company, contact), agreed(company, other)
    form = Filling(browser, NEW)
    assert form.change(contact) == mine
    assert form.change(contact, None) is None
    assert form.change(contact, None, day="2026-02-10T12:00") is None
    assert form.change(other, None) == theirs
    assert form.change(contact, theirs) == mine
    assert "Choose a contract of this contact" not in form.page


def test_the_contact_that_the_address_names_has_its_contract_chosen(browser: Any, company: Any, contact: int) -> None:
    mine, euros = agreed(company, contact), agreed(company, contact, currency="EUR")
    assert Filling(browser, f"{NEW}?contact={contact}").change(contact) == mine
    assert Filling(browser, f"{NEW}?contact={contact}&contract={euros}").change(contact, euros) == euros


def test_an_existing_document_gets_none(browser: Any, company: Any, contact: int, service: int) -> None:
    agreed(company, contact)
    draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(10))])

    def drafted(session: Any) -> int:
        document = save(session, SYSTEM, Sale, draft)
        session.flush()
        return int(document.id)

    sale = do(company, drafted)
    form = Filling(browser, f"/trade/sales/{sale}/edit")
    assert form.change(contact) is None
    assert form.change(contact, day="2026-02-10T12:00") is None
    assert Filling(browser, f"{NEW}?copy={sale}").change(contact) is None


def test_one_made_from_another_keeps_what_that_says(browser: Any, company: Any, contact: int, service: int) -> None:
    agreed(company, contact)

    def order(session: Any) -> int:
        draft = SalesOrderDraft(contact, [TradeLineDraft(service, D(1), D(10))], moment=datetime(2026, 2, 10, 12))
        document = save(session, SYSTEM, SalesOrder, draft)
        post(session, SYSTEM, [document])
        return int(document.id)

    assert Filling(browser, f"{NEW}?of={do(company, order)}").change(contact) is None


def test_a_form_that_comes_back_refused_keeps_none(browser: Any, company: Any, contact: int) -> None:
    agreed(company, contact)
    typed = {**fields_of(browser.get(NEW).text), "contact_id": str(contact), "contract_id": "", "then": "save"}
    form = Filling(browser, NEW)
    form.show(browser.post(NEW, data={**typed, "moment": "never"}).text)
    assert form.change(contact) is None


def test_a_form_that_is_restored_keeps_none(browser: Any, company: Any, contact: int) -> None:
    agreed(company, contact)
    typed = {"contact_id": str(contact), "contract_id": "", "note": "later"}
    kept = {"address": NEW, "title": "New sale", "fields": json.dumps(list(typed.items()))}
    assert browser.post("/kept", data=kept).status_code == 200
    form = Filling(browser, f"{NEW}?kept=1")
    assert 'value="later"' in form.page
    assert form.change(contact) is None


@pytest.mark.parametrize("address", ["/contacts/payments/new", "/contacts/adjustments/new"])
def test_payments_get_none(browser: Any, company: Any, contact: int, address: str) -> None:
    """A payment under a contract pays only what is open under it."""
    agreed(company, contact)
    assert Filling(browser, address).change(contact) is None
