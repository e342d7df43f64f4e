"""The report of what own organisations owe each other."""

from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from modules.trade.intercompany import tables
from modules.trade.intercompany.operations import VIEW

own_balances = Report(
    "trade.own_balance",
    _l("Between own organisations"),
    VIEW,
    _l("What own organisations owe each other, by the books of both, and what these differ by."),
    of=lambda session, _asked: tables.between(session),
    endpoint="trade.own_balance_list",
)
