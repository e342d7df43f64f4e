"""What somebody asks of the ABC/XYZ analysis."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.reports import Parameter
from app.api.texts import lazy_gettext as _l
from modules.trade.analysis.rules import ABC, XYZ
from modules.trade.figures.asked import chosen_number, warehouses_offered

#: what the classes A, B and C are by
MEASURES: Mapping[str, object] = {"revenue": _l("Revenue"), "margin": _l("Margin"), "quantity": _l("Quantity")}
#: demand varies over two months at least; more than ten years nobody plans by
LEAST_MONTHS, MOST_MONTHS = 2, 120
_MOST_VARIATION = 1000


@dataclass(frozen=True)
class Asked:
    """The days from `since` to `until`, both included; thresholds in per cent, as the rules take them."""

    by: str
    since: date
    until: date
    a: Decimal
    b: Decimal
    x: Decimal
    y: Decimal
    #: only items of these classes; None: of any
    abc: str | None = None
    xyz: str | None = None
    #: only what was sold from it; None: from any
    warehouse: int | None = None

    @property
    def months(self) -> int:
        """How many months the days lie in."""
        return (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1


def asked_of(session: Session, said: Mapping[str, Any]) -> Asked:
    """What parameters ask. Refused (Invalid): what is none of the choices, margins of whoever may not see costs, fewer months
    than LEAST_MONTHS or more than MOST_MONTHS, thresholds that don't rise."""
    warehouse = chosen_number("warehouse", said["warehouse"]) if "warehouse" in said else None
    asked = replace(Asked(**{name: value for name, value in said.items() if name != "warehouse"}), warehouse=warehouse)
    choices = {"by": [name for name, _ in measures(session)], "abc": (None, *ABC), "xyz": (None, *XYZ)}
    for name, taken in choices.items():
        if (value := getattr(asked, name)) not in taken:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=value), field=name)
    if not LEAST_MONTHS <= asked.months <= MOST_MONTHS:
        message = _l("Choose a period of %(least)s to %(most)s months.", least=LEAST_MONTHS, most=MOST_MONTHS)
        raise Invalid(message, field="since")
    if not 0 < asked.a < asked.b <= 100:
        raise Invalid(_l("The limits of A and B rise and are between 0 and 100 per cent."), field="b")
    if not 0 <= asked.x < asked.y <= _MOST_VARIATION:
        raise Invalid(
            _l("The limits of X and Y rise and are between 0 and %(most)s per cent.", most=_MOST_VARIATION), field="y"
        )
    return asked


def measures(session: Session) -> list[tuple[str, object]]:
    """Those that are open to the actor: margins tell costs."""
    sees = session.info["actor"].sees("warehouse.cost")
    return [(name, title) for name, title in MEASURES.items() if name != "margin" or sees]


def _last_day() -> date:
    """Of the last month that is over."""
    return wall_clock().date().replace(day=1) - timedelta(days=1)


def _first_day() -> date:
    """Of the twelve months that end with that."""
    return wall_clock().date().replace(day=1, year=wall_clock().year - 1)


def _limit(name: str, title: object, usual: str) -> Parameter:
    return Parameter(name, title, "number", default=lambda: usual)


PARAMETERS = (
    Parameter("by", _l("ABC by"), "choice", measures, default=lambda: "revenue"),
    Parameter("since", _l("Since"), default=lambda: _first_day().isoformat()),
    Parameter("until", _l("Until"), default=lambda: _last_day().isoformat()),
    Parameter("warehouse", _l("Warehouse"), "choice", warehouses_offered),
    _limit("a", _l("A up to, %"), "80"),
    _limit("b", _l("B up to, %"), "95"),
    _limit("x", _l("X up to, %"), "10"),
    _limit("y", _l("Y up to, %"), "25"),
)
#: of the list: which cell of the matrix it shows
CLASSES = (
    Parameter("abc", "ABC", "choice", tuple((name, name) for name in ABC)),
    Parameter("xyz", "XYZ", "choice", tuple((name, name) for name in XYZ)),
)
