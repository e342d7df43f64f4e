"""What documents that move goods say on paper."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from modules.warehouse.catch_weight.queries import arrived_seconds
from modules.warehouse.catch_weight.rules import priced_per, said_second
from modules.warehouse.labels.printing import goods_label_form as goods_label_form
from modules.warehouse.lots.words import lots_of_lines
from modules.warehouse.models import Item, Movement, TransferReceipt
from modules.warehouse.packing.rules import packed
from modules.warehouse.queries import costs_of

_COST = "warehouse.cost"


def item_column(title: object) -> PaperColumn:
    """The item of a line, leading to its card."""
    return PaperColumn("item", title, endpoint="warehouse.item_view", needs="warehouse.item.view")


def item_cells(item: Item) -> dict[str, Any]:
    """The item of a line, and where its card is."""
    return {"item": f"{item.code} {item.name}", "unit": item.unit.name, "link": {"item_id": item.id}}


def movement_paper(session: Session, document: Movement) -> Paper:
    """A movement: from where to where, and what it is worth: by its own prices, or as the ledger has the cost now."""
    has_cost = document.state != "draft" and (document.may_lack_price or not document.is_priced)
    costs: Any = costs_of(session, document.id) if has_cost else {}
    lines, lots = [], lots_of_lines(session, document, document.lines)
    is_receipt = isinstance(document, TransferReceipt)
    arrived = arrived_seconds(session, document) if is_receipt else {}
    for line in document.lines:
        worth = costs.get(line.line) if has_cost else line.amount
        price = _of_one(worth, line.quantity) if has_cost else line.price
        said = {"quantity": line.quantity, "price": price, "value": worth, "aside": lots.get(line.line, "")}
        said["missing"] = line.missing or None
        second = arrived[line.line] if line.line in arrived else said_second(line)
        said |= {"packed": packed(line.quantity, line.packing), "second": second}
        said |= {} if has_cost else {"per": priced_per(line.item)}
        lines.append({**said, **item_cells(line.item)})
    if document.kit_id is not None and costs:  # in and out are the same: of the two, what the kit cost
        costs = {0: costs[0]}
    value = (sum(costs.values()) if costs else None) if has_cost else document.value
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            *_kit(document),
            *((Fact(_l("From"), document.source.name),) if not document.source_fixed else ()),
            *((Fact(_l("To"), document.target.name),) if not document.target_fixed else ()),
            *((Fact(_l("Sent and received separately"), True, "flag"),) if document.in_two_steps else ()),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("quantity", _l("Quantity"), "quantity"),
            *((PaperColumn("missing", _l("Of it missing"), "quantity"),) if is_receipt else ()),
            PaperColumn("price", _l("Cost of one"), "price", _COST),
            PaperColumn("value", _l("Value"), "money", _COST),
        ),
        lines=lines,
        totals=(Total(_l("Value"), value, is_grand=True, group=_COST),) if value else (),
        currency=base_currency(session),
    )


def _kit(document: Movement) -> Iterator[Fact]:
    """The kit that is put together or taken apart, and how much of it."""
    if document.kit is not None:
        address = {"endpoint": "warehouse.item_view", "needs": "warehouse.item.view"}
        yield Fact(
            _l("Kit"), f"{document.kit.code} {document.kit.name}", arguments=(("item_id", document.kit_id),), **address
        )
        yield Fact(_l("Quantity of the kit"), document.kit_quantity, "quantity", unit=document.kit.unit.name)


def _of_one(worth: Any, quantity: Any) -> Any:
    return worth / quantity if worth else worth
