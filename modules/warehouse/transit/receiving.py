"""How goods of a transfer in two steps arrive: what may be received, and what posting moves."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, LineKey, kind_of, left_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units
from modules.warehouse import stock
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.holds.kinds import check_held
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import LOSSES, TRANSIT, Lot, Movement, MovementLine, Transfer, TransferReceipt, WriteOff
from modules.warehouse.policies import shares_company_cost
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions.sending import check_requested
from modules.warehouse.rules import is_counted

_BOOKS = PastPolicy("a receipt must fit what was sent, whoever may see the transfer")
_E, _LOT = Stock.entries.c, Lot.__table__.c
_MOVEMENT, _LINE, _D = Movement.__table__, MovementLine.__table__.c, Document.__table__.c


def receipt_of(session: Session, document: Transfer) -> MovementDraft:
    """What is still on its way of a transfer, to be received where it was sent to, with the lots that it was sent with."""
    left, lots = left_of(session, document, "warehouse.transfer_receipt"), _lots_on_their_way(session, document)
    lines = [
        MovementLineDraft(
            line.item_id,
            left[line.line],
            lots=lots.get(line.line, ""),
            origin=(document.id, line.line),
            logistic_unit=line.logistic_unit,
        )
        for line in document.lines
        if left[line.line] > 0
    ]
    return MovementDraft(lines, target_id=document.target_id, note=f"{document.title} {document.number}")


def _lots_on_their_way(session: Session, document: Transfer) -> dict[int, str]:
    """Line → the lots of it that are in transit, as one types them."""
    tracked = {line.line: line.item.tracking for line in document.lines if line.item.tracking}
    if not tracked:
        return {}
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    sent = select(_E.line, _LOT.code, units).where(_E.document_id == document.id, _E.place_to_id == TRANSIT)
    came = select(_E.origin_line, _LOT.code, -units).where(
        _E.origin_document_id == document.id, _E.place_from_id == TRANSIT
    )
    left: dict[tuple[int, str], int] = {}
    for query in (sent, came):
        named = query.join(Lot.__table__, _LOT.id == _E.lot_to_id).where(_E.lot_to_id > 0)
        for line, code, moved in _BOOKS(session).execute(named.group_by(*query.selected_columns[:2])):
            left[line, code] = left.get((line, code), 0) + int(moved)
    found: dict[int, list[str]] = {}
    for (line, code), moved in sorted(left.items()):
        if moved > 0:
            quantity = from_units(moved, Quantity.scale)
            found.setdefault(line, []).append(code if tracked[line] == SERIAL else f"{code}: {number(quantity)}")
    return {line: ", ".join(parts) for line, parts in found.items()}


def check_sent(session: Session, document: Movement, draft: MovementDraft) -> None:
    """Refuse (Invalid) a transfer receipt of what no transfer in two steps has sent, or of which more is missing than it
    receives; a transfer whose lines fit no request; and that any other document is made from a line."""
    if isinstance(document, WriteOff):  # it may end a hold
        check_held(session, document, document.source_id, draft.lines, may_lack=True)
        return
    if isinstance(document, Transfer):  # it may send what was requested
        check_requested(session, document, document.source_id, document.target_id, draft.lines)
        return
    is_receipt = isinstance(document, TransferReceipt)
    sent = _sent(session, {line.origin for line in draft.lines if line.origin is not None})
    items = items_by_id(session, {line.item_id for line in draft.lines})
    for n, line in enumerate(draft.lines, 1):
        row = sent.get(line.origin) if line.origin is not None else None
        fits = row is not None and (row.item_id, row.organisation_id) == (line.item_id, document.organisation_id)
        if fits != is_receipt or (not is_receipt and line.origin is not None):
            words = _l("Line %(n)s: no transfer has sent this. Open the transfer and make its receipt there.", n=n)
            raise Invalid(words, field="lines", column="item")
        if is_receipt and not (
            0 <= line.missing <= line.quantity and is_counted(line.missing, items[line.item_id].digits)
        ):
            words = _l("Line %(n)s: no more can be missing than the quantity, and nothing below zero.", n=n)
            raise Invalid(words, field="lines", column="missing")


def still_sent(session: Session, document: Movement) -> None:
    """Refuse (Invalid) a receipt that its transfer no longer fits once that is corrected, a write-off its hold, or a transfer
    its request."""
    check_sent(session, document, kind_of(document).draft_of(document))


def arrive(posting: Posting, documents: Sequence[TransferReceipt]) -> None:
    """Goods come from in transit into the warehouse at just what they were sent at, and what never arrived is a loss.

    Refused (Invalid): a day before that of the transfer.
    """
    sent = _sent(posting.session, {key for d in documents for key in d.origins.values()})
    carries, new = shares_company_cost(posting.session), []
    for d in documents:
        origins = d.origins
        for line in d.lines:
            origin = origins[line.line]
            if d.moment < sent[origin].moment:
                raise Invalid(_l("Line %(n)s: goods can't arrive before they were sent.", n=line.line), field="moment")
            ends = ((d.target_id, line.quantity - line.missing, line.lots), (LOSSES, line.missing, ""))
            new += [
                stock.Move(
                    d,
                    line.line,
                    line.item_id,
                    TRANSIT,
                    place,
                    quantity,
                    origin=origin,
                    carries=carries,
                    typed=lots,
                    logistic_unit=line.logistic_unit,
                )
                for place, quantity, lots in ends
                if quantity
            ]
    stock.move(posting, new)


def _sent(session: Session, keys: Collection[LineKey]) -> dict[LineKey, Any]:
    """Lines of transfers in two steps → their item, organisation and moment."""
    if not keys:
        return {}
    query = (
        select(_LINE.document_id, _LINE.line, _LINE.item_id, _D.organisation_id, _D.moment)
        .join_from(MovementLine.__table__, _MOVEMENT, _MOVEMENT.c.id == _LINE.document_id)
        .join(Document.__table__, _D.id == _LINE.document_id)
        .where(_LINE.document_id.in_({document for document, _ in keys}))
        .where(_D.kind == "warehouse.transfer", _MOVEMENT.c.in_two_steps)
    )
    rows = _BOOKS(session).execute(query)
    return {(row.document_id, row.line): row for row in rows}
