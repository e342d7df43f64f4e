"""The answers of suppliers side by side, and orders of the best of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import left_of, locked, save
from app.api.errors import Conflict, NotFound
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.trade.models import PurchaseOrder, SupplierOffer
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.offers import order_of_offer
from modules.trade.sourcing.requests import offers_for

_ZERO = Decimal(0)


@dataclass(slots=True)
class Answer:
    """What one supplier asks for one thing that is needed."""

    #: of one base unit, in their currency, without tax
    price: Decimal
    quantity: Decimal
    #: without tax, in the organisation's own currency at the rate of the offer's day
    amount: Decimal
    is_best: bool = False

    @property
    def price_in_base(self) -> Decimal:
        """Of one base unit, in the organisation's own currency: by which the best is found."""
        return self.amount / self.quantity


@dataclass(slots=True)
class Asked:
    """One supplier's column."""

    offer: SupplierOffer
    #: line of the request → what they ask for it; without those that they don't offer
    answers: dict[int, Answer]
    #: of all their lines, without tax, in the organisation's own currency
    total: Decimal
    #: whether they offer all of everything, as of today
    is_whole: bool
    is_open: bool
    is_best: bool = False


@dataclass(slots=True)
class Comparison:
    """Everybody who was asked, and which answers are best."""

    asked: list[Asked] = field(default_factory=list)

    @property
    def best(self) -> list[Asked]:
        """Those of whom some line is the best."""
        return [one for one in self.asked if any(a.is_best for a in one.answers.values())]


def compare(session: Session, request: SupplierRequest, *, today: date | None = None) -> Comparison:
    """The answers to a request. The best of a line asks least for one unit of it, in the organisation's own currency; the best
    whole offer has least in total of those that offer everything. Answers that are no longer valid, or closed, take no part."""
    day = today or wall_clock().date()
    comparison = Comparison([_column(session, request, offer, day) for offer in offers_for(session, request)])
    taking_part = [one for one in comparison.asked if one.is_open]
    for line in request.lines:
        answers = [one.answers[line.line] for one in taking_part if line.line in one.answers]
        if answers:
            min(answers, key=lambda a: a.price_in_base).is_best = True
    if whole := [one for one in taking_part if one.is_whole]:
        min(whole, key=lambda one: one.total).is_best = True
    return comparison


def _column(session: Session, request: SupplierRequest, offer: SupplierOffer, day: date) -> Asked:
    """What the lines of an item come to together is one answer, also where they ask nothing for it. The total has lines that
    nobody asked for too, as they are ordered with the rest."""
    digits, offered = digits_of(base_currency(session)), offer.lines if offer.answered is not None else ()
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for line in offered:
        quantity, net = sums.get(line.item_id, (_ZERO, _ZERO))
        sums[line.item_id] = quantity + line.quantity, net + line.net
    answers: dict[int, Answer] = {}
    for wanted in request.lines:
        if wanted.item_id in sums:
            quantity, net = sums[wanted.item_id]
            answers[wanted.line] = Answer(net / quantity, quantity, offer.rate.in_base(net, digits))
    is_whole = all(x.line in answers and answers[x.line].quantity >= x.quantity for x in request.lines)
    is_open = offer.state == "posted" and (offer.valid_until is None or offer.valid_until >= day)
    total = offer.rate.in_base(sum((line.net for line in offered), _ZERO), digits)
    return Asked(offer, answers, total, is_whole, is_open)


def order_offers(
    session: Session, actor: Actor, request: SupplierRequest, offer_id: int | None = None
) -> Sequence[PurchaseOrder]:
    """Drafts of purchase orders: of all that an offer says, or without one of the best of each line, one for each supplier.
    Refused: an offer of another request (NotFound), no answer, or nothing left of it (Conflict)."""
    comparison = compare(session, request)
    chosen = comparison.best if offer_id is None else [one for one in comparison.asked if one.offer.id == offer_id]
    if offer_id is not None and not chosen:
        raise NotFound
    orders = []
    for one in chosen:
        offer = locked(session, SupplierOffer, one.offer.id)
        draft = order_of_offer(session, offer)
        if offer_id is None:
            items = {x.item_id for x in request.lines if (a := one.answers.get(x.line)) is not None and a.is_best}
            draft = replace(draft, lines=[line for line in draft.lines if line.item_id in items])
        drafted = left_of(session, offer, "trade.purchase_order")
        if any(left > 0 for left in drafted.values()) and draft.lines:
            orders.append(save(session, actor, PurchaseOrder, draft))
    if not orders:
        raise Conflict(_l("There is no answer that something is left to be ordered of."))
    session.flush()
    return orders
