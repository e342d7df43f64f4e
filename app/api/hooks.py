"""The hooks that a module may call; all are described in `app.hooks`."""

from app.hooks import costs_changed

__all__ = [
    "costs_changed",
]
