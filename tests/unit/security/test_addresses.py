"""Which texts are an address of e-mail."""

import pytest

from app.errors import Invalid
from app.security.addresses import check_email


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
def test_an_address_is_kept_as_mail_needs_it(typed: str, kept: str) -> None:
    assert check_email(typed) == kept


WRONG = ["anna", "anna@", "@example.com", "a b@example.com", "anna@example.com\nBcc: x@y.z", "a@b@c.de"]


@pytest.mark.parametrize("typed", WRONG)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_email(typed)
    assert refusal.value.field == "email"
