"""Writing bills of materials and work orders."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from app.api import (
    Actor,
    Conflict,
    Invalid,
    NotFound,
    Posting,
    Quantity,
    SentBefore,
    base_currency,
    locked,
    organisation_id,
    record,
    require,
    wall_clock,
    written_before,
)
from modules.production.models import Bom, BomLine, WorkOrder, WorkOrderLine
from modules.production.rules import scaled
from modules.warehouse import stock
from modules.warehouse.items import items_by_id
from modules.warehouse.models import FIRST_WAREHOUSE, GOODS, PRODUCTION
from modules.warehouse.operations import TOO_MANY, check_quantity, warehouse_id

_NOUGHT = Decimal(0)
# Made once: every order asks it.
_BOM = (
    select(Bom)
    .where(Bom.id == bindparam("id"))
    .options(joinedload(Bom.lines).lazyload(BomLine.item), lazyload(Bom.item))
)


@dataclass(slots=True)
class ComponentDraft:
    """A component as the user typed it, in its base unit."""

    item_id: int
    quantity: Decimal


@dataclass(slots=True)
class BomDraft:
    """A bill of materials as the user typed it: `output` of the product takes the components."""

    item_id: int
    lines: Sequence[ComponentDraft]
    output: Decimal = Decimal(1)
    name: str = ""
    note: str = ""
    is_active: bool = True


@dataclass(slots=True)
class WorkOrderDraft:
    """A work order as the user typed it. Without `lines`, the bill fills them, scaled to `quantity`."""

    bom_id: int
    quantity: Decimal
    lines: Sequence[ComponentDraft] | None = None
    place_id: int = FIRST_WAREHOUSE
    moment: datetime | None = None
    note: str = ""
    number: str | None = None
    operation_id: str | None = None
    responsible_id: int | None = field(default=None)


def save_bom(session: Session, actor: Actor, draft: BomDraft, *, bom: Bom | None = None) -> Bom:
    """Write a bill, new or instead of what `bom` was; orders made after it stay as they are.

    Refused: no components, quantities not above nought, services, a product that is its own component, a second bill of
    the same product and name.
    """
    require(actor, "production.bom.edit")
    items = items_by_id(session, {draft.item_id, *(line.item_id for line in draft.lines)})
    _check_quantity(draft.output, _l("The output must be above nought."), field="output")
    _check_goods(items[draft.item_id], field="item_id")
    for number, line in enumerate(draft.lines, 1):
        _check_component(items[line.item_id], number, line, product_id=draft.item_id)
        check_quantity(number, line.quantity)
    if not draft.lines:
        raise Invalid(_l("Add at least one component."), field="lines")
    _refuse_second(session, draft, bom)
    verb = "change" if bom else "create"
    bom = bom or Bom()
    if bom.id is not None:
        bom.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    bom.item_id, bom.name, bom.output = draft.item_id, draft.name.strip(), draft.output
    bom.note, bom.is_active = draft.note, draft.is_active
    bom.lines = [BomLine(line=n, item_id=c.item_id, quantity=c.quantity) for n, c in enumerate(draft.lines, 1)]
    session.add(bom)
    session.flush()
    summary = " ".join(filter(None, (items[draft.item_id].code, bom.name)))
    record(session, f"production.bom.{verb}", subject="production.bom", subject_id=bom.id, summary=summary)
    return bom


def save_work_order(
    session: Session, actor: Actor, draft: WorkOrderDraft, *, document: WorkOrder | None = None
) -> WorkOrder:
    """Write a draft, new or instead of what `document` was. Nothing moves before it is posted.

    Refused: quantities below nought, an order that uses nothing up, services, the product as its own component. The
    same `operation_id` again changes the draft that it made; once that is posted, the same content gives it, and other
    content is refused (SentBefore).
    """
    require(actor, "production.work_order.edit")
    document = written_before(session, WorkOrder, document, draft.operation_id)
    if document is None:
        document = WorkOrder(
            organisation_id=organisation_id(session),
            currency=base_currency(session),
            operation_id=draft.operation_id,
            number=draft.number,
            responsible_id=draft.responsible_id or actor.user_id,
        )
    elif document.state != "draft":
        if not _says(document, draft):
            raise SentBefore(document)
        return document
    _check_quantity(draft.quantity, _l("The quantity must be above nought."), field="quantity")
    bom = session.scalars(_BOM, {"id": draft.bom_id}).unique().first()
    if bom is None:
        raise NotFound(_l("Choose a bill of materials."))
    lines = _lines(session, bom, draft)
    if document.id is not None:
        document.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    document.bom_id, document.item_id, document.quantity = bom.id, bom.item_id, draft.quantity
    document.place_id = warehouse_id(session, draft.place_id)
    document.moment, document.is_dated = draft.moment or wall_clock(), draft.moment is not None
    document.note = draft.note
    document.summary = items_by_id(session, {bom.item_id})[bom.item_id].name[:200]
    document.lines = lines
    session.add(document)
    return document


def components_of(bom: Bom, quantity: Decimal) -> list[ComponentDraft]:
    """What the bill asks for `quantity` of its product, line by line."""
    return [
        ComponentDraft(line.item_id, scaled(line.quantity, ordered=quantity, output=bom.output)) for line in bom.lines
    ]


def post_work_orders(session: Session, actor: Actor, documents: Sequence[WorkOrder], *, audited: bool = True) -> None:
    """Post drafts in this order: components are used up, products come in at exactly what those cost; all or none.

    A later order may use what an earlier one makes. Refused: NotEnoughStock, PeriodClosed, not a draft.
    """
    for document in documents:
        # One by one: what an order's product is worth is known only when its components are in the books.
        stock.post(session, actor, [document], _move, audited=audited)


def reverse_work_order(session: Session, actor: Actor, document_id: int) -> WorkOrder:
    """Take back a posted order: the product leaves, the components come back at what they had cost."""
    document = locked(session, WorkOrder, document_id)
    stock.reverse(session, actor, document)
    return document


def _says(document: WorkOrder, draft: WorkOrderDraft) -> bool:
    """Whether the order says what the draft does; what the draft leaves to the program does not count."""
    said = replace(
        draft,
        bom_id=document.bom_id,
        quantity=document.quantity,
        lines=[ComponentDraft(line.item_id, line.quantity) for line in document.lines],
        place_id=document.place_id,
        moment=draft.moment and document.moment,
        note=document.note,
    )
    return said == replace(draft, lines=said.lines if draft.lines is None else list(draft.lines))


def _move(posting: Posting, documents: Sequence[WorkOrder]) -> None:
    for d in documents:
        used = [line for line in d.lines if line.quantity]
        # In one call, so that all keys are locked in order and two orders that feed each other never wait for each other.
        moves = [
            stock.Move(d, line.line, line.item_id, d.place_id, PRODUCTION, line.quantity, work_order=d.id)
            for line in used
        ]
        moves.append(stock.Move(d, 0, d.item_id, PRODUCTION, d.place_id, d.quantity, work_order=d.id))
        stock.move(posting, moves)


def _lines(session: Session, bom: Bom, draft: WorkOrderDraft) -> list[WorkOrderLine]:
    plan = components_of(bom, draft.quantity)
    actual = plan if draft.lines is None else draft.lines
    planned: dict[int, Decimal] = {}
    for line in plan:
        planned[line.item_id] = planned.get(line.item_id, _NOUGHT) + line.quantity
    items = items_by_id(session, {bom.item_id, *(line.item_id for line in actual)})
    lines = []
    for number, line in enumerate(actual, 1):
        _check_component(items[line.item_id], number, line, product_id=bom.item_id)
        # A component on two lines has its plan on the first of them.
        plan_of_line = line.quantity if actual is plan else planned.pop(line.item_id, _NOUGHT)
        lines.append(WorkOrderLine(line=number, item_id=line.item_id, planned=plan_of_line, quantity=line.quantity))
    if not any(line.quantity for line in lines):
        raise Invalid(_l("An order uses up at least one component."), field="lines")
    return lines


def _check_component(item: Any, number: int, line: ComponentDraft, *, product_id: int) -> None:
    if line.quantity:  # nought is a component that was left out
        check_quantity(number, line.quantity)
    if item.kind != GOODS:
        raise Invalid(
            _l("Line %(n)s: “%(name)s” is a service and can't be used up.", n=number, name=item.name), field="lines"
        )
    if item.id == product_id:
        raise Invalid(_l("Line %(n)s: “%(name)s” can't be made of itself.", n=number, name=item.name), field="lines")


def _check_quantity(quantity: Decimal, message: object, *, field: str) -> None:
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid(message, field=field)
    if quantity >= TOO_MANY:
        raise Invalid(_l("That is too many. Was a barcode scanned into the quantity?"), field=field)
    if not Quantity.holds(quantity):
        raise Invalid(_l("A quantity has at most six digits after the point."), field=field)


def _check_goods(item: Any, *, field: str) -> None:
    if item.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service; only goods can be made.", name=item.name), field=field)


def _refuse_second(session: Session, draft: BomDraft, bom: Bom | None) -> None:
    same = select(Bom.id).where(
        Bom.item_id == draft.item_id, Bom.name == draft.name.strip(), Bom.id != (bom.id if bom else 0)
    )
    if session.scalars(same).first() is not None:
        raise Conflict(_l("This product has a bill of that name already; give this one another."))
