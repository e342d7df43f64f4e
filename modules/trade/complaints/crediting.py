"""How much of what was charged for a complaint's lines may still be credited, whoever has given what already."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink
from app.api.security import PastPolicy
from app.api.values import digits_of, share_of
from modules.trade.complaints.models import Complaint, ComplaintAnswer, ComplaintLine
from modules.trade.credited import credited
from modules.trade.early.offering import let_off
from modules.trade.models import TradeLine

_ZERO = Decimal(0)
_BOOKS = PastPolicy("what a complaint was given counts, whoever may see the documents that gave it")
_DOCUMENT, _ANSWER, _LINE = Document.__table__.c, ComplaintAnswer.__table__.c, TradeLine.__table__.c
#: the kinds that give the customer money
RETURN, _CREDIT = "trade.sales_return", "contacts.adjustment"
CREDITS = (_CREDIT, RETURN)


def left_to_credit(session: Session, complaint: Complaint, *, but: str | None = None) -> Decimal | None:
    """What was charged for what is complained of, less what an early-payment discount let off of it and what its posted credits
    and returns have given already, in its currency, and no more than returns and credits of other complaints have left of its
    sales' lines; None: it is of no sale. `but`: the operation that is being done, maybe again."""
    if not complaint.amount:
        return None
    given = [x for x in answers(session, complaint, "posted") if but is None or x.operation_id != but]
    own = sum((x.amount for x in given if x.kind in CREDITS), _ZERO)
    returned = sum((x.amount for x in given if x.kind == RETURN), _ZERO)
    charged, left = _charged(session, complaint)
    beside = _credited_beside(session, complaint) if left else _ZERO
    return max(min(charged - own, left - beside - (own - returned)), _ZERO)


def _charged(session: Session, complaint: Complaint) -> tuple[Decimal, Decimal]:
    """What was charged for what is complained of, less what was let off; and what posted returns have left of those lines."""
    keys = set(complaint.origins.values())
    sales, digits = {sale for sale, _ in keys}, digits_of(complaint.currency)
    off, back = let_off(session, sales), credited(session, sales, (RETURN,))
    query = select(_LINE.document_id, _LINE.line, _LINE.quantity, _LINE.net, _LINE.tax)
    rows = _BOOKS(session).execute(query.where(_LINE.document_id.in_(sales)))
    sold = {(row.document_id, row.line): row for row in rows}
    charged = left = _ZERO
    for line in complaint.lines:
        if (key := complaint.origins.get(line.line)) is None:
            continue
        row = sold[key]
        whole = row.net + row.tax - sum(off[key])
        charged += share_of(whole, min(line.quantity, row.quantity), row.quantity, digits=digits)
    for key in keys:  # once, however many lines of the complaint are of it
        row, credit = sold[key], back.get(key)
        left += max(row.net + row.tax - sum(off[key]) - (credit.net + credit.tax if credit else _ZERO), _ZERO)
    return charged, left


def _credited_beside(session: Session, complaint: Complaint) -> Decimal:
    """What credits of other complaints have given of the lines of sales that this one is of: a credit is borne by the lines
    complained of by what was charged for them."""
    keys, link, line = set(complaint.origins.values()), DocumentLink.__table__.c, ComplaintLine.__table__.c
    others = select(link.document_id).where(link.origin_id.in_({sale for sale, _ in keys}))
    given = (
        select(_ANSWER.complaint_id, _DOCUMENT.amount)
        .join_from(Document.__table__, ComplaintAnswer.__table__, _ANSWER.document_id == _DOCUMENT.id)
        .where(_ANSWER.complaint_id.in_(others), _ANSWER.complaint_id != complaint.id)
        .where(_DOCUMENT.kind == _CREDIT, _DOCUMENT.state == "posted")
    )
    credits: dict[int, Decimal] = defaultdict(Decimal)
    for complaint_id, amount in _BOOKS(session).execute(given):
        credits[complaint_id] += amount
    of = and_(link.document_id == line.document_id, link.line == line.line)
    values = select(line.document_id, line.value, link.origin_id, link.origin_line)
    values = values.join_from(ComplaintLine.__table__, DocumentLink.__table__, of)
    whole, here = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
    for row in _BOOKS(session).execute(values.where(line.document_id.in_(credits))) if credits else ():
        whole[row.document_id] += row.value
        here[row.document_id] += row.value if (row.origin_id, row.origin_line) in keys else _ZERO
    digits = digits_of(complaint.currency)
    return sum((share_of(credits[i], here[i], whole[i], digits=digits) for i in whole if whole[i]), _ZERO)


def hold_sales(session: Session, sales: Sequence[int]) -> None:
    """Nobody credits or returns anything of these meanwhile."""
    query = select(_DOCUMENT.id).where(_DOCUMENT.id.in_(sales)).order_by(_DOCUMENT.id)
    if sales:
        _BOOKS(session).execute(query.with_for_update(key_share=True)).all()


def answers(session: Session, complaint: Complaint, *states: str) -> Sequence[Any]:
    """The documents that settle it, in these states: kind, amount and operation of each."""
    query = (
        select(_DOCUMENT.kind, _DOCUMENT.amount, _DOCUMENT.operation_id)
        .join(ComplaintAnswer.__table__, _ANSWER.document_id == _DOCUMENT.id)
        .where(_ANSWER.complaint_id == complaint.id, _DOCUMENT.state.in_(states))
    )
    return _BOOKS(session).execute(query).all()
