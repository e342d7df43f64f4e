"""One's own account: a new password puts everybody else out."""

from typing import Any

import pytest

from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def sign_in(app: Any, password: str = PASSWORD) -> Any:
    """A browser of the administrator's."""
    client = app.test_client()
    client.post("/login", data={"login": ADMIN, "password": password})
    return client


def test_a_new_password_signs_out_every_other_browser_and_token(app: Any) -> None:
    here, elsewhere = sign_in(app), sign_in(app)
    page = here.post("/account/tokens", data={"name": "script"}).text
    token = page.split('<code class="token">')[1].split("</code>")[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/lists", headers=bearer).status_code == 200
    here.post("/account", data={"password": "another horse", "current": PASSWORD, "locale": ""})
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert app.test_client().get("/api/v1/lists", headers=bearer).status_code == 401
    assert sign_in(app).get("/account").status_code == 302
    assert sign_in(app, "another horse").get("/account").status_code == 200


def test_a_refused_password_says_so_beside_its_field_and_changes_nothing(app: Any) -> None:
    here, elsewhere = sign_in(app), sign_in(app)
    short = here.post("/account", data={"password": "short", "current": PASSWORD, "locale": "ru"}).text
    assert 'id="password-error"' in short
    wrong = here.post("/account", data={"password": "another horse", "current": "wrong", "locale": "ru"}).text
    assert 'id="current-error"' in wrong
    assert elsewhere.get("/account").status_code == 200
    assert 'lang="en"' in here.get("/account").text
