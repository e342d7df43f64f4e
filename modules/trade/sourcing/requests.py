"""Requests to several suppliers: what a draft says, and asking one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import CLOSED, STANDING, Document, Draft, Kind, Words, locked, post, save
from app.api.errors import Conflict, Invalid
from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import check_day
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.trade.drafts import OfferDraft, TradeLineDraft
from modules.trade.models import SupplierOffer, TradeDocument
from modules.trade.outcomes import OF_SUPPLIER_REQUESTS
from modules.trade.sourcing.models import SupplierRequest, SupplierRequestLine
from modules.warehouse.api import FIRST_WAREHOUSE, check_quantity, item_cells, item_column, items_by_id, warehouse_id

_BOOKS = PastPolicy("what was asked hangs together; what is shown of it is what is open to whoever looks")
_ZERO = Decimal(0)


@dataclass(slots=True)
class RequestLineDraft:
    """A line as the user typed it."""

    item_id: int
    quantity: Decimal


@dataclass(slots=True)
class RequestDraft(Draft):
    """A request as the user typed it."""

    lines: Sequence[RequestLineDraft]
    place_id: int = FIRST_WAREHOUSE
    #: by when the goods are needed
    wanted: date | None = None


def _fill(session: Session, _actor: Actor, document: SupplierRequest, draft: RequestDraft) -> list[SupplierRequestLine]:
    """Refused: quantities not above zero or finer than counted, a day before the request's own, the same item twice."""
    document.place_id, document.wanted = warehouse_id(session, draft.place_id), draft.wanted
    if draft.wanted is not None:
        check_day(draft.wanted, field="wanted")
        if draft.wanted < document.moment.date():
            raise Invalid(_l("Goods can't be needed before the day of the request."), field="wanted")
    items = items_by_id(session, {line.item_id for line in draft.lines})
    seen: set[int] = set()
    for number, line in enumerate(draft.lines, 1):
        item = items[line.item_id]
        check_quantity(number, item, line.quantity)
        if line.item_id in seen:
            message = _l(
                "Line %(n)s: “%(name)s” stands on a line above. Ask for all of it there.", n=number, name=item.name
            )
            raise Invalid(message, field="lines", column="item")
        seen.add(line.item_id)
    document.summary = ", ".join(items[line.item_id].name for line in draft.lines)[:200]
    return [SupplierRequestLine(line=n, item_id=x.item_id, quantity=x.quantity) for n, x in enumerate(draft.lines, 1)]


def _paper(_session: Session, document: SupplierRequest) -> Paper:
    """What is needed, where and by when."""
    return Paper(
        facts=(
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Warehouse"), document.place.name),
            Fact(_l("Needed by"), document.wanted, "date"),
            Fact(_l("Note"), document.note),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=[{"quantity": line.quantity, **item_cells(line.item)} for line in document.lines],
        totals=(),
        currency=document.currency,
    )


REQUEST = Kind(
    SupplierRequest,
    draft=RequestDraft,
    line=RequestLineDraft,
    fill=_fill,
    move=lambda _posting, _documents: None,
    paper=_paper,
    states=CLOSED,
    outcomes=OF_SUPPLIER_REQUESTS,
    words=Words(
        {"posted": _l("Open"), "reversed": _l("Cancelled")},
        post=_l("Confirm"),
        posted=_l("%(number)s is confirmed. Now choose whom to ask."),
        ask=_l("Cancel this request?"),
        reverse=_l("Cancel it"),
        reversed=_l("%(number)s is cancelled."),
    ),
)


def ask_supplier(session: Session, actor: Actor, request: SupplierRequest, contact_id: int) -> SupplierOffer:
    """Ask a supplier for prices of all that is needed: their offer begins without any. The request is locked, so that of
    two who ask the same one the second is refused. Refused (Conflict): a request that isn't open, a supplier who was asked
    already, by whomever."""
    request = locked(session, SupplierRequest, request.id)
    if request.state != "posted":
        raise Conflict(_l("“%(number)s” isn't open: nobody can be asked.", number=request.number or ""))
    trade, of = TradeDocument.__table__.c, Document.__table__.c
    asked = select(of.summary).join_from(Document.__table__, TradeDocument.__table__, trade.id == of.id)
    asked = asked.where(trade.supplier_request_id == request.id, trade.contact_id == contact_id)
    name = _BOOKS(session).scalar(asked.where(of.state.in_(STANDING)).limit(1))
    if name is not None:
        raise Conflict(_l("%(name)s was asked already.", name=name), field="contact_id")
    lines = [TradeLineDraft(line.item_id, line.quantity, _ZERO) for line in request.lines]
    draft = OfferDraft(
        contact_id,
        lines,
        place_id=request.place_id,
        supplier_request_id=request.id,
        responsible_id=request.responsible_id,
    )
    offer = save(session, actor, SupplierOffer, draft)
    post(session, actor, [offer])
    return offer


def offers_for(session: Session, request: SupplierRequest) -> Sequence[SupplierOffer]:
    """Who was asked, as far as they are open to the actor, in the order in which that was."""
    query = select(SupplierOffer).where(
        SupplierOffer.supplier_request_id == request.id, SupplierOffer.state.in_(STANDING)
    )
    return session.scalars(query.order_by(SupplierOffer.id)).all()
