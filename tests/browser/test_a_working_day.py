"""What people do with the program in a browser, by keyboard and by touch."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, errors_of

pytestmark = pytest.mark.browser


def type_line(page: Any, row: int, code: str, *cells: str) -> None:
    """Type one line of the grid as a scanner would: the code and Enter, then the cells."""
    line = page.locator("line-grid tbody tr").nth(row)
    line.locator('[data-column="item"]').fill(code)
    page.locator(".offers li").first.wait_for()
    line.locator('[data-column="item"]').press("Enter")
    expect(line.locator('[data-column="quantity"]')).to_have_value("1")  # the item is found, and its price filled in
    for name, value in zip(("quantity", "price", "discount", "tax_rate"), cells, strict=False):
        line.locator(f'[data-column="{name}"]').fill(value)


def test_a_manager_receives_goods_by_keyboard(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    type_line(page, 0, "FA-0204", "1000", "0.115")
    page.keyboard.press("Insert")
    type_line(page, 1, "TO-1001", "12", "7,85")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    assert "GR-" in page.inner_text("h1")
    assert "209.20" in page.inner_text(".doc-totals")


def test_a_line_that_falls_short_is_named_and_what_was_typed_stays(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/write-offs/new")
    type_line(page, 0, "TO-1007", "99999")
    page.click("button[value=post]")
    assert "Japanese pull saw" in page.inner_text("[role=alert]")
    assert page.input_value('line-grid [data-column="quantity"] >> nth=0') == "99999"
    page.goto("/warehouse/write-offs")
    assert page.locator("table.list").count() == 0


def test_a_salesperson_sells_and_sees_the_total_while_typing(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.fill("#contact_id-text", "brightwater")
    page.locator(".offers li").first.click()
    type_line(page, 0, "FA-0108", "3", "4.20", "10", "20")
    assert page.inner_text('[data-total="net"]') == "11.34"
    assert page.inner_text('[data-total="tax"]') == "2.27"
    assert page.inner_text('[data-total="gross"]') == "13.61"
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    assert "13.61" in page.inner_text(".doc-totals .grand >> nth=1")


def test_the_live_total_rounds_as_the_server_does(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.fill("#contact_id-text", "brightwater")
    page.locator(".offers li").first.click()
    page.check("#tax_included")
    type_line(page, 0, "FA-0205", "3", "0.335", "", "20")
    shown = page.inner_text('[data-total="gross"]'), page.inner_text('[data-total="tax"]')
    assert shown == ("1.01", "0.17")
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    assert [page.inner_text(".doc-totals dd >> nth=0"), page.inner_text(".doc-totals dd >> nth=1")] == ["0.84", "0.17"]


def test_an_accountant_reads_a_statement_and_records_the_payment_that_settles_it(open_page: Any) -> None:
    page = open_page("anna")
    page.goto("/contacts/balances")
    page.click("table.list tbody tr >> nth=0 >> a")
    closing = page.inner_text(".balance-strip dd >> nth=1").split()[0]
    page.click("text=Record a payment")
    page.fill("#amount", closing)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    page.click("dl.facts a")
    assert page.inner_text(".balance-strip dd >> nth=1").split()[0] == "0.00"


def test_a_payment_is_for_the_contact_chosen_on_its_page(open_page: Any) -> None:
    page = open_page("anna")
    for address in ("/contacts/payments/new", "/contacts/payments/new?contact=3"):  # chosen again, and chosen instead
        page.goto(address)
        page.fill("#contact_id-text", "bergen")
        page.locator(".offers li", has_text="Bergen").click()
        page.fill("#amount", "12.34")
        page.click("button:has-text('Record')")
        page.wait_for_selector(".state-posted")
        assert page.inner_text("dl.facts a") == "Bergen Joinery AS"


def test_a_page_that_is_not_there_says_so_in_our_words(server: Any) -> None:
    answer = server.app.test_client().get("/nothing", headers={"Accept-Language": "ru"})
    assert answer.status_code == 404
    assert "The requested URL" not in answer.text


def test_search_finds_without_accents_and_the_keyboard_opens_it(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("grunwald")
    page.wait_for_selector("#search-found .found-row")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Grünwald')")


def test_a_list_filters_while_one_types(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/items")
    page.fill(".filters input[name=q]", "oak")
    page.locator("#list tbody tr").nth(1).wait_for(state="detached")
    assert page.locator("#list tbody tr").count() == 1
    assert "q=oak" in page.url


PAGES = {
    "steve": ["/", "/warehouse/stock", "/warehouse/items", "/warehouse/items/3", "/warehouse/receipts/new"],
    "sam": ["/", "/trade/sales", "/trade/sales/new", "/contacts/companies", "/contacts/1", "/contacts/1/statement"],
    "admin": [
        "/account",
        "/contacts/payments/new",
        "/trade/results",
        "/contacts/new/individual",
        "/admin/modules",
        "/admin/audit",
    ],
}


@pytest.mark.parametrize("login", PAGES)
def test_pages_fit_a_phone_and_pass_the_accessibility_checks(open_page: Any, login: str) -> None:
    page = open_page(login, size=PHONE)
    for address in PAGES[login]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert errors_of(page) == [], address


#: Buttons whose words run out of them, or that lie on others.
CRAMPED = """() => {
  const shown = [...document.querySelectorAll("main .btn")].filter((button) => button.offsetParent && button.innerText.trim());
  const boxes = shown.map((button) => button.getBoundingClientRect());
  const lieOnEachOther = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const fixed = (button) => !!button.closest(".doc-bar");
  return shown.filter((button, n) => button.scrollWidth > button.clientWidth + 1
    || shown.some((other, m) => m !== n && fixed(other) === fixed(button) && lieOnEachOther(boxes[n], boxes[m])))
    .map((button) => button.innerText);
}"""


@pytest.mark.parametrize("language", ["en", "ru", "vi"])
def test_longer_words_fit_a_phone_too(open_page: Any, language: str) -> None:
    page = open_page("admin", size=PHONE)
    page.goto("/account")
    page.select_option("#locale", language)
    page.locator("main form .btn-primary").first.click()
    page.wait_for_selector(f"html[lang={language}]")
    page.goto("/warehouse/openings")
    opening = page.locator(".list tbody a").first.get_attribute("href")
    for address in (
        "/contacts/balances",
        opening,
        "/trade/sales/new",
        "/admin/modules",
        "/admin/modules/production/enable",
        "/admin/audit",
        "/contacts/payments/new?contact=1",
        "/warehouse/receipts/new",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert page.evaluate(CRAMPED) == [], address
