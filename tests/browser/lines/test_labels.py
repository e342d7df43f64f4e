"""GS1 codes in the line grid: by a scanner that types GS; and pages without a network read them as the server."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS
from playwright.sync_api import expect

from app.security import SYSTEM
from modules.warehouse.element_strings import Label
from modules.warehouse.operations import create_item
from tests.browser.lines.conftest import BOLT
from tests.unit.warehouse.test_element_strings import GTIN, OTHERS, REFUSED, STRINGS

pytestmark = pytest.mark.browser

MILK, SAW = "09501101530003", "04012345001235"


def scan(page: Any, code: str) -> None:
    """As a scanner does that types GS as Ctrl+]."""
    page.evaluate("() => { let now = 0; performance.now = () => ++now; }")
    for at, part in enumerate(code.split("\x1d")):
        if at:
            page.keyboard.press("Control+]")
        page.keyboard.type(part)
    page.keyboard.press("Enter")


def rows(page: Any) -> list[list[str]]:
    lines = json.loads(page.input_value('line-grid input[type="hidden"]'))
    return [[row.get(name) or "" for name in ("item", "quantity", "lots", "expires")] for row in lines]


def test_scanned_labels_fill_their_lines(open_page: Any, server: Any) -> None:
    def begin(session: Any) -> None:
        create_item(session, SYSTEM, code="MILK-G", name="Milk", barcode=MILK[1:], tracking="lot")
        create_item(session, SYSTEM, code="SAW-G", name="Saw", barcode=SAW[1:], tracking="serial")

    server.app.company.database.run(begin, actor=SYSTEM)
    page = open_page("admin")
    page.goto("/warehouse/receipts/new")
    page.locator('[data-column="item"]').first.focus()
    for code in (
        f"01{MILK}10L7\x1d17491231",
        f"]C101{MILK}10L7\x1d3005\x1d17491231",
        f"01{MILK}10L8\x1d17491231",
        f"01{SAW}21S1",
        f"01{SAW}21S2",
        f"01{SAW}21S2",
        BOLT,
    ):
        scan(page, code)
        page.locator("line-grid").evaluate("(grid) => grid.waited()")
    assert sorted(row[1:] for row in rows(page)) == [
        ["1", "", ""],
        ["1", "L8", "2049-12-31"],
        ["2", "S1, S2", ""],
        ["6", "L7", "2049-12-31"],
    ]
    scan(page, "010000009638507410L9")  # a GTIN that nobody has
    words = page.locator(".line-words:visible")
    expect(words).to_contain_text("No item has the barcode of this label: 00000096385074, L9.")
    assert rows(page)[-1][0] == "010000009638507410L9"


def test_a_page_without_a_network_reads_labels_as_the_server_does(grid_page: Any) -> None:
    script = """async (texts) => {
        for (const name of ["patterns", "strings"]) await import(`/static/js/element-${name}.js`);
        return texts.map((text) => KontorElementStrings.read(text));
    }"""
    found = grid_page.evaluate(script, [text for text, _ in STRINGS])
    assert found == [_plain(label) for _, label in STRINGS]
    # what it doesn't read is what the server refuses, and what isn't a label
    ends = ("(17)1407", "(17)149904", "(15)26023A", "(30)1A", "(3103)12")
    unread = [
        *OTHERS,
        f"]C101{GTIN[:-1]}",
        f"01{GTIN}\x1d30",
        "(10)L7(17)140704",
        *(f"(01){GTIN}{end}" for end in ends),
        *REFUSED,
    ]
    assert grid_page.evaluate(script, unread) == [None] * len(unread)


def test_both_readers_know_the_same_identifiers(grid_page: Any) -> None:
    script = """async () => {
        for (const name of ["patterns", "strings"]) await import(`/static/js/element-${name}.js`);
        return [...KontorElementStrings.known()];
    }"""
    known = {ai: each.pattern for ai, each in _GS1_APPLICATION_IDENTIFIERS.items()}
    found = {ai: f"^{ai}{pattern}$".replace('"', r"\x22") for ai, pattern in grid_page.evaluate(script)}
    assert found == known


def _plain(label: Label) -> dict[str, Any]:
    said = asdict(label)
    return {
        **{name: said[name] for name in ("gtin", "lot", "serial")},
        "expires": label.expires.isoformat() if label.expires else "",
        "count": label.count or 0,
        "weight": "" if label.weight is None else str(label.weight),
    }
