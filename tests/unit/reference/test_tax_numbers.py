"""Tax numbers by country: published examples, wrong digits, and what stays as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.reference.tax_numbers import check_tax_id, shown_tax_id


@pytest.mark.parametrize(
    ("country", "typed", "kept", "shown"),
    [
        ("RU", "7707083893", "7707083893", "7707083893"),  # a bank's, of its own pages
        ("RU", "500100732259", "500100732259", "500100732259"),
        ("VN", "0100233488", "0100233488", "0100233488"),
        ("VN", "0314409058-002", "0314409058002", "0314409058-002"),
        ("DE", "DE 136 695 976", "DE136695976", "DE136695976"),
        ("DE", "136695976", "136695976", "136695976"),
        ("FR", "FR 83 404 833 048", "FR83404833048", "FR83404833048"),
        ("FR", "404833048", "404833048", "404 833 048"),
        ("GB", "GB 980 7806 84", "GB980780684", "GB 980 7806 84"),
        ("GB", "XI 980 7806 84", "XI980780684", "XI 980 7806 84"),
        ("US", "04-2103594", "042103594", "04-2103594"),
        ("GR", "EL 094259216", "EL094259216", "EL094259216"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA", "CHE-107.787.577 IVA"),
        ("NO", "NO 995 525 828 MVA", "NO995525828MVA", "NO 995 525 828 MVA"),
        ("NO", "DE 136695976", "DE136695976", "DE136695976"),  # registered elsewhere in the Union
        ("AT", "ATU 13585627", "ATU13585627", "ATU13585627"),
    ],
)
def test_a_company_number_is_kept_without_what_stands_between(country: str, typed: str, kept: str, shown: str) -> None:
    assert check_tax_id(typed, country=country) == kept
    assert shown_tax_id(kept, country=country) == shown
    assert check_tax_id(shown, country=country) == kept, "what is shown can be saved again"


@pytest.mark.parametrize(
    ("country", "typed", "shown"),
    [
        ("RU", "500100732259", "500100732259"),
        ("VN", "001203001234", "001203001234"),
        ("US", "536904399", "536-90-4399"),
    ],
)
def test_people_have_numbers_of_their_own(country: str, typed: str, shown: str) -> None:
    assert check_tax_id(shown, country=country, is_person=True) == typed
    assert shown_tax_id(typed, country=country, is_person=True) == shown


@pytest.mark.parametrize(
    ("country", "typed", "is_person", "why"),
    [
        ("RU", "7707083894", False, "check digit of the ИНН"),
        ("RU", "7707083893", True, "a person's has twelve digits"),
        ("RU", "77070838", False, "isn't a tax number of this country"),
        ("VN", "0100233480", False, "check digit of the MST"),
        ("DE", "DE136695978", False, "check digit of the Ust ID Nr."),
        ("GB", "802311781", False, "check digit of the VAT"),
        ("US", "1234", False, "isn't a tax number of this country"),
        ("KZ", "none", False, "A tax number has digits"),
        ("", "n/a", False, "A tax number has digits"),
        ("GB", "980780684\0", False, "A tax number has digits"),
    ],
)
def test_what_can_not_be_right_is_refused(country: str, typed: str, is_person: bool, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refusal:
        check_tax_id(typed, country=country, is_person=is_person, field="number")
    assert refusal.value.field == "number"


@pytest.mark.parametrize(("country", "is_person"), [("", False), ("KZ", False), ("AR", True)])
def test_where_no_form_is_known_it_stays_as_typed(country: str, is_person: bool) -> None:
    assert check_tax_id("  12/34 - 5 ", country=country, is_person=is_person) == "12/34 - 5"
    assert check_tax_id("", country=country) == ""


#: whose check digit finds every single wrong digit, by how it is made
CERTAIN = [
    ("RU", "7707083893"),
    ("RU", "500100732259"),
    ("VN", "0100233488"),
    ("DE", "136695976"),
    ("FR", "404833048"),
    ("AT", "U13585627"),
]


@pytest.mark.parametrize(("country", "right"), CERTAIN)
def test_any_single_wrong_digit_is_refused(country: str, right: str) -> None:
    for i in (i for i, c in enumerate(right) if c.isdigit()):
        for digit in set("0123456789") - {right[i]}:
            with pytest.raises(Invalid):
                check_tax_id(right[:i] + digit + right[i + 1 :], country=country)


@given(
    st.text("0123456789ABDEFGRUTXI -./", max_size=16) | st.text(max_size=16),
    st.sampled_from(["RU", "VN", "DE", "FR", "GB", "US", "GR", "CH", "NO", "ES", "IT", "KZ", "BR", "IN", "XX", ""]),
    st.booleans(),
)
def test_what_was_accepted_stays_as_it_is_when_it_is_saved_again(typed: str, country: str, is_person: bool) -> None:
    try:
        kept = check_tax_id(typed, country=country, is_person=is_person)
    except Invalid:
        return
    assert check_tax_id(kept, country=country, is_person=is_person) == kept
    shown = shown_tax_id(kept, country=country, is_person=is_person)
    assert check_tax_id(shown, country=country, is_person=is_person) == kept
