"""A function that would never be called: its name is misspelt."""

from typing import Any


def document_psoted(session: Any, actor: Any, documents: Any) -> None:
    """Never."""
