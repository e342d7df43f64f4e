"""What can be chosen for a mailing, and of which period it is: pure rules, no database."""

import re
from datetime import date, timedelta

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

STATEMENT, ACT = "contacts.statement", "contacts.act"
WHAT = {STATEMENT: _l("Statement"), ACT: _l("Reconciliation act")}
MONTH, QUARTER = "month", "quarter"
EVERY = {MONTH: _l("every month, of the last month"), QUARTER: _l("every quarter, of the last quarter")}
EITHER, MOVED, OWING, ALL = "either", "moved", "owing", "all"
WHOM = {
    EITHER: _l("with movement or a balance"),
    MOVED: _l("with movement"),
    OWING: _l("with a balance"),
    ALL: _l("all"),
}
FORMATS = {"pdf": _l("PDF"), "xlsx": _l("XLSX"), "pdf,xlsx": _l("PDF and XLSX")}
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def cron_of(every: str, day: int, at: str) -> str:
    """The schedule of a mailing: on a day of each month or of each quarter's first month, at a time such as 08:00. Refused
    (Invalid): another day than 1 to 28, which every month has, and what isn't a time."""
    if not 1 <= day <= 28:
        raise Invalid(_l("Choose a day from 1 to 28: every month has these."), field="day")
    found = _TIME.fullmatch(at.strip())
    if found is None:
        raise Invalid(_l("Write the time as 08:00."), field="at")
    months = "*" if every == MONTH else "1,4,7,10"
    return f"{int(found[2])} {int(found[1])} {day} {months} *"


def day_and_time(cron: str) -> tuple[int, str]:
    """The day and time of which `cron_of` made a schedule."""
    minute, hour, day, *_rest = cron.split()
    return int(day), f"{int(hour):02}:{int(minute):02}"


def period_before(every: str, day: date) -> tuple[date, date]:
    """The last whole month, or quarter, before a day: its first and last day."""
    first = day.replace(day=1)
    if every == QUARTER:
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    until = first - timedelta(days=1)
    months = 1 if every == MONTH else 3
    return until.replace(day=1, month=until.month - months + 1), until


def codes_in(text: str) -> list[str]:
    """The codes in a text with commas between them."""
    return list(dict.fromkeys(part.strip() for part in text.replace(";", ",").split(",") if part.strip()))
