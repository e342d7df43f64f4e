"""E-mail addresses: what is one, and how it is kept."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import Invalid
from app.reference.emails import check_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.com", "anna@example.com"),
        (" anna@example.com\n", "anna@example.com"),
        (
            "Anna.Smith+eu@EXAMPLE.Com",
            "Anna.Smith+eu@example.com",
        ),  # what stands before the @ is for the server to read
        ("иван@почта.рф", "иван@почта.рф"),
        ("ivan@xn--80a1acny.xn--p1ai", "ivan@почта.рф"),
        ("nguye\u0302\u0303n@example.vn", "nguyễn@example.vn"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "anna@example",
        "anna@",
        "@example.com",
        "anna@@example.com",
        "anna smith@example.com",
        "Anna <anna@example.com>",
        "anna@example..com",
        ".anna@example.com",
        "anna@-example.com",
        "anna@localhost",
        "anna@firm.local",
        "anna@[127.0.0.1]",
        "anna@example.com\0",
        "a" * 65 + "@example.com",
    ],
)
def test_what_is_not_an_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match=r"such as anna@example\.com") as refusal:
        check_email(typed, field="address")
    assert refusal.value.field == "address"


@pytest.mark.parametrize("between", [",", "; ", " ", "\n", ", "])
def test_several_addresses_are_refused_with_where_to_put_them(between: str) -> None:
    with pytest.raises(Invalid, match="one e-mail address here"):
        check_email(f"anna@example.com{between}bo@example.com")


@given(st.emails() | st.text(max_size=40).map(lambda text: f"a{text}@example.com"))
@example("a@ß.de")
@example("ａ@example.com")
def test_what_was_accepted_stays_as_it_is_when_it_is_saved_again(typed: str) -> None:
    try:
        kept = check_email(typed)
    except Invalid:
        return
    assert check_email(kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        (" anna@Example.COM ", "anna@example.com"),
        ("anna@kontor", "anna@kontor"),
        ("anna@münchen.example", "anna@xn--mnchen-3ya.example"),
    ],
)
def test_an_own_address_is_kept_as_mail_needs_it(typed: str, kept: str) -> None:
    assert check_email(typed, is_own=True) == kept


WRONG_OWN = [
    "anna",
    "anna@",
    "@example.com",
    "a b@example.com",
    "anna@example.com\nBcc: x@y.z",
    "a@b@c.de",
    "анна@example.com",
]


@pytest.mark.parametrize("typed", WRONG_OWN)
def test_anything_else_is_refused_of_ones_own(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_email(typed, is_own=True)
    assert refusal.value.field == "email"
