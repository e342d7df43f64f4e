"""The form of a document: where work starts, which keys it takes, what it says, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

ITEM = '[data-column="item"]'
BAD = [("FA-0204", "1e3", ""), ("FA-0108", "1", "0.1234567"), ("Nothing at all", "1", "1"), ("FA-0204", "0", "2")]


def paste(page: Any, *rows: tuple[str, ...]) -> None:
    """Put rows of a spreadsheet where the focus is."""
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(event);
        }""",
        "\n".join("\t".join(cells) for cells in rows),
    )


@pytest.mark.parametrize(
    ("login", "address", "start"),
    [
        ("sam", "/trade/sales/new", "#contact_id-text"),
        ("sam", "/trade/sales/new?contact=1", ITEM),
        ("steve", "/warehouse/receipts/new", ITEM),
        ("steve", "/warehouse/transfers/new", "#target_id"),
    ],
)
def test_the_focus_is_where_work_starts(open_page: Any, login: str, address: str, start: str) -> None:
    page = open_page(login)
    page.goto(address)
    expect(page.locator(start).first).to_be_focused()


def test_insert_goes_to_the_last_line_from_wherever_one_is(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    paste(page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(page.locator("[data-total=count]")).to_have_text("2")
    page.locator("#note").focus()
    page.keyboard.press("Insert")
    expect(page.locator(f"tbody tr:last-child {ITEM}")).to_be_focused()


def test_goods_come_in_at_no_price_that_they_are_sold_at(open_page: Any) -> None:
    page = open_page("admin")
    for address, price in (("/warehouse/receipts/new", ""), ("/trade/purchases/new", ""), ("/trade/sales/new", "0.19")):
        page.goto(address)
        page.locator(ITEM).first.focus()
        paste(page, ("FA-0204", "1"), ("FA-0204", "1"))
        expect(page.locator("[data-total=count]")).to_have_text("2")
        assert bool(page.locator('[data-column="price"]').first.input_value()) is bool(price), address


def test_three_hundred_rows_are_asked_for_in_a_few_questions(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/lookup/" in request.url else None)
    codes = ["FA-0204", "2000000001012", "fa-0108", "Nothing at all"]
    paste(page, *((codes[n % 4], "1", "2") for n in range(300)))
    expect(page.locator(".grid-note")).to_have_text("225 of 300 found")
    assert len(asked) == 2  # the codes in one, and what has no such code
    expect(page.locator("[data-total=count]")).to_have_text("225")
    expect(page.locator("tr.bad")).to_have_count(75)
    assert "There is no “Nothing at all”" in page.locator("tr.bad").first.inner_text()


def test_more_rows_than_a_document_takes_are_refused_in_words(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1"),) * 2001)
    expect(page.locator(".grid-note")).to_contain_text("2001 rows are too many: a document has at most 2000 lines.")
    expect(page.locator("line-grid tbody tr")).to_have_count(1)


def test_a_form_sent_while_codes_are_looked_up_waits_for_them(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    page.evaluate(
        """() => {
            const ask = window.fetch;
            window.fetch = async (...all) => { await new Promise((go) => setTimeout(go, 1200)); return ask(...all); };
        }"""
    )
    paste(page, ("FA-0204", "10", "0.12"), ("japanese pull", "2", "7"))
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    assert page.locator("table.list tbody tr").count() == 2
    page.goto("/warehouse/receipts")
    assert page.locator("#list tbody tr").count() == 1


def test_every_bad_line_has_its_words_and_the_first_has_the_focus(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1", "1"),) * 40, *BAD)
    expect(page.locator("tr.bad")).to_have_count(4)
    page.click("button[value=post]")
    alert = page.locator("[role=alert]")
    expect(alert.locator("a")).to_have_text(
        [
            "Line 41: “1e3” isn't a number.",
            "Line 42: “0.1234567” has more than 6 digits after the point.",
            "Line 43: there is no “Nothing at all”. Choose from the list.",
        ]
    )
    first = page.locator('#line-41 [data-column="quantity"]')
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    words = [page.locator(f"#line-{n} .line-words").inner_text() for n in range(41, 45)]
    assert words[0] == "Line 41: “1e3” isn't a number."
    assert words[3] == "Quantity: must be above 0."
    assert page.locator(f"#{first.get_attribute('aria-describedby')}").inner_text() == words[0]
    first.fill("1000")
    expect(page.locator("#line-41 .line-words")).to_be_hidden()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_the_acts_stay_in_sight_and_cover_no_line(open_page: Any, size: Any) -> None:
    page = open_page("steve", **({"size": size} if size else {}))
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1", "1"),) * 40)
    expect(page.locator("[data-total=count]")).to_have_text("40")
    for n in (1, 41, 20, 1):
        page.locator(f"#line-{n} {ITEM}").focus()
        expect(page.locator("button[value=post]")).to_be_in_viewport(ratio=1)
        assert page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                return document.elementFromPoint(box.left + 20, box.top + 3) === document.activeElement
                    && document.elementFromPoint(box.left + 20, box.bottom - 3) === document.activeElement;
            }"""
        ), n


def test_a_customer_who_does_not_exist_stays_typed(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.locator("#contact_id-text").fill("Nobody Ltd")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field-error:visible")).to_have_text(
        "There is no contact “Nobody Ltd”. Choose from the list. "
    )
    assert page.input_value("#contact_id-text") == "Nobody Ltd"
    expect(page.locator("#contact_id-text")).to_be_focused()
    page.locator("#contact_id-text").fill("bergen")
    page.locator(".offers li").first.click()
    expect(page.locator(".field-error:visible")).to_have_count(0)


def test_lookups_say_that_nothing_could_be_asked(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.evaluate(
        "() => { window.fetched = window.fetch; window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }"
    )
    page.keyboard.type("bergen")
    expect(page.locator(".offers .none")).to_contain_text("there is no connection")
    page.keyboard.press("Tab")
    page.locator(ITEM).first.focus()
    page.keyboard.type("FA-0204")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-note")).to_contain_text("there is no connection")
    paste(page, ("FA-0204", "1"), ("FA-0108", "1"))
    page.wait_for_timeout(200)
    page.evaluate("() => { window.fetch = window.fetched; }")
    page.context.clear_cookies()
    page.locator("#contact_id-text").focus()
    page.keyboard.type("riga")
    expect(page.locator(".offers .none")).to_contain_text("you are signed out")


def test_a_payment_sent_twice_is_one_and_back_again_can_be_sent(open_page: Any) -> None:
    page = open_page("anna")
    page.goto("/contacts/payments/new?contact=3")
    page.fill("#amount", "1e3")
    # its field called method once hid the form's own from the guard
    page.evaluate(
        "document.querySelector('form[data-guard]').addEventListener('submit', (event) => event.preventDefault())"
    )
    button = page.locator("button:has-text('Record')")
    button.click()
    expect(button).to_be_disabled()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()
    assert page.locator("form[data-sent]").count() == 0


def test_offers_go_when_the_page_is_scrolled_and_a_moved_grid_stays_one(open_page: Any) -> None:
    page = open_page("steve", size={"width": 1000, "height": 280})
    page.goto("/warehouse/receipts/new")
    page.keyboard.type("hex")
    expect(page.locator(".offers li").first).to_be_visible()
    page.evaluate("window.scrollBy(0, 40)")
    expect(page.locator(".offers")).to_have_count(0)
    page.evaluate("const grid = document.querySelector('line-grid'); grid.parentElement.append(grid)")
    expect(page.locator("line-grid table")).to_have_count(1)
    page.locator(ITEM).first.fill("FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")


def test_ctrl_enter_saves_where_nothing_is_posted(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/admin/modules/production/enable")
    page.click("button:has-text('Switch on')")
    page.wait_for_selector(".flash-success")
    page.goto("/production/boms/new")
    expect(page.locator("#item_id-text")).to_be_focused()
    page.fill("#item_id-text", "FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(ITEM).first.focus()
    paste(page, ("FA-0205", "2"), ("FI-6005", "0.001"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/production/boms/\d+$"))
    page.goto("/account")
    page.select_option("#locale", "vi")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("html[lang=vi]")
