"""A new sale with its line grid, and what people and scanners do there."""

import json
from typing import Any

import pytest

ITEM = '[data-column="item"]'
SCREW, BOLT = "2000000001012", "2000000001036"


@pytest.fixture
def grid_page(open_page: Any) -> Any:
    """A new sale."""
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.wait_for_selector("line-grid table")
    return page


def scan(page: Any, code: str) -> None:
    """As a scanner does: every key at once, then Enter. By the page's clock each takes a millisecond, on a busy machine too."""
    page.evaluate("() => { let now = 0; performance.now = () => ++now; }")
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def lines(page: Any) -> list[tuple[str, str]]:
    """Item and quantity of each line that has an item."""
    rows = json.loads(page.input_value('line-grid input[type="hidden"]'))
    return [(row["item"].split()[0], row["quantity"]) for row in rows if row.get("item_id")]


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
