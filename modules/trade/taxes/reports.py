"""The tax report, and the documents behind each of its figures."""

from datetime import date, timedelta

from app.api.clock import wall_clock
from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from modules.trade.taxes import tables
from modules.trade.taxes.categories import WORDS


def _quarter_start() -> str:
    """Of the present quarter: returns are filed by quarter, or by month of it."""
    today = wall_clock().date()
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1).isoformat()


def _quarter_end() -> str:
    begin = date.fromisoformat(_quarter_start())
    return ((begin + timedelta(days=95)).replace(day=1) - timedelta(days=1)).isoformat()


_PERIOD = (
    Parameter("since", _l("Since"), default=_quarter_start),
    Parameter("until", _l("Until"), default=_quarter_end),
)

taxes = Report.on(
    tables.taxes,
    _l("Tax on sales and purchases less returns, by category and rate, as the posted documents have it."),
    of=lambda session, asked: tables.taxes_between(session, asked.get("since"), asked.get("until")),
    parameters=_PERIOD,
    endpoint="trade.tax_list",
)

tax_documents = Report(
    "trade.tax_document",
    _l("Documents of the tax report"),
    tables.VIEW,
    _l("The documents that a figure of the tax report is made of."),
    of=lambda session, asked: tables.tax_documents(session, **asked),
    parameters=(
        *_PERIOD,
        Parameter("direction", _l("Tax"), "choice", list(tables.DIRECTIONS.items())),
        Parameter("category", _l("Category"), "choice", [(code or "-", words) for code, words in WORDS.items()]),
        Parameter("rate", _l("Rate, %"), "number"),
    ),
    endpoint="trade.tax_document_list",
)
