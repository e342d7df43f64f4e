"""Documents that move goods: one shape, nine kinds."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import Kind, Makes
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, shortened
from app.api.values import digits_of, line_amount
from modules.warehouse import stock
from modules.warehouse.catch_weight.queries import refuse_unweighed
from modules.warehouse.catch_weight.rules import check_second, priced_quantity
from modules.warehouse.catch_weight.weighing import is_weighed_again, weigh_again
from modules.warehouse.drafts import MovementDraft as MovementDraft
from modules.warehouse.drafts import MovementLineDraft as MovementLineDraft
from modules.warehouse.holds.ending import claims_of_lines
from modules.warehouse.items import items_by_id
from modules.warehouse.kits.composing import lines_for
from modules.warehouse.kits.moving import assemble, disassemble, say_kit
from modules.warehouse.lots.rules import lots_text
from modules.warehouse.models import (
    TRANSIT,
    Assembly,
    Disassembly,
    Issue,
    Movement,
    MovementLine,
    Opening,
    Receipt,
    Surplus,
    Transfer,
    TransferReceipt,
    WriteOff,
)
from modules.warehouse.operations import warehouse_id
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.prints import movement_paper
from modules.warehouse.requisitions.sending import take_off
from modules.warehouse.rules import check_goods, check_price, check_sum
from modules.warehouse.transit.outcomes import OUTCOMES
from modules.warehouse.transit.receiving import arrive, check_sent, receipt_of, still_sent
from modules.warehouse.using import clears_rest, quantities_kept


def _fill(session: Session, actor: Actor, document: Movement, draft: MovementDraft) -> list[MovementLine]:
    """Refused: quantities not above zero or finer than the unit is counted, services, a place missing or given twice, a price
    below zero, what `check_sent` refuses. A kit without lines has those of its composition."""
    del actor
    if not draft.lines and document.state != "posted":
        draft = replace(draft, lines=lines_for(session, draft.kit_id, draft.kit_quantity))
    document.in_two_steps = draft.in_two_steps and isinstance(document, Transfer)
    document.source_id, document.target_id = _places(session, type(document), draft)
    document.summary = shortened(draft.note, longest(Movement, "summary") or 0)
    digits = digits_of(document.currency)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    check_sent(session, document, draft)
    say_kit(session, document, draft)
    lines, value, kept = [], Decimal(0), quantities_kept(document)
    for number, line in enumerate(draft.lines, 1):
        item = goods[line.item_id]
        is_kept = (line.item_id, line.quantity) in kept
        is_kept = is_kept or clears_rest(session, document, line.item_id, line.quantity, item.digits)
        if is_weighed_again(document, item, line):
            check_second(number, item, line.second)
        else:
            _check_line(item, number, line, is_kept=is_kept)
        price = line.price if document.is_priced else None
        priced = priced_quantity(item, line.quantity, line.second)
        amount = line_amount(priced, price, digits=digits) if price is not None else None
        value += amount or 0
        check_sum(number, value)
        lines.append(
            MovementLine(
                line=number,
                item_id=line.item_id,
                quantity=line.quantity,
                second=line.second,
                missing=line.missing if isinstance(document, TransferReceipt) else Decimal(0),
                packing_id=line.packing_id,
                share=line.share if isinstance(document, Disassembly) else None,
                price=price,
                amount=amount,
                lots=lots_text(number, line.lots),
                expires=line.expires,
                logistic_unit=line.logistic_unit,
            )
        )
    document.value = value
    return lines


def _move(posting: Posting, documents: Sequence[Movement]) -> None:
    for d in documents:
        _refuse_unpriced(posting.session.info["actor"], d)
        refuse_unweighed(posting.session, d)
    claims = {(d.id, n): claim for d in documents for n, claim in claims_of_lines(posting.session, d).items()}
    stock.move(
        posting,
        [
            stock.Move(
                d,
                line.line,
                line.item_id,
                d.source_id,
                TRANSIT if d.in_two_steps else d.target_id,
                line.quantity,
                line.amount if d.is_priced else None,
                claim_id=claims.get((d.id, line.line), 0),
                typed=line.lots,
                expires=line.expires,
                logistic_unit=line.logistic_unit,
                second=line.second,
            )
            for d in documents
            for line in d.lines
            if line.quantity
        ],
    )
    weigh_again(posting, ((d, line) for d in documents for line in d.lines if not line.quantity))


def _send(posting: Posting, documents: Sequence[Transfer]) -> None:
    """Goods go, and what was requested of them is requested no longer."""
    _move(posting, documents)
    take_off(posting, documents)


def _refuse_unpriced(actor: Actor, document: Movement) -> None:
    """Ask (Invalid) whoever may know costs for those that are missing: zero is a cost, and nothing isn't."""
    asks = document.is_priced and not document.may_lack_price
    missing = next((line.line for line in document.lines if asks and line.price is None), None)
    if missing is not None and actor.sees("warehouse.cost"):
        raise Invalid(
            _l("Line %(n)s: the cost is missing. Type 0 if the goods were free.", n=missing),
            field="lines",
            column="price",
        )


def _places(session: Session, kind: type[Movement], draft: MovementDraft) -> tuple[int, int]:
    source, target = kind.source_fixed or draft.source_id, kind.target_fixed or draft.target_id
    if source is None or target is None:
        raise Invalid(_l("Choose the warehouse."), field="target_id" if target is None else "source_id")
    for given, fixed in ((source, kind.source_fixed), (target, kind.target_fixed)):
        if fixed is None:
            warehouse_id(session, given, is_sent_to=given == target and kind.source_fixed is None)
    if source == target:
        raise Invalid(_l("Goods can't go from a warehouse to itself."), field="target_id")
    return source, target


def _check_line(item: Any, number: int, line: MovementLineDraft, *, is_kept: bool) -> None:
    check_goods(number, item, line.quantity, is_kept=is_kept)
    check_second(number, item, line.second, is_kept=is_kept)
    if line.price is not None:
        check_price(number, line.price)


def _kind(model: type[Movement], **more: Any) -> Kind[Any]:
    said: dict[str, Any] = {
        "draft": MovementDraft,
        "line": MovementLineDraft,
        "fill": _fill,
        "move": _move,
        "paper": movement_paper,
        "reversing": stock.hold_moved,
        "reversed": stock.follow_reversal,
        "correcting": stock.hold_corrected,
    }
    return Kind(model, **{**said, **more})


_TO_RECEIPT = Makes(
    "warehouse.transfer_receipt",
    _l("Receive"),
    receipt_of,
    "package-import",
    share=_l("Received"),
    fits=lambda line: line.movement.in_two_steps,
    is_for_both_ends=True,
)
#: noun → its kind
KINDS: dict[str, Kind[Any]] = {
    kind.noun: kind
    for kind in (
        _kind(Receipt),
        _kind(Issue),
        _kind(Transfer, move=_send, fits=still_sent, makes=(_TO_RECEIPT,), outcomes=OUTCOMES),
        _kind(TransferReceipt, move=arrive, fits=still_sent),
        _kind(WriteOff, fits=still_sent),
        _kind(Surplus),
        _kind(Opening),
        _kind(Assembly, move=assemble),
        _kind(Disassembly, move=disassemble),
    )
}
