"""A count by scanner: the network gone in the middle, an answer that is lost, a number that corrects, and an undone scan."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount, Tally
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, Receipt
from modules.warehouse.operations import create_item
from tests.browser.conftest import PATIENCE, PHONE, errors_of, lose_answers

pytestmark = pytest.mark.browser

QUEUE = ".queue-state"


@pytest.fixture
def scanner(browser: Any, server: Any) -> Iterator[Any]:
    """Steve's phone; a lost network may be complained of in its console, an error of a script may not."""
    context = browser.new_context(base_url=server.address, locale="en-GB", viewport=PHONE)
    context.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    server.sign_in(context, "steve")
    yield context
    context.close()
    assert wrong == []


def scan(page: Any, text: str) -> None:
    """What a scanner types: the code, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=scan]")).to_have_value("")


def counted(server: Any) -> dict[str, list[D]]:
    """Code → what was counted of it and not undone, in its order."""

    def work(session: Any) -> dict[str, list[D]]:
        query = select(Item.code, Tally.quantity).join(Item, Item.id == Tally.item_id).where(~Tally.is_undone)
        found: dict[str, list[D]] = {}
        for code, quantity in session.execute(query.order_by(Tally.id)):
            found.setdefault(code, []).append(quantity)
        return found

    return server.app.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_a_count_neither_loses_nor_doubles_a_scan(scanner: Any, server: Any) -> None:
    def begin(session: Any) -> int:
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=100))
        session.flush()
        return int(count.id)

    where = f"/warehouse/counts/{server.app.company.database.run(begin, actor=SYSTEM)}"
    page = scanner.new_page()
    page.goto(f"{where}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    scan(page, "TO-1001")
    scan(page, "TO-1001")
    scan(page, "3*to-1002")
    expect(page.locator("tr[data-state=done]")).to_have_count(3)
    assert errors_of(page) == []
    assert counted(server) == {"TO-1001": [D(1), D(1)], "TO-1002": [D(3)]}

    scanner.set_offline(True)
    scan(page, "TO-1007")
    scan(page, "18")  # so many saws were in the box that was scanned
    scan(page, "TO-1012")
    page.keyboard.press("F8")
    scan(page, "XX-1")
    expect(page.locator("[data-part=note]")).to_contain_text("there is no connection")
    expect(page.locator(QUEUE)).to_contain_text("5 waiting")
    assert "TO-1007" not in counted(server)
    scanner.set_offline(False)

    lost = lose_answers(scanner, "**/tallies")
    page.goto(f"{where}/scanning")
    expect(page.locator(QUEUE)).to_be_visible()
    expect(page.locator(QUEUE)).to_be_hidden(timeout=20_000)
    assert lost == [200, 200]
    assert counted(server) == {"TO-1001": [D(1), D(1)], "TO-1002": [D(3)], "TO-1007": [D(18)]}

    scan(page, "2.5*TO-1001")
    expect(page.locator("[data-part=note]")).to_contain_text("can't be counted so finely")
    page.goto(where)
    expect(page.locator("main")).to_contain_text("Japanese pull saw")
    expect(page.locator("main")).not_to_contain_text("Expected")


def test_pieces_are_counted_by_their_numbers_and_lots_by_their_labels(scanner: Any, server: Any) -> None:
    """A bare number that the books know, a code that is asked for its numbers, and a label that says the lot, without a
    network."""

    def begin(session: Any) -> int:
        saw = create_item(session, SYSTEM, code="CNT-SAW", name="Counted saw", tracking="serial")
        create_item(session, SYSTEM, code="CNT-MILK", name="Counted milk", tracking="lot", barcode="4006381333931")
        lines = [MovementLineDraft(saw.id, D(2), D(1), lots="CS-1, CS-2")]
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=100))])
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=100))
        session.flush()
        return int(count.id)

    where = f"/warehouse/counts/{server.app.company.database.run(begin, actor=SYSTEM)}"
    page = scanner.new_page()
    page.goto(f"{where}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    note = page.locator("[data-part=note]")
    scan(page, "CS-1")
    expect(page.locator("tr[data-state=done]")).to_have_count(1)
    scanner.set_offline(True)
    scan(page, "17")  # a piece of which nobody knew follows the other
    scan(page, "CS-1")
    expect(note).to_contain_text("“CS-1” was scanned before. It counts once.")
    page.locator("[data-part=leave]").click()
    scan(page, "CNT-MILK")
    expect(note).to_contain_text("Scan or type the lot of “Counted milk”.")
    scan(page, "6*L1")
    scan(page, "7")
    scan(page, "(01)04006381333931(10)L2(17)310501")
    expect(page.locator("[data-part=title]")).to_have_text("Counted milk L2")
    scanner.set_offline(False)
    expect(page.locator("tr[data-state=waiting]")).to_have_count(0, timeout=30_000)
    expect(page.locator(QUEUE)).to_be_hidden()
    assert errors_of(page) == []

    def found(session: Any) -> set[tuple[str, str, D, Any]]:
        query = select(Item.code, Tally.lot, Tally.quantity, Tally.expires).join(Item, Item.id == Tally.item_id)
        return {tuple(row) for row in session.execute(query.where(~Tally.is_undone, Item.code.like("CNT-%")))}

    assert server.app.company.database.run(found, actor=SYSTEM, write=False) == {
        ("CNT-SAW", "CS-1", D(1), None),
        ("CNT-SAW", "17", D(1), None),
        ("CNT-MILK", "L1", D(7), None),
        ("CNT-MILK", "L2", D(1), date(2031, 5, 1)),
    }
