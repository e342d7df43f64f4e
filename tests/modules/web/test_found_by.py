"""What the search over everything and look-ups show of a contact that was found by something else than its name."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

PHONE = "555 0184"  # of Clockwork Cycles, which is Sofia's


def rows(client: Any, text: str) -> list[dict[str, Any]]:
    return list(client.get("/lookup/contacts", query_string={"q": text}).json["rows"])


def found(client: Any, text: str) -> list[str]:
    page = client.get("/search", query_string={"q": text}, headers={"HX-Request": "true"}).text
    lines = re.findall(r'<a class="found-row" href="/contacts/\d+">(.*?)</a>', page, re.DOTALL)
    return [re.sub(r"</?span>", " ", line).strip() for line in lines]


@pytest.mark.parametrize("login", ["admin", "sofia"])
def test_a_look_up_shows_the_phone_number_by_which_it_found(sign_in: Any, login: str) -> None:
    (row,) = rows(sign_in(login), PHONE)
    assert row["title"] == "Clockwork Cycles LLP"
    assert row["found"] == {"title": "Phone", "parts": [["+44 117 ", False], ["555 0184", True]]}
    assert "hit" not in row
    (row,) = rows(sign_in(login), "clockwork")
    assert "found" not in row


@pytest.mark.parametrize("login", ["sam", "steve"])
def test_nobody_finds_whom_they_do_not_see_or_by_what_is_closed_to_them(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    assert rows(client, PHONE) == []
    assert found(client, PHONE) == []
    assert "Clockwork" not in client.get("/contacts/companies", query_string={"q": PHONE}).text


def test_a_storekeeper_finds_by_name_alone(sign_in: Any) -> None:
    (row,) = rows(sign_in("steve"), "clockwork")
    assert "found" not in row
    assert rows(sign_in("steve"), "c-1003@example") == []


def test_the_search_over_everything_shows_it_too(sign_in: Any) -> None:
    (line,) = found(sign_in("admin"), "c-1003@ex")
    assert "Clockwork Cycles LLP" in line
    assert line.endswith("<small>E-mail: <mark>c-1003@ex</mark>ample.com</small>")
    (line,) = found(sign_in("admin"), "clockwork")
    assert "<small>" not in line


def test_sales_are_found_by_a_customers_phone(sign_in: Any) -> None:
    page = sign_in("admin").get("/search", query_string={"q": "1273 555 010"}).text
    assert re.search(r'href="/trade/sales/\d+"', page)
    assert "Brightwater" in sign_in("sam").get("/trade/sales?q=1273555010").text
    assert "Brightwater" not in sign_in("sofia").get("/trade/sales?q=1273555010").text
