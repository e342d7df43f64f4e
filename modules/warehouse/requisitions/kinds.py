"""Internal requests as documents: what a draft says, what posting one asks for, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.api.documents import CLOSED, Draft, Kind, LineKey, Makes, Words, left_for, left_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, number, shortened
from app.api.values import Quantity, from_units
from modules.warehouse.items import items_by_id
from modules.warehouse.operations import warehouse_id
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.requisitions.models import Requisition, RequisitionLine
from modules.warehouse.requisitions.outcomes import OUTCOMES
from modules.warehouse.requisitions.paper import requisition_paper
from modules.warehouse.requisitions.registers import Requests
from modules.warehouse.requisitions.sending import TRANSFER, enter, free_in, transfer_of
from modules.warehouse.rules import check_goods
from modules.warehouse.using import quantities_kept

_ZERO = Decimal(0)


@dataclass(slots=True)
class RequisitionLineDraft:
    """A line as the user typed it."""

    optional: ClassVar[frozenset[str]] = frozenset({"packing_id"})

    item_id: int
    #: in base units
    quantity: Decimal = Decimal(0)
    #: the packing of the item in which it was typed
    packing_id: int | None = None


@dataclass(slots=True)
class RequisitionDraft(Draft):
    """A request as the user typed it."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"due"}

    #: which warehouse wants the goods, from which, and by when
    place_id: int
    source_id: int
    lines: Sequence[RequisitionLineDraft]
    due: date | None = None


def _fill(session: Session, _actor: Actor, document: Requisition, draft: RequisitionDraft) -> list[RequisitionLine]:
    """Refused: what moves of goods refuse of lines; a warehouse that asks itself; a day before that of the request."""
    document.place_id = warehouse_id(session, draft.place_id)
    document.source_id = warehouse_id(session, draft.source_id, is_sent_to=True)
    if document.place_id == document.source_id:
        raise Invalid(_l("A warehouse can't ask itself for goods."), field="source_id")
    if draft.due is not None and draft.due < document.moment.date():
        raise Invalid(_l("It can't be wanted before the day of the request."), field="due")
    document.due = draft.due
    document.summary = shortened(draft.note, longest(Requisition, "summary") or 0)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    kept = quantities_kept(document)
    for n, line in enumerate(draft.lines, 1):
        check_goods(n, goods[line.item_id], line.quantity, is_kept=(line.item_id, line.quantity) in kept)
    return [
        RequisitionLine(line=n, item_id=line.item_id, quantity=line.quantity, packing_id=line.packing_id)
        for n, line in enumerate(draft.lines, 1)
    ]


def _ask(posting: Posting, documents: Sequence[Requisition]) -> None:
    """What each asks for is open; of a corrected one, what transfers took off stays taken off."""
    for d in documents:
        for line in d.lines:
            enter(posting, d, line.line, (d.id, line.line), line.item_id, line.quantity)


def _let_go(posting: Posting, document: Requisition) -> None:
    """Nothing of it is asked for any more."""
    for line, left in zip(document.lines, _open_now(posting, document), strict=True):
        if left:
            enter(posting, document, line.line, (document.id, line.line), line.item_id, -left)


def _take_up(posting: Posting, document: Requisition) -> None:
    """What is left of a closed one is asked for again, whatever was undone of its transfers meanwhile."""
    left, document.refusal = left_of(posting.session, document, TRANSFER), ""
    for line, now in zip(document.lines, _open_now(posting, document), strict=True):
        if more := left[line.line] - now:
            enter(posting, document, line.line, (document.id, line.line), line.item_id, more)


def _open_now(posting: Posting, document: Requisition) -> list[Decimal]:
    """What stands in the register of each line, locked."""
    keys = [(line.item_id, document.id, line.line) for line in document.lines]
    held = posting.hold(Requests.open, keys)
    return [from_units(held[key].amounts[0], Quantity.scale) if key in held else _ZERO for key in keys]


def _line_notes(
    session: Session, document: Requisition, takers: Mapping[LineKey, Mapping[str, Decimal]]
) -> Mapping[int, object]:
    """To whoever sends the goods: of which lines less is free than is left to send."""
    actor: Actor = session.info["actor"]
    limits = actor.limits.get("warehouse.place")
    if not actor.may(f"{TRANSFER}.edit") or (limits and document.source_id not in limits):
        return {}
    left = {n: quantity for n, quantity in left_for(document, takers, TRANSFER).items() if quantity > 0}
    lines = [line for line in document.lines if line.line in left]
    free = free_in(session, document.source_id, {line.item_id for line in lines})
    return {
        line.line: _l("%(left)s left to send, %(free)s free there", left=number(left[line.line]), free=number(has))
        for line in lines
        if (has := free.get(line.item_id, _ZERO)) < left[line.line]
    }


REQUESTED: Kind[Any] = Kind(
    Requisition,
    draft=RequisitionDraft,
    line=RequisitionLineDraft,
    fill=_fill,
    move=_ask,
    paper=requisition_paper,
    makes=(Makes(TRANSFER, _l("Send"), transfer_of, "truck-delivery", takes=TRANSFER, share=_l("Sent")),),
    states=CLOSED,
    outcomes=OUTCOMES,
    words=Words(
        states={"posted": _l("Open")},
        ask=_l("Reverse this request? Nothing of it is asked for any more."),
        posted=_l("%(number)s is posted: the goods are requested."),
    ),
    line_notes=_line_notes,
    closing=_let_go,
    reopening=_take_up,
)
