"""A customer request as a kind of document: it moves nothing, has no prices, and may be a text alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import CLOSED, Draft, Kind, LineKey, Makes, Words
from app.api.errors import Invalid
from app.api.prints import Fact, Paper, PaperColumn
from app.api.reference import base_currency, check_day, rate_at
from app.api.security import SYSTEM, Actor
from app.api.texts import day, visible
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import parties_by_id
from modules.trade.drafts import QuoteDraft, TradeLineDraft
from modules.trade.models import CustomerRequest, TradeLine
from modules.trade.outcomes import OF_REQUESTS
from modules.trade.pricing.proposing import propose_prices
from modules.trade.proposals import Asked, AskedLine, Proposal, Proposed
from modules.trade.requests.queries import answers_of
from modules.warehouse.api import (
    FIRST_WAREHOUSE,
    check_packings,
    check_quantity,
    item_cells,
    item_column,
    items_by_id,
    packed,
    warehouse_id,
)

_ZERO = Decimal(0)
#: how a request came
CHANNELS = {
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "messenger": _l("Messenger"),
    "web": _l("Website"),
    "visit": _l("Visit"),
}


@dataclass(slots=True)
class AskedLineDraft:
    """So much of one item is asked about."""

    optional: ClassVar[frozenset[str]] = frozenset({"packing_id"})

    item_id: int
    #: in base units
    quantity: Decimal = _ZERO
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    origin: LineKey | None = None


@dataclass(slots=True)
class RequestDraft(Draft):
    """A request as the user typed it."""

    contact_id: int
    lines: Sequence[AskedLineDraft]
    asked: str = ""
    channel: str = ""
    answer_by: date | None = None

    def __post_init__(self) -> None:
        """Its texts are as they are kept."""
        Draft.__post_init__(self)
        self.asked = visible(self.asked or "", one_blank=False)


def _fill(session: Session, _actor: Actor, document: CustomerRequest, draft: RequestDraft) -> list[TradeLine]:
    """Refused (Invalid): neither lines nor words, a channel that there isn't, an answer before the request's own day."""
    contact = parties_by_id(session, {draft.contact_id})[draft.contact_id]
    document.contact_id, document.summary = contact.id, contact.name
    if document.responsible_id is None:
        document.responsible_id = contact.responsible_id
    document.place_id, document.currency = warehouse_id(session, FIRST_WAREHOUSE), base_currency(session)
    document.rate = rate_at(session, document.currency, document.moment.date())
    if draft.channel and draft.channel not in CHANNELS:
        raise Invalid(_l("Choose from the list."), field="channel")
    if not draft.lines and not draft.asked:
        raise Invalid(_l("Say what is asked: in words, or by lines."), field="asked")
    if draft.answer_by is not None:
        check_day(draft.answer_by, field="answer_by")
        if draft.answer_by < document.moment.date():
            message = _l("It can't be answered before its own day, %(day)s.", day=day(document.moment))
            raise Invalid(message, field="answer_by")
    document.asked, document.channel, document.answer_by = draft.asked, draft.channel, draft.answer_by
    items = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    for number, line in enumerate(draft.lines, 1):
        check_quantity(number, items[line.item_id], line.quantity)
    return [
        TradeLine(
            line=n,
            item_id=x.item_id,
            quantity=x.quantity,
            packing_id=x.packing_id,
            price=_ZERO,
            net=_ZERO,
            tax=_ZERO,
        )
        for n, x in enumerate(draft.lines, 1)
    ]


def quote_of(session: Session, request: CustomerRequest) -> QuoteDraft:
    """A quote that answers the request: all of its lines, at the prices that the customer is proposed today."""
    lines = [AskedLine(x.item_id, x.quantity) for x in request.lines]
    proposal = Proposal([Proposed() for _ in lines])
    asked = Asked("quote", request.currency, wall_clock().date(), lines, request.contact_id)
    propose_prices(session, SYSTEM, asked, proposal)
    return QuoteDraft(
        contact_id=request.contact_id,
        lines=[
            TradeLineDraft(
                line.item_id,
                line.quantity,
                proposed.cells.get("price") or _ZERO,
                proposed.cells.get("discount") or _ZERO,
                packing_id=line.packing_id,
                pricing=proposed.pricing or None,
            )
            for line, proposed in zip(request.lines, proposal.lines, strict=True)
        ],
        currency=request.currency,
        request_id=request.id,
        makes_order=True,
    )


def request_paper(_session: Session, document: CustomerRequest) -> Paper:
    """Who asks for what, and by when they want to know."""
    return Paper(
        facts=(
            Fact(
                document.party,
                document.summary,
                endpoint="contacts.contact_view" if document.contact is not None else "",
                arguments=(("contact_id", document.contact_id),),
                needs="contacts.contact.view",
            ),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Answer by"), document.answer_by, "date"),
            Fact(_l("How it came"), CHANNELS.get(document.channel)),
            Fact(_l("What is asked"), document.asked or None),
            Fact(_l("Note"), document.note),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=[
            {"quantity": x.quantity, "packed": packed(x.quantity, x.packing), **item_cells(x.item)}
            for x in document.lines
        ],
        totals=(),
        currency=document.currency,
    )


REQUEST = Kind(
    CustomerRequest,
    draft=RequestDraft,
    line=AskedLineDraft,
    fill=_fill,
    move=lambda _posting, _documents: None,
    paper=request_paper,
    makes=(Makes("trade.quote", _l("Quote"), quote_of, "file-text", made=answers_of, already=_l("Quoted")),),
    may_be_empty=True,
    words=Words(
        {"posted": _l("To answer"), "closed": _l("Declined"), "reversed": _l("Cancelled")},
        post=_l("Take"),
        posted=_l("%(number)s waits for an answer."),
        reverse=_l("Cancel it"),
        reversed=_l("%(number)s is cancelled."),
        ask=_l("Cancel this request?"),
    ),
    states=CLOSED,
    outcomes=OF_REQUESTS,
)
