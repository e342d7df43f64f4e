"""Asked for the password once more while a user is being added: nothing of what was typed is lost but the password."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import utc_now
from app.security import SYSTEM, Login, User
from app.security.login import PRESENCE
from tests.browser.conftest import DESKTOP, PHONE, violations

pytestmark = pytest.mark.browser


def leave(server: Any) -> None:
    """Nobody has given a password for a while."""
    long_ago = update(Login).values(proved_at=utc_now() - PRESENCE)
    server.app.company.database.run(lambda s: s.execute(long_ago), actor=SYSTEM)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_was_typed_of_a_user_is_there_after_the_password(open_page: Any, server: Any, size: Any) -> None:
    page = open_page("admin", size=size)
    page.goto("/admin/users/new")
    page.fill("#login", "olga")
    page.fill("#name", "Olga Petrova")
    page.fill("#password", "set by ada")
    page.wait_for_selector("kept-form >> text=Saved")
    leave(server)
    page.click("button:has-text('Save')")
    page.wait_for_selector("text=needs your password once more")
    assert page.input_value("#login") == "admin"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.fill("#password", "admin-sample")
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/admin/users/new")
    page.click("main a[href*='kept=']")
    assert page.input_value("#name") == "Olga Petrova"
    assert page.input_value("#password") == ""
    page.fill("#password", "set by ada")
    page.click("button:has-text('Save')")
    page.wait_for_url(re.compile(r"/admin/users/\d+$"))
    assert "has no role yet" in page.inner_text(".flash-warning")
    logins = server.app.company.database.run(lambda s: s.scalars(select(User.login)).all(), actor=SYSTEM)
    assert "olga" in logins
