"""What a form says of what it could not read."""

import json
from html import unescape
from typing import Any

import pytest


def send(client: Any, address: str, **fields: Any) -> str:
    """Send a form that is refused; gives the page."""
    answer = client.post(address, data=fields)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_words_that_name_no_record_stay_with_the_reason(house: Any, sign_in: Any) -> None:
    for address in ("/trade/sales/new", "/trade/purchases/new", "/contacts/payments/new"):
        page = send(sign_in("admin"), address, contact_id="", contact_id_text="Nobody <Ltd>")
        assert "There is no contact “Nobody <Ltd>”. Choose from the list." in page
        assert 'value="Nobody <Ltd>"' in page
        assert "<Ltd>" not in sign_in("admin").post(address, data={"contact_id_text": "Nobody <Ltd>"}).text
    assert "Please fill this in." in send(sign_in("admin"), "/trade/sales/new", contact_id="", contact_id_text="")


def test_a_number_that_can_not_be_read_is_not_called_missing(house: Any, sign_in: Any) -> None:
    page = send(sign_in("admin"), "/contacts/payments/new", contact_id="1", amount="1e3")
    assert "“1e3” isn't a number." in page
    assert "Please fill this in." not in page


def test_every_bad_line_is_reported_at_once_and_linked(house: Any, sign_in: Any) -> None:
    rows = [
        {"item_id": 1, "item": "A", "quantity": "1e3", "price": "0.1234567", "discount": "1.00001"},
        {"item_id": 1, "item": "A", "quantity": "1", "price": "0.123456", "discount": "1.0001"},
        {"item": "Nothing"},
    ]
    page = send(sign_in("admin"), "/trade/sales/new", contact_id="1", lines=json.dumps(rows))
    for line, words in (
        (1, "Line 1: “1e3” isn't a number."),
        (1, "Line 1: “0.1234567” has more than 6 digits after the point."),
        (1, "Line 1: “1.00001” has more than 4 digits after the point."),
        (3, "Line 3: there is no “Nothing”. Choose from the list."),
    ):
        assert f'<a href="#line-{line}">{words}</a>' in page
    assert "#line-2" not in page


def test_what_an_operation_refuses_of_a_line_is_linked_too(house: Any, sign_in: Any) -> None:
    rows = [{"item_id": 1, "item": "A", "quantity": "1"}, {"item_id": 1, "item": "A", "quantity": "0"}]
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


def test_a_new_transfer_goes_nowhere_until_that_is_chosen(house: Any, sign_in: Any) -> None:
    client = sign_in("steve")
    page = client.get("/warehouse/transfers/new").text
    target = page[page.index('id="target_id"') :]
    assert "selected" not in target[: target.index("</select>")].replace('<option selected value="">', "")
    rows = json.dumps([{"item_id": 1, "item": "A", "quantity": "1"}])
    assert "Please fill this in." in send(client, "/warehouse/transfers/new", source_id="100", target_id="", lines=rows)


@pytest.mark.parametrize("row", [{"quantity": "5"}, {"price": "0"}, {"item": " ", "discount": "1"}])
def test_a_line_with_numbers_and_no_item_is_refused(sign_in: Any, row: dict[str, str]) -> None:
    lines = [{}, {"item_id": "1", "quantity": "1", "price": "1"}, {"item": "", "quantity": " "}, row]
    page = sign_in("admin").post("/trade/sales/new", data={"lines": json.dumps(lines), "then": "save"})
    assert page.status_code == 200
    assert "Line 2: choose an item." in page.text
