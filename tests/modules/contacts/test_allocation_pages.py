"""Paying and allocating on pages: what is offered, what is typed, and what comes of it, without any script."""

import io
import re
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from openpyxl import load_workbook

from app.documents import locked, post, reverse, save
from app.registry.lifecycle import disable
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import allocations_of, open_items_of, open_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, 12) for month in (1, 2, 3))


@pytest.fixture
def ids(company: Any) -> dict[str, int]:
    """A contact with two sales (100 and 50), a purchase (30) and a payment of 20 that pays nothing yet."""

    def work(session: Any) -> dict[str, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Anna", code="A-1").id
        service = create_item(session, SYSTEM, code="WORK", name="Work", kind="service").id
        made = {"contact": contact}
        for name, kind, price, moment in (
            ("sale", Sale, "100", JANUARY),
            ("second", Sale, "50", FEBRUARY),
            ("bill", Purchase, "30", FEBRUARY),
        ):
            draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(price))], moment=moment)
            document = save(session, SYSTEM, kind, draft)
            post(session, SYSTEM, [document])
            made[name] = document.id
        made["advance"] = record_payment(
            session, SYSTEM, contact_id=contact, direction="in", amount=D(20), moment=MARCH, pays=[]
        ).id
        return made

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


@pytest.fixture
def browser(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def left(company: Any, *documents: int) -> list[D]:
    found = company.database.run(lambda s: open_of(s, documents), actor=SYSTEM, write=False)
    return [found[d] for d in documents]


def paying(ids: dict[str, int], **typed: str) -> dict[str, str]:
    sent = {"contact_id": str(ids["contact"]), "direction": "in", "currency": "GBP", "method": "bank", "note": ""}
    return {**sent, "moment": "2026-04-01T12:00", "operation": "one", **typed}


def test_a_payment_for_a_document_begins_with_what_is_open_of_it(browser: Any, ids: dict[str, int]) -> None:
    page = browser.get(f"/contacts/payments/new?document={ids['bill']}").text
    assert '<option selected value="out">' in page
    assert re.search(rf'name="part_{ids["bill"]}"[^>]*value="30', page)
    assert re.search(r'name="amount"[^>]*value="30', page)
    assert f"part_{ids['sale']}" not in page
    assert browser.get("/contacts/payments/new?document=999").status_code == 200


def test_open_documents_are_shown_without_a_script(browser: Any, company: Any, ids: dict[str, int]) -> None:
    page = browser.post("/contacts/payments/new", data=paying(ids, then="show")).text
    assert all(f'name="part_{ids[name]}"' in page for name in ("sale", "second"))
    assert f"part_{ids['bill']}" not in page
    assert left(company, ids["sale"], ids["second"]) == [100, 50]


def test_open_documents_come_as_a_part_of_the_page(browser: Any, ids: dict[str, int]) -> None:
    def shown(**asked: Any) -> str:
        return str(browser.get("/contacts/payments/open", query_string={"contact_id": ids["contact"], **asked}).text)

    page = shown(direction="in", currency="GBP")
    assert [int(i) for i in re.findall(r'name="part_([0-9]+)"', page)] == [ids["sale"], ids["second"]]
    assert "Paid GBP" in page
    assert "Received GBP" not in page
    owed = shown(direction="out", currency="GBP")
    assert {int(i) for i in re.findall(r'name="part_([0-9]+)"', owed)} == {ids["advance"], ids["bill"]}
    assert "Nothing is open" in shown(direction="in", currency="USD")
    assert "part_" not in browser.get("/contacts/payments/open?contact_id=&currency=GBP&direction=in").text


def test_what_is_typed_is_what_is_paid(browser: Any, company: Any, ids: dict[str, int]) -> None:
    typed = {f"part_{ids['second']}": "40", f"part_{ids['sale']}": ""}
    done = browser.post("/contacts/payments/new", data=paying(ids, amount="70", **typed))
    assert done.status_code == 302
    payment = int(done.location.rpartition("/")[2])
    assert left(company, ids["sale"], ids["second"], payment) == [100, 10, 30]
    page = browser.get(done.location).text
    assert all(words in page for words in ("S-000002", "40.00", "at once", "30.00", "Amount, GBP"))
    again = browser.post("/contacts/payments/new", data=paying(ids, amount="70", **typed))
    assert again.location == done.location


def test_with_nothing_typed_the_oldest_is_paid(browser: Any, company: Any, ids: dict[str, int]) -> None:
    browser.post("/contacts/payments/new", data=paying(ids, amount="120"))
    assert left(company, ids["sale"], ids["second"]) == [0, 30]


def test_documents_behind_those_that_a_form_shows_are_named_by_their_numbers(
    browser: Any, company: Any, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("payments", "allocations"):
        monkeypatch.setattr(f"modules.contacts.routes.{where}.MOST_PARTS", 1)
    page = browser.post("/contacts/payments/new", data=paying(ids, then="show")).text
    assert "The first 1 are shown; more are open. Name the others under “For documents”." in page
    assert f'name="part_{ids["second"]}"' not in page
    asked = browser.post("/contacts/payments/new", data=paying(ids, amount="151")).text
    assert "151.00 is more than is open: 150.00." in asked
    for none in ("3", "%", "S-000009"):
        refused = browser.post("/contacts/payments/new", data=paying(ids, amount="30", reference=none))
        assert "None of the open documents is called so." in refused.text
    assert left(company, ids["sale"], ids["second"]) == [100, 50]
    done = browser.post("/contacts/payments/new", data=paying(ids, amount="30", reference="invoice s-000002"))
    assert done.status_code == 302, done.text
    assert left(company, ids["sale"], ids["second"]) == [100, 20]
    address = f"/contacts/allocations/new?document={ids['advance']}"
    assert f'name="part_{ids["second"]}"' not in browser.get(address).text
    form = {"moment": "2026-04-01T12:00", "note": "", "operation": "two", "reference": "2"}
    assert browser.post(address, data=form).status_code == 302
    assert left(company, ids["sale"], ids["second"], ids["advance"]) == [100, 0, 0]


def test_more_than_is_open_is_said_on_the_form(browser: Any, company: Any, ids: dict[str, int]) -> None:
    page = browser.post("/contacts/payments/new", data=paying(ids, amount="70", **{f"part_{ids['second']}": "60"}))
    assert page.status_code == 200
    assert "Only 50.00 GBP of S-000002 is open." in page.text
    assert left(company, ids["second"]) == [50]


def test_the_part_that_was_offered_follows_the_amount(browser: Any, company: Any, ids: dict[str, int]) -> None:
    address = f"/contacts/payments/new?document={ids['sale']}"
    form = {**fields_of(browser.get(address).text), "amount": "40"}
    part = f"part_{ids['sale']}"
    assert form[part] == ["100.00"]
    refused = fields_of(browser.post(address, data={**form, "moment": "2025-01-01T10:00"}).text)
    assert refused[part] == ["40.00"], "the sale has a later date"
    form = {**refused, "amount": "60", "moment": ["2026-04-01T12:00"]}
    done = [browser.post(address, data=form) for _ in range(2)]
    assert [answer.status_code for answer in done] == [302, 302]
    assert left(company, ids["sale"], ids["second"]) == [40, 50]


@pytest.mark.parametrize("offered", ["", "x", "1", "²:1:1", "9" * 30 + ":1:1", "{sale}:1e9:1", "{sale}:NaN:1"])
def test_parts_that_somebody_typed_stay_and_the_refusal_names_both_figures(
    browser: Any, company: Any, ids: dict[str, int], offered: str
) -> None:
    typed = {f"part_{ids['sale']}": "100", "offered": offered.format(**ids)}
    page = browser.post("/contacts/payments/new", data=paying(ids, amount="70", **typed))
    assert "The amounts add up to 100.00 GBP, but there are only 70.00 GBP to allocate." in page.text
    assert left(company, ids["sale"]) == [100]


def test_an_advance_is_allocated_on_its_page_and_the_allocation_reversed(
    browser: Any, company: Any, ids: dict[str, int]
) -> None:
    address = f"/contacts/allocations/new?document={ids['advance']}"
    assert address in browser.get(f"/contacts/payments/{ids['advance']}").text
    page = browser.get(address).text
    assert f'name="part_{ids["sale"]}"' in page
    assert f'name="part_{ids["bill"]}"' not in page
    data = {"moment": "2026-04-01T12:00", "note": "", "operation": "two", f"part_{ids['second']}": "20"}
    done = browser.post(address, data=data)
    assert done.status_code == 302
    assert left(company, ids["advance"], ids["second"]) == [0, 30]
    page = browser.get(done.location).text
    assert all(words in page for words in ("AL-000001", "P-000001", "S-000002", "20.00"))
    page = browser.get(f"/contacts/payments/{ids['advance']}").text
    assert "Reverse allocation" in page
    browser.post(f"{done.location}/reverse?back={ids['advance']}")
    assert left(company, ids["advance"], ids["second"]) == [20, 50]
    assert browser.get(address.replace(str(ids["advance"]), "999")).status_code == 404
    nothing = {key: value for key, value in data.items() if not key.startswith("part_")}
    assert "Type how much to allocate." in browser.post(address, data={**nothing, "operation": "three"}).text


def test_lists_show_what_is_open(browser: Any, ids: dict[str, int]) -> None:
    for address in ("/contacts/open-items", f"/contacts/{ids['contact']}/open-items"):
        page = browser.get(address).text
        assert all(number in page for number in ("S-000001", "S-000002", "PU-000001", "P-000001", "100.00"))
    assert "PU-000001" not in browser.get("/contacts/open-items?who=them").text
    assert "S-000002" not in browser.get("/contacts/open-items?due=2026-02-01").text
    rows = browser.get("/api/v1/lists/contacts.open_item").json["rows"]
    assert len(rows) == 4
    assert browser.get("/contacts/allocations").status_code == 200


def test_what_a_module_that_is_off_made_is_said_to_be_missing(browser: Any, company: Any, ids: dict[str, int]) -> None:
    pages = (
        "/contacts/open-items",
        f"/contacts/{ids['contact']}/open-items",
        "/contacts/ageing",
        "/contacts/reminders/new",
    )
    said = "What modules made that are switched off isn&#39;t listed here: Purchase, Sale."
    assert not any("switched off" in browser.get(page).text for page in pages)
    company.database.run(lambda s: disable(s, SYSTEM, company, "trade"), actor=SYSTEM)
    for page in pages:
        text = browser.get(page).text
        assert said in text or said.replace("&#39;", "'") in text, page
        assert "S-000001" not in text


def test_what_settled_a_document_is_known_from_both_sides(company: Any, ids: dict[str, int]) -> None:
    def work(session: Any) -> None:
        payment = record_payment(
            session, SYSTEM, contact_id=ids["contact"], direction="in", amount=D(120), moment=MARCH
        )
        assert [(row.number, row.amount) for row in allocations_of(session, payment.id)] == [
            ("S-000001", D(100)),
            ("S-000002", D(20)),
        ]
        (paid,) = allocations_of(session, ids["sale"])
        assert (paid.document_id, paid.kind, paid.amount, paid.allocation_id) == (
            payment.id,
            "contacts.payment",
            D(100),
            None,
        )
        assert [(d.number, d.amount, d.open) for d in open_items_of(session, ids["contact"], "GBP")] == [
            ("S-000002", D(50), D(30)),
            ("PU-000001", D(-30), D(-30)),
            ("P-000001", D(-20), D(-20)),
        ]
        reverse(session, SYSTEM, locked(session, Sale, ids["sale"]))
        assert allocations_of(session, ids["sale"]) == []
        assert [row.number for row in allocations_of(session, payment.id)] == ["S-000002"]
        assert open_of(session, [ids["sale"], payment.id]) == {ids["sale"]: D(0), payment.id: D(100)}

    company.database.run(work, actor=SYSTEM)


def test_payments_and_allocations_say_the_same_on_the_page_as_in_files(
    browser: Any, company: Any, ids: dict[str, int]
) -> None:
    part = {"operation": "one", f"part_{ids['sale']}": "15", "note": "for January"}
    answer = browser.post(f"/contacts/allocations/new?document={ids['advance']}", data=part)
    assert answer.status_code == 302, answer.text
    said = browser.get(answer.location + "?as=json").json
    assert [fact["value"] for fact in said["facts"] if fact["title"] == "Note"] == ["for January"]
    assert said["lines"] == [{"source": "Payment P-000001", "target": "Sale S-000001", "amount": "15"}]
    assert said["totals"] == [{"title": "Amount", "value": "15"}]
    payment = f"/contacts/payments/{ids['advance']}"
    said = browser.get(payment + "?as=json").json
    assert {fact["name"]: fact["value"] for fact in said["facts"]}["open"] == "5"
    assert [(line["document"], line["amount"]) for line in said["lines"]] == [("Sale S-000001", "15")]
    sheet = load_workbook(io.BytesIO(browser.get(payment + "?as=xlsx").data)).active
    rows = [row[:3] for row in sheet.values]
    assert rows[0][0] == "Payment P-000001"
    assert rows[-1] == ("Amount", None, 20)
    assert rows[-2][0] == "Sale S-000001"
    assert "Reverse allocation" in browser.get(payment).text
