"""Trade's reports: what was sold, to whom, and what was earned by it."""

from app.api.ledger import is_of_entries
from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from modules.trade.analysis.tables import item_classes as item_classes
from modules.trade.commission.reports import on_commission as on_commission
from modules.trade.complaints.figures import complaint_figures
from modules.trade.figures.asked import PARAMETERS, asked_of
from modules.trade.figures.documents import report as result_documents
from modules.trade.figures.tables import figures_of
from modules.trade.intercompany.reports import own_balances as own_balances
from modules.trade.pipeline.board import purchase_pipeline as purchase_pipeline
from modules.trade.pipeline.board import sales_pipeline as sales_pipeline
from modules.trade.pipeline.orders import to_arrive as to_arrive
from modules.trade.pipeline.orders import to_ship as to_ship
from modules.trade.points.tables import points_report as points_report
from modules.trade.registers import Sales
from modules.trade.taxes.reports import tax_documents, taxes

results = Report(
    "trade.result",
    _l("Sales figures"),
    "trade.result.view",
    _l(
        "What was sold less returns, and what was earned by it: by period, item, group, customer, person or warehouse, beside"
        " an earlier period."
    ),
    of=lambda session, said: figures_of(session, asked_of(said, has_totals=not is_of_entries(session, Sales))),
    parameters=PARAMETERS,
    endpoint="trade.result_list",
)

__all__ = ["complaint_figures", "result_documents", "results", "tax_documents", "taxes"]
