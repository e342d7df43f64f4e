"""Production's pages, as a browser asks them."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM, User
from app.security.login import open_session
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from modules.warehouse.operations import create_item

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # pages and their words: no engine decides


class Browser:
    """The administrator at work."""

    def __init__(self, app: Any, token: str) -> None:
        self.client = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)

    def send(self, path: str, **fields: Any) -> str:
        """Send a form; gives the address it leads to. A form that is refused comes back and fails the test."""
        answer = self.client.post(path, data=fields)
        assert answer.status_code == 302, answer.text[answer.text.find("flash") :][:600]
        return str(answer.headers["Location"])


@pytest.fixture
def browser_of(app: Any, company: Any) -> Browser:
    def work(session: Any) -> str:
        wood = create_item(session, SYSTEM, code="W", name="Wood", unit="KGM")
        table = create_item(session, SYSTEM, code="T", name="Table")
        opening = MovementDraft(
            [MovementLineDraft(wood.id, Decimal(100), Decimal("1.5"))], target_id=100, moment=datetime(2026, 1, 1)
        )
        post(session, SYSTEM, [save(session, SYSTEM, Opening, opening)])
        assert (wood.id, table.id) == (1, 2)
        return open_session(session, session.query(User).filter_by(login="admin").one())

    return Browser(app, company.database.run(work, actor=SYSTEM))


def _lines(*rows: tuple[int, str]) -> str:
    return json.dumps([{"item_id": i, "item": "x", "quantity": q} for i, q in rows])


def test_a_bill_is_written_and_an_order_made_after_it_and_reversed(browser_of: Browser) -> None:
    browser = browser_of
    assert "Work orders" in browser.get("/")
    bill = browser.send("/production/boms/new", item_id="2", output="2", lines=_lines((1, "7")), is_active="y")
    assert "Wood" in browser.get(bill)
    assert "Table" in browser.get("/production/boms")
    assert browser.get("/lookup/boms?q=tab").count("T Table") == 1
    form = browser.get("/production/work-orders/new?bom=1")
    assert "3.5" in form  # one table takes half of what the bill says for two
    fields = {"bom_id": "1", "quantity": "4", "place_id": "100", "moment": "2026-01-23T10:00", "operation": "once"}
    order = browser.send("/production/work-orders/new", lines=_lines((1, "14.5")), then="post", **fields)
    page = browser.get(order)
    assert "MO-000001" in page
    assert "21.75" in page  # 14.5 at 1.50, not the planned 14
    assert browser.send("/production/work-orders/new", lines=_lines((1, "14.5")), then="post", **fields) == order
    assert "MO-000001" in browser.get("/production/work-orders")
    browser.send(f"{order}/reverse")
    assert "Reversed" in browser.get(order)


def test_filling_from_the_bill_puts_its_quantities_into_the_form_and_saves_nothing(browser_of: Browser) -> None:
    browser = browser_of
    browser.send("/production/boms/new", item_id="2", output="3", lines=_lines((1, "10")), is_active="y")
    answer = browser.client.post(
        "/production/work-orders/new",
        data={"bom_id": "1", "quantity": "2", "place_id": "100", "lines": _lines((1, "1")), "then": "fill"},
    )
    assert answer.status_code == 200
    assert "6.667" in answer.text  # as finely as kilograms are counted
    assert "MO-" not in browser.get("/production/work-orders")


def test_a_draft_is_changed_and_a_posted_order_is_corrected(browser_of: Browser) -> None:
    browser = browser_of
    browser.send("/production/boms/new", item_id="2", output="1", lines=_lines((1, "1")), is_active="y")
    browser.send("/production/boms/1/edit", item_id="2", output="1", lines=_lines((1, "2")), is_active="y")
    fields = {"bom_id": "1", "quantity": "4", "place_id": "100", "moment": "2026-01-23T10:00"}
    order = browser.send("/production/work-orders/new", lines=_lines((1, "8")), **fields)
    browser.get(f"{order}/edit")
    browser.send(f"{order}/edit", lines=_lines((1, "9")), **fields)
    browser.send(f"{order}/post")
    assert "13.50" in browser.get(order)
    corrected = {**fields, "lines": _lines((1, "6")), "then": "correct"}
    assert browser.client.post(f"{order}/edit", data=corrected).status_code == 302
    page = browser.get(order)
    assert "9.00" in page
    assert "Version 2, until" in page  # the draft was the first
    assert browser.client.post(f"{order}/reverse").status_code == 302
    assert browser.client.post(f"{order}/edit", data=corrected).status_code == 409


def test_lines_that_were_all_removed_are_not_filled_again(browser_of: Browser) -> None:
    browser = browser_of
    browser.send("/production/boms/new", item_id="2", output="1", lines=_lines((1, "2")), is_active="y")
    fields = {"bom_id": "1", "quantity": "4", "place_id": "100", "moment": "2026-01-23T10:00"}
    order = browser.send("/production/work-orders/new", lines=_lines((1, "9")), **fields)
    for path in (f"{order}/edit", "/production/work-orders/new"):
        refused = browser.client.post(path, data={**fields, "lines": "[]"})
        assert "uses up at least one component" in refused.text
    assert ">9 " in browser.get(order)
    assert browser.get("/production/work-orders").count(">draft</a>") == 1


def test_an_order_that_lacks_components_says_which_and_stays_as_it_was(browser_of: Browser) -> None:
    browser = browser_of
    browser.send("/production/boms/new", item_id="2", output="1", lines=_lines((1, "101")), is_active="y")
    fields = {"bom_id": "1", "quantity": "1", "place_id": "100", "moment": "2026-01-23T10:00"}
    fields["lines"] = _lines((1, "101"))
    answer = browser.client.post("/production/work-orders/new", data={**fields, "then": "post"})
    assert answer.status_code == 200
    assert "W Wood, Main warehouse" in answer.text
    order = browser.send("/production/work-orders/new", **fields)
    browser.send(f"{order}/post")
    assert "Draft" in browser.get(order)
