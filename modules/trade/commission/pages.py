"""The pages of goods on commission."""

from typing import Any

from app.api.reports import show_report
from app.api.web import declare_pages
from modules.trade.blueprint import routes
from modules.trade.commission import reports
from modules.trade.commission.forms import CommissionMoveForm, CommissionReportForm
from modules.trade.commission.kinds import AGENT_REPORT, COMMISSION_MOVE, PRINCIPAL_REPORT
from modules.trade.commission.tables import TABLES


@routes.get("/trade/on-commission", needs="trade.commission_move.view", help="commission_move")
def on_commission_list() -> Any:
    """What was given, sold, went back and is left."""
    return show_report(reports.on_commission)


for _kind, _form in (
    (COMMISSION_MOVE, CommissionMoveForm),
    (AGENT_REPORT, CommissionReportForm),
    (PRINCIPAL_REPORT, CommissionReportForm),
):
    declare_pages(
        routes,
        _kind,
        table=TABLES[_kind.noun],
        form=_form,
        form_template="trade/document_form.html",
        buttons="trade/document_buttons.html",
        with_prices=not _kind.model.is_bought,
    )
