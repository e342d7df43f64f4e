"""Pages take forms, the API takes JSON. Before, forms read JSON and files as fields: 234 of 500 such requests failed with 500,
those of strangers too, and what was tried in them escaped the count of guesses."""

import io
from typing import Any

import pytest

from app.security import SYSTEM, Role, User
from tests.modules.security.test_sessions import PASSWORD, guarded, sign_in  # noqa: F401 - a fixture
from tests.rows import rows_of_all_tables

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

JSON = {"login": "admin", "password": PASSWORD}
BODIES: dict[str, dict[str, Any]] = {
    "JSON": {"json": JSON},
    "JSON that is none": {"data": b"[", "content_type": "application/json"},
    "a list in JSON": {"json": [[1, 2], {"a": None}]},
    "text": {"data": b"login=admin", "content_type": "text/plain"},
    "without a type": {"data": b"login=admin", "content_type": ""},
    "XML": {"data": b"<a/>", "content_type": "application/xml"},
}


def write_routes(app: Any) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = {name: 1 if name.endswith("_id") else "contacts" for name in rule.arguments}
            built = rule.build(values) or rule.build(dict.fromkeys(rule.arguments, "individual"))
            assert built is not None
            found.append(built[1].removeprefix("|"))
    assert len(found) > 40
    return found


@pytest.mark.parametrize("body", BODIES)
def test_no_page_reads_anything_but_a_form(app: Any, body: str) -> None:
    stranger, admin = app.test_client(), app.test_client()
    sign_in(admin)
    before = app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    for client in (stranger, admin):
        answers = {path: client.post(path, **BODIES[body]).status_code for path in write_routes(app)}
        assert {path: status for path, status in answers.items() if status != 415} == {}
    assert app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False) == before, "and nothing changed"


def test_no_page_takes_a_file_for_a_text(app: Any) -> None:
    """Every field of a form, sent as a file: it is as if it weren't sent, and never an error of ours."""
    admin = app.test_client()
    sign_in(admin)
    names = ("login", "password", "name", "email", "locale", "roles", "team", "lines", "code", "note", "organisation")
    for path in write_routes(app):
        fields = {name: (io.BytesIO(b"admin"), "file.txt") for name in names}
        status = admin.post(path, data=fields, content_type="multipart/form-data").status_code
        assert status < 500, path
        if path == "/logout":
            sign_in(admin)
    assert [u.login for u in app.company.database.run(lambda s: s.query(User).all(), actor=SYSTEM)] == ["admin"]


def test_a_file_beside_a_text_of_the_same_name_is_left_out(app: Any) -> None:
    admin = app.test_client()
    sign_in(admin)
    fields = {"name": ["Buyer", (io.BytesIO(b"Burglar"), "name.txt")]}
    assert admin.post("/admin/roles/new", data=fields, content_type="multipart/form-data").status_code == 302
    roles = app.company.database.run(lambda s: {role.name for role in s.query(Role)}, actor=SYSTEM)
    assert "Buyer" in roles
    assert "Burglar" not in roles


@pytest.mark.parametrize("way", ["JSON", "file"])
def test_no_way_of_sending_escapes_the_count_of_guesses(guarded: Any, way: str) -> None:  # noqa: F811
    """What isn't read isn't tried: a right password sent so signs nobody in."""
    guarded.config["WTF_CSRF_ENABLED"] = False
    for n in range(40):
        client, stranger = guarded.test_client(), {"REMOTE_ADDR": f"192.0.2.{n}"}
        if way == "JSON":
            answer = client.post("/login", json=JSON, environ_base=stranger)
        else:
            fields = {"login": "other", "password": (io.BytesIO(PASSWORD.encode()), "p")}
            answer = client.post("/login", data=fields, content_type="multipart/form-data", environ_base=stranger)
        assert answer.status_code in (401, 415)
        assert client.get("/").status_code == 302
    strangers = [{"REMOTE_ADDR": f"192.0.2.{n}"} for n in range(31)]
    strangers = [{"REMOTE_ADDR": f"192.0.2.{n}"} for n in range(31)]
    codes = [sign_in(guarded.test_client(), password="a guess", environ_base=each).status_code for each in strangers]
    assert codes == [401] * 30 + [429]


def test_the_api_takes_json_alone(app: Any) -> None:
    client = app.test_client()
    sign_in(client)
    for body in ({"data": {"a": "b"}}, {"data": b"a", "content_type": "text/plain"}):
        answer = client.post("/api/v1/lists", **body)
        assert (answer.status_code, answer.json["status"]) == (415, 415)
    assert client.post("/api/v1/lists", json={}).status_code == 405  # there is nothing to write yet
