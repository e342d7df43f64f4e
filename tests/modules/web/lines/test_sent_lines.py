"""Lines as the line grid sends them: what is read, and what is said of what can't be."""

import json
from html import unescape
from typing import Any

import pytest

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def send(client: Any, address: str, **fields: Any) -> str:
    """Send a form that is refused; gives the page."""
    answer = client.post(address, data=fields)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_every_bad_line_is_reported_at_once_and_linked(house: Any, sign_in: Any) -> None:
    rows = [
        {"item_id": 1, "item": "A", "quantity": "1e3", "price": "0.1234567", "discount": "1.00001"},
        {"item_id": 1, "item": "A", "quantity": "1", "price": "0.123456", "discount": "1.0001"},
        {"item": "Nothing"},
        {"item_id": 1, "item": "A", "quantity": "3 box"},
    ]
    page = send(sign_in("admin"), "/trade/sales/new", contact_id="1", lines=json.dumps(rows))
    for line, words in (
        (1, "Line 1: “1e3” isn't a number."),
        (1, "Line 1: “0.1234567” has more than 6 digits after the point."),
        (1, "Line 1: “1.00001” has more than 4 digits after the point."),
        (4, "Line 4: “box” isn't a packing of this item. Type how many of its unit, or add the packing to it."),
        (3, "Line 3: there is no “Nothing”. Choose from the list."),
    ):
        assert f'<a href="#line-{line}">{words}</a>' in page
    assert "#line-2" not in page


def test_what_an_operation_refuses_of_a_line_is_linked_too(house: Any, sign_in: Any) -> None:
    rows = [{"item_id": 1, "item": "A", "quantity": quantity, "price": "1"} for quantity in ("1", "0")]
    page = send(
        sign_in("admin"),
        "/trade/sales/new",
        contact_id="1",
        place_id="100",
        currency="GBP",
        moment="2026-05-01T10:00",
        lines=json.dumps(rows),
    )
    assert '<a href="#line-2">Line 2: the quantity must be above zero.</a>' in page


def test_more_lines_than_a_document_takes_are_refused_in_words(house: Any, sign_in: Any) -> None:
    rows = json.dumps([{"item_id": 1, "item": "A", "quantity": "1"}] * 2001)
    assert "A document has at most 2000 lines." in send(
        sign_in("admin"), "/trade/sales/new", contact_id="1", lines=rows
    )


@pytest.mark.parametrize("row", [{"quantity": "5"}, {"price": "0"}, {"item": " ", "discount": "1"}])
def test_a_line_with_numbers_and_no_item_is_refused(sign_in: Any, row: dict[str, str]) -> None:
    lines = [{}, {"item_id": "1", "quantity": "1", "price": "1"}, {"item": "", "quantity": " "}, row]
    page = sign_in("admin").post("/trade/sales/new", data={"lines": json.dumps(lines), "then": "save"})
    assert page.status_code == 200
    assert "Line 2: choose an item." in page.text


@pytest.mark.parametrize("sent", ["{", "[1]", '{"item_id": 1}', "[" * 100_000, "null", '"text"'])
def test_lines_that_arrived_incomplete_are_refused_in_words(sign_in: Any, sent: str) -> None:
    page = send(sign_in("admin"), "/trade/sales/new", contact_id="1", lines=sent)
    assert "The lines arrived incomplete. Send the form again." in page


@pytest.mark.parametrize("item", ["", "abc", "1.5", "99999999999999999999", None, [1], {"a": 1}])
def test_an_item_that_there_is_not_is_refused(sign_in: Any, item: Any) -> None:
    rows = json.dumps([{"item_id": item, "item": "Ghost", "quantity": "1", "price": "1"}])
    page = sign_in("admin").post("/trade/sales/new", data={"contact_id": "1", "lines": rows, "then": "save"})
    assert page.status_code == 200


def test_empty_rows_are_dropped_and_what_was_typed_is_shown_again(sign_in: Any) -> None:
    typed = {"item_id": "1", "item": "A <b>", "quantity": "1 250,5", "price": "1"}
    rows = [{}, typed, {"item": " ", "quantity": ""}, {"note": "x"}]
    page = send(sign_in("admin"), "/trade/sales/new", contact_id="", lines=json.dumps(rows))
    assert "1 250,5" in page
    assert "Line 1" not in page
