"""What somebody asks of the turnover report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.reports import Parameter
from app.api.texts import lazy_gettext as _l
from modules.warehouse.nesting import group_choices

ITEM, GROUP = "item", "group"
ALL, DEAD = "all", "dead"
#: a longer period isn't averaged: nobody buys by it
MOST_YEARS = 10
#: so many days without anything going out, where nobody says otherwise
DEAD_DAYS = 90
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Asked:
    """The days from `since` to `until`, both included; None of them ahead. `group`: only what lies in it, however deep."""

    by: str
    since: date
    until: date
    group: int | None
    #: only what is on hand, was on hand on this day already, and hasn't gone out since; None: all
    idle_since: date | None

    @property
    def days(self) -> int:
        """How many days it are, at least one."""
        return max((self.until - self.since).days + 1, 1)


def first_day() -> date:
    """Of the twelve months that end with this one."""
    today = wall_clock().date()
    return date(today.year - (today.month < 12), today.month % 12 + 1, 1)


def asked_of(said: Mapping[str, Any]) -> Asked:
    """What parameters ask. Refused (Invalid): what is none of the choices, more than MOST_YEARS, days that aren't whole or
    above zero."""
    today = wall_clock().date()
    until = min(said.get("until", today), today)
    since = said["since"]
    if until.year - since.year > MOST_YEARS:
        raise Invalid(_l("A period of at most %(n)s years is averaged.", n=MOST_YEARS), field="since")
    for name, choices in (("by", (ITEM, GROUP)), ("stock", (ALL, DEAD))):
        if said[name] not in choices:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=said[name]), field=name)
    days = said["days"]
    if days != int(days) or not 0 < days <= _MOST_DAYS:
        raise Invalid(_l("Days are a whole number from 1 to %(most)s.", most=_MOST_DAYS), field="days")
    idle_since = today - timedelta(days=int(days)) if said["stock"] == DEAD else None
    return Asked(said["by"], since, until, _number(said.get("group")), idle_since)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=text), field="group")
    return int(text)


PARAMETERS = (
    Parameter("by", _l("By"), "choice", ((ITEM, _l("Item")), (GROUP, _l("Item group"))), default=lambda: ITEM),
    Parameter("since", _l("Since"), default=lambda: first_day().isoformat()),
    Parameter("until", _l("Until")),
    Parameter("group", _l("Item group"), "choice", group_choices),
    Parameter(
        "stock",
        _l("Stock"),
        "choice",
        ((ALL, _l("all goods")), (DEAD, _l("dead stock"))),
        default=lambda: ALL,
    ),
    Parameter("days", _l("Dead: nothing left for, days"), "number", default=lambda: str(DEAD_DAYS)),
)
