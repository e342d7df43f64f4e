"""A count by scanner: the network gone in the middle, an answer that is lost, a number that corrects, and an undone scan."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, save
from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.counting.kinds import CountDraft, CountLineDraft
from modules.warehouse.counting.models import StockCount, Tally
from modules.warehouse.counting.operations import post_count
from modules.warehouse.counting.paper import posted_bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.models import Repacking
from modules.warehouse.logistic_units.operations import create_units
from modules.warehouse.models import Item, Receipt
from modules.warehouse.operations import create_item, create_place
from tests.browser.conftest import PATIENCE, PHONE, errors_of, lose_answers

pytestmark = pytest.mark.browser

QUEUE = ".queue-state"


def before_the_count(lines: Any, place: int = 100) -> MovementDraft:
    """What came an hour ago: nothing moves while it is being counted."""
    return MovementDraft(lines, target_id=place, moment=wall_clock() - timedelta(hours=1))


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
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, before_the_count(lines))])
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


def test_a_warehouse_is_counted_bin_by_bin_and_a_box_by_one_scan(scanner: Any, server: Any) -> None:
    """Goods before any bin are refused; a bin, a box in it and an empty bin are counted without a network; then what was found
    in another bin changes bins."""

    def begin(session: Any) -> tuple[int, str]:
        place = create_place(session, SYSTEM, code="cnt-bins", name="Counted shelves").id
        create_bins(session, SYSTEM, place_id=place, codes="S-1..S-3")
        item = create_item(session, SYSTEM, code="CNT-BIN", name="Counted nails").id
        boxed = create_item(session, SYSTEM, code="CNT-BOX", name="Boxed nails").id
        came = wall_clock() - timedelta(hours=1)  # nothing moves while it is being counted
        lines = [MovementLineDraft(item, D(9), D(1)), MovementLineDraft(boxed, D(12), D(1))]
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=place, moment=came))])
        put = [BinMoveLineDraft(item, D(9), to_bin="S-1"), BinMoveLineDraft(boxed, D(12), to_bin="S-2")]
        post(session, SYSTEM, [save(session, SYSTEM, BinMove, BinMoveDraft(place_id=place, lines=put, moment=came))])
        (box,) = create_units(session, SYSTEM, place_id=place, kind="box", count=1)
        lines_of_box = [RepackingLineDraft(boxed, D(12))]
        packed = RepackingDraft(place_id=place, lines=lines_of_box, to_unit=box.code, moment=came)
        post(session, SYSTEM, [save(session, SYSTEM, Repacking, packed)])
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=place, is_by_bin=True))
        session.flush()
        return int(count.id), box.code

    count, box = server.app.company.database.run(begin, actor=SYSTEM)
    where = f"/warehouse/counts/{count}"
    page = scanner.new_page()
    page.goto(f"{where}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    note, done = page.locator("[data-part=note]"), page.locator("tr[data-state=done]")
    scan(page, "CNT-BIN")
    expect(note).to_contain_text("Scan the label of a bin first.")
    scan(page, "s-1")
    expect(page.locator("[data-part=bin]")).to_have_text("S-1")
    scan(page, "CNT-BIN")
    scan(page, "4")  # so many lie there
    scan(page, "S-2")  # all in S-1 is counted
    scan(page, box)
    expect(done).to_have_count(3)
    expect(page.locator("tbody")).to_contain_text("S-2: Boxed nails")
    scanner.set_offline(True)
    scan(page, "5*CNT-BIN")
    scan(page, "S-3")
    scan(page, "0")
    expect(page.locator("tbody")).to_contain_text("S-3: Nothing lies in it")
    expect(page.locator("[data-part=bin]")).to_have_text("no bin")
    page.locator("[data-part=loose]").click()
    page.keyboard.press("F9")
    page.keyboard.press("F8")
    scanner.set_offline(False)
    expect(page.locator("tr[data-state=waiting]")).to_have_count(0, timeout=30_000)
    expect(page.locator(QUEUE)).to_be_hidden()
    assert errors_of(page) == []

    def posted(session: Any) -> tuple[Any, ...]:
        document = post_count(session, SYSTEM, count, "left")
        return [(x.item.code, x.expected, x.counted) for x in document.lines], posted_bins(session, document)

    lines, bins = server.app.company.database.run(posted, actor=SYSTEM)
    assert lines == [("CNT-BIN", D(9), D(9)), ("CNT-BOX", D(12), D(12))]
    assert bins == {1: "Bins: S-1 −5; S-2 +5"}


def test_goods_that_are_weighed_are_scanned_with_their_weight(scanner: Any, server: Any) -> None:
    """A label that bears it, a weight that is typed after a scan, and a number that corrects the pieces, which are weighed
    again."""

    def begin(session: Any) -> int:
        kilogram = session.query(Unit).filter_by(code="KGM").one().id
        cheese = create_item(
            session, SYSTEM, code="CNT-GOUDA", name="Gouda", second_unit_id=kilogram, barcode="4006381333948"
        )
        lines = [MovementLineDraft(cheese.id, D(5), D(5), second=D("41"))]
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, before_the_count(lines))])
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=100, lines=[CountLineDraft(cheese.id)]))
        session.flush()
        return int(count.id)

    def weighed(session: Any) -> list[tuple[D, D | None]]:
        query = select(Tally.quantity, Tally.second).join(Item, Item.id == Tally.item_id)
        query = query.where(Item.code == "CNT-GOUDA", ~Tally.is_undone).order_by(Tally.id)
        return [(row[0], row[1]) for row in session.execute(query)]

    count = server.app.company.database.run(begin, actor=SYSTEM)
    page = scanner.new_page()
    page.goto(f"/warehouse/counts/{count}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    scan(page, "]C101040063813339483103008240")  # GTIN, net weight 8.240 kg
    expect(page.locator("[data-part=quantity]")).to_have_text("1 · 8.240 kg")
    scan(page, "3*CNT-GOUDA")
    expect(page.locator("[data-part=note]")).to_contain_text("weigh it and type how much it is, such as 8.25 kg")
    scan(page, "24.5001 kg")
    expect(page.locator("[data-part=note]")).to_contain_text("can't be counted so finely")
    scan(page, "24,5kg")
    expect(page.locator("[data-part=quantity]")).to_have_text("3 · 24.5 kg")
    expect(page.locator(QUEUE)).to_be_hidden(timeout=20_000)
    run = server.app.company.database.run
    assert run(weighed, actor=SYSTEM, write=False) == [(D(1), D("8.24")), (D(3), D("24.5"))]
    scan(page, "4")
    scan(page, "33 kg")
    expect(page.locator("[data-part=quantity]")).to_have_text("4 · 33 kg")
    expect(page.locator(QUEUE)).to_be_hidden(timeout=20_000)
    page.goto(f"/warehouse/counts/{count}/scanning")  # what is kept is shown again
    expect(page.locator("[data-part=quantity]")).to_have_text("4 · 33 kg")
    assert run(weighed, actor=SYSTEM, write=False) == [(D(1), D("8.24")), (D(4), D(33))]
    assert errors_of(page) == []


def test_bins_are_weighed_and_a_box_of_cheese_is_counted_by_one_scan(scanner: Any, server: Any) -> None:
    """A lot that lies in a box alone says both quantities by the box's label; another is weighed; on a phone."""

    lots = (("B1", 6, "7.2"), ("B2", 5, "6.1"))

    def begin(session: Any) -> tuple[int, str, int]:
        kilogram = session.query(Unit).filter_by(code="KGM").one().id
        place = create_place(session, SYSTEM, code="cnt-cold", name="Cold store").id
        create_bins(session, SYSTEM, place_id=place, codes="K-1, K-2")
        cheese = create_item(session, SYSTEM, code="CNT-BRIE", name="Brie", second_unit_id=kilogram, tracking="lot").id
        lines = [MovementLineDraft(cheese, D(n), D(5), lots=f"{lot}: {n}", second=D(kg)) for lot, n, kg in lots]
        came = wall_clock() - timedelta(hours=1)  # nothing moves while it is being counted
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=place, moment=came))])
        put = [BinMoveLineDraft(cheese, D(n), to_bin="K-1", lots=f"{lot}: {n}") for lot, n, _ in lots]
        post(session, SYSTEM, [save(session, SYSTEM, BinMove, BinMoveDraft(place_id=place, lines=put, moment=came))])
        (box,) = create_units(session, SYSTEM, place_id=place, kind="box", count=1)
        packed = RepackingDraft(
            place_id=place, lines=[RepackingLineDraft(cheese, D(6), lots="B1: 6")], to_unit=box.code, moment=came
        )
        post(session, SYSTEM, [save(session, SYSTEM, Repacking, packed)])
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=place, is_by_bin=True))
        session.flush()
        return int(count.id), box.code, cheese

    count, box, cheese = server.app.company.database.run(begin, actor=SYSTEM)
    page = scanner.new_page()
    page.goto(f"/warehouse/counts/{count}/scanning")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    scan(page, "K-1")
    scan(page, box)
    expect(page.locator("[data-part=quantity]")).to_have_text("6 · 7.2 kg")
    scan(page, "K-2")
    scan(page, "B2")
    scan(page, "5")
    scan(page, "5.9 kg")
    expect(page.locator("[data-part=quantity]")).to_have_text("5 · 5.9 kg")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-part=loose]").click()
    page.keyboard.press("F9")
    expect(page.locator("tr[data-state=waiting]")).to_have_count(0, timeout=30_000)
    expect(page.locator(QUEUE)).to_be_hidden()
    assert errors_of(page) == []

    def posted(session: Any) -> tuple[Any, ...]:
        document = post_count(session, SYSTEM, count, "left")
        said = [(x.counted, x.expected_second, x.counted_second) for x in document.lines if x.item_id == cheese]
        return said, posted_bins(session, document)

    lines, bins = server.app.company.database.run(posted, actor=SYSTEM)
    assert lines == [(D(11), D("13.3"), D("13.1"))]
    assert list(bins.values()) == ["Bins: K-1 −5; K-2 +5"]


def test_what_the_scanning_field_asks_for_fits_on_a_phone(scanner: Any, server: Any) -> None:
    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code="cnt-narrow", name="Narrow").id
        create_bins(session, SYSTEM, place_id=place, codes="N-1")
        count = save(session, SYSTEM, StockCount, CountDraft(place_id=place, is_by_bin=True))
        session.flush()
        return int(count.id)

    count = server.app.company.database.run(begin, actor=SYSTEM)
    page = scanner.new_page()
    for address, translated in (
        ("/warehouse/scanner", ("Код или название", "Mã vạch, mã, tên")),
        (f"/warehouse/counts/{count}/scanning", ("Ячейка, код, название", "Ô, mã vạch, mã, tên")),
    ):
        page.goto(address)
        if "scanner" in address:
            page.locator("[data-task=find]").click()
        expect(page.locator("[data-part=scan]")).to_be_visible()
        for words in ("", *translated):
            assert page.locator("[data-part=scan]").evaluate(PLACEHOLDER_FITS, words), (address, words)


PLACEHOLDER_FITS = """(input, words) => {
    const style = getComputedStyle(input), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    return pen.measureText(words || input.placeholder).width
        <= input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}"""
