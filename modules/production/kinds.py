"""Work orders: what a draft says, what posting moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Session

from app.api.documents import Draft, Kind
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from modules.production.models import WorkOrder, WorkOrderLine
from modules.production.operations import components_of
from modules.production.prints import work_order_paper
from modules.production.queries import Bill, bill_by_id
from modules.production.rules import ComponentDraft, check_component, check_output
from modules.warehouse.api import FIRST_WAREHOUSE, PRODUCTION, items_by_id, stock, warehouse_id

_ZERO = Decimal(0)


@dataclass(slots=True)
class WorkOrderDraft(Draft):
    """A work order as the user typed it. Without `lines`, the bill fills them, scaled to `quantity`."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"lines"}

    bom_id: int
    quantity: Decimal
    lines: Sequence[ComponentDraft] | None = None
    place_id: int = FIRST_WAREHOUSE


def _fill(session: Session, actor: Actor, document: WorkOrder, draft: WorkOrderDraft) -> list[WorkOrderLine]:
    """Refused: quantities below zero, an order that uses nothing up, services, the product as its own component."""
    del actor
    check_output(draft.quantity, _l("The quantity must be above zero."), field="quantity")
    bom = bill_by_id(session, draft.bom_id)
    lines = _lines(session, bom, draft)
    document.bom_id, document.item_id, document.quantity = bom.id, bom.item_id, draft.quantity
    document.place_id = warehouse_id(session, draft.place_id)
    document.summary = items_by_id(session, {bom.item_id})[bom.item_id].name[:200]
    return lines


def _move(posting: Posting, documents: Sequence[WorkOrder]) -> None:
    """Components are used up, products come in at exactly what those cost. A later order may use what an earlier one makes:
    `stock.move` writes what waits before it asks what goods cost."""
    for d in documents:
        # In one call, so that all keys are locked in order and two orders that feed each other never wait for each other.
        moves = [
            stock.Move(d, line.line, line.item_id, d.place_id, PRODUCTION, line.quantity, work_order=d.id)
            for line in d.lines
            if line.quantity
        ]
        moves.append(stock.Move(d, 0, d.item_id, PRODUCTION, d.place_id, d.quantity, work_order=d.id))
        stock.move(posting, moves)


def _lines(session: Session, bom: Bill, draft: WorkOrderDraft) -> list[WorkOrderLine]:
    plan = components_of(bom, draft.quantity)
    actual = plan if draft.lines is None else draft.lines
    planned: dict[int, Decimal] = {}
    for line in plan:
        planned[line.item_id] = planned.get(line.item_id, _ZERO) + line.quantity
    items = items_by_id(session, {bom.item_id, *(line.item_id for line in actual)})
    lines = []
    for number, line in enumerate(actual, 1):
        check_component(items[line.item_id], number, line, product_id=bom.item_id)
        # A component on two lines has its plan on the first of them.
        plan_of_line = line.quantity if actual is plan else planned.pop(line.item_id, _ZERO)
        lines.append(WorkOrderLine(line=number, item_id=line.item_id, planned=plan_of_line, quantity=line.quantity))
    if not any(line.quantity for line in lines):
        raise Invalid(_l("An order uses up at least one component."), field="lines")
    return lines


WORK_ORDER = Kind(
    WorkOrder,
    draft=WorkOrderDraft,
    line=ComponentDraft,
    fill=_fill,
    move=_move,
    paper=work_order_paper,
    reversing=stock.hold_moved,
    reversed=stock.follow_reversal,
)
