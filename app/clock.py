"""The organisation's own clock: what documents are dated by. A process serves one company, so it keeps one zone."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

_zone: ZoneInfo | None = None


def set_zone(name: str) -> None:
    """Go by the clock of a zone by its IANA name; an empty name, or one that this machine does not know: the server's own."""
    global _zone
    try:
        _zone = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        _zone = None


def wall_clock() -> datetime:
    """Now, by the organisation's own clock: what a new document's moment is unless the user says otherwise."""
    return datetime.now(_zone).replace(microsecond=0, tzinfo=None)


def on_the_wall(moment: datetime) -> datetime:
    """What the organisation's own clock showed at a moment that is kept in UTC."""
    return moment.replace(tzinfo=UTC).astimezone(_zone).replace(tzinfo=None)


def moments_of(wall: datetime) -> tuple[datetime, datetime]:
    """The two moments (UTC) at which the organisation's own clock shows `wall`: they differ only in the hour that comes twice.
    A time that the clock skips stands for the same time after the clock is put forward."""
    first, second = (wall.replace(fold=fold, tzinfo=_zone).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    return first, max(first, second)


@lru_cache(maxsize=1)
def zones() -> list[str]:
    """The zones that people live in, by name (CLDR)."""
    return sorted(name for name in get_global("zone_territories") if "/" in name and not name.startswith("Etc/"))


def zone_of(country: str) -> str:
    """The country's zone, when its clocks show the same all over it; otherwise nothing."""
    found = [name for name in zones() if get_global("zone_territories")[name] == country]
    clocks = {tuple(datetime(2026, month, 1, tzinfo=ZoneInfo(name)).utcoffset() for month in (1, 7)) for name in found}
    return found[0] if len(clocks) == 1 else ""
