"""What repackings say on paper."""

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.warehouse.logistic_units.models import Repacking
from modules.warehouse.packing.rules import packed
from modules.warehouse.prints import item_cells, item_column


def repacking_paper(session: Session, document: Repacking) -> Paper:
    """Which goods are packed into what."""
    lines = [
        {
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
            Fact(_l("Out of box or pallet"), document.from_unit),
            Fact(_l("Into box or pallet"), document.to_unit),
            Fact(_l("Note"), document.note),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=lines,
        totals=(),
        currency=base_currency(session),
    )
