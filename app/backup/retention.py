"""Which backups are kept and which go: a rule without a database."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Kept(NamedTuple):
    """A backup that lies there."""

    name: str
    #: when it was begun, by one clock for all
    moment: datetime
    is_proven: bool


def outdated(backups: Iterable[Kept], *, daily: int, weekly: int) -> list[Kept]:
    """Those that may go, the oldest first.

    Kept are the last proven one of each of the newest `daily` days and of the newest `weekly` weeks (Monday to Sunday) that
    have one, and the very last proven one. A backup that isn't proven takes no proven one's place: of those that came after the
    last proven one, the newest `daily` are kept, and always the newest of all.
    """
    known = sorted(backups, key=lambda b: (b.moment, b.name))
    proven = [b for b in known if b.is_proven]
    last_of_days = {b.moment.date(): b for b in proven}
    last_of_weeks = {b.moment.isocalendar()[:2]: b for b in proven}
    since = [b for b in known if not proven or b.moment >= proven[-1].moment]
    kept = {b.name for b in known[-1:] + proven[-1:]} | {
        b.name for b in since if not b.is_proven and b in since[-daily:]
    }
    kept |= {last_of_days[day].name for day in sorted(last_of_days)[-daily:] if daily}
    kept |= {last_of_weeks[week].name for week in sorted(last_of_weeks)[-weekly:] if weekly}
    return [b for b in known if b.name not in kept]
