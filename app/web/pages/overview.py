"""The management overview: what goes on, what is late, what lies ahead, and how much of everything happened."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import render_template, request, url_for
from sqlalchemy import select

from app.audit.counting import counts_by_action, counts_by_person
from app.clock import wall_clock
from app.documents import Document, states_of
from app.documents.counting import Counted, documents_by_state
from app.hooks import overview_figures, overview_parts
from app.security import User
from app.translation import lazy_gettext as _l
from app.web.admin.recorded import action_word
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.overview import AHEAD, LATE, OPERATIONS
from app.web.kit.tables import Table

#: kinds of events that are shown
MOST = 10


class Span(NamedTuple):
    """A period to choose."""

    name: str
    title: object
    since: date
    until: date


class Row(NamedTuple):
    """Documents of one kind: how many of each state, each with where they are, and what they come to by currency."""

    title: str
    address: str
    states: list[tuple[str, int, str]]
    amounts: list[tuple[str, Any]]


def spans(today: date) -> list[Span]:
    """Today first."""
    yesterday = today - timedelta(days=1)
    return [
        Span("today", _l("Today"), today, today),
        Span("yesterday", _l("Yesterday"), yesterday, yesterday),
        Span("week", _l("This week"), today - timedelta(days=today.weekday()), today),
        Span("month", _l("This month"), today.replace(day=1), today),
    ]


@routes.get("/overview", needs="core.overview.view")
def overview_view() -> Any:
    """What modules and the audit say of a period (`?period=`) and of what comes."""
    session, actor = current_session(), current_actor()
    offered = spans(wall_clock().date())
    span = next((s for s in offered if s.name == request.args.get("period")), offered[0])
    figures = list(overview_figures(session, actor, span.since, span.until))
    may_audit = actor.may("core.audit.view")
    return render_template(
        "overview.html",
        spans=offered,
        span=span,
        groups=[(title, [f for f in figures if f.part == part]) for part, title in _TITLES.items() if part != AHEAD],
        ahead=[f for f in figures if f.part == AHEAD],
        parts=overview_parts(session, actor),
        documents=list(_documents(span)),
        persons=_persons(span) if may_audit else [],
        actions=counts_by_action(session, span.since, span.until, MOST) if may_audit else [],
        action_word=action_word,
        days={"since": span.since.isoformat(), "until": span.until.isoformat()},
    )


_TITLES = {OPERATIONS: _l("Current operations"), LATE: _l("Late"), AHEAD: _l("Projected capability")}


def _documents(span: Span) -> Iterator[Row]:
    """Documents of each kind that is open to the user and has a list of its own, as the menu orders them."""
    actor = current_actor()
    models = Document.__mapper__.polymorphic_map
    lists = {
        t.name: t for t in current_company().contributed("tables", Table) if t.name in models and actor.may(t.needs)
    }
    found: dict[str, list[Counted]] = defaultdict(list)
    for counted in documents_by_state(current_session(), lists, span.since, span.until):
        found[counted.kind].append(counted)
    days: dict[str, Any] = {"since": span.since.isoformat(), "until": span.until.isoformat()}
    for kind, table in lists.items():
        if kind not in found:
            continue
        endpoint, states = f"{kind}_list", list(dict.fromkeys(c.state for c in found[kind]))
        by = "outcome" if any(f.name == "outcome" for f in table.filters) else "state"
        amounts: dict[str, Any] = defaultdict(int)
        for counted in found[kind]:
            if counted.state not in ("draft", "reversed", "cancelled"):
                amounts[counted.currency] += counted.amount
        yield Row(
            str(table.title),
            url_for(endpoint, **days),
            [
                (
                    str(states_of(kind)[state]),
                    sum(c.number for c in found[kind] if c.state == state),
                    url_for(endpoint, **{**days, by: state}),
                )
                for state in sorted(states, key=list(states_of(kind)).index)
            ],
            sorted((currency, amount) for currency, amount in amounts.items() if amount),
        )


def _persons(span: Span) -> list[tuple[str, Any]]:
    """What people did, each by name."""
    session = current_session()
    rows = counts_by_person(session, span.since, span.until)
    chains = [row.chain for row in rows]
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(chains))).all())
    return [(names.get(row.chain, ""), row) for row in rows]
