"""A complaint on its way from open to settled or refused, what is made to settle it, and the reasons that there are."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.documents import Document, LineKey, kind_of, locked, save
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import base_currency
from app.api.security import Actor, record, require
from app.api.texts import kept, visible
from app.api.texts import lazy_gettext as _l
from app.api.values import HasRate, Money, digits_of, share_of
from modules.contacts.api import record_credit
from modules.trade.complaints.crediting import CREDITS, answers, hold_sales, left_to_credit
from modules.trade.complaints.models import (
    IN_WORK,
    OPEN,
    REFUSED,
    SETTLED,
    UNDER_WAY,
    Complaint,
    ComplaintAnswer,
    ComplaintReason,
)
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn, TradeDocument
from modules.trade.returning import return_of
from modules.warehouse.api import items_by_id

_ZERO, _WHOLE = Decimal(0), Decimal(100)
#: the kind that gives goods
_REPLACEMENT = "trade.sale"
POST = "trade.complaint.post"
#: what a complaint leads to: the name in addresses → the kind of document
ANSWERS: dict[str, type[TradeDocument]] = {"return": SalesReturn, "replacement": Sale}


def take_into_work(session: Session, actor: Actor, complaint_id: int) -> Complaint:
    """Say that somebody works on it. Refused (Conflict): one that isn't open."""
    complaint = _step(session, actor, complaint_id, (OPEN,))
    complaint.stage = IN_WORK
    return _recorded(session, complaint, "begin")


def settle(session: Session, actor: Actor, complaint_id: int, *, outcome: str, cost: Decimal) -> Complaint:
    """Settle it: how, and what that cost in the organisation's currency, which its lines bear by what they were sold for.

    Refused: no words how (Invalid), a cost below zero or finer than the currency, one that isn't under way (Conflict).
    """
    complaint = _step(session, actor, complaint_id, UNDER_WAY)
    digits = digits_of(base_currency(session))
    if not cost.is_finite() or cost < 0 or not Money.holds(cost) or cost != round(cost, digits):
        raise Invalid(_l("“%(value)s” isn't an amount of money", value=cost), field="cost")
    _end(complaint, SETTLED, outcome)
    weights = [line.value or _ZERO for line in complaint.lines]
    weights = weights if sum(weights) else [line.quantity for line in complaint.lines]
    for line, part in zip(complaint.lines, _spread(cost, weights, digits), strict=True):
        line.cost = part
    complaint.cost = cost
    return _recorded(session, complaint, "done")


def refuse(session: Session, actor: Actor, complaint_id: int, *, outcome: str) -> Complaint:
    """Refuse it, and say why. Refused: no reason (Invalid), one that isn't under way (Conflict)."""
    complaint = _step(session, actor, complaint_id, UNDER_WAY)
    _end(complaint, REFUSED, outcome)
    return _recorded(session, complaint, "refused")


def reopen_complaint(session: Session, actor: Actor, complaint_id: int) -> Complaint:
    """Work on one again that was settled or refused: how it ended is forgotten, and what it cost."""
    complaint = _step(session, actor, complaint_id, (SETTLED, REFUSED))
    complaint.stage, complaint.outcome, complaint.ended, complaint.cost = IN_WORK, "", None, _ZERO
    for line in complaint.lines:
        line.cost = _ZERO
    return _recorded(session, complaint, "reopen")


def answer(session: Session, actor: Actor, complaint_id: int, target: str) -> TradeDocument:
    """Make a draft of what is complained of that settles it: a sales return, as far as the sale has it left, or a sale that
    replaces it. A replacement is free, unless what it replaces was credited, by a return or in money.

    Refused (Conflict): one that isn't under way, of several sales, of one that isn't open to the actor, or partly of none; a
    sale of which nothing is left, goods that are replaced already.
    """
    complaint = _step(session, actor, complaint_id, UNDER_WAY)
    model = ANSWERS.get(target)
    if model is None:
        raise NotFound
    sale = _sale_of(session, complaint)
    draft = _returned(session, complaint, sale) if model is SalesReturn else _replaced(session, complaint, sale)
    document = save(session, actor, model, draft)
    session.flush()
    session.add(ComplaintAnswer(document_id=document.id, complaint_id=complaint.id))
    _begun(session, complaint)
    return document


def credit(
    session: Session,
    actor: Actor,
    complaint_id: int,
    *,
    amount: Decimal,
    note: str = "",
    operation_id: str | None = None,
) -> Document:
    """Credit the customer so much in the complaint's currency: it settles what is open of the sale, and what is more is owed to
    them. Refused: what a debt adjustment is refused for, more than was charged and isn't given yet."""
    complaint = _step(session, actor, complaint_id, UNDER_WAY)
    origins = sorted({origin for origin, _ in complaint.origins.values()})
    hold_sales(session, origins)
    left = left_to_credit(session, complaint, but=operation_id)
    if left is not None and amount > left:
        raise Invalid(_l("That is more than was charged for what is complained of."), field="amount")
    document = record_credit(
        session,
        actor,
        contact_id=complaint.contact_id,
        amount=amount,
        currency=complaint.currency,
        against=origins,
        note=visible(note, one_blank=False) or f"{complaint.title} {complaint.number}",
        operation_id=operation_id,
    )
    if session.get(ComplaintAnswer, document.id) is None:
        session.add(ComplaintAnswer(document_id=document.id, complaint_id=complaint.id))
    _begun(session, complaint)
    return document


def cost_so_far(session: Session, complaint: Complaint) -> Decimal:
    """What the posted documents that settle it have given away, in the organisation's currency: credits, and replacements at
    what the goods replaced were sold for where they were free. What isn't open to the actor is left out."""
    query = select(Document).join(ComplaintAnswer, ComplaintAnswer.document_id == Document.id)
    digits, total = digits_of(base_currency(session)), _ZERO
    for document in session.scalars(
        query.where(ComplaintAnswer.complaint_id == complaint.id, Document.state == "posted")
    ):
        if isinstance(document, Sale):
            gone = sum((line.quantity * line.price for line in document.lines if line.discount == _WHOLE), _ZERO)
            total += document.rate.in_base(gone, digits)
        elif isinstance(document, HasRate):
            total += document.rate.in_base(document.amount, digits)
    return total


def save_reason(
    session: Session,
    actor: Actor,
    reason: ComplaintReason | None = None,
    *,
    version: int | None = None,
    name: str,
    is_active: bool = True,
) -> ComplaintReason:
    """Add a reason, or change one. Refused: no name, one that there is already, what somebody has changed since `version`."""
    require(actor, "trade.complaint.setup")
    is_new = reason is None
    if reason is None:
        reason = ComplaintReason()
    else:
        begin_version(session, reason, version)
    name = kept(ComplaintReason, {"name": name})["name"]
    if not name:
        raise Invalid(_l("Please fill this in."), field="name")
    same = select(ComplaintReason.id).where(func.lower(ComplaintReason.name) == name.lower())
    if reason.id is not None:
        same = same.where(ComplaintReason.id != reason.id)
    if session.scalars(same).first() is not None:
        raise Conflict(_l("There is a reason of this name already."), field="name")
    reason.name, reason.is_active = name, is_active
    session.add(reason)
    session.flush()
    action = "trade.complaint_reason.create" if is_new else "trade.complaint_reason.change"
    record(session, action, subject="trade.complaint_reason", subject_id=reason.id, summary=name)
    return reason


def _step(session: Session, actor: Actor, complaint_id: int, stages: tuple[str, ...]) -> Complaint:
    """The complaint, locked, in one of these stages."""
    require(actor, POST)
    complaint = locked(session, Complaint, complaint_id)
    if complaint.state != "posted" or complaint.stage not in stages:
        raise Conflict(_l("Someone has changed this document meanwhile. Open it again."))
    return complaint


def _begun(session: Session, complaint: Complaint) -> None:
    complaint.stage = IN_WORK
    session.flush()


def _end(complaint: Complaint, stage: str, outcome: str) -> None:
    said = visible(outcome, one_blank=False)
    if not said:
        raise Invalid(_l("Say how it ended, or why it is refused."), field="outcome")
    complaint.stage, complaint.outcome, complaint.ended = stage, said, wall_clock().date()


def _recorded(session: Session, complaint: Complaint, verb: str) -> Complaint:
    record(
        session,
        f"trade.complaint.{verb}",
        subject="trade.complaint",
        subject_id=complaint.id,
        summary=complaint.number or "",
    )
    session.flush()
    return complaint


def _spread(amount: Decimal, weights: list[Decimal], digits: int) -> list[Decimal]:
    """An amount by weights, to the last coin: each part is what all up to it have, less what those before it have."""
    whole, before, given, parts = sum(weights, _ZERO), _ZERO, _ZERO, []
    for weight in weights:
        before += weight
        upto = share_of(amount, before, whole, digits=digits)
        parts.append(upto - given)
        given = upto
    return parts


def _sale_of(session: Session, complaint: Complaint) -> Any:
    """The sale that all of it is of; None: all of it is of none. Refused (Conflict): everything between, and a sale that isn't
    open to the actor, whose prices the document would take."""
    sales = {origin for origin, _ in complaint.origins.values()}
    if not sales:
        return None
    if len(sales) > 1:
        raise Conflict(_l("It is of several sales. Make the document from each of them."))
    if len(complaint.origins) < len(complaint.lines):
        raise Conflict(_l("Some of its lines are of no sale. Make the document from the sale, and one for the others."))
    if (sale := session.get(Sale, sales.pop())) is None:
        raise Conflict(_l("The sale that it is of isn't open to you."))
    return sale


def _returned(session: Session, complaint: Complaint, sale: Any) -> TradeDraft:
    if sale is None:
        return _unsold(session, complaint, _ZERO)
    wanted: dict[LineKey, Decimal] = defaultdict(Decimal)
    for line in complaint.lines:
        wanted[complaint.origins[line.line]] += line.quantity
    draft = return_of(session, sale)
    lines = [
        replace(line, quantity=min(line.quantity, wanted[line.origin])) for line in draft.lines if line.origin in wanted
    ]
    if not lines:
        raise Conflict(_l("All of it was returned already."))
    return replace(draft, lines=lines, note=f"{complaint.title} {complaint.number}", custom=None)


def _replaced(session: Session, complaint: Complaint, sale: Any) -> TradeDraft:
    kinds = {x.kind for x in answers(session, complaint, "draft", "posted")}
    if _REPLACEMENT in kinds:
        raise Conflict(_l("The goods are replaced already. Discard or reverse that sale first."))
    discount = _WHOLE if kinds.isdisjoint(CREDITS) else _ZERO
    if sale is None:
        return _unsold(session, complaint, discount)
    said, lines = kind_of(sale).draft_of(sale), []
    for line in complaint.lines:
        of = said.lines[complaint.origins[line.line][1] - 1]
        lines.append(
            replace(
                of,
                quantity=line.quantity,
                origin=None,
                pricing=None,
                discount=discount or of.discount,
                lots="",
                expires=None,
            )
        )
    return TradeDraft(
        sale.contact_id,
        lines,
        place_id=sale.place_id,
        currency=sale.currency,
        tax_included=sale.tax_included,
        contract_id=sale.contract_id,
        note=f"{complaint.title} {complaint.number}",
    )


def _unsold(session: Session, complaint: Complaint, discount: Decimal) -> TradeDraft:
    """Where no sale is named: at the items' usual prices."""
    items = items_by_id(session, {line.item_id for line in complaint.lines})
    lines = [TradeLineDraft(x.item_id, x.quantity, items[x.item_id].price or _ZERO, discount) for x in complaint.lines]
    return TradeDraft(complaint.contact_id, lines, note=f"{complaint.title} {complaint.number}")
