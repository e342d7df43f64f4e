"""What a form says of what it could not read."""

import json
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.web.kit.forms import required
from app.web.kit.selects import SelectField

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


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


def test_a_new_transfer_goes_nowhere_until_that_is_chosen(house: Any, sign_in: Any) -> None:
    client = sign_in("steve")
    page = client.get("/warehouse/transfers/new").text
    target = page[page.index('id="target_id"') :]
    assert "selected" not in target[: target.index("</select>")].replace('<option selected value="">', "")
    rows = json.dumps([{"item_id": 1, "item": "A", "quantity": "1"}])
    assert "Please fill this in." in send(client, "/warehouse/transfers/new", source_id="100", target_id="", lines=rows)


def test_what_is_refused_at_a_box_to_tick_is_said_beside_it(house: Any, sign_in: Any) -> None:
    page = sign_in("steve").post("/warehouse/counts/new", data={"place_id": "100", "bins": "A-1", "rest": "left"}).text
    box = page[page.index('name="is_by_bin"') - 300 :][:900]
    assert 'aria-describedby="is_by_bin-error"' in box
    assert "Tick this to count some bins" in box


def test_nothing_chosen_isnt_what_a_record_had_before() -> None:
    class Placed(Form):
        place = SelectField("Place", [required], coerce=int, choices=[(1, "Here"), (2, "There")])

    form = Placed(MultiDict({"place": ""}), data={"place": 2})
    assert (form.validate(), list(form.errors)) == (False, ["place"])
