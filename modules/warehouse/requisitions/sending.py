"""How internal requests are answered: the transfer that is made from one, and what it takes off of it."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, LineKey, left_of
from app.api.errors import Invalid
from app.api.ledger import Posting, now
from app.api.notices import notify
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.models import NONE, Movement, Transfer
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.models import Requisition, RequisitionLine
from modules.warehouse.requisitions.registers import Requests

TRANSFER = "warehouse.transfer"
_BOOKS = PastPolicy("a transfer must fit the request that it answers, whoever may see that")
_HEAD, _LINE, _D = Requisition.__table__, RequisitionLine.__table__.c, Document.__table__.c
_ZERO = Decimal(0)


def transfer_of(session: Session, document: Requisition) -> MovementDraft:
    """What is left of a request and free in the warehouse that sends it; what falls short is said, and stays open. Where
    nothing is free, all that is left: it may have come until the transfer is posted."""
    left = left_of(session, document, TRANSFER)
    free = free_in(session, document.source_id, {line.item_id for line in document.lines})
    sent = _spread(document.lines, left, free)
    short = [
        f"{line.item.code}: {number(left[line.line] - sent[line.line])}"
        for line in document.lines
        if sent[line.line] < left[line.line]
    ]
    if short:
        items = ", ".join(short)
        notify(session, _l("Not free in “%(place)s” now: %(items)s.", place=document.source.name, items=items))
    if not any(sent.values()):
        sent = left
    lines = [
        MovementLineDraft(line.item_id, sent[line.line], packing_id=line.packing_id, origin=(document.id, line.line))
        for line in document.lines
        if sent[line.line] > 0
    ]
    note = f"{document.title} {document.number}"
    return MovementDraft(lines, source_id=document.source_id, target_id=document.place_id, note=note)


def free_in(session: Session, place_id: int, items: Collection[int]) -> dict[int, Decimal]:
    """Item → what is on hand in a warehouse at the present moment and kept for nobody; none below zero. Of a warehouse that
    isn't open to the session's actor, nothing."""
    if not items:
        return {}
    where = {"item": sorted(items), "warehouse": place_id, "claim": NONE}
    found = now(session, Stock.claims, by=("item", "warehouse", "claim"), where=where)
    return {f.key[0]: max(f.amounts["quantity"], _ZERO) for f in found}


def _spread(lines: Sequence[Any], left: dict[int, Decimal], free: dict[int, Decimal]) -> dict[int, Decimal]:
    """Line → what of its rest can be sent, the first line first."""
    sent, rest = {}, dict(free)
    for line in lines:
        sent[line.line] = min(max(left[line.line], _ZERO), rest.get(line.item_id, _ZERO))
        rest[line.item_id] = rest.get(line.item_id, _ZERO) - sent[line.line]
    return sent


def check_requested(session: Session, document: Movement, source_id: int, target_id: int, lines: Sequence[Any]) -> None:
    """Refuse (Invalid) a transfer whose lines are made from anything but a request of the same item between the same
    warehouses."""
    asked = _asked(session, {line.origin for line in lines if line.origin is not None})
    for n, line in enumerate(lines, 1):
        said = (line.item_id, source_id, target_id, document.organisation_id)
        if line.origin is not None and asked.get(line.origin) != said:
            words = _l("Line %(n)s: its internal request asks for other goods, or between other warehouses.", n=n)
            raise Invalid(words, field="lines", column="item")


def take_off(posting: Posting, documents: Sequence[Transfer]) -> None:
    """What transfers send is asked for no longer."""
    for d in documents:
        origins = d.origins
        for line in d.lines:
            if origin := origins.get(line.line):
                enter(posting, d, line.line, origin, line.item_id, -line.quantity)


def enter(posting: Posting, document: Any, line: int, asked: LineKey, item_id: int, quantity: Decimal) -> None:
    """Let so much more be asked for by a line of a request; less where it is below zero."""
    said: dict[str, Any] = {
        "item": item_id,
        "requisition": asked[0],
        "requisition_line": asked[1],
        "quantity": quantity,
    }
    posting.add(Requests, document, line, side=1 if quantity > 0 else -1, **said)


def _asked(session: Session, keys: Collection[LineKey]) -> dict[LineKey, tuple[int, int, int, int]]:
    """Lines of requests → their item, from which warehouse, to which, and the organisation."""
    if not keys:
        return {}
    query = (
        select(_LINE.document_id, _LINE.line, _LINE.item_id, _HEAD.c.source_id, _HEAD.c.place_id, _D.organisation_id)
        .join_from(RequisitionLine.__table__, _HEAD, _HEAD.c.id == _LINE.document_id)
        .join(Document.__table__, _D.id == _LINE.document_id)
        .where(_LINE.document_id.in_({document for document, _ in keys}), _D.kind == REQUISITION)
    )
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in _BOOKS(session).execute(query)}
