"""Where a messenger opens a chat: links made of names and numbers, and of nothing else that was typed. No database."""

import re
from collections.abc import Callable

#: what people choose from; other messengers may be written too, and have no link
MESSENGERS = ("Telegram", "WhatsApp", "Viber", "Zalo")

_NUMBER = re.compile(r"\+([1-9][0-9]{6,14})")
#: a user's name as Telegram has them, also as a link that was copied there
_NAME = re.compile(r"(?:(?:https?://)?t\.me/|@)?([A-Za-z][A-Za-z0-9_]{3,31})", re.ASCII)

_BY_NUMBER: dict[str, Callable[[str], str]] = {
    "telegram": lambda digits: f"https://t.me/+{digits}",
    "whatsapp": lambda digits: f"https://wa.me/{digits}",
    "viber": lambda digits: f"viber://chat?number=%2B{digits}",
    "zalo": lambda digits: f"https://zalo.me/{digits}",
}


def messenger_link(which: str, value: str) -> str:
    """The address of a chat with `value`, a number in E.164 or a name, in the messenger `which`; empty where there is none."""
    which, value = which.strip().casefold(), value.strip()
    if which in _BY_NUMBER and (number := _NUMBER.fullmatch(value)):
        return _BY_NUMBER[which](number[1])
    if which == "telegram" and (name := _NAME.fullmatch(value)):
        return f"https://t.me/{name[1]}"
    return ""
