"""The till's pages and what its browser sends: the three answers, who gets in, and a shift that closes with a difference."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.documents import Document
from app.security import User
from modules.contacts.money.queries import balances_of_accounts
from modules.trade.till.models import Shift, Till
from modules.warehouse.models import Item

pytestmark = pytest.mark.one_engine
ACT = "0123456789abcdef"


@pytest.fixture
def user(ask: Any) -> Any:
    """The number of a sample user."""
    return lambda login: ask(None, lambda s: s.scalar(select(User.id).where(User.login == login)))


def documents(ask: Any) -> int:
    return ask(None, lambda s: s.scalar(select(func.count()).select_from(Document)))


def test_a_shift_from_its_first_count_to_its_report(sign_in: Any, ask: Any, user: Any) -> None:
    sofia, anna, steve = sign_in("sofia"), sign_in("anna"), sign_in("steve")
    assert steve.get("/trade/till").status_code == 403
    assert sofia.get("/trade/till", follow_redirects=True).request.path == "/trade/till/1/shift"
    (books,) = ask(
        None, lambda s: [amount for i, amount in balances_of_accounts(s).items() if i == s.get(Till, 1).cash_account_id]
    )
    count = {"counted": "100", "books_difference": "y"}
    asked = sofia.post("/trade/till/1/shift", data=count).text
    assert f"By the books {books:,.2f} GBP is there" in asked
    assert f"{books - 100:,.2f} GBP less than by the books" in asked
    assert ask(None, lambda s: s.scalar(select(Shift.id).where(Shift.closed_at.is_(None)))) is None
    opened = sofia.post("/trade/till/1/shift", data={**count, "seen": f"{100 - books}"})
    assert opened.headers["Location"] == "/trade/till/1"
    assert ask(None, lambda s: balances_of_accounts(s)[s.get(Till, 1).cash_account_id]) == Decimal(100)
    page = sofia.get("/trade/till/1").text
    shift = ask(None, lambda s: s.scalar(select(Shift.id).where(Shift.closed_at.is_(None))))
    assert f"&#34;shift&#34;: {shift}" in page
    hammer = ask(None, lambda s: s.scalar(select(Item.id).where(Item.code == "TO-1001")))
    (found,) = sofia.get("/trade/till/1/goods?q=to-1001 ").json["goods"]
    assert (found[0], found[4]) == (hammer, "14.5")
    (barcode,) = found[2]
    assert sofia.get(f"/trade/till/1/goods?q={barcode.zfill(14)}").json["goods"] == [found]
    assert found in sofia.get("/trade/till/1/goods").json["goods"]
    lines = json.dumps([{"item": hammer, "quantity": "2"}])
    assert sofia.get("/trade/till/1/prices", query_string={"lines": lines}).json["lines"][0]["price"] == "14.5"

    def send(browser: Any, of: str, act: str = ACT, **said: Any) -> Any:
        line = {"item": hammer, "quantity": "2", "price": "14.5", "discount": "0"}
        sale = {"shift": shift, "lines": [line], "total": "29", "given": "50", "card": "0", "account": "0", **said}
        form = {"act": act, "user": user(of), "content": json.dumps(sale)}
        return browser.post("/trade/till/1/sales", data=form)

    before = documents(ask)
    answer = send(sofia, "sofia")
    assert (answer.status_code, answer.json["state"], answer.json["change"]) == (200, "done", "21")
    assert send(sofia, "sofia").json == answer.json
    assert documents(ask) == before + 2  # a sale and its payment, once
    for wrong in (
        {"total": "30"},
        {"given": "1"},
        {"given": "1e30"},
        {"card": "x"},
        {"lines": 1},
        {"shift": 99},
        {"shift": True},
    ):
        refusal = send(sofia, "sofia", act=f"wrong-{ACT}", **wrong)
        assert (refusal.json["state"], bool(refusal.json["message"])) == ("refused", True), wrong
    waits = send(sofia, "anna", act=f"other-{ACT}")
    assert (waits.status_code, waits.json["state"]) == (409, "again")
    broken = sofia.post("/trade/till/1/sales", data={"act": ACT, "user": user("sofia"), "content": "[["})
    assert (broken.status_code, broken.json["state"]) == (422, "refused")
    assert sofia.get("/trade/till/1/prices?lines=nonsense").status_code == 422
    assert documents(ask) == before + 2

    number, made = answer.json["number"], answer.json["id"]
    left = sofia.get("/trade/till/1/receipt", query_string={"number": number}).json
    assert (left["lines"][0]["left"], left["is_own"]) == ("2", True)
    assert "There is no receipt" in sofia.get("/trade/till/1/receipt?number=S-9").json["message"]
    printed = sofia.get(f"/trade/till/1/receipts/{made}")
    assert printed.data.startswith(b"%PDF")
    assert sofia.get("/trade/till/1/receipts/1").status_code == 404  # a document of no till

    cash = {"direction": "out", "amount": "9", "other": "account-1", "operation": "one"}
    assert sofia.post("/trade/till/1/cash", data=cash).headers["Location"] == "/trade/till/1"
    count = {"piece-50": "2", "piece-10": "1", "books_difference": "y"}
    seen = sofia.post("/trade/till/1/close", data=count).text
    assert "10.00 GBP short" in seen
    assert ask(None, lambda s: s.get(Shift, shift).closed_at) is None
    difference = re.search(r'name="seen" value="([^"]+)"', seen)
    assert difference is not None
    closed = sofia.post("/trade/till/1/close", data={**count, "seen": difference[1]})
    assert closed.headers["Location"] == f"/trade/shifts/{shift}"
    for browser, address in ((sofia, f"/trade/shifts/{shift}"), (anna, f"/trade/shifts/{shift}/report")):
        report = browser.get(address).text
        assert "−10.00" in report
        assert "2 × 50, 1 × 10" in report
        assert browser.get(f"{address}?as=pdf").data.startswith(b"%PDF")
        assert browser.get(f"{address}?as=xlsx").status_code == 200
    assert "Front counter" in anna.get("/trade/shifts").text
    late = send(sofia, "sofia", act=f"later-{ACT}")
    assert (late.status_code, late.json["state"]) == (409, "refused")
    assert "Open a shift" in late.json["message"]
    assert ask(None, lambda s: s.get(Shift, shift).counted) == Decimal(110)


def test_a_till_is_set_up_and_refused_at_its_field(sign_in: Any) -> None:
    maria = sign_in("maria")
    assert "Front counter" in maria.get("/trade/tills").text
    assert sign_in("sofia").get("/trade/tills").status_code == 403
    page = maria.get("/trade/tills/1/edit").text
    version = re.search(r'name="version"[^>]*value="([^"]*)"', page)
    assert version is not None
    form = {"version": version[1], "name": "Front counter", "place_id": "100", "cash_account_id": "2", "users": []}
    form |= {"card_account_id": "1", "contact_id": "14", "is_limited": "y", "is_active": "y", "tax_rate": "20"}
    assert "Choose at least one user" in maria.post("/trade/tills/1/edit", data=form).text
