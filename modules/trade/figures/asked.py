"""What somebody asks of the sales figures, as the page's parameters say it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.reports import Parameter
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import offered_folders
from modules.trade.figures.periods import EARLIER, STEPS, Step
from modules.warehouse.api import GroupTree, stocked_options

#: what figures are by, beside periods
KEYS: Mapping[str, object] = {
    "item": _l("Item"),
    "group": _l("Item group"),
    "contact": _l("Customer"),
    "folder": _l("Customer folder"),
    "responsible": _l("Responsible"),
    "warehouse": _l("Warehouse"),
}
BY: Mapping[str, object] = {**KEYS, **{name: step.title for name, step in STEPS.items()}}
#: says that figures are by one thing alone, or compared with nothing
ALONE = "alone"
#: what the register's totals don't have: these are read from the entries of the period
_OF_DOCUMENTS = {"responsible", "warehouse"}
_SHORT = {"day", "week"}
#: says of a narrowing that there is none: no group, no person
NONE = 0


@dataclass(frozen=True)
class Asked:
    """`by` is one or two of `BY`; `where` narrows by number of item, group, contact, folder, person or warehouse."""

    by: tuple[str, ...]
    since: date | None
    until: date | None
    #: one of `EARLIER`; empty: nothing
    earlier: str
    where: Mapping[str, int]
    #: whether the first day is the program's and not the user's
    is_this_year: bool = False

    @cached_property
    def period(self) -> str | None:
        """The one of `by` that is a period."""
        return next((name for name in self.by if name in STEPS), None)

    @property
    def step(self) -> Step | None:
        """That period's length."""
        return STEPS[self.period] if self.period is not None else None

    @cached_property
    def names(self) -> set[str]:
        """All that is asked by or narrowed by."""
        return {*self.by, *self.where}

    @property
    def is_of_entries(self) -> bool:
        """Whether the register's totals don't say it."""
        return bool(self.names & (_OF_DOCUMENTS | _SHORT))


def asked_of(said: Mapping[str, Any], *, has_totals: bool = True) -> Asked:
    """What parameters ask. Where totals don't have it, for anybody or for this user (`has_totals`), or something is compared,
    and nobody said since when, it is this year: no page reads the whole history unasked. Refused (Invalid): what is none of
    the choices, a period by a period."""
    then = said.get("then", ALONE)
    by = [said["by"], *([then] if then not in (ALONE, said["by"]) else [])]
    if unknown := [name for name in by if name not in BY]:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=unknown[0]), field="by")
    if sum(name in STEPS for name in by) > 1:
        raise Invalid(_l("Figures are by one period at a time: choose something else beside it."), field="then")
    earlier = said.get("earlier", ALONE)
    if earlier not in (*EARLIER, ALONE):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=earlier), field="earlier")
    where = {name: chosen_number(name, said[name]) for name in KEYS if name in said}
    earlier = earlier if earlier in EARLIER else ""
    asked = Asked(tuple(by), said.get("since"), said.get("until"), earlier, where)
    if asked.since is not None or not (asked.is_of_entries or earlier or not has_totals):
        return asked
    first = (asked.until or wall_clock().date()).replace(month=1, day=1)
    return Asked(asked.by, first, asked.until, earlier, where, is_this_year=True)


def chosen_number(name: str, text: Any) -> int:
    """The number of a record that a parameter chooses, 0: none. Refused (Invalid): anything else."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=text), field=name)
    return number


def persons_offered(session: Session) -> Sequence[tuple[str, object]]:
    """Those who may be responsible."""
    rows: Iterable[Any] = session.execute(select(User.id, User.name).order_by(User.name_order, User.id))
    return [(str(row.id), row.name) for row in rows]


def _groups(session: Session) -> Sequence[tuple[str, object]]:
    """The tree of item groups, children set in below their parent."""
    return [(str(node.id), "\u2003" * node.depth + node.name) for node in GroupTree(session).shown()]


def warehouses_offered(session: Session) -> Sequence[tuple[str, object]]:
    """Those that are open to the actor, and the places of goods on commission."""
    return stocked_options(session)


NARROWING = (
    Parameter("item", KEYS["item"], "record"),
    Parameter("contact", KEYS["contact"], "record"),
    Parameter("group", KEYS["group"], "choice", _groups),
    Parameter("folder", KEYS["folder"], "choice", offered_folders),
    Parameter("responsible", KEYS["responsible"], "choice", persons_offered),
    Parameter("warehouse", KEYS["warehouse"], "choice", warehouses_offered),
)
DAYS = (Parameter("since", _l("Since")), Parameter("until", _l("Until")))
#: as the page offers them
PARAMETERS = (
    Parameter("by", _l("By"), "choice", tuple(BY.items()), default=lambda: "item"),
    Parameter("then", _l("and by"), "choice", (*BY.items(), (ALONE, _l("nothing else"))), default=lambda: "contact"),
    *DAYS,
    Parameter(
        "earlier", _l("Compared with"), "choice", ((ALONE, _l("nothing")), *EARLIER.items()), default=lambda: ALONE
    ),
    *NARROWING,
)
