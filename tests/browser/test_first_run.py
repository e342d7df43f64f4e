"""The very first page, on an empty database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Server

pytestmark = pytest.mark.browser


@pytest.fixture
def empty_server(socket_: Server, tmp_path: Path) -> Iterator[Server]:
    """A server over a migrated database without a company."""
    from app.company import Company
    from app.config import Config
    from app.setup import migrate

    url = f"sqlite:///{tmp_path / 'kontor.db'}"
    company = Company(Config(tmp_path, url, "tests"))
    migrate(company.database, company)
    company.database.dispose()
    with socket_.serving(url, tmp_path) as running:
        yield running


def test_one_page_makes_a_company_and_it_can_be_worked_in(browser: Any, empty_server: Server) -> None:
    context = browser.new_context(viewport=DESKTOP, base_url=empty_server.address, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    page.wait_for_selector("h1:has-text('Whose books')")
    page.fill("#organisation", "Lübecker Kontor")
    page.select_option("#country", "VN")
    assert page.input_value("#currency") == "VND"  # the country's, until one is chosen
    page.select_option("#country", "DE")
    assert page.input_value("#currency") == "EUR"
    page.select_option("#currency", "SEK")
    page.select_option("#country", "AT")
    assert page.input_value("#currency") == "SEK"
    page.select_option("#country", "DE")
    page.select_option("#currency", "EUR")
    page.fill("#name", "Heinrich Castorp")
    page.fill("#login", "heinrich")
    page.fill("#password", "short")
    page.click("text=Create the company")
    assert "at least 8" in page.inner_text(".field-error")
    expect(page.locator("#password")).to_be_focused()
    page.fill("#password", "long enough")
    page.click("text=Create the company")
    page.wait_for_selector(".flash-success")
    page.fill("#login", "heinrich")
    page.fill("#password", "long enough")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("h1:has-text('Hello, Heinrich')")
    page.context.clear_cookies()
    page.goto("/login")
    assert page.inner_text("h1") == "Sign in"
    context.close()


def test_the_first_page_fits_a_phone(browser: Any, empty_server: Server) -> None:
    context = browser.new_context(viewport=PHONE, base_url=empty_server.address)
    page = context.new_page()
    page.goto("/login")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


def test_a_company_of_ones_own_gets_sample_data_and_no_users_that_everybody_knows(
    browser: Any, empty_server: Server
) -> None:
    from sqlalchemy import func, select

    from app.documents import Document
    from app.security import SYSTEM, User

    context = browser.new_context(viewport=DESKTOP, base_url=empty_server.address, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    page.fill("#organisation", "Own Ltd")
    page.select_option("#country", "GB")
    page.fill("#name", "Maria Own")
    page.fill("#login", "maria")  # as one of the sample company is called
    page.fill("#password", "long enough")
    page.check("#sample")
    page.click("text=Create the company", timeout=180_000)  # a whole company is made
    page.wait_for_selector(".flash-success")

    def work(session: Any) -> tuple[list[str], int]:
        return list(session.scalars(select(User.login))), session.scalar(select(func.count()).select_from(Document))

    logins, documents = empty_server.app.company.database.run(work, actor=SYSTEM)
    assert logins == ["maria"]
    assert documents > 100
    context.close()
