"""The hooks that a module may call; all are described in `app.hooks`."""

from app.calling import left_out
from app.hooks import costs_changed, money_expected

__all__ = [
    "costs_changed",
    "left_out",
    "money_expected",
]
