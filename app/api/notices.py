"""What an operation has to say beside its result."""

from app.notices import notify, taken_notices

__all__ = [
    "notify",
    "taken_notices",
]
