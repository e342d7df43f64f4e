"""A form sent after its sender was signed out, or with an old token: they sign in, send it by a click, and nothing is lost."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.security import SYSTEM, Login
from modules.warehouse.models import Place

ORIGIN = {"Origin": "http://localhost"}
PLACE = {"code": "north", "name": "Nørd & “Süd”"}


@pytest.fixture
def guarded(config: Any) -> Iterator[Any]:
    """The application as people run it, with tokens in forms."""
    from app import create_app

    made = create_app(config)
    made.config["RATELIMIT_ENABLED"] = False
    yield made
    made.company.database.dispose()


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    pairs = re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    pairs += re.findall(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in pairs}


def sign_in(client: Any, page: str | None = None) -> Any:
    fields = fields_of(page or client.get("/login").text)
    return client.post("/login", data={**fields, "login": "admin", "password": "correct horse"}, headers=ORIGIN)


def places(app: Any) -> list[tuple[str, str]]:
    query = select(Place.code, Place.name).where(Place.code == "north")
    return [tuple(row) for row in app.company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False)]


@pytest.mark.parametrize("is_cookie_gone", [False, True], ids=["revoked elsewhere", "without a cookie"])
def test_what_was_typed_is_sent_after_signing_in(guarded: Any, is_cookie_gone: bool) -> None:
    client = guarded.test_client()
    assert sign_in(client).status_code == 302
    typed = {**fields_of(client.get("/warehouse/places/new").text), **PLACE}
    guarded.company.database.run(lambda s: s.execute(delete(Login)), actor=SYSTEM)
    if is_cookie_gone:
        client.delete_cookie("session")
    kept = client.post("/warehouse/places/new", data=typed, headers=ORIGIN)
    assert kept.status_code in (400, 401)
    assert "what you typed is kept" in kept.text
    assert places(guarded) == []
    again = sign_in(client, kept.text)
    assert again.status_code == 200
    assert "Send it now" in again.text
    assert places(guarded) == []  # the user sends it
    assert client.post("/warehouse/places/new", data=fields_of(again.text), headers=ORIGIN).status_code == 302
    assert places(guarded) == [tuple(PLACE.values())]


def test_a_wrong_password_keeps_what_was_typed(guarded: Any) -> None:
    client = guarded.test_client()
    kept = client.post("/warehouse/places/new", data=PLACE, headers=ORIGIN)
    wrong = client.post("/login", data={**fields_of(kept.text), "login": "admin", "password": "wrong"}, headers=ORIGIN)
    assert wrong.status_code == 401
    assert "Nørd &amp; “Süd”" in html.unescape(sign_in(client, wrong.text).text).replace("Nørd & ", "Nørd &amp; ")


def test_a_form_with_an_old_token_is_offered_to_its_sender_again(guarded: Any) -> None:
    client = guarded.test_client()
    sign_in(client)
    old = client.post("/warehouse/places/new", data={**PLACE, "csrf_token": "old"}, headers=ORIGIN)
    assert old.status_code == 400
    assert client.post("/warehouse/places/new", data=fields_of(old.text), headers=ORIGIN).status_code == 302
    assert places(guarded) == [tuple(PLACE.values())]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}], ids=str)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_what_another_site_sends_is_not_kept(guarded: Any, headers: dict[str, str], is_signed_in: bool) -> None:
    client = guarded.test_client()
    if is_signed_in:
        sign_in(client)
    answer = client.post("/warehouse/places/new", data={**PLACE, "csrf_token": "none"}, headers=headers)
    assert answer.status_code in (302, 400)
    assert "north" not in answer.text


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\nx", ""])
def test_a_kept_form_is_sent_to_no_other_site(guarded: Any, to: str) -> None:
    client = guarded.test_client()
    fields = {**fields_of(client.get("/login").text), "resend_to": to, "resend_fields": '[["a", "b"]]'}
    answer = client.post("/login", data={**fields, "login": "admin", "password": "correct horse"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("text", ["[", "1", "[1]", '[["a"]]', "[[[[", "null"])
def test_kept_fields_that_are_not_whole_are_let_go(guarded: Any, text: str) -> None:
    client = guarded.test_client()
    fields = {**fields_of(client.get("/login").text), "resend_to": "/warehouse/places/new", "resend_fields": text}
    answer = client.post("/login", data={**fields, "login": "admin", "password": "correct horse"}, headers=ORIGIN)
    assert answer.status_code == 302


def test_a_password_is_never_written_into_a_page(guarded: Any) -> None:
    """Whoever signs in next at the same machine may be somebody else."""
    client = guarded.test_client()
    typed = {"password": "new and secret", "current": "correct horse", "locale": "en"}
    for _ in range(2):  # signed out, then signed in with a token that has expired
        answer = client.post("/account", data={**typed, "csrf_token": "old"}, headers=ORIGIN)
        assert answer.status_code in (302, 400)
        assert "secret" not in answer.text
        assert "correct horse" not in answer.text
        sign_in(client)
