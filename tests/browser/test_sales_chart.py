"""The chart of sales figures in Chromium: its library comes when it is opened, it breaks no policy, and it follows the list."""

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_chart_is_drawn_when_it_is_opened_and_follows_the_list(open_page: Any) -> None:
    page = open_page("maria")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/trade/results?by=month&then=alone")
    assert not any("echarts" in address or "/chart" in address for address in asked)
    page.click(".drawn summary")
    expect(page.locator("figure-chart[data-drawn] canvas")).to_be_visible()
    with page.expect_response(lambda answer: "/trade/results/chart?" in answer.url) as answer:
        page.click("period-choice button:has-text('This year')")
    assert answer.value.ok
    assert "until=" in page.url
    page.locator("figure-chart canvas").hover()
    page.locator("td a").nth(1).click()
    expect(page.locator("h1")).to_contain_text("Sales by document")
