"""Sales figures as a chart: by their period, else the largest of what they are by first."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from modules.trade.figures.asked import Asked
from modules.trade.figures.tables import figures_of

#: more bars than this nobody tells apart; of periods the last
MOST, MOST_PERIODS = 15, 120
#: what is drawn, as far as it is asked and open
_DRAWN = ("revenue", "margin", "revenue_before")


def chart_of(session: Session, asked: Asked) -> dict[str, Any]:
    """`labels`, and `series` of as many amounts each, as the list says them; `is_period`: the labels follow each other in time.

    Periods in which nothing was sold have bars of zero."""
    name, step = asked.period or asked.by[0], asked.step
    table = figures_of(session, replace(asked, by=(name,)))
    open_to_actor = {column.name: column for column in table.open_columns(session.info["actor"])}
    drawn = [open_to_actor[each] for each in _DRAWN if each in open_to_actor]
    label = open_to_actor[name]
    query = table.source(session).add_columns(*(c.expression.label(c.name) for c in (label, *drawn)))
    order = (label if step is not None else open_to_actor["revenue"]).expression.desc()
    rows: list[Any] = list(session.execute(query.order_by(order).limit(MOST_PERIODS if step else MOST)))
    found = {getattr(row, name): [getattr(row, column.name) for column in drawn] for row in rows}
    keys = list(found)
    if step is not None and keys:
        numbers = [step.number(day) for day in keys]
        last = max(numbers)
        keys = [step.first_day(n) for n in range(max(min(numbers), last - MOST_PERIODS + 1), last + 1)]
    say = label.words or (lambda value: str(label.absent) if value is None else str(value))
    nothing = [0] * len(drawn)
    return {
        "labels": [say(key) for key in keys],
        "series": [
            {"name": str(column.title), "values": [str(found.get(key, nothing)[i]) for key in keys]}
            for i, column in enumerate(drawn)
        ],
        "is_period": step is not None,
    }
