"""What work orders say on paper."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.production.models import WorkOrder
from modules.warehouse.api import costs_of, item_cells, item_column

_COST = "warehouse.cost"


def work_order_paper(session: Session, document: WorkOrder) -> Paper:
    """A work order: what it makes, what that takes, and what it costs."""
    costs: Any = costs_of(session, document.id) if document.state == "posted" else {}
    cost = costs.get(0)
    product, unit = document.item, document.item.unit.name
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            Fact(
                _l("Product"),
                f"{product.code} {product.name}",
                endpoint="warehouse.item_view",
                arguments=(("item_id", product.id),),
                needs="warehouse.item.view",
            ),
            Fact(_l("Quantity"), document.quantity, "quantity", unit=unit),
            Fact(_l("Warehouse"), document.place.name),
            Fact(
                _l("Bill of materials"),
                document.bom.name or product.name,
                endpoint="production.bom_view",
                arguments=(("bom_id", document.bom_id),),
                needs="production.bom.view",
            ),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Component")),
            PaperColumn("planned", _l("Planned"), "quantity"),
            PaperColumn("quantity", _l("Quantity used"), "quantity"),
            PaperColumn("cost", _l("Cost"), "money", _COST),
        ),
        lines=[
            {
                "planned": line.planned,
                "quantity": line.quantity,
                "cost": costs.get(line.line),
                **item_cells(line.item),
            }
            for line in document.lines
        ],
        totals=(
            Total(_l("Cost of one"), cost / document.quantity, "price", group=_COST),
            Total(_l("Cost"), cost, is_grand=True, group=_COST),
        )
        if cost
        else (),
        currency=base_currency(session),
    )
