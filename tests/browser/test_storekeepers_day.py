"""A storekeeper's day on a phone with a scanner, from the scanner's page on: receive, put away, pick and ship, count. In
scans, and in keys that a finger presses besides: what a scanner types is neither.

The bounds are what the day took when it was written; whoever makes it longer says why.
"""

from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.documents import save
from app.ledger import verify
from app.security import SYSTEM
from modules.trade.models import Sale
from modules.warehouse.bins.models import BinMove
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount, Tally
from modules.warehouse.models import FIRST_WAREHOUSE, Item
from tests.browser.conftest import PATIENCE, PHONE
from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser

NOTE = "[data-part=note]"


class Scanner(Keyboard):
    """A hand with a scanner."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.scans = 0

    def scan(self, code: str) -> None:
        """Pull the trigger: the code, and Enter."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.scans += 1
        expect(self.page.locator("[data-part=scan]")).to_have_value("")

    def say(self, quantity: str) -> None:
        """So many were the last scan."""
        self.type(quantity)
        self.press("Enter")

    def done(self, what: str) -> tuple[int, int]:
        """Finish the task; the scans and keys that it took."""
        self.press("Control+Enter")
        expect(self.page.locator(NOTE)).to_contain_text("Sent")
        scans, self.scans = self.scans, 0
        self.did(what)
        return scans, self.counts[what]

    def rows(self) -> list[tuple[str, str]]:
        """Code and what is left to scan of each row of the list, as the page shows them."""
        self.until("[data-part=body] tr")
        rows = self.page.locator("[data-part=body] tr").all()
        return [
            (
                row.locator("small").inner_text().partition(" ·")[0],
                row.locator(".num").inner_text().split(" ")[2],
            )
            for row in rows
        ]


@pytest.fixture
def hand(browser: Any, server: Any) -> Iterator[Scanner]:
    """Steve's, at the scanner's page."""
    context = browser.new_context(base_url=server.address, locale="en-GB", viewport=PHONE)
    context.set_default_timeout(PATIENCE)
    server.sign_in(context, "steve")
    page = context.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector("scanner-screen[data-ready]")
    yield Scanner(page)
    context.close()


def of_company(server: Any, work: Any) -> Any:
    return server.app.company.database.run(work, actor=SYSTEM, write=False)


def test_a_storekeepers_day(hand: Scanner, server: Any) -> None:
    sales = select(Sale).where(Sale.state == "posted").order_by(Sale.id.desc())
    newest = of_company(server, lambda s: s.scalars(sales).first().id)
    page, took = hand.page, {}

    hand.press("F5")  # receive an order
    hand.until("[data-of]:focus")
    hand.press("Enter")
    came = hand.rows()
    for code, quantity in came:
        hand.scan(code)
        hand.say(quantity)
    took["receive"] = hand.done("receive")

    hand.press("F8")  # put away
    hand.until("[data-part=body] tr")
    for (code, quantity), bin_ in zip(came, ("D-03", "D-04", "D-05"), strict=False):
        hand.scan(code)
        hand.say(quantity)
        hand.scan(bin_)
    took["put away"] = hand.done("put away")
    move = of_company(
        server,
        lambda s: [
            (x.item.code, f"{x.quantity.normalize():f}", x.to_bin)
            for x in s.scalars(select(BinMove).order_by(BinMove.id.desc())).first().lines
        ],
    )
    assert move == [(code, quantity, b) for (code, quantity), b in zip(came, ("D-03", "D-04", "D-05"), strict=False)]

    hand.press("F6")  # pick an order
    hand.until("[data-of]:focus")
    hand.press("Enter")
    wanted = hand.rows()
    for code, quantity in wanted:
        hand.scan(code)
        hand.say(quantity)
    took["pick and ship"] = hand.done("pick and ship")
    shipped = of_company(server, lambda s: s.scalars(sales.where(Sale.id > newest)).one().lines)
    assert sorted((x.item_id, x.quantity) for x in shipped) == sorted(
        of_company(
            server,
            lambda s: [
                (s.scalars(select(Item.id).where(Item.code == code)).one(), D(quantity)) for code, quantity in wanted
            ],
        )
    )

    def begin(session: Any) -> int:
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=FIRST_WAREHOUSE))
        session.flush()
        return int(count.id)

    count = server.app.company.database.run(begin, actor=SYSTEM)
    page.goto(f"/warehouse/counts/{count}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    keys = hand.keys
    for code, quantity in came:
        hand.scan(code)
        hand.say(quantity)
    expect(page.locator("tr[data-state=done]")).to_have_count(len(came))
    took["count"] = hand.scans, hand.keys - keys
    assert of_company(
        server, lambda s: len(s.scalars(select(Tally.id).where(Tally.document_id == count)).all())
    ) >= len(came)

    assert of_company(server, lambda s: list(verify(s))) == []
    # tasks: choose, type how many, finish; a bin is scanned for each item
    assert took == {"receive": (2, 11), "put away": (4, 10), "pick and ship": (1, 6), "count": (2, 8)}
