"""Which sales would earn more or less by what a document changes, for its preview."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, PreviewPart, first_documents
from app.api.ledger import WrittenEntries
from app.api.prints import PaperColumn
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, from_units
from modules.trade.registers import Sales

_BOOKS = PastPolicy("sums of documents that are open to whoever asks, who may see results and costs")

_COLUMNS = (
    PaperColumn("document", _l("Document")),
    PaperColumn("moment", _l("Date"), "moment"),
    PaperColumn("revenue", _l("Sales"), "money"),
    PaperColumn("before", _l("Margin now"), "money"),
    PaperColumn("after", _l("Afterwards"), "money"),
)


def preview_parts(session: Session, actor: Actor, document: Document, written: WrittenEntries) -> Iterator[PreviewPart]:
    """The margins of sales that stand already."""
    if not (actor.may("trade.result.view") and actor.sees("warehouse.cost")):
        return
    costs: dict[int, int] = defaultdict(int)
    for row in written.of(Sales):
        if row["document_id"] != document.id:
            costs[row["document_id"]] += row["cost"]  # below zero of what comes back
    documents, more = first_documents(session, [i for i, cost in costs.items() if cost])
    if not documents:
        return
    margins, rows = _margins(session, [each.id for each in documents]), []
    for each in documents:
        revenue, margin = margins[each.id]
        said = {"revenue": revenue, "before": margin + costs[each.id], "after": margin}
        amounts = {name: from_units(units, Money.scale) for name, units in said.items()}
        rows.append({"document": (each.kind, each.id, each.number), "moment": each.moment, **amounts})
    yield PreviewPart(_("What sales earn"), _COLUMNS, rows, more)


def _margins(session: Session, documents: list[int]) -> dict[int, tuple[int, int]]:
    """Document → revenue and margin, in units, as it is written."""
    e = Sales.entries.c
    revenue, cost = (func.sum(type_coerce(column, BigInteger)) for column in (e.revenue, e.cost))
    query: Any = select(e.document_id, revenue, cost).where(e.document_id.in_(documents)).group_by(e.document_id)
    return {i: (int(sold), int(sold) - int(spent)) for i, sold, spent in _BOOKS(session).execute(query)}
