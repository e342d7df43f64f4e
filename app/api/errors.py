"""What can be refused; pure."""

from app.errors import Changed, Conflict, Forbidden, Invalid, KontorError, NotFound, PeriodClosed

__all__ = [
    "Changed",
    "Conflict",
    "Forbidden",
    "Invalid",
    "KontorError",
    "NotFound",
    "PeriodClosed",
]
