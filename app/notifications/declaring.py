"""What a kind of notification is. The core and modules declare theirs in a file `notifications.py`; pure."""

from dataclasses import dataclass
from typing import Literal

#: How somebody hears of it: by the bell in the page's head, by the daily mail, by both, or not at all.
Channel = Literal["bell", "mail", "both", "off"]
CHANNELS: tuple[Channel, ...] = ("bell", "mail", "both", "off")


@dataclass(frozen=True)
class NotificationKind:
    """A kind of notification (`module.what_happened`), for which everyone chooses the channel.

    `default`: the channel of whoever hasn't chosen. `needs`: the permission without which nobody gets one or chooses.
    `is_fixed`: it comes by the default, and nobody chooses otherwise, so that whoever acts in another's name can't hush it up.
    """

    name: str
    title: object
    default: Channel = "bell"
    needs: str | None = None
    is_fixed: bool = False
