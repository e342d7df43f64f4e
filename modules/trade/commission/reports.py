"""The report of goods on commission."""

from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from modules.trade.commission.models import DIRECTIONS
from modules.trade.commission.tables import on_commission as table_of

on_commission = Report(
    "trade.on_commission",
    _l("On commission"),
    "trade.commission_move.view",
    _l("Goods on commission by agent and by principal: given, sold, returned and left, and what is owed."),
    of=lambda session, asked: table_of(session, asked.get("direction")),
    parameters=(Parameter("direction", _l("Whose goods"), "choice", tuple(DIRECTIONS.items())),),
    endpoint="trade.on_commission_list",
)
