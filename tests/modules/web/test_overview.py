"""The management overview: each figure is what its rows come to, and nobody sees more there than in the lists."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from app.clock import wall_clock


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Title → value and address."""
    cards = re.findall(r'<a class="card figure" href="([^"]*)">.*?title">([^<]*)<.*?value">([^<]*)<', page)
    return {unescape(title): (value, unescape(address)) for address, title, value in cards}


def rows_at(browser: Any, name: str, address: str) -> list[dict[str, Any]]:
    """What the list behind an address has."""
    answer = browser.get(f"/api/v1/lists/{name}?limit=500&{address.partition('?')[2]}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["rows"]
    return found


def amount(text: str) -> Decimal:
    return Decimal(text.removesuffix(" GBP").replace(",", ""))


def test_figures_are_what_their_rows_come_to(sign_in: Any) -> None:
    admin = sign_in("admin")
    page = admin.get("/overview?period=month").text
    found = figures(page)
    assert "Received without a contact" not in found  # of this there is nothing
    for title, name, direction in (
        ("Money received", "contacts.payment", "in"),
        ("Money paid", "contacts.payment", "out"),
        ("Paid without a contact", "contacts.other_payment", "out"),
    ):
        value, address = found[title]
        rows = rows_at(admin, name, address)
        worth = [Decimal(row["amount"]) / (Decimal("1.148") if row["currency"] == "EUR" else 1) for row in rows]
        assert amount(value) == round(sum(worth), 2), title
        assert {row["direction"] for row in rows} <= {direction}
    for title, name in (
        ("Shipped to customers", "trade.sale"),
        ("Received from suppliers", "trade.purchase"),
        ("Received on orders", "trade.receipt"),
    ):
        value, address = found[title]
        assert int(value) == len(rows_at(admin, name, address)), title
    revenue, address = found["Revenue"]
    assert amount(revenue) == sum(Decimal(row["revenue"]) for row in rows_at(admin, "trade.result", address)) > 0
    for title, sign in (("Overdue: customers owe us", 1), ("Overdue: we owe", -1)):
        value, address = found[title]
        owed = [Decimal(row["open"]) for row in rows_at(admin, "contacts.open_item", address)]
        assert amount(value) == sign * sum(owed) > 0, title
    assert amount(found["Margin"][0]) < amount(revenue)
    there = {row["item_id"] for row in rows_at(admin, "warehouse.stock", "") if Decimal(row["quantity"]) > 0}
    assert int(found["Items free to be shipped"][0]) == len(there) - 1  # of one, all is kept for an order


def test_documents_and_events_are_counted_as_their_lists_have_them(sign_in: Any) -> None:
    admin = sign_in("admin")
    page = admin.get("/overview?period=month").text
    counted = re.findall(r'<a class="pill" href="/trade/sales\?([^"]*)">([^<]*) <b>([0-9]+)</b>', page)
    for asked, state, count in counted:
        assert int(count) == len(rows_at(admin, "trade.sale", f"?{unescape(asked)}")), state
    assert "Posted" in {state for _asked, state, _count in counted}
    by_action = re.findall(r'href="/admin/audit\?(action=[^"]*)">[^<]*</a></td><td[^>]*>([0-9,]+)<', page)
    assert len(by_action) == 10
    for asked, count in by_action[-3:]:
        assert int(count) == len(rows_at(admin, "core.audit", f"?{unescape(asked)}")), asked
    today = wall_clock().date()
    days = {"since": str(today - timedelta(days=40)), "until": str(today)}
    both = admin.get("/admin/audit/events", query_string={"by": "both", "order": "done", **days}).text
    (asked, done, seen) = re.findall(
        r'href="/admin/audit\?(person=[^"]*action=[^"]*)">[^<]+</a></td><td[^>]*><a [^>]*>[^<]*</a></td>'
        r"<td[^>]*>([0-9,]+)</td><td[^>]*>([0-9,]+)<",
        both,
    )[0]
    assert int(done) + int(seen) == len(rows_at(admin, "core.audit", f"?{unescape(asked)}")) > 0


def test_the_overview_is_for_managers_and_the_audit_for_those_who_may_read_it(sign_in: Any) -> None:
    assert 'href="/overview"' in sign_in("maria").get("/").text
    assert "Events by person" in sign_in("maria").get("/overview").text
    for login in ("sam", "anna", "steve"):
        assert sign_in(login).get("/overview").status_code == 403
        assert 'href="/overview"' not in sign_in(login).get("/").text
    assert sign_in("sam").get("/admin/audit/events").status_code == 403
    for period in ("today", "yesterday", "week", "never"):
        assert sign_in("maria").get(f"/overview?period={period}").status_code == 200
    for asked in ("by=action", "by=nothing", "since=2026-01-01"):
        assert sign_in("maria").get(f"/admin/audit/events?{asked}").status_code == 200
