"""What an internal request says on paper."""

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.warehouse.packing.rules import packed
from modules.warehouse.prints import item_cells, item_column
from modules.warehouse.requisitions.models import Requisition


def requisition_paper(session: Session, document: Requisition) -> Paper:
    """Which goods a warehouse wants from which, and by when."""
    lines = [
        {"quantity": line.quantity, "packed": packed(line.quantity, line.packing), **item_cells(line.item)}
        for line in document.lines
    ]
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("For warehouse"), document.place.name),
            Fact(_l("From"), document.source.name),
            *((Fact(_l("Wanted by"), document.due, "date"),) if document.due else ()),
            *((Fact(_l("Why no more is sent"), document.refusal),) if document.refusal else ()),
            Fact(_l("Note"), document.note),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=lines,
        totals=(),
        currency=base_currency(session),
    )
