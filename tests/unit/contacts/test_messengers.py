"""Links that open a chat: made of numbers and names alone."""

import pytest

from modules.contacts.messengers import MESSENGERS, messenger_link


@pytest.mark.parametrize(
    ("which", "value", "link"),
    [
        ("Telegram", "@acme_sales", "https://t.me/acme_sales"),
        ("telegram ", "https://t.me/acme_sales", "https://t.me/acme_sales"),
        ("Telegram", "+84905550142", "https://t.me/+84905550142"),
        ("WhatsApp", "+84905550142", "https://wa.me/84905550142"),
        ("Viber", "+84905550142", "viber://chat?number=%2B84905550142"),
        ("Zalo", "+84905550142", "https://zalo.me/84905550142"),
        ("Signal", "+84905550142", ""),
        ("WhatsApp", "acme_sales", ""),
        ("Zalo", "0905550142", ""),
    ],
)
def test_a_messenger_opens_a_chat_with_a_number_or_a_name(which: str, value: str, link: str) -> None:
    assert messenger_link(which, value) == link


@pytest.mark.parametrize("which", MESSENGERS)
@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "@a/../b",
        "@name?start=x",
        "https://t.me.evil.example/acme",
        "+1<b>",
        "",
        "+٤٤٢٠٧٩٤٦٠",
        "@имя_я",
    ],
)
def test_nothing_else_makes_a_link(which: str, typed: str) -> None:
    assert messenger_link(which, typed) == ""
