"""Work orders: what a draft says, what posting moves."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Session

from app.api.documents import Draft, Kind
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.production.models import WorkOrder, WorkOrderLine
from modules.production.operations import components_of
from modules.production.prints import work_order_paper
from modules.production.queries import Bill, bill_by_id
from modules.production.rules import ComponentDraft, check_component, check_output
from modules.warehouse.api import (
    FIRST_WAREHOUSE,
    PRODUCTION,
    check_counted,
    items_by_id,
    quantities_kept,
    stock,
    warehouse_id,
)

_ZERO = Decimal(0)
#: so many components a warning names
_NAMED = 5


@dataclass(slots=True)
class WorkOrderDraft(Draft):
    """A work order as the user typed it. Without `lines`, the bill fills them, scaled to `quantity`."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"lines"}

    bom_id: int
    quantity: Decimal
    lines: Sequence[ComponentDraft] | None = None
    place_id: int = FIRST_WAREHOUSE


def _fill(session: Session, actor: Actor, document: WorkOrder, draft: WorkOrderDraft) -> list[WorkOrderLine]:
    """Refused: quantities below zero or finer than counted, an order that uses nothing up, services, the product as its own
    component."""
    del actor
    check_output(draft.quantity, _l("The quantity must be above zero."), field="quantity")
    bom = bill_by_id(session, draft.bom_id)
    lines = _lines(session, bom, draft, quantities_kept(document))
    product = items_by_id(session, {bom.item_id})[bom.item_id]
    if document.state != "posted" or (bom.item_id, draft.quantity) != (document.item_id, document.quantity):
        check_counted(product, draft.quantity, field="quantity")
    document.bom_id, document.item_id, document.quantity = bom.id, bom.item_id, draft.quantity
    document.place_id = warehouse_id(session, draft.place_id)
    document.summary = product.name[:200]
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


def _lines(session: Session, bom: Bill, draft: WorkOrderDraft, kept: set[tuple[int, Decimal]]) -> list[WorkOrderLine]:
    plan = components_of(session, bom, draft.quantity)
    actual = plan if draft.lines is None else draft.lines
    planned: dict[int, Decimal] = {}
    for line in plan:
        planned[line.item_id] = planned.get(line.item_id, _ZERO) + line.quantity
    items = items_by_id(session, {bom.item_id, *(line.item_id for line in actual)})
    lines = []
    for n, line in enumerate(actual, 1):
        is_kept = (line.item_id, line.quantity) in kept
        check_component(items[line.item_id], n, line, product_id=bom.item_id, is_kept=is_kept)
        # A component on two lines has its plan on the first of them.
        plan_of_line = line.quantity if actual is plan else planned.pop(line.item_id, _ZERO)
        lines.append(WorkOrderLine(line=n, item_id=line.item_id, planned=plan_of_line, quantity=line.quantity))
    if not any(line.quantity for line in lines):
        raise Invalid(_l("An order uses up at least one component."), field="lines")
    return lines


def _warnings(session: Session, actor: Actor, document: WorkOrder) -> Iterator[object]:
    """Where more or less was used up than the bill says for what was made."""
    del actor
    planned: Counter[int] = Counter()
    used: Counter[int] = Counter()
    for line in components_of(session, bill_by_id(session, document.bom_id), document.quantity):
        planned[line.item_id] += line.quantity  # type: ignore[assignment]
    for made in document.lines:
        used[made.item_id] += made.quantity  # type: ignore[assignment]
    others = [i for i in {**planned, **used} if planned[i] != used[i]]
    if not others:
        return
    items = items_by_id(session, set(others))
    differences = [
        str(
            _l(
                "%(name)s: %(used)s instead of %(planned)s",
                name=items[i].name,
                used=number(used[i]),
                planned=number(planned[i]),
            )
        )
        for i in others[:_NAMED]
    ]
    said = "; ".join(differences) + (" …" if len(others) > _NAMED else "")
    yield _l("The bill says otherwise for this quantity. %(differences)s. Is that what was used?", differences=said)


WORK_ORDER = Kind(
    WorkOrder,
    draft=WorkOrderDraft,
    line=ComponentDraft,
    fill=_fill,
    move=_move,
    paper=work_order_paper,
    reversing=stock.hold_moved,
    reversed=stock.follow_reversal,
    warnings=_warnings,
)
