"""Timelines: everything that happened with a record, newest first, from every module that knows something of it.

A module's sources are asked for what is older than a place, each for one page at most: a page costs the same number of
statements however long the history is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.clock import moments_of


@dataclass(frozen=True)
class Place:
    """After which entry a page begins: its moment by the organisation's own clock, its source, its number."""

    moment: datetime
    source: str
    id: int

    def before(self, source: str, moment: Any, id: Any) -> ColumnElement[bool]:
        """What a source asks of its rows, by the columns of their moments and numbers."""
        if source == self.source:
            return or_(moment < self.moment, and_(moment == self.moment, id < self.id))
        return moment <= self.moment if source < self.source else moment < self.moment  # type: ignore[no-any-return]

    def before_utc(self, source: str, moment: Any, id: Any) -> ColumnElement[bool]:
        """The same by a column of moments in UTC, of rows that are numbered as they come. In the hour that comes twice it may
        give some that stand before this place: a page leaves those out."""
        until: ColumnElement[bool] = moment <= moments_of(self.moment)[1]
        return and_(until, id < self.id) if source == self.source else until

    def precedes(self, source: str, entry: "TimelineEntry") -> bool:
        """Whether an entry comes after this place."""
        return (entry.moment, source, entry.id) < (self.moment, self.source, self.id)

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.source}~{self.id}"


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened: when, what, what more is said of it, by whom, and where it is shown."""

    #: by the organisation's own clock
    moment: datetime
    #: unique among its source's
    id: int
    title: str
    icon: str
    text: object = ""
    who: str = ""
    address: str = ""
    #: short words beside the title: word → the state that colours it, or nothing
    marks: Mapping[str, str] = field(default_factory=dict)
    #: an amount with its currency, where it comes to one
    amount: Any = None
    currency: str = ""
    #: what whoever may do so presses: title → address; sent by POST
    acts: Mapping[str, str] = field(default_factory=dict)
    #: where it is changed
    edit: str = ""


@dataclass(frozen=True)
class TimelineSource:
    """One sort of what happened. `entries` gives so many at most, newest first, of those before a place (None: the newest)."""

    name: str
    title: str
    entries: Callable[[Place | None, int], Iterable[TimelineEntry]]
    #: of which module it is, for the log
    module: str = "core"
