"""Who a text mentions."""

import pytest

from app.notifications.mentions import mentioned_in


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@anna please call", {"anna"}),
        ("Ask @Anna, @sam.smith and @o-neil.", {"anna", "sam.smith", "o-neil"}),
        ("(@anna) @anna's", {"anna"}),
        ("@пётр, @nguyễn!", {"пётр", "nguyễn"}),
        ("write to anna@example.com", set()),
        ("@anna@example.com has that login", {"anna@example.com"}),
        ("see https://example.com/@anna", set()),
        ("@ anna, 5 @ 3.00, @", set()),
        ("", set()),
    ],
)
def test_an_at_sign_before_a_login_mentions_it(text: str, logins: set[str]) -> None:
    assert set(mentioned_in(text)) == logins


def test_each_is_mentioned_once_in_the_order_of_the_text() -> None:
    assert mentioned_in("@zoe, @anna, @Zoe") == ["zoe", "anna"]
