"""How much people did and saw, by person and kind of event: each count leads to the audit's own lines."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.counting import events_between, key_of
from app.clock import wall_clock
from app.security import User
from app.translation import lazy_gettext as _l
from app.web.admin.recorded import action_word
from app.web.core import routes
from app.web.kit.lists import show_report
from app.web.kit.reports import Parameter, Report
from app.web.kit.tables import Column, Table

#: what rows are by → the columns of the audit that tell them apart
_BY = {"person": ("chain",), "action": ("action",), "both": ("chain", "action")}
#: so many days are counted where nobody says since when
_DAYS = 7


def _first_day() -> str:
    return (wall_clock().date() - timedelta(days=_DAYS - 1)).isoformat()


def _today() -> str:
    return wall_clock().date().isoformat()


def _list(_session: Session, said: Mapping[str, Any]) -> Table:
    by = _BY.get(said["by"], _BY["person"])
    since, until = said["since"], said["until"]
    events = events_between(since, until, by)
    c = events.c
    days = {"since": since.isoformat(), "until": until.isoformat()}

    def lines(row: Any) -> str:
        narrowed = {"person": row.chain} if "chain" in by else {}
        narrowed |= {"action": row.action} if "action" in by else {}
        return url_for("core.audit_list", **narrowed, **days)

    columns = []
    if "chain" in by:
        columns.append(
            Column("person", _l("Who"), func.coalesce(User.name, ""), headline=True, link=lines, words=person_word)
        )
        columns.append(Column("chain", "", c.chain, hidden=True, sortable=False))
    if "action" in by:
        columns.append(Column("action", _l("What"), c.action, headline=len(by) == 1, link=lines, words=action_word))
    source = select().select_from(events)
    return Table(
        name="core.event",
        title=_l("Events"),
        needs="core.audit.view",
        source=lambda _session: source.outerjoin(User, User.id == c.chain) if "chain" in by else source,
        key=key_of(events, by),
        key_type=str,
        columns=(
            *columns,
            Column("done", _l("Done"), c.done, "integer"),
            Column("seen", _l("Looked at"), c.seen, "integer"),
        ),
        order="-done",
        empty=_l("Nothing has been recorded yet."),
        is_found=False,
    )


def person_word(name: str) -> str:
    """Whose events they are; without a name, the program's."""
    return name or str(_l("by itself"))


_REPORT = Report(
    "core.event",
    _l("Events"),
    "core.audit.view",
    _l("How much was done and looked at in a period, by person and by kind of event."),
    of=_list,
    parameters=(
        Parameter(
            "by",
            _l("By"),
            "choice",
            (("person", _l("Who")), ("action", _l("What")), ("both", _l("who and what"))),
            default=lambda: "person",
        ),
        Parameter("since", _l("Since"), default=_first_day),
        Parameter("until", _l("Until"), default=_today),
    ),
)


@routes.get("/admin/audit/events", needs="core.audit.view", help="audit")
def event_list() -> Any:
    """What people did and saw, counted."""
    return show_report(_REPORT)
