"""The trade's pages: the same for each kind of document, and sales figures."""

from typing import Any

from app.api.reports import show_report
from app.api.web import Routes, current_session, declare_pages
from modules.trade import reports, tables
from modules.trade.forms import FORMS, TradeForm
from modules.trade.kinds import KINDS
from modules.trade.proposing_page import declare_proposing
from modules.warehouse.api import items_waiting

routes = Routes("trade", __name__)


@routes.get("/trade/results", needs="trade.result.view")
def result_list() -> Any:
    """What was sold, for how much, at what cost."""
    waiting = len(items_waiting(current_session()))
    return show_report(reports.results, list_template="trade/results.html", waiting=waiting)


for _noun, _kind in KINDS.items():
    declare_pages(
        routes,
        _kind,
        table=tables.DOCUMENTS[_noun],
        form=FORMS.get(_noun, TradeForm),
        form_template="trade/document_form.html",
        buttons="trade/document_buttons.html",
        with_prices=not _kind.model.is_bought,
    )
declare_proposing(routes, KINDS["sale"], TradeForm)
