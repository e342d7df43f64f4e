"""The scanner's page in a phone: the network gone, an answer lost, a refusal that is mended, and an order picked."""

import re
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.documents import post, reverse, save
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesOrder
from modules.trade.waves.models import Wave
from modules.trade.waves.operations import make_waves
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.levels import add_level
from modules.warehouse.bins.models import Bin, BinMove
from modules.warehouse.bins.operations import change_bin, create_bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Item, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.warehouses import create_place
from tests.browser.conftest import PATIENCE, PHONE, errors_of, lose_answers

pytestmark = pytest.mark.browser

QUEUE, READY = ".queue-state", "scanner-screen[data-ready]"
GTIN = "09501101530003"


@pytest.fixture
def phone(browser: Any, server: Any) -> Iterator[Any]:
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


def received(server: Any) -> list[list[tuple[str, D, str]]]:
    """The posted receipts from now on: code, quantity and lots of each line."""

    def work(session: Any) -> list[list[tuple[str, D, str]]]:
        query = (
            select(Receipt).where(Receipt.state == "posted", Receipt.operation_id.like("act:%")).order_by(Receipt.id)
        )
        return [[(x.item.code, x.quantity, x.lots) for x in receipt.lines] for receipt in session.scalars(query)]

    return server.app.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_a_receipt_is_neither_lost_nor_doubled_without_a_network(phone: Any, server: Any) -> None:
    def begin(session: Any) -> None:
        create_item(session, SYSTEM, code="MILK-S", name="Milk", barcode=GTIN[1:], tracking="lot")

    server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    assert errors_of(page) == []
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.keyboard.press("F3")
    expect(page.locator("[data-part=task]")).to_have_text("Receive")
    scan(page, "TO-1001")

    phone.set_offline(True)
    scan(page, "3*TO-1002")
    scan(page, f"(01){GTIN}(10)L7(30)24")
    scan(page, "XX-1")
    expect(page.locator("[data-part=note]")).to_contain_text("there is no connection")
    page.goto("/warehouse/scanner")  # the page itself comes from the browser
    page.wait_for_selector(READY)
    expect(page.locator("[data-part=body] tr")).to_have_count(3)
    scan(page, "TO-1001")
    page.keyboard.press("Control+Enter")
    expect(page.locator(QUEUE)).to_contain_text("1 waiting")
    assert received(server) == []
    lost = lose_answers(phone, "**/scanner/done")
    phone.set_offline(False)
    expect(page.locator(QUEUE)).to_be_hidden(timeout=30_000)
    assert lost == [200, 200]
    assert [sorted(lines) for lines in received(server)] == [
        [("MILK-S", D(24), "L7"), ("TO-1001", D(2), ""), ("TO-1002", D(3), "")]
    ]


def test_what_is_refused_is_shown_and_scanned_on(phone: Any, server: Any) -> None:
    def begin(session: Any) -> None:
        create_item(session, SYSTEM, code="SAW-N", name="Numbered saw", tracking="serial")

    server.app.company.database.run(begin, actor=SYSTEM)
    before = len(received(server))
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.keyboard.press("F5")
    page.locator("[data-of]").first.wait_for()
    page.keyboard.press("F3")
    scan(page, "99999*TO-1001")
    scan(page, "99999*TO-1001")
    page.route("**/scanner/done", lambda route: route.fulfill(json={"state": "refused", "message": "Not so many."}))
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Not so many.")
    expect(page.locator(QUEUE)).to_contain_text("1 refused")
    assert len(received(server)) == before
    page.unroute("**/scanner/done")
    page.keyboard.press("Alt+Q")
    page.get_by_role("button", name="Mend").click()
    expect(page.locator("[data-part=body] tr")).to_have_count(1)
    expect(page.locator(QUEUE)).to_be_hidden()
    page.keyboard.press("Alt+Z")
    scan(page, "4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Sent")
    assert received(server)[-1] == [("TO-1001", D(4), "")]


def test_an_order_is_picked_by_its_list(phone: Any) -> None:
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.locator("[data-task=picked]").click()
    page.locator("[data-of]").first.click()
    expect(page.locator("[data-part=task]")).to_contain_text("Pick an order: SO-")
    first = page.locator("[data-part=body] tr").first
    expect(first).to_contain_text("0 of")
    code = first.locator("small").inner_text()
    scan(page, "PA-0000")
    scan(page, code)
    expect(first).to_contain_text("1 of")
    page.keyboard.press("Alt+A")
    expect(first).to_have_class("is-done")
    scan(page, "1")
    scan(page, "9999")
    expect(page.locator("[data-part=note]")).to_contain_text("which is on the list")
    expect(first).to_contain_text("1 of")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Sent")
    for task, said in (("move", "Move"), ("find", "Look up")):  # neither bears the order's number
        page.locator(f"[data-task={task}]").click()
        expect(page.locator("[data-part=task]")).to_have_text(said)
        page.locator("[data-part=leave]").click()


def test_two_orders_are_picked_in_one_walk_without_a_network(phone: Any, server: Any) -> None:
    def begin(session: Any) -> int:
        contact = session.scalars(select(Contact.id)).first()
        item = session.scalars(select(Item).where(Item.code == "TO-1001")).one()
        place = create_place(session, SYSTEM, code="WAVE", name="Hall of waves").id
        orders = []
        for model, quantity in ((Purchase, 9), (SalesOrder, 3), (SalesOrder, 2)):
            line = TradeLineDraft(item.id, D(quantity), D(5), tax_rate=D(0))
            draft = (SalesOrderDraft if model is SalesOrder else TradeDraft)(contact, [line], place_id=place)
            document = save(session, SYSTEM, model, draft)
            post(session, SYSTEM, [document])
            orders.append(document.id)
        return int(make_waves(session, SYSTEM, orders[1:])[0].id)

    wave = server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.locator("[data-task=wave]").click()
    page.locator(f"[data-of='{wave}']").click()
    expect(page.locator("[data-part=task]")).to_contain_text("Pick a wave: W-")
    stop = page.locator("[data-part=body] tr").first
    expect(stop).to_contain_text("box 1: 3, box 2: 2")
    phone.set_offline(True)
    scan(page, "2*TO-1001")
    expect(page.locator("[data-part=quantity]")).to_have_text("box 1: 2")
    scan(page, "2*TO-1001")
    expect(page.locator("[data-part=quantity]")).to_have_text("box 1: 1, box 2: 1")
    expect(stop).to_contain_text("4 of 5")
    scan(page, "3*TO-1001")
    expect(page.locator("[data-part=note]")).to_contain_text("which is on the list")
    page.keyboard.press("Control+Enter")
    expect(page.locator(QUEUE)).to_contain_text("1 waiting")
    phone.set_offline(False)
    expect(page.locator("[data-part=note]")).to_contain_text("Short: TO-1001 1.", timeout=30_000)

    def shipped(session: Any) -> list[list[D]]:
        sales = [session.get_one(Sale, each.sale_id) for each in session.get_one(Wave, wave).orders]
        return [[line.quantity for line in sale.lines] for sale in sales]

    assert server.app.company.database.run(shipped, actor=SYSTEM, write=False) == [[D(3)], [D(1)]]


def test_what_has_come_is_put_into_bins_by_scans_alone(phone: Any, server: Any) -> None:
    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code="BINS", name="Hall with bins").id
        create_bins(session, SYSTEM, place_id=place, codes="H-1..H-3")
        return place

    place = server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.keyboard.press("F3")
    page.locator("[data-part=target]").select_option(str(place))
    page.locator("[data-part=scan]").focus()
    scan(page, "5*TO-1001")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Sent")

    page.locator("[data-task=put]").click()
    page.locator("[data-part=place]").select_option(str(place))
    first = page.locator("[data-part=body] tr").first
    expect(first).to_contain_text("0 of 5")
    scan(page, "TO-1001")
    page.get_by_role("button", name="All: 5").click()
    expect(page.locator("[data-part=quantity]")).to_have_text("5")
    expect(page.locator("[data-part=rest]")).to_be_hidden()
    scan(page, "4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Scan the bin")
    scan(page, "h-1")
    expect(first).to_contain_text("→ H-1")
    scan(page, "H-1")  # with nothing to put away it is where goods come from
    expect(page.locator("[data-part=note]")).to_contain_text("Out of H-1")
    scan(page, "TO-1001")
    scan(page, "H-2")
    expect(page.locator("[data-part=body] tr")).to_have_count(3)
    expect(page.locator("[data-part=body] tr").last).to_contain_text("0 of 1")  # four of the five are put away
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Sent")

    def moved(session: Any) -> list[tuple[D, str, str]]:
        move = session.scalars(select(BinMove).order_by(BinMove.id.desc())).first()
        return [(x.quantity, x.from_bin, x.to_bin) for x in move.lines]

    assert server.app.company.database.run(moved, actor=SYSTEM, write=False) == [
        (D(4), "", "H-1"),
        (D(1), "H-1", "H-2"),
    ]


def test_usual_bins_are_filled_by_scans(phone: Any, server: Any) -> None:
    """From the page that lists them, in its warehouse; what is brought is scanned out of the bin that the list names."""

    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code="FILL", name="Hall to fill").id
        create_bins(session, SYSTEM, place_id=place, codes="F-1..F-2")
        item = session.scalars(select(Item.id).where(Item.code == "TO-1001")).one()
        receipt = MovementDraft([MovementLineDraft(item, D(6), D(1))], target_id=place)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, receipt)])
        move = BinMoveDraft(place, [BinMoveLineDraft(item, D(5), to_bin="F-1")])
        post(session, SYSTEM, [save(session, SYSTEM, BinMove, move)])
        add_level(session, SYSTEM, item_id=item, place_id=place, bin="F-2", minimum=D(1), maximum=D(4))
        return place

    place = server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto(f"/warehouse/bins/bring?place={place}")
    page.get_by_role("link", name="With the scanner").click()
    first = page.locator("[data-part=body] tr").first
    expect(first).to_contain_text("fill up: F-1 → F-2")
    expect(first).to_contain_text("0 of 3")  # what isn't put away is the fourth
    expect(page.locator("[data-part=body] tr").last).to_contain_text("→ F-2 0 of 1", use_inner_text=True)
    scan(page, "F-1")
    scan(page, "TO-1001")
    expect(page.locator("[data-part=title]")).to_contain_text("→ F-2")
    page.get_by_role("button", name="All: 3").click()
    scan(page, "F-2")
    expect(page.locator("[data-part=body] tr")).to_have_count(2)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note]")).to_contain_text("Sent")
    assert bin_moves(server, place)[1:] == [[(D(3), "F-1", "F-2")]]


def bin_moves(server: Any, place: int) -> list[list[tuple[D, str, str]]]:
    """The posted moves between a warehouse's bins: quantity, from and to of each line."""

    def work(session: Any) -> list[list[tuple[D, str, str]]]:
        query = select(BinMove).where(BinMove.place_id == place, BinMove.state == "posted").order_by(BinMove.id)
        return [[(x.quantity, x.from_bin, x.to_bin) for x in move.lines] for move in session.scalars(query)]

    return server.app.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_goods_are_put_away_without_a_network_and_conflicts_are_mended(phone: Any, server: Any) -> None:
    def begin(session: Any) -> tuple[int, int]:
        place = create_place(session, SYSTEM, code="COLD", name="Cold hall").id
        create_bins(session, SYSTEM, place_id=place, codes="K-1..K-3")
        item = session.scalars(select(Item).where(Item.code == "TO-1002")).one()
        receipt = save(
            session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(item.id, D(9), D(5))], target_id=place)
        )
        post(session, SYSTEM, [receipt])
        return place, int(item.id)

    place, item = server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.locator("[data-task=put]").click()
    page.locator("[data-part=place]").select_option(str(place))
    body = page.locator("[data-part=body] tr")
    expect(body.first).to_contain_text("0 of 9")

    phone.set_offline(True)
    for code in ("4*TO-1002", "K-1", "2*TO-1002"):
        scan(page, code)
    page.goto("/warehouse/scanner")  # neither the scans nor the bins are lost with the page
    page.wait_for_selector(READY)
    scan(page, "K-2")
    page.keyboard.press("Control+Enter")
    expect(page.locator(QUEUE)).to_contain_text("1 waiting")
    assert bin_moves(server, place) == []

    def close(session: Any) -> None:  # meanwhile
        closed = session.scalars(select(Bin).where(Bin.warehouse_id == place, Bin.code == "K-2")).one()
        change_bin(session, SYSTEM, closed, code="K-2", zone="", position=closed.position, is_active=False)

    server.app.company.database.run(close, actor=SYSTEM)
    phone.set_offline(False)
    expect(page.locator(QUEUE)).to_contain_text("1 refused")
    expect(page.locator("[data-part=note]")).to_contain_text("K-2")
    assert bin_moves(server, place) == []
    page.keyboard.press("Alt+Q")
    page.get_by_role("button", name="Mend").click()
    expect(body.first).to_contain_text("?")  # what was to lie in the closed bin waits for another
    scan(page, "K-2")
    expect(page.locator("[data-part=note]")).to_contain_text("K-2")
    scan(page, "K-3")

    phone.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator(QUEUE)).to_contain_text("1 waiting")

    def take(session: Any) -> int:  # six of nine are left to put away, and now none
        issue = save(session, SYSTEM, Issue, MovementDraft([MovementLineDraft(item, D(9))], source_id=place))
        post(session, SYSTEM, [issue])
        return int(issue.id)

    issue = server.app.company.database.run(take, actor=SYSTEM)
    phone.set_offline(False)
    expect(page.locator(QUEUE)).to_contain_text("1 refused")
    expect(page.locator("[data-part=note]")).to_contain_text("Try square")
    assert bin_moves(server, place) == []
    server.app.company.database.run(
        lambda s: reverse(s, SYSTEM, s.get_one(Issue, issue)), actor=SYSTEM
    )  # they are there after all
    lost = lose_answers(phone, "**/scanner/done")
    page.keyboard.press("Alt+Q")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(QUEUE)).to_be_hidden(timeout=30_000)
    assert lost == [200, 200]
    assert bin_moves(server, place) == [[(D(4), "", "K-1"), (D(2), "", "K-3")]]


def test_whatever_a_label_names_is_looked_up(phone: Any, server: Any) -> None:
    def begin(session: Any) -> tuple[str, str]:
        place = create_place(session, SYSTEM, code="LOOK", name="Hall of labels").id
        create_bins(session, SYSTEM, place_id=place, codes="Q-1")
        item = create_item(session, SYSTEM, code="OIL-L", name="Oil", tracking="lot").id
        came = MovementLineDraft(item, D(7), D(5), lots="L-77")
        receipt = save(session, SYSTEM, Receipt, MovementDraft([came], target_id=place))
        move = save(
            session, SYSTEM, BinMove, BinMoveDraft(place, [BinMoveLineDraft(item, D(7), lots="L-77", to_bin="Q-1")])
        )
        post(session, SYSTEM, [receipt, move])
        order = session.scalars(select(SalesOrder).where(SalesOrder.state == "posted").order_by(SalesOrder.id)).first()
        return str(receipt.number), str(order.number)

    receipt, order = server.app.company.database.run(begin, actor=SYSTEM)
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.keyboard.press("F2")
    found = page.locator("[data-part=found]")
    scan(page, "OIL-L")
    expect(found).to_contain_text("Hall of labels: 7 pc")
    expect(found).to_contain_text("Q-1: 7 · L-77")
    scan(page, "L-77")
    expect(found).to_contain_text("L-77 · OIL-L Oil")
    scan(page, receipt)
    expect(found.get_by_role("link", name="Open")).to_have_attribute("href", re.compile("/warehouse/receipts/"))
    scan(page, "No such thing")
    expect(page.locator("[data-part=note]")).to_contain_text("Nothing here is called")
    scan(page, "q-1")
    expect(found).to_contain_text("Q-1 · Hall of labels")
    expect(found).to_contain_text("7 pc · OIL-L Oil · L-77")
    found.get_by_role("button", name="Take goods out of it").click()
    expect(page.locator("[data-part=task]")).to_have_text("Put away")
    expect(page.locator("[data-part=note]")).to_contain_text("Out of Q-1")
    page.locator("[data-part=leave]").click()
    page.locator("[data-task=find]").click()
    scan(page, order)
    found.get_by_role("button", name="Pick an order").click()
    expect(page.locator("[data-part=task]")).to_contain_text(f"Pick an order: {order}")


def test_a_move_goes_to_another_warehouse_than_it_comes_from(phone: Any) -> None:
    page = phone.new_page()
    page.goto("/warehouse/scanner")
    page.wait_for_selector(READY)
    page.locator("[data-task=move]").click()
    source, target = (page.locator(f"[data-part={name}]").input_value() for name in ("source", "target"))
    assert source != target
