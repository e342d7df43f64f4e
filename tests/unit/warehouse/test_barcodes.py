"""Barcodes: GTINs by their check digit, a company's own as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.warehouse.barcodes import check_barcode, key_of
from modules.warehouse.rules import item_fields

#: EAN-8, UPC-A, EAN-13 and GTIN-14: of GS1's pages and of files that companies exchange
EXAMPLES = ["96385074", "036000291452", "4012345001235", "2000018987155", "10012345000017"]


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_gtin_is_kept_as_a_scanner_gives_it(code: str) -> None:
    assert check_barcode(code) == code
    assert check_barcode(f" {code[0]} {code[1:7]} {code[7:]}") == code


@pytest.mark.parametrize("code", EXAMPLES)
def test_any_single_wrong_digit_is_refused(code: str) -> None:
    for i in range(len(code)):
        for digit in set("0123456789") - {code[i]}:
            with pytest.raises(Invalid, match="digit"):
                check_barcode(code[:i] + digit + code[i + 1 :])


def test_the_refusal_names_the_digit_that_would_be_right() -> None:
    with pytest.raises(Invalid, match="the last would be 5") as refusal:
        check_barcode("4012345001234")
    assert refusal.value.field == "barcode"


@pytest.mark.parametrize("own", ["1", "12345", "LB00000000003", "4012345001234-X", "123456789012345", "A-12 3", ""])
def test_a_code_of_the_companys_own_is_right_as_it_is(own: str) -> None:
    assert check_barcode(own) == own


def test_what_an_item_has_already_is_not_checked_again() -> None:
    class Known:
        barcode = "4012345001234"

    assert item_fields({"barcode": "4012345001234"}, known=Known)["barcode"] == "4012345001234"  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        item_fields({"barcode": "4012345001233"}, known=Known)  # type: ignore[arg-type]
    assert item_fields({"barcode": ""})["barcode"] is None


@given(st.text("0123456789 -", max_size=18) | st.text(max_size=18))
def test_what_was_accepted_stays_as_it_is_when_it_is_saved_again(typed: str) -> None:
    try:
        kept = check_barcode(typed)
    except Invalid:
        return
    assert check_barcode(kept) == kept


@given(st.sampled_from(EXAMPLES))
def test_a_number_is_the_same_in_every_length(code: str) -> None:
    assert key_of(code) == code.zfill(14) == key_of(code.zfill(14)) == key_of(f"{code[:2]} {code[2:]}")


@given(st.text(max_size=18))
def test_what_is_kept_and_what_is_scanned_have_one_key(typed: str) -> None:
    try:
        kept = check_barcode(typed)
    except Invalid:
        return
    assert key_of(kept) == key_of(typed)


@pytest.mark.parametrize("own", ["1", "123456789", "LB00000000003", "٤٠١٢٣٤٥٠"])
def test_a_code_of_ones_own_is_its_own_key(own: str) -> None:
    assert key_of(own) == own
