"""Trade's report: what was sold, to whom, and what was earned by it."""

from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from modules.trade import tables
from modules.trade.taxes.reports import tax_documents, taxes

__all__ = ["results", "tax_documents", "taxes"]

results = Report.on(
    tables.results,
    _l("What was sold less returns, by item and customer, and what was earned by it: in all, or in a period."),
    parameters=(Parameter("since", _l("Since")), Parameter("until", _l("Until"))),
    of=lambda session, asked: tables.results_between(session, asked.get("since"), asked.get("until")),
    endpoint="trade.result_list",
)
