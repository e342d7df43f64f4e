"""Trade's report: what was sold, to whom, and what was earned by it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from app.api.web import Table
from modules.trade import tables

#: before and after all books
_FIRST, _LAST = date(1900, 1, 1), date(9999, 12, 1)


def _between(session: Session, asked: Mapping[str, Any]) -> Table:
    return tables.results_between(
        session, max(asked.get("since", _FIRST), _FIRST), min(asked.get("until", _LAST), _LAST)
    )


results = Report(
    tables.results,
    _l("What was sold less returns, by item and customer, and what was earned by it: in all, or in a period."),
    parameters=(Parameter("since", _l("Since")), Parameter("until", _l("Until"))),
    of=_between,
    endpoint="trade.result_list",
)
