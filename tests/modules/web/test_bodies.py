"""How much of a body is read, and of whose."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from app.security import SYSTEM
from app.web.admin.imports import LARGEST as OF_IMPORT
from app.web.edge.bodies import FIELDS, FORM, USUAL
from tests.rows import rows_of_all_tables

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

ENCODED = "application/x-www-form-urlencoded"


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *_arguments: Any) -> bytes:
        raise AssertionError("it was read")

    readinto = readline = read  # type: ignore[assignment]


@pytest.fixture
def guarded(app: Any) -> Iterator[Any]:
    """The application with the tokens of its forms."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def _signed_in(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def _rows(app: Any) -> Any:
    return app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)


def _send(client: Any, path: str, body: Any, length: int, **more: Any) -> Any:
    said = {"CONTENT_LENGTH": str(length), "wsgi.input": body}
    return client.post(path, content_type=ENCODED, environ_overrides=said, **more)


@pytest.mark.parametrize("length", [7, 50 << 20])
def test_nothing_is_read_of_what_a_stranger_sends_to_a_closed_page(guarded: Any, length: int) -> None:
    answer = _send(guarded.test_client(), "/admin/import", Unread(), length)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")


def test_nothing_is_read_of_what_somebody_without_the_right_sends(house: Any, sign_in: Any) -> None:
    for path in ("/admin/import", "/admin/roles/new"):
        assert _send(sign_in("sam"), path, Unread(), 50 << 20).status_code == 403, path


def test_more_than_a_page_takes_is_refused_unread_and_in_words(app: Any) -> None:
    client = _signed_in(app)
    before = _rows(app)
    for path, length in (("/login", USUAL + 1), ("/account", USUAL + 1), ("/admin/import", OF_IMPORT + 1)):
        answer = _send(client, path, Unread(), length)
        assert answer.status_code == 413, path
        assert "too large. Go back, shorten it and send it again." in answer.text
    assert _rows(app) == before


@pytest.mark.parametrize("path", ["/login", "/admin/import"])
def test_a_form_of_very_many_fields_is_refused(app: Any, path: str) -> None:
    client = _signed_in(app)
    many = b"a&" * FIELDS
    assert _send(client, path, BytesIO(many), len(many)).status_code == 413
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(FIELDS + 1))
    answer = client.post(path, data=parts + b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_form_among_files_may_be_as_large_as_elsewhere_and_not_larger(app: Any) -> None:
    body = b"what=" + b"x" * FORM
    assert _send(_signed_in(app), "/admin/import", BytesIO(body), len(body)).status_code == 413


def test_a_document_of_many_lines_is_larger_than_a_usual_form(app: Any) -> None:
    body = b"lines=" + b"x" * 2 * USUAL
    answer = _send(_signed_in(app), "/trade/sales/new", BytesIO(body), len(body))
    assert answer.status_code == 200
    assert "The lines arrived incomplete" in answer.text  # it was read


def test_a_stranger_with_a_form_of_many_fields_is_sent_to_sign_in(app: Any) -> None:
    many = b"a&" * FIELDS
    answer = _send(app.test_client(), "/account", BytesIO(many), len(many), headers={"Origin": "http://localhost"})
    assert answer.status_code == 302


def test_a_form_without_its_token_is_refused_behind_the_gate(guarded: Any) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    client = _signed_in(guarded)
    guarded.config["WTF_CSRF_ENABLED"] = True
    before = _rows(guarded)
    assert client.post("/warehouse/places/new", data={"code": "P"}).status_code == 400
    assert client.post("/login", data={"login": "admin", "password": "correct horse"}).status_code == 400
    assert guarded.test_client().post("/warehouse/places/new", data={"code": "P"}).status_code == 302
    assert _rows(guarded) == before


@pytest.mark.parametrize(("is_known", "most"), [(False, USUAL), (True, OF_IMPORT)])
def test_a_body_is_asked_about_before_there_is_any(app: Any, is_known: bool, most: int) -> None:
    client = _signed_in(app) if is_known else app.test_client()
    session = client.get_cookie("session")
    headers = {"Origin": "http://localhost", "Cookie": f"session={session.value if session else ''}"}
    builder = EnvironBuilder("/admin/import", method="POST", headers=headers)
    environ = builder.get_environ()
    for name in ("wsgi.input", "CONTENT_LENGTH"):  # as of a request in chunks, while it arrives
        environ.pop(name, None)
    environ.update(CONTENT_TYPE=ENCODED, HTTP_TRANSFER_ENCODING="chunked")
    assert app.most_bytes(environ) == most


def test_how_much_is_read_depends_on_who_sends_it(app: Any) -> None:
    session = _signed_in(app).get_cookie("session").value

    def most(path: str, cookie: str) -> int:
        builder = EnvironBuilder(path, method="POST", headers={"Cookie": f"session={cookie}"})
        return int(app.most_bytes(builder.get_environ()))

    assert most("/admin/import", session) == OF_IMPORT
    assert most("/admin/import", "another") == USUAL
    assert most("/trade/sales/new", session) == FORM  # for thousands of lines
    assert most("/trade/sales/new", "another") == USUAL
    assert most("/account", session) == USUAL
    assert most("/no/such/page", session) == USUAL
    assert most("/restore", session) == USUAL  # there is a company


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no database is asked
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_field_with_the_end_of_a_line_in_its_name_is_refused(app: Any, end: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="login%s"\r\n\r\nadmin\r\n--x--\r\n' % end
    answer = app.test_client().post("/login", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert "arrived incomplete" in answer.text
