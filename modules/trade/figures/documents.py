"""What a figure is made of: the documents behind it, each with what it adds."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.ledger import is_of_entries
from app.api.reports import Report
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Table, document_address
from modules.contacts.api import Contact, ContactSearch
from modules.trade.figures.asked import ALONE, DAYS, NARROWING, asked_of
from modules.trade.figures.sums import documents_of
from modules.trade.registers import Sales

_COST = "warehouse.cost"


def _list(session: Session, said: Mapping[str, Any]) -> Table:
    """What each document adds to the figures of some days, narrowed as they are."""
    has_totals = not is_of_entries(session, Sales)
    asked = asked_of({**said, "by": "contact", "then": ALONE}, has_totals=has_totals)
    f = documents_of(session, asked)
    money = {name: type_coerce(f.c[name], Money) for name in ("revenue", "cost") if name in f.c}

    def source(_session: Session) -> Select[Any]:
        # Which document it is says its own row, as far as that is open: who may see the figure may not see every document.
        joined = select().select_from(f).join(Contact, Contact.id == f.c.contact_id)
        return joined.outerjoin(Document, Document.id == f.c.document_id)

    costs = (
        (
            Column("cost", _l("Cost"), money["cost"], "money", summed=(), closed=_COST),
            Column(
                "margin", _l("Margin"), type_coerce(f.c.revenue - f.c.cost, Money), "money", summed=(), closed=_COST
            ),
        )
        if "cost" in money
        else ()
    )
    return Table(
        name="trade.result_document",
        title=_l("Sales by document"),
        needs="trade.result.view",
        source=source,
        key=f.c.document_id,
        columns=(
            Column(
                "number",
                _l("Number"),
                Document.number,
                nullable=True,
                absent=_l("not open to you"),
                headline=True,
                link=lambda row: document_address(row.kind, row.id) if row.kind else None,
            ),
            Column("kind", "", Document.kind, hidden=True, sortable=False),
            Column("id", "", Document.id, hidden=True, sortable=False),
            Column("moment", _l("Date"), f.c.moment, "moment"),
            Column("contact", _l("Customer"), Contact.name),
            Column("revenue", _l("Revenue"), money["revenue"], "money", summed=()),
            *costs,
        ),
        order="-moment",
        search=(func.lower(Document.number), FoundBy(ContactSearch)),
        empty=_l("Nothing has been sold yet."),
        is_found=False,
    )


report = Report(
    "trade.result_document",
    _l("Sales by document"),
    "trade.result.view",
    _l("Each sale and return with its revenue and margin: what the sales figures are made of."),
    of=_list,
    parameters=(*DAYS, *NARROWING),
    endpoint="trade.result_documents",
)
