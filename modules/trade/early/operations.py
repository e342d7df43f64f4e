"""Giving and taking early-payment discounts: with a payment, or by hand; and what stands in the way of undoing others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, DocumentLink, SentBefore, locked, post, written_before
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import check_day
from app.api.security import Actor, PastPolicy, require
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import money, visible
from app.api.values import Money, digits_of, round_money
from modules.contacts.api import Payment, Reduction, declare_reductions, open_amount
from modules.trade.credited import Credit, credited
from modules.trade.early.kinds import Discount
from modules.trade.early.offering import DISCOUNTS, RETURNS, given_on, given_with, reductions
from modules.trade.early.rules import Left, last_day, split
from modules.trade.models import EarlyDiscount, SupplierDiscount, TradeDocument, TradeLine

_BOOKS = PastPolicy("what rests on a discount counts whoever may see it")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DiscountSaid:
    """A discount as somebody gives it."""

    document_id: int
    #: above zero, in the document's currency
    amount: Decimal
    moment: datetime | None = None
    #: whether it is meant, though the days of the terms are over or there are none
    is_late: bool = False
    note: str = ""
    #: with which it is given
    payment_id: int | None = None
    operation_id: str | None = None


def give_discount(session: Session, actor: Actor, said: DiscountSaid) -> Discount:
    """Post an early-payment discount on a sale, or take one on a supplier's charge: it settles that much of what is open, and
    lessens revenue or costs, and taxes, by their shares. Sent twice, it is given once.

    Refused, with nothing changed: a document that isn't posted, isn't of these kinds or has a discount already (Conflict), an
    amount that isn't above zero or is more than is open or left (Invalid), a day before the document's, one after the last of
    its terms unless that is meant.
    """
    original = locked(session, TradeDocument, said.document_id)
    if (model := DISCOUNTS.get(original.kind)) is None:
        raise NotFound
    require(actor, f"{model.__mapper_args__['polymorphic_identity']}.post")
    if (made := written_before(session, model, None, said.operation_id)) is not None:
        if not _says(made, said):
            raise SentBefore(made)
        return made
    if original.state != "posted":
        raise Conflict(_l("Only a posted document has an early-payment discount."))
    if number := given_on(session, [original.id]).get(original.id):
        raise Conflict(_l("%(number)s is the discount on it already. One document has one.", number=number))
    moment = _moment(original, said)
    discount = _written(session, model, original, said, moment)
    post(session, actor, [discount])
    return discount


def give_with_payment(session: Session, actor: Actor, payment: Payment, offer: Reduction) -> None:
    """Post the discount that a payment was offered with, on the same day."""
    act = payment.operation_id and f"{payment.operation_id}:early:{offer.document_id}"
    said = DiscountSaid(offer.document_id, offer.amount, payment.moment, payment_id=payment.id, operation_id=act)
    give_discount(session, actor, said)


def refuse_while_discounted(session: Session, document: Document) -> None:
    """Refuse (Conflict) to reverse what a discount is on or was given for, and a discount before what came back since."""
    if isinstance(document, Payment):
        for number in given_with(session, document.id).values():
            raise Conflict(_l("The discount %(number)s was given for this payment. Reverse that first.", number=number))
    elif isinstance(document, EarlyDiscount | SupplierDiscount):
        _refuse_before_return(session, document)
    elif document.kind in DISCOUNTS and (on_it := given_on(session, [document.id]).get(document.id)):
        raise Conflict(_l("%(number)s is the early-payment discount on it. Reverse that first.", number=on_it))


def refuse_correction_of_discounted(session: Session, document: Document) -> None:
    """Refuse (Conflict) to correct what has a discount: its shares are of what the document said."""
    if document.kind in DISCOUNTS and (number := given_on(session, [document.id]).get(document.id)):
        message = _l(
            "%(number)s is the early-payment discount on it. Reverse that, correct this, and give it again.",
            number=number,
        )
        raise Conflict(message)


def _refuse_before_return(session: Session, discount: Discount) -> None:
    of, link = Document.__table__.c, DocumentLink.__table__.c
    # whoever posts a return holds what comes back
    held = select(of.id).where(of.id == discount.discounted_id)
    _BOOKS(session).execute(held.with_for_update(of=Document.__table__, key_share=True))
    query = (
        select(of.number)
        .join(DocumentLink.__table__, link.document_id == of.id)
        .where(link.origin_id == discount.discounted_id, of.state == "posted")
        .where(of.kind.in_(RETURNS))
        .where(or_(of.moment > discount.moment, of.id > discount.id))
        .limit(1)
    )
    if (number := _BOOKS(session).scalar(query)) is not None:
        raise Conflict(_l("%(number)s gave back what was left after the discount. Reverse that first.", number=number))


def _moment(original: TradeDocument, said: DiscountSaid) -> datetime:
    moment = said.moment or wall_clock()
    check_day(moment.date(), field="moment")
    until = last_day(original.moment.date(), original.discount_days)
    if moment < original.moment:
        raise Invalid(_l("It can't be before the document that it is for."), field="moment")
    if not said.is_late and not original.discount_percent:
        raise Invalid(_l("The terms of this document offer no discount. Tick this if you give one."), field="is_late")
    if not said.is_late and moment.date() > until:
        message = _l(
            "The discount was for payments until %(until)s. Tick this if you give it all the same.",
            until=said_day(until),
        )
        raise Invalid(message, field="is_late")
    return moment


def _written(
    session: Session, model: type[Discount], original: TradeDocument, said: DiscountSaid, moment: datetime
) -> Discount:
    digits, currency = digits_of(original.currency), original.currency
    back = credited(session, [original.id], RETURNS)
    left = [_left(line, back.get((original.id, line.line))) for line in original.lines]
    most = min(abs(open_amount(session, original.id)), sum((x.net + x.tax for x in left), _ZERO))
    if not Money.holds(said.amount) or said.amount <= 0 or round_money(said.amount, digits) != said.amount:
        raise Invalid(
            _l("Type an amount above zero, in whole coins of %(currency)s.", currency=currency), field="amount"
        )
    if said.amount > most:
        message = _l("At most %(most)s %(currency)s is open of it.", most=money(most, currency), currency=currency)
        raise Invalid(message, field="amount")
    shares = split(said.amount, left, digits)
    return model(
        organisation_id=original.organisation_id,
        contact_id=original.contact_id,
        contract_id=original.contract_id,
        place_id=original.place_id,
        responsible_id=original.responsible_id,
        summary=original.summary,
        moment=moment,
        is_dated=said.moment is not None,
        currency=currency,
        rate=original.rate,
        tax_included=original.tax_included,
        tax_rounding=original.tax_rounding,
        net=sum((net for net, _ in shares), _ZERO),
        tax=sum((tax for _, tax in shares), _ZERO),
        amount=said.amount,
        note=visible(said.note, one_blank=False),
        operation_id=said.operation_id,
        discounted_id=original.id,
        discount_payment_id=said.payment_id,
        lines=_lines(original, shares),
        links=[],
    )


def _left(line: TradeLine, credit: Credit | None) -> Left:
    taxed = (line.tax_category, line.tax_rate, line.reverse_rate)
    net, tax = (credit.net, credit.tax) if credit is not None else (_ZERO, _ZERO)
    return Left(taxed, max(line.net - net, _ZERO), max(line.tax - tax, _ZERO))


def _lines(original: TradeDocument, shares: Sequence[tuple[Decimal, Decimal]]) -> list[TradeLine]:
    return [
        TradeLine(
            line=line.line,
            item_id=line.item_id,
            quantity=_ZERO,
            price=_ZERO,
            discount=_ZERO,
            tax_rate=line.tax_rate,
            tax_category=line.tax_category,
            tax_code_id=line.tax_code_id,
            reverse_rate=line.reverse_rate,
            net=net,
            tax=tax,
            direct=0,
            commission=_ZERO,
            pricing="",
        )
        for line, (net, tax) in zip(original.lines, shares, strict=True)
        if net or tax
    ]


def _says(made: Discount, said: DiscountSaid) -> bool:
    """Whether a discount is what was sent again."""
    same_moment = said.moment in (None, made.moment)
    note = visible(said.note, one_blank=False)
    return (made.discounted_id, made.amount, made.note) == (said.document_id, said.amount, note) and same_moment


declare_reductions(
    find=reductions, give=give_with_payment, given=lambda session, payment_id: {*given_with(session, payment_id)}
)
