"""What an operation has to say beside its result."""

from app.notices import notify

__all__ = [
    "notify",
]
