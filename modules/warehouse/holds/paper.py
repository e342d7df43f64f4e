"""What holds and their releases say on paper."""

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.warehouse.holds import REASONS
from modules.warehouse.holds.models import Holding
from modules.warehouse.lots.words import lots_of_lines
from modules.warehouse.packing.rules import packed
from modules.warehouse.prints import item_cells, item_column


def hold_paper(session: Session, document: Holding) -> Paper:
    """Which goods are held back where and why, or no longer are."""
    lots = lots_of_lines(session, document, document.lines, claimed=True)
    lines = [
        {
            "quantity": line.quantity,
            "packed": packed(line.quantity, line.packing),
            "aside": lots.get(line.line, ""),
            **item_cells(line.item),
        }
        for line in document.lines
    ]
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Warehouse"), document.place.name),
            *((Fact(_l("Reason"), REASONS[document.reason]),) if document.reason else ()),
            Fact(_l("Note"), document.note),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=lines,
        totals=(),
        currency=base_currency(session),
    )
