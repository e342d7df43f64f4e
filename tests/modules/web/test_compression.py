"""Pages are sent compressed to our own pages, to users and to programs; never where another site chose the address (ADR 25)."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

LIST = "/warehouse/items"
HERE, ELSEWHERE = "http://localhost/", "https://elsewhere.example/"
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def encoding_of(answer: Any) -> str | None:
    return answer.headers.get("Content-Encoding")


@pytest.mark.parametrize(
    ("headers", "encoding"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, "gzip"),
        ({"Sec-Fetch-Site": "none"}, "gzip"),  # typed, or a bookmark
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),  # another name of the domain
        ({"Sec-Fetch-Site": "something new"}, None),
        ({"Sec-Fetch-Site": "cross-site", "Referer": HERE}, None),
        ({"Sec-Fetch-Site": "same-origin", "Referer": ELSEWHERE}, "gzip"),
        ({"Referer": HERE + "contacts/1?q=x"}, "gzip"),
        ({"Referer": ELSEWHERE}, None),
        ({"Referer": "http://localhost.elsewhere.example/"}, None),
        ({"Referer": "http://localhost:1/"}, None),
        ({"Referer": "https://localhost/"}, None),
        ({"Referer": "nonsense"}, None),
        ({"Referer": "http://[/"}, None),
        ({}, None),  # whoever leads here may have kept their name to themselves
    ],
)
def test_a_page_is_compressed_if_no_other_site_can_have_chosen_its_address(
    sign_in: Callable[[str], Any], headers: dict[str, str], encoding: str | None
) -> None:
    anna = sign_in("anna")
    answer = anna.get(LIST, headers={**BROWSER, **headers})
    assert (answer.status_code, encoding_of(answer)) == (200, encoding)
    assert answer.headers["Vary"].startswith("Accept-Encoding")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    page = gzip.decompress(answer.data) if encoding else answer.data
    assert b'<div id="list">' in page
    if encoding:
        assert len(answer.data) < len(page) / 3


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "identity;q=1, gzip;q=0.5"])
def test_who_takes_no_gzip_gets_the_page_itself(sign_in: Callable[[str], Any], accepted: str) -> None:
    answer = sign_in("anna").get(LIST, headers={"Accept-Encoding": accepted, "Sec-Fetch-Site": "same-origin"})
    assert encoding_of(answer) is None
    assert b'<div id="list">' in answer.data


def test_every_page_that_has_a_token_and_what_was_typed_is_plain_for_other_sites(sign_in: Callable[[str], Any]) -> None:
    anna = sign_in("anna")
    for address in ("/search?q=guess", f"{LIST}?q=guess", "/help/search?q=guess", "/login?next=guess", "/guess"):
        plain = anna.get(address, headers={**BROWSER, "Sec-Fetch-Site": "cross-site"})
        assert encoding_of(plain) is None, address
        own = anna.get(address, headers={**BROWSER, "Sec-Fetch-Site": "same-origin"})
        assert encoding_of(own) == "gzip", address


def test_a_program_with_a_token_gets_its_data_compressed(sign_in: Callable[[str], Any], house: Any) -> None:
    page = sign_in("anna").post("/account/tokens", data={"name": "a program"}).get_data(as_text=True)
    token = page.partition("<code")[2].partition(">")[2].partition("<")[0]
    program = {"Authorization": f"Bearer {token}", **BROWSER}
    answer = house.test_client().get("/api/v1/lists/warehouse.item", headers=program)
    assert (answer.status_code, encoding_of(answer)) == (200, "gzip")
    assert b'"rows"' in gzip.decompress(answer.data)


def test_what_is_small_or_compressed_already_is_sent_as_it_is(sign_in: Callable[[str], Any]) -> None:
    anna = sign_in("anna")
    own = {**BROWSER, "Sec-Fetch-Site": "same-origin"}
    small = anna.get("/healthz", headers=own)
    assert (small.status_code, encoding_of(small)) == (200, None)
    file = anna.get(f"{LIST}?as=xlsx", headers=own)
    assert (encoding_of(file), file.data[:2]) == (None, b"PK")


def test_a_head_has_the_headers_of_the_page(sign_in: Callable[[str], Any]) -> None:
    answer = sign_in("anna").head(LIST, headers={**BROWSER, "Sec-Fetch-Site": "same-origin"})
    assert (encoding_of(answer), answer.data) == ("gzip", b"")
