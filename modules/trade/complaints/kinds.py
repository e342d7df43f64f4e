"""Complaints as documents: what a draft says, what one is made of, what it says on paper. They move neither goods nor debts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, Draft, Kind, LineKey, Words, left_of
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.reference import base_currency, check_day
from app.api.security import Actor, PastPolicy, User, check_users
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import digits_of, share_of
from modules.contacts.api import parties_by_id
from modules.trade.complaints.models import (
    REFUSED,
    SETTLED,
    STAGES,
    WISHES,
    Complaint,
    ComplaintAnswer,
    ComplaintLine,
    ComplaintReason,
)
from modules.trade.complaints.notices import tell_given
from modules.trade.models import GoodsReceipt, Purchase, Sale, TradeDocument, TradeLine
from modules.warehouse.api import check_quantity, item_cells, item_column, items_by_id, quantities_kept

_BOOKS = PastPolicy("what is complained of was sold, and bought, whoever may see those documents")
_ZERO = Decimal(0)
_LINE, _TRADE, _DOCUMENT = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
_BOUGHT = tuple(str(model.__mapper_args__["polymorphic_identity"]) for model in (Purchase, GoodsReceipt))


@dataclass(slots=True)
class ComplaintLineDraft:
    """A line as the user typed it."""

    item_id: int
    quantity: Decimal
    reason_id: int | None = None
    #: the sale and its line
    origin: LineKey | None = None


@dataclass(slots=True)
class ComplaintDraft(Draft):
    """A complaint as the user typed it."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"in_charge_id"}

    contact_id: int
    lines: Sequence[ComplaintLineDraft]
    wish: str = "repair"
    problem: str = ""
    #: until when it is to be settled
    due: date | None = None
    #: who settles it; None: whose the contact is, or whoever saves it
    in_charge_id: int | None = None

    def __post_init__(self) -> None:
        """Its texts are as they are kept."""
        Draft.__post_init__(self)
        self.problem = visible(self.problem, one_blank=False)


def complaint_of(session: Session, sale: Any) -> ComplaintDraft:
    """What can still be complained of a sale, and hasn't come back: a complaint may be of what came back, if somebody types
    it."""
    left, kept = (left_of(session, sale, kind) for kind in ("trade.complaint", "trade.sales_return"))
    quantities = {x.line: min(left[x.line], kept[x.line]) for x in sale.lines}
    lines = [
        ComplaintLineDraft(x.item_id, quantities[x.line], origin=(sale.id, x.line))
        for x in sale.lines
        if quantities[x.line] > 0
    ]
    return ComplaintDraft(sale.contact_id, lines)


def _fill(session: Session, actor: Actor, document: Complaint, draft: ComplaintDraft) -> list[ComplaintLine]:
    """Refused: one that is settled or refused, a contact outside the actor's scope, lines of another contact's sale or of
    another item, a reason or person that there isn't, a due day before the complaint's."""
    if document.stage in (SETTLED, REFUSED):
        raise Conflict(_l("This complaint is settled or refused. Reopen it before you change it."))
    contact = parties_by_id(session, {draft.contact_id})[draft.contact_id]
    document.contact_id, document.summary = contact.id, contact.name
    if draft.wish not in WISHES:
        raise Invalid(_l("Choose from the list."), field="wish")
    document.wish, document.problem = draft.wish, draft.problem
    if draft.due is not None:
        check_day(draft.due, field="due")
        if draft.due < document.moment.date():
            raise Invalid(_l("It can't be due before its own date."), field="due")
    document.due = draft.due
    if draft.in_charge_id is not None and draft.in_charge_id != document.responsible_id:
        check_users(session, {draft.in_charge_id}, field="in_charge_id")
    document.responsible_id = draft.in_charge_id or contact.responsible_id or actor.user_id
    items, kept = items_by_id(session, {line.item_id for line in draft.lines}), quantities_kept(document)
    for number, line in enumerate(draft.lines, 1):
        is_kept = line.origin is not None or (line.item_id, line.quantity) in kept
        check_quantity(number, items[line.item_id], line.quantity, is_kept=is_kept)
    _check_reasons(session, draft.lines)
    sold = _sold(session, draft)
    document.currency = next((row.currency for row in sold.values()), base_currency(session))
    suppliers, lines = _suppliers(session, {line.item_id for line in draft.lines}), []
    for number, line in enumerate(draft.lines, 1):
        charged, digits = sold.get(line.origin) if line.origin is not None else None, digits_of(document.currency)
        value = (
            share_of(charged.net + charged.tax, min(line.quantity, charged.quantity), charged.quantity, digits=digits)
            if charged is not None
            else _ZERO
        )
        lines.append(
            ComplaintLine(
                line=number,
                item_id=line.item_id,
                quantity=line.quantity,
                reason_id=line.reason_id,
                supplier_id=suppliers.get(line.item_id),
                value=value,
            )
        )
    document.amount = sum((line.value for line in lines), _ZERO)
    return lines


def _check_reasons(session: Session, lines: Sequence[ComplaintLineDraft]) -> None:
    named = {line.reason_id for line in lines} - {None}
    known = set(session.scalars(select(ComplaintReason.id).where(ComplaintReason.id.in_(named)))) if named else set()
    for number, line in enumerate(lines, 1):
        if line.reason_id is not None and line.reason_id not in known:
            message = _l("Line %(n)s: there is no such reason. Choose from the list.", n=number)
            raise Invalid(message, field="lines", column="reason_id")


def _sold(session: Session, draft: ComplaintDraft) -> Mapping[LineKey, Any]:
    """The lines of sales that the draft's are of, as they were charged."""
    wanted = {line.origin for line in draft.lines if line.origin is not None}
    if not wanted:
        return {}
    query = (
        select(
            _LINE.document_id,
            _LINE.line,
            _LINE.item_id,
            _LINE.quantity,
            _LINE.net,
            _LINE.tax,
            _TRADE.contact_id,
            _DOCUMENT.currency,
            _DOCUMENT.kind,
        )
        .join_from(TradeLine.__table__, TradeDocument.__table__, _TRADE.id == _LINE.document_id)
        .join(Document.__table__, _DOCUMENT.id == _TRADE.id)
        .where(_LINE.document_id.in_({origin for origin, _ in wanted}))
    )
    known = {(row.document_id, row.line): row for row in _BOOKS(session).execute(query)}
    kind = Sale.__mapper_args__["polymorphic_identity"]
    currencies = set()
    for number, line in enumerate(draft.lines, 1):
        if line.origin is None:
            continue
        row = known.get(line.origin)
        if row is None or row.kind != kind or row.item_id != line.item_id:
            raise Invalid(
                _l("Line %(n)s: it comes from a line that has other goods.", n=number), field="lines", column="item"
            )
        currencies.add(row.currency)
        if row.contact_id != draft.contact_id or len(currencies) > 1:
            message = _l("Line %(n)s: what it comes from is of another contact or in another currency.", n=number)
            raise Invalid(message, field="lines", column="item")
    return known


def _suppliers(session: Session, items: Collection[int]) -> dict[int, int]:
    """Item → whom it was last bought from."""
    if not items:
        return {}
    newest = (
        select(_LINE.item_id, _TRADE.contact_id)
        .join_from(TradeLine.__table__, TradeDocument.__table__, _TRADE.id == _LINE.document_id)
        .join(Document.__table__, _DOCUMENT.id == _TRADE.id)
        .where(_DOCUMENT.kind.in_(_BOUGHT), _DOCUMENT.state == "posted")
        .order_by(_DOCUMENT.moment.desc(), _DOCUMENT.id.desc())
        .limit(1)
    )
    of_each = union_all(*(select(newest.where(_LINE.item_id == item).subquery()) for item in sorted(items)))
    return {row.item_id: row.contact_id for row in _BOOKS(session).execute(of_each)}


def _register(posting: Posting, documents: Sequence[Complaint]) -> None:
    """Nothing moves; whoever is to settle it is notified, unless they have registered it themselves."""
    for document in documents:
        tell_given(posting.session, document)


def _refuse_answered(posting: Posting, document: Complaint) -> None:
    query = (
        select(_DOCUMENT.number)
        .join_from(Document.__table__, ComplaintAnswer.__table__, _DOCUMENT.id == ComplaintAnswer.document_id)
        .where(ComplaintAnswer.complaint_id == document.id, _DOCUMENT.state == "posted")
        .order_by(_DOCUMENT.number)
    )
    if numbers := list(_BOOKS(posting.session).scalars(query)):
        raise Conflict(
            _l("%(documents)s settled this complaint. Reverse that first.", documents=", ".join(map(str, numbers)))
        )


def _paper(session: Session, document: Complaint) -> Paper:
    """What is wrong with what, who settles it until when, and how it ended."""
    responsible = session.scalar(select(User.name).where(User.id == document.responsible_id))
    late = days_late(document)
    is_over = document.stage in (SETTLED, REFUSED)
    return Paper(
        facts=(
            Fact(
                _l("Customer"),
                document.summary,
                endpoint="contacts.contact_view" if document.contact is not None else "",
                arguments=(("contact_id", document.contact_id),),
                needs="contacts.contact.view",
            ),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Stage"), STAGES[document.stage]),
            Fact(_l("The customer wants"), WISHES.get(document.wish, document.wish)),
            Fact(_l("What is wrong"), document.problem),
            Fact(_l("Responsible"), responsible),
            Fact(_l("To be settled by"), document.due, "date"),
            Fact(_l("Days overdue"), str(late) if late else None),
            Fact(_l("How it ended"), document.outcome),
            Fact(_l("Ended on"), document.ended, "date"),
            Fact(
                _l("What it cost, %(currency)s", currency=base_currency(session)),
                document.cost if is_over else None,
                "money",
            ),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("quantity", _l("Quantity"), "quantity"),
            PaperColumn("reason", _l("Reason")),
            PaperColumn("value", _l("Sold for"), "money"),
        ),
        lines=[
            {
                "quantity": line.quantity,
                "reason": reason_word(line.reason.name) if line.reason is not None else None,
                "value": line.value or None,
                **item_cells(line.item),
            }
            for line in document.lines
        ],
        totals=(Total(_l("Sold for"), document.amount, is_grand=True),) if document.amount else (),
        currency=document.currency,
    )


def days_late(document: Complaint) -> int:
    """How many days a complaint is overdue that is still under way; 0: it isn't."""
    if document.due is None or document.state != "posted" or document.stage in (SETTLED, REFUSED):
        return 0
    return max((wall_clock().date() - document.due).days, 0)


_REASONS = {
    "Defective": _l("Defective"),
    "Damaged on the way": _l("Damaged on the way"),
    "Wrong goods": _l("Wrong goods"),
    "Less than ordered": _l("Less than ordered"),
    "Late": _l("Late delivery"),
    "Service was bad": _l("Service was bad"),
}


def reason_word(name: str) -> str:
    """A reason's name: of what the program brings in the reader's language, of others as somebody typed it."""
    word = _REASONS.get(name)
    return name if word is None else str(word)


COMPLAINT = Kind(
    Complaint,
    draft=ComplaintDraft,
    line=ComplaintLineDraft,
    fill=_fill,
    move=_register,
    paper=_paper,
    reversing=_refuse_answered,
    words=Words(
        {"posted": _l("Registered"), "reversed": _l("Cancelled")},
        post=_l("Record"),
        posted=_l("%(number)s is registered."),
        reverse=_l("Cancel it"),
        reversed=_l("%(number)s is cancelled."),
        ask=_l("Cancel this complaint?"),
    ),
)
