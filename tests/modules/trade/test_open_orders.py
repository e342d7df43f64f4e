"""Orders that await something: what of them is ready, what is late, and where the overview's figures lead."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import post, save
from app.documents.drafts import Draft
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import PurchaseOrder, Quote, Sale, SalesOrder
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Opening
from modules.warehouse.operations import create_item


@pytest.fixture
def numbers(company: Any, employ: Callable[..., Any]) -> dict[str, str]:
    """Of 8 hammers in stock 5 are kept for an order, of which one is shipped already; the others are free. Name → number."""
    sam = employ("sam", "salesperson").user_id
    today = wall_clock().date()

    def work(session: Any) -> dict[str, str]:
        hammer = create_item(session, SYSTEM, code="HAMMER", name="Hammer").id
        saw = create_item(session, SYSTEM, code="SAW", name="Saw").id
        fitting = create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service").id
        own = create_contact(session, SYSTEM, kind="legal_entity", name="Own", responsible_id=sam).id
        other = create_contact(session, SYSTEM, kind="legal_entity", name="Other").id
        opening = MovementDraft(
            [MovementLineDraft(hammer, Decimal(8), Decimal(6))], target_id=FIRST_WAREHOUSE, moment=datetime(2026, 1, 1)
        )
        post(session, SYSTEM, [save(session, SYSTEM, Opening, opening)])

        def made(kind: Any, draft: Draft) -> Any:
            document = save(session, SYSTEM, kind, draft)
            post(session, SYSTEM, [document])
            return document

        def lines(**items: int) -> list[TradeLineDraft]:
            ids = {"hammer": hammer, "saw": saw, "fitting": fitting}
            return [TradeLineDraft(ids[code], Decimal(quantity), Decimal(10)) for code, quantity in items.items()]

        late = today - timedelta(days=1)
        ordered = datetime.combine(late, datetime.min.time())
        kept = made(SalesOrder, SalesOrderDraft(own, lines(hammer=5), moment=ordered, delivery=late, reserves=True))
        shipped = [TradeLineDraft(hammer, Decimal(1), Decimal(10), origin=(kept.id, 1))]
        made(Sale, TradeDraft(own, shipped))
        soon = today + timedelta(days=3)
        documents = {
            "kept": kept,
            "free": made(SalesOrder, SalesOrderDraft(own, lines(hammer=3, fitting=1), delivery=soon, reserves=False)),
            "part": made(SalesOrder, SalesOrderDraft(other, lines(hammer=1, saw=1), delivery=soon, reserves=False)),
            "none": made(SalesOrder, SalesOrderDraft(other, lines(hammer=4), reserves=False)),
            "come": made(PurchaseOrder, OrderDraft(other, lines(saw=9), delivery=soon)),
        }
        done = made(SalesOrder, SalesOrderDraft(own, lines(fitting=1)))
        made(Sale, TradeDraft(own, [TradeLineDraft(fitting, Decimal(1), Decimal(10), origin=(done.id, 1))]))
        quote = made(Quote, QuoteDraft(own, lines(saw=1)))
        made(SalesOrder, SalesOrderDraft(own, [TradeLineDraft(saw, Decimal(1), Decimal(10), origin=(quote.id, 1))]))
        made(Quote, QuoteDraft(own, lines(saw=2)))
        return {name: document.number for name, document in documents.items()}

    found: dict[str, str] = company.database.run(work, actor=SYSTEM)
    return found


def browser_of(app: Any, login: str, password: str) -> Any:
    browser = app.test_client()
    browser.post("/login", data={"login": login, "password": password})
    return browser


def test_orders_say_what_of_them_is_ready_and_the_overview_counts_them(numbers: dict[str, str], app: Any) -> None:
    admin = browser_of(app, "admin", "correct horse")
    answer = admin.get("/api/v1/lists/trade.to_ship")
    assert answer.status_code == 200, answer.text
    rows = answer.json["rows"]
    found = {r["number"]: (r["ready"], r["items"], r["ready_items"]) for r in rows}
    quoted = set(found) - set(numbers.values())
    assert {name: found[numbers[name]] for name in ("kept", "free", "part", "none")} == {
        "kept": ("all", 1, 1),
        "free": ("all", 2, 2),
        "part": ("some", 2, 1),
        "none": ("none", 1, 0),
    }
    assert [found[number] for number in quoted] == [("none", 1, 0)]
    arriving = admin.get("/api/v1/lists/trade.to_arrive").json["rows"]
    assert [(r["number"], r["items"]) for r in arriving] == [(numbers["come"], 1)]

    page = admin.get("/overview").text
    cards = re.findall(r'<a class="card figure" href="([^"]*)">.*?title">([^<]*)<.*?value">([^<]*)<', page)
    figures = {unescape(title): (value, unescape(address)) for address, title, value in cards}
    assert figures["Orders late to ship"][0] == "1"
    assert figures["Orders that can be shipped now"][0] == "2 of 5"
    assert figures["Quotes without an order"][0] == "1"
    quotes = admin.get("/api/v1/lists/trade.quote?" + figures["Quotes without an order"][1].partition("?")[2]).json
    assert len(quotes["rows"]) == 1
    assert ">Confirmed <b>" in admin.get("/overview?period=month").text
    assert "Orders late to arrive" not in figures
    late = admin.get(figures["Orders late to ship"][1])
    assert (late.status_code, numbers["kept"] in late.text, numbers["free"] in late.text) == (200, True, False)
    part = page.partition('id="order-weeks"')[2].partition("</table>")[0]
    counts = [int(text) for text in re.findall(r'<a href="[^"]*">([0-9]+)</a>', part)]
    assert counts == [1, 1, 2, 1, 1, 2]  # late: one, ready; in a week: two, one ready, one comes; without a day: two
    for address, count in re.findall(r'<a href="([^"]*)">([0-9]+)</a>', part):
        behind = admin.get(unescape(address)).text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert behind.count("<tr>") == int(count), address


def test_a_salesperson_sees_the_own_customers_orders(numbers: dict[str, str], app: Any) -> None:
    sam = browser_of(app, "sam", "sam-sample")
    found = {row["number"] for row in sam.get("/api/v1/lists/trade.to_ship").json["rows"]}
    assert {numbers["kept"], numbers["free"]} <= found
    assert not {numbers["part"], numbers["none"]} & found
    assert sam.get("/api/v1/lists/trade.to_arrive").status_code == 404
