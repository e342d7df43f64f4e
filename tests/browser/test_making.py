"""Production in a browser: a bill, an order filled from it, what it cost; switched on while the page is open."""

import re
from typing import Any

from playwright.sync_api import expect


def test_a_manager_makes_a_product_and_sees_its_cost(open_page: Any) -> None:
    admin = open_page("admin")
    admin.goto("/admin/modules/production/enable")
    admin.click("button:has-text('Switch on')")
    admin.wait_for_selector(".flash-success")
    page = open_page("maria")
    page.goto("/production/boms/new")
    page.fill("#item_id-text", "FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    for row, (code, quantity) in enumerate((("FA-0205", "2"), ("FI-6005", "0.001"))):
        line = page.locator("line-grid tbody tr").nth(row)
        line.locator('[data-column="item"]').fill(code)
        page.locator(".offers li", has_text=code).wait_for()
        page.keyboard.press("Enter")
        line.locator('[data-column="quantity"]').fill(quantity)
        page.keyboard.press("Insert")
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/production/boms/\d+$"))
    page.goto("/production/work-orders/new?bom=" + page.url.rpartition("/")[2])
    page.fill("#quantity", "100")
    with page.expect_navigation():  # the quantity is there at once, and the filled form a little later
        page.click("button[value=fill]")
    expect(page.locator('[data-column="quantity"]').first).to_have_value("200")
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    # 200 nuts and 0.1 kg of glue at what the sample company's stock is worth
    assert float(page.inner_text(".doc-totals dd.grand").replace(",", "")) > 6
    page.goto("/production/work-orders")
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_the_components_follow_the_quantity_while_one_types(open_page: Any) -> None:
    admin = open_page("admin")
    admin.goto("/admin/modules/production/enable")
    if admin.locator("button:has-text('Switch on')").count():
        admin.click("button:has-text('Switch on')")
        admin.wait_for_selector(".flash-success")
    page = open_page("steve")
    page.goto("/production/boms/new")
    page.fill("#name", "by tens")
    page.fill("#item_id-text", "FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    line = page.locator("line-grid tbody tr").first
    line.locator('[data-column="item"]').fill("FI-6005")
    page.locator(".offers li", has_text="FI-6005").wait_for()
    page.keyboard.press("Enter")
    line.locator('[data-column="quantity"]').fill("0.25")
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/production/boms/\d+$"))
    page.goto("/production/work-orders/new?bom=" + page.url.rpartition("/")[2])
    used = page.locator('[data-column="quantity"]').first
    expect(used).to_have_value("0.25")
    page.fill("#quantity", "10")
    page.keyboard.press("Tab")
    expect(used).to_have_value("2.5")
    used.fill("3")
    for quantity, takes in (("0.000001", "0.001"), ("10", "3")):  # nothing is rounded twice
        page.fill("#quantity", quantity)
        page.keyboard.press("Tab")
        expect(used).to_have_value(takes)
    page.fill("#quantity", "20")
    page.keyboard.press("Control+Enter")  # without a pause: the form waits for the answer
    page.wait_for_selector(".state-posted")
    expect(page.locator(".flash-warning", has_text="The bill says otherwise")).to_contain_text("6 instead of 5")
