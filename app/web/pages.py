"""The core's pages: importing a file declares its routes."""

import importlib

FILES = ("shell", "lists", "lookups")


def load() -> None:
    """Import every file of the core that declares routes."""
    for name in FILES:
        importlib.import_module(f"app.web.{name}")
