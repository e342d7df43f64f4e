"""What pages look like: on paper, in small type, with names that are too long."""

import re
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.security import SYSTEM
from modules.warehouse.planning.models import ReorderRule

pytestmark = pytest.mark.browser

SHEET = {"width": 680, "height": 960}  # an A4 sheet within its margins


def test_a_posted_document_is_printed_without_menu_and_buttons(open_page: Any) -> None:
    page = open_page("admin")
    for address, title in (("/trade/sales", "Sale S-"), ("/warehouse/openings", "Opening stock OS-")):
        page.goto(address)
        page.click("#list tbody tr >> nth=0 >> a")
        page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
        page.click(".more summary")
        page.click("[data-print]")
        assert page.title() == "printed"
        page.set_viewport_size(SHEET)
        page.emulate_media(media="print")
        paper = page.inner_text("body").split("\n")
        assert paper[0] == "Hansa Hardware Ltd"
        assert any(line.startswith(title) for line in paper)
        assert page.locator(".side:visible, .top:visible, .btn:visible").count() == 0
        assert page.locator("table.list thead").is_visible()
        row = page.locator("table.list tbody tr").first
        assert row.evaluate("(row) => getComputedStyle(row).display") == "table-row"  # no cards, as on a phone
        assert page.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
        page.emulate_media(media="screen")


def test_a_draft_is_not_offered_for_printing(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    page.keyboard.type("FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.click("button[value=save]")
    page.wait_for_selector(".state-draft")
    assert page.locator("[data-print]").count() == 0


def test_placeholders_can_be_read_and_required_fields_are_marked(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    for place in ("#contact_id-text", '[data-column="item"]'):
        colour = page.locator(place).first.evaluate("(box) => getComputedStyle(box, '::placeholder').color")
        assert contrast_on_white(colour) >= 4.5
    assert page.locator("#contact_id-text").get_attribute("aria-required") == "true"
    assert "*" in page.inner_text("label[for=contact_id-text]")
    assert "*" not in page.inner_text("label[for=note]")


def contrast_on_white(colour: str) -> float:
    """By WCAG's formula."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_a_very_long_name_takes_two_lines_of_the_home_page(open_page: Any) -> None:
    page = open_page("anna")
    name = "Gesellschaft für die Herstellung und den Vertrieb von " * 3
    page.goto("/contacts/new/legal_entity")
    page.fill("#name", name.strip())
    page.keyboard.press("Control+Enter")
    page.click("text=Record a payment")
    page.fill("#amount", "5")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    page.goto("/")
    row = page.locator(".home tr", has_text="Gesellschaft")
    what = row.locator(".two-lines")
    expect(what).to_have_attribute("title", f"Payment · {name.strip()}")
    line = float(what.evaluate("(box) => parseFloat(getComputedStyle(box).lineHeight)"))
    assert what.evaluate("(box) => box.offsetHeight") < 2.5 * line
    for cell in row.locator(".kind-number, .kind-moment, .num").all():
        assert cell.evaluate("(cell) => getComputedStyle(cell).whiteSpace") == "nowrap"


def test_on_a_phone_the_home_page_folds_what_is_not_urgent(open_page: Any) -> None:
    page = open_page("maria", size={"width": 390, "height": 844})
    page.goto("/")
    latest = page.locator(".home > .card")
    assert latest.locator("tbody tr:visible").count() == 3
    assert page.locator(".attention li:visible").count() == page.locator(".attention li").count() > 0
    folded = page.evaluate("document.documentElement.scrollHeight")
    latest.locator("summary").click()
    assert latest.locator("tbody tr:visible").count() == latest.locator("tbody tr").count() == 10
    assert folded < page.evaluate("document.documentElement.scrollHeight") - 500
    page.set_viewport_size({"width": 1366, "height": 768})
    assert not latest.locator("summary").is_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/trade/sales/new",
        "/trade/sales-orders/new",
        "/trade/purchases/new",
        "/warehouse/issues/new",
        "/contacts/payments/new",
    ],
)
def test_no_look_up_that_opens_is_complained_of_by_the_browser(open_page: Any, address: str) -> None:
    """`open_page` fails the test where the console has an error, such as a style that the policy of our pages refuses."""
    page = open_page("maria")
    page.goto(address)
    for box in page.locator("lookup-field input:visible, line-grid input[data-column=item]:visible").all():
        box.press_sequentially("o")
        page.locator("ul.offers:visible li[role=option]").first.wait_for()
        page.keyboard.press("Escape")
        box.fill("")


def test_another_supplier_is_looked_up_on_what_to_buy(open_page: Any, server: Any) -> None:
    def plan(session: Any) -> None:
        session.scalars(select(ReorderRule)).first().minimum = D(90_000)

    server.app.company.database.run(plan, actor=SYSTEM)
    page = open_page("bella")
    page.goto("/trade/to-buy")
    page.locator("lookup-field input:visible").first.fill("")
    page.locator("lookup-field input:visible").first.press_sequentially("Sheff")
    page.locator("ul.offers:visible li[role=option]", has_text="Sheffield Fasteners plc").click()
    expect(page.locator("lookup-field input:visible").first).to_have_value("Sheffield Fasteners plc")


@pytest.mark.parametrize("address", ["/trade/sales/new", "/contacts/payments/new"])
def test_no_dialog_that_makes_a_record_is_complained_of_by_the_browser(open_page: Any, address: str) -> None:
    """As above: what a dialog brings along, such as the scripts of its form, is under the same policy."""
    page = open_page("maria")
    page.goto(address)
    page.locator("lookup-field input:visible").first.press_sequentially("Nobody of that name")
    page.get_by_role("option", name="New legal entity").click()
    page.locator("dialog.making[open]").wait_for()
