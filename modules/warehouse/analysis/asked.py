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
from modules.warehouse.queries import stocked_options

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
    #: only what lies in this warehouse and leaves it; None: in all
    place: int | None
    #: only what is on hand, was on hand on this day already, and hasn't gone out since; None: all
    idle_since: date | None = None
    #: whether nothing lay there before `since`
    is_begun: bool = False

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
    checked(since, until, by=(said["by"], (ITEM, GROUP)), stock=(said["stock"], (ALL, DEAD)))
    days = said["days"]
    if days != int(days) or not 0 < days <= _MOST_DAYS:
        raise Invalid(_l("Days are a whole number from 1 to %(most)s.", most=_MOST_DAYS), field="days")
    idle_since = today - timedelta(days=int(days)) if said["stock"] == DEAD else None
    return Asked(said["by"], since, until, *group_and_place(said), idle_since)


def checked(since: date, until: date, **chosen: tuple[str, tuple[str, ...]]) -> None:
    """Refused (Invalid): a choice that is none of those that there are, more than MOST_YEARS."""
    if until.year - since.year > MOST_YEARS:
        raise Invalid(_l("A period of at most %(n)s years is averaged.", n=MOST_YEARS), field="since")
    for name, (value, choices) in chosen.items():
        if value not in choices:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=value), field=name)


def group_and_place(said: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Their numbers. Refused (Invalid): what is none."""
    group, place = (_number(said.get(name), name) for name in ("group", "place"))
    return group, place


def _number(text: str | None, field: str) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=text), field=field)
    return int(text)


PARAMETERS = (
    Parameter("by", _l("By"), "choice", ((ITEM, _l("Item")), (GROUP, _l("Item group"))), default=lambda: ITEM),
    Parameter("since", _l("Since"), default=lambda: first_day().isoformat()),
    Parameter("until", _l("Until")),
    Parameter("group", _l("Item group"), "choice", group_choices),
    Parameter("place", _l("Warehouse"), "choice", stocked_options),
    Parameter(
        "stock",
        _l("Stock"),
        "choice",
        ((ALL, _l("all goods")), (DEAD, _l("dead stock"))),
        default=lambda: ALL,
    ),
    Parameter("days", _l("Dead: nothing left for, days"), "number", default=lambda: str(DEAD_DAYS)),
)
