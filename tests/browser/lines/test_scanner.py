"""A scanner types faster than people do, and does not wait."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lines.conftest import BOLT, SCREW, lines, scan

pytestmark = pytest.mark.browser


def test_a_scanner_that_does_not_wait_makes_the_lines_that_it_scanned(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    for code in (BOLT, SCREW, BOLT, BOLT, SCREW):
        scan(grid_page, code)
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(3)  # two goods, and the empty line for the next
    assert sorted(lines(grid_page)) == [("FA-0108", "2"), ("FA-0204", "3")]
    scan(grid_page, BOLT)
    expect(grid_page.locator('[data-column="quantity"]').first).to_have_value("4")
    assert sorted(lines(grid_page)) == [("FA-0108", "2"), ("FA-0204", "4")]


def test_scanning_the_same_goods_again_counts_them_up(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    for count in ("1", "2", "3"):
        empty = page.locator("line-grid tbody tr").last
        empty.locator('[data-column="item"]').fill("2000000001036")
        page.evaluate("document.querySelectorAll('.offers').forEach((list) => list.remove())")
        page.locator("line-grid").evaluate(
            "(grid) => grid.scan(grid.body.rows[grid.body.rows.length - 1], '2000000001036')"
        )
        expect(page.locator('[data-column="quantity"]').first).to_have_value(count)
    assert page.inner_text("[data-total=count]") == "1"


def test_codes_that_are_found_late_stay_in_the_lines_that_they_were_scanned_into(grid_page: Any) -> None:
    grid_page.evaluate(
        """(slow) => {
            const ask = window.fetch;
            window.fetch = async (address, ...all) => {
                if (String(address).includes(slow)) await new Promise((go) => setTimeout(go, 700));
                return ask(address, ...all);
            };
        }""",
        BOLT,
    )
    grid_page.locator('[data-column="item"]').first.focus()
    for code in (BOLT, SCREW, BOLT):
        scan(grid_page, code)
    expect(grid_page.locator("[data-total=count]")).to_have_text("2")
    grid_page.wait_for_timeout(900)
    assert sorted(lines(grid_page)) == [("FA-0108", "1"), ("FA-0204", "2")]
