"""What bin moves say on paper."""

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins.models import BinMove
from modules.warehouse.packing.rules import packed
from modules.warehouse.prints import item_cells, item_column


def bin_move_paper(session: Session, document: BinMove) -> Paper:
    """Which goods go from which bin to which."""
    lines = [
        {
            "from_bin": line.from_bin,
            "to_bin": line.to_bin,
            "quantity": line.quantity,
            "packed": packed(line.quantity, line.packing),
            "aside": str(_l("Lots: %(lots)s", lots=line.lots)) if line.lots else "",
            **item_cells(line.item),
        }
        for line in document.lines
    ]
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Warehouse"), document.place.name),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("quantity", _l("Quantity"), "quantity"),
            PaperColumn("from_bin", _l("From bin")),
            PaperColumn("to_bin", _l("To bin")),
        ),
        lines=lines,
        totals=(),
        currency=base_currency(session),
    )
