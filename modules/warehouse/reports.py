"""The warehouse's reports: stock, now or at a past day, and how it turns over."""

from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from modules.warehouse import tables
from modules.warehouse.analysis.tables import turnover as turnover
from modules.warehouse.analysis.values import stock_value as stock_value

stock = Report.on(
    tables.stock,
    _l("What lies where and what it is worth, now or at the end of a day; the same whenever it is asked."),
    parameters=(Parameter("at", _l("At the end of")),),
    of=lambda session, asked: tables.stock_at(session, asked["at"]),
    endpoint="warehouse.stock_list",
)
