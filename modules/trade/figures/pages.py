"""The pages of sales figures."""

from collections.abc import Mapping
from typing import Any

from flask import request

from app.api.clock import wall_clock
from app.api.errors import NotFound
from app.api.ledger import is_of_entries
from app.api.reports import Report, show_report
from app.api.web import Routes, current_session, show_list
from modules.contacts.api import Contact
from modules.trade import reports
from modules.trade.figures.asked import KEYS, asked_of
from modules.trade.figures.chart import chart_of
from modules.trade.figures.margins import lines_of
from modules.trade.figures.periods import usual_spans
from modules.trade.models import TradeDocument
from modules.trade.registers import Sales
from modules.warehouse.api import Item, items_waiting

#: what is narrowed to one record by links alone
_RECORDS: Mapping[str, Any] = {"item": Item, "contact": Contact}


def declare_figures(routes: Routes) -> None:
    """Sales figures, their chart, and the documents that they are made of."""

    @routes.get("/trade/results", needs="trade.result.view")
    def result_list() -> Any:
        """What was sold, for how much, at what cost."""
        return _shown(
            reports.results,
            "trade/results.html",
            waiting=len(items_waiting(current_session())),
            spans=usual_spans(wall_clock().date()),
        )

    @routes.get("/trade/results/chart", needs="trade.result.view", help=None)
    def result_chart() -> Any:
        """The same as a chart shows it."""
        session, said = current_session(), reports.results.values(request.args)
        return chart_of(session, asked_of(said, has_totals=not is_of_entries(session, Sales)))

    @routes.get("/trade/results/documents", needs="trade.result.view", help="result")
    def result_documents() -> Any:
        """The documents that a figure is made of."""
        return _shown(reports.result_documents, "trade/result_documents.html")

    @routes.get("/trade/results/documents/<int:document_id>", needs="trade.result.view", help="result")
    def result_lines(document_id: int) -> Any:
        """What was earned by each line of a document."""
        document = current_session().get(TradeDocument, document_id)
        if document is None or document.state != "posted":
            raise NotFound
        return show_list(
            lines_of(current_session(), document), list_template="trade/result_lines.html", document=document
        )


def _shown(report: Report, template: str, **values: Any) -> Any:
    return show_report(report, list_template=template, narrowed=_narrowed(report.values(request.args)), **values)


def _narrowed(said: Mapping[str, Any]) -> list[tuple[str, object, str]]:
    """The records that an address narrows to: parameter, title, and what the record is called."""
    found = []
    for name, model in _RECORDS.items():
        if name in said:
            number = str(said[name])
            is_number = number.isdecimal() and len(number) < 19
            record = current_session().get(model, int(number)) if is_number else None
            found.append((name, KEYS[name], record.name if record is not None else "–"))
    return found
