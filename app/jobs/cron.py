"""When something that comes again and again is due, by the organisation's own clock; pure except for that clock."""

import re
from datetime import datetime, timedelta
from typing import Any

from babel.dates import get_day_names
from croniter import CroniterBadDateError, CroniterError, croniter

from app.clock import moments_of, on_the_wall
from app.errors import Invalid
from app.translation import language, lazily
from app.translation import lazy_gettext as _l

_FIELD = re.compile(r"(?:[0-9*]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|[,/-])+")

#: More than any clock is ever put forward or back.
_SHIFT = timedelta(hours=3)


def check_cron(cron: str) -> str:
    """The five fields (minute, hour, day of the month, month, day of the week) as they are kept.

    Refused (Invalid): anything else, and a time that never comes.
    """
    fields = cron.lower().split()
    kept = " ".join(fields)
    if len(fields) != 5 or not all(_FIELD.fullmatch(field) for field in fields) or not croniter.is_valid(kept):
        raise Invalid(
            _l(
                "“%(cron)s” isn't a schedule. Write minute, hour, day of the month, month and day of the week: "
                "“0 2 * * *” is 02:00 every day, “30 7 * * mon-fri” is 07:30 on working days.",
                cron=cron,
            ),
            field="cron",
        )
    try:
        croniter(kept, datetime(2024, 1, 1)).get_next(datetime)
    except CroniterBadDateError:
        raise Invalid(_l("“%(cron)s” never comes: there is no such day.", cron=cron), field="cron") from None
    except CroniterError as error:
        raise Invalid(_l("“%(cron)s” isn't a schedule.", cron=cron), field="cron") from error
    return kept


def next_due(cron: str, after: datetime) -> datetime:
    """The first due moment later than `after`; both UTC.

    A time that the clock skips in spring is due an hour later by the new time. Of an hour that comes twice in autumn the first
    is meant, except for a schedule that is due in every hour: that is due in both. So nothing runs twice and nothing is
    skipped.
    """
    is_hourly = croniter.expand(cron)[0][1] == ["*"]
    walls = croniter(cron, on_the_wall(after) - _SHIFT)
    found: datetime | None = None
    while True:
        first, second = moments_of(walls.get_next(datetime))
        for moment in (first, second) if is_hourly else (first,):
            if moment > after and (found is None or moment < found):
                found = moment
        if first > after and found is not None:
            return found


#: crontab's numbers of the days of the week, of which both ends are Sunday
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}


def cron_words(cron: str) -> Any:
    """The usual schedules in words, in the reader's language; None of others, which are shown as they are written."""
    minute, hour, day, month, weekday = cron.split()
    if month != "*" or not minute.isdecimal():
        every = re.fullmatch(r"\*/(\d+) \* \* \* \*", cron)
        return _l("every %(n)s minutes", n=every[1]) if every else None
    if (hour, day, weekday) == ("*", "*", "*"):
        return _l("every hour, %(n)s minutes past", n=minute)
    if not hour.isdecimal():
        return None
    time = f"{int(hour):02}:{int(minute):02}"
    if day == "*" and weekday == "*":
        return _l("every day at %(time)s", time=time)
    if day == "*" and weekday in ("mon-fri", "1-5"):
        return _l("on working days at %(time)s", time=time)
    if day == "*" and (number := _DAYS.get(weekday, int(weekday) if weekday.isdecimal() else -1)) >= 0:
        return _l("every week on %(day)s at %(time)s", day=lazily(_day_of_week, number), time=time)
    if weekday == "*" and day.isdecimal():
        return _l("every month on day %(day)s at %(time)s", day=day, time=time)
    return None


def _day_of_week(number: int) -> str:
    return str(get_day_names("wide", locale=language())[(number - 1) % 7])
