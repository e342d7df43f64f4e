"""An accountant's day and a salesperson's morning by keyboard alone, from the home page on, counted in keys."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser


def test_an_accountants_day(open_page: Any, tmp_path: Path) -> None:
    page = open_page("anna")
    page.goto("/")
    me = Keyboard(page)
    me.go("bank statements", "Bank statements", "h1:has-text('Bank statements')")
    me.press("Insert")
    me.until("h1:has-text('Import')")
    print(page.evaluate("document.activeElement.outerHTML.slice(0,200)"))
    print(page.locator("main").aria_snapshot()[:3000])
    raise SystemExit
