"""The present moment, and the organisation's own clock."""

from app.clock import on_the_wall, wall_clock
from app.db import utc_now

__all__ = [
    "on_the_wall",
    "utc_now",
    "wall_clock",
]
