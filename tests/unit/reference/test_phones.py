"""Phone numbers: what people type, how it is kept and shown."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.reference.phones import check_phone, shown_phone


@pytest.mark.parametrize(
    ("country", "typed", "kept", "shown"),
    [
        ("RU", "8 (495) 123-45-67", "+74951234567", "+7 495 123-45-67"),
        ("RU", "7 495 123 45 67", "+74951234567", "+7 495 123-45-67"),
        ("RU", "+7 495 123-45-67 (доб. 123)", "+74951234567;ext=123", "+7 495 123-45-67 ext. 123"),
        ("RU", "8 495 123-45-67, доб. 12", "+74951234567;ext=12", "+7 495 123-45-67 ext. 12"),
        (
            "RU",
            "8-921-555-01-18, +7 812 555 01 43",
            "+79215550118, +78125550143",
            "+7 921 555-01-18, +7 812 555-01-43",
        ),
        ("RU", "8 800 555 35 35 / 8 800 555 35 36", "+78005553535, +78005553536", "+7 800 555-35-35, +7 800 555-35-36"),
        ("RU", "+7 921 5550118 +84 905 550 142", "+79215550118, +84905550142", "+7 921 555-01-18, +84 905 550 142"),
        ("VN", "0905 550 142", "+84905550142", "+84 905 550 142"),
        ("VN", "(028) 3822 0011 máy lẻ 4", "+842838220011;ext=4", "+84 28 3822 0011 ext. 4"),
        ("GB", "020 7946 0958 ext 12", "+442079460958;ext=12", "+44 20 7946 0958 ext. 12"),
        ("GB", "+44 (0)20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("DE", "089/5550-1420", "+498955501420", "+49 89 55501420"),
        ("DE", "00 44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("US", "398-555-0132", "+13985550132", "+1 398-555-0132"),
        ("US", "398-555-0132; 398-555-0132", "+13985550132", "+1 398-555-0132"),
        ("EG", "٠١٢٣٤٥٦٧٨٩٠", "+201234567890", "+20 12 34567890"),
        ("", "+47 55 30 12 00", "+4755301200", "+47 55 30 12 00"),
        ("", " ", "", ""),
    ],
)
def test_a_number_is_kept_as_one_calls_it_from_abroad(country: str, typed: str, kept: str, shown: str) -> None:
    assert check_phone(typed, country=country) == kept
    assert shown_phone(kept) == shown
    assert check_phone(shown) == kept, "what is shown can be saved again"


@pytest.mark.parametrize(
    ("country", "typed", "why"),
    [
        ("RU", "Ivan 8 495 123-45-67", "more in it than a phone number"),
        ("RU", "8 495 123-45-67 after six", "more in it than a phone number"),
        ("US", "555-1234", "with its area code"),
        ("GB", "020 7946 0958 123456", "too short or too long"),
        ("US", "1 (11) 500 555-0132", "no country code that there is"),
        ("DE", "+999 12345678", "no country code that there is"),
        ("", "020 7946 0958", "no country code that there is"),
        ("GB", "5", "isn't a phone number"),
        ("RU", "8 495 123-45-67, 68", "too short or too long"),
    ],
)
def test_what_can_not_be_called_is_refused_with_what_to_do(country: str, typed: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refusal:
        check_phone(typed, country=country, field="mobile")
    assert refusal.value.field == "mobile"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_writes_its_numbers_so(region: str) -> None:
    number = phonenumbers.example_number(region)
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for form in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
        assert check_phone(phonenumbers.format_number(number, form), country=region) == kept


@given(st.text("0123456789+()-/., ;extдобx\n|", max_size=40), st.sampled_from(["", "GB", "RU", "US", "VN", "AR", "IT"]))
def test_what_was_accepted_stays_as_it_is_wherever_it_is_saved_again(typed: str, country: str) -> None:
    try:
        kept = check_phone(typed, country=country)
    except Invalid:
        return
    for again in ("", "GB", "RU", "US"):
        assert check_phone(kept, country=again) == kept


def test_what_was_never_checked_is_shown_as_it_stands() -> None:
    assert shown_phone("123-456 (Ivan)") == "123-456 (Ivan)"


@pytest.mark.parametrize("filling", [",", " ", ";", "(", ", (", "ext"])
def test_a_text_that_no_one_dials_is_refused_by_its_length(filling: str) -> None:
    with pytest.raises(Invalid, match="At most 300 characters"):
        check_phone((filling * 100_000)[:100_000])
