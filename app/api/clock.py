"""The present moment, and the organisation's own clock."""

from app.clock import wall_clock
from app.db import utc_now

__all__ = [
    "utc_now",
    "wall_clock",
]
