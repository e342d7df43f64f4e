"""A sale over the counter: the ordinary sale and the payments that settle it, in one transaction, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, post, save
from app.api.errors import Invalid
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from modules.contacts.api import parties_by_id, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.pricing.coupons import coupon_refusal
from modules.trade.till.authority import at_till
from modules.trade.till.models import PAYMENT, SALE, Till
from modules.trade.till.prices import tax_rates
from modules.trade.till.rules import Tender, tender_of
from modules.trade.till.shifts import made_before, note_in_shift, shift_to_use
from modules.trade.till.tills import till_to_use
from modules.warehouse.api import refuse_unweighed

_ZERO = Decimal(0)
_MADE = select(Sale)


@dataclass(frozen=True, slots=True)
class CounterSale:
    """What was rung up. Amounts in the currency of the till's cash desk, prices as the till has them: with tax or without; the
    lines' tax is the item's and customer's or else the till's, whatever they say."""

    shift_id: int
    lines: Sequence[TradeLineDraft]
    #: what the screen said that it comes to; paid in cash alone, as it is rounded to coins
    total: Decimal
    #: cash as it was given; what of it is too much goes back as change
    given: Decimal = _ZERO
    card: Decimal = _ZERO
    on_account: Decimal = _ZERO
    #: None: the till's own customer
    contact_id: int | None = None
    note: str = ""
    #: what the customer has said to get a discount, which the lines have already
    coupon: str = ""
    #: how many bonus points the customer pays with: what they take off is in the total
    points: int = 0


@dataclass(frozen=True, slots=True)
class Sold:
    """What became of it."""

    document_id: int
    number: str
    tender: Tender
    currency: str
    #: what whoever sold it should know; empty: nothing
    note: object = ""


def sell_at_counter(
    session: Session, actor: Actor, till_id: int, sale: CounterSale, *, operation_id: str | None = None
) -> Sold:
    """Sell at a till: post the sale, and for each of cash and card a payment that settles its part of it.

    Refused: a till that isn't open to the actor, a shift that is over (ShiftClosed); a customer who isn't open to the actor,
    on account without one; another total than the screen said; what `tender_of` refuses, a card where none are taken; whatever
    posting refuses, such as goods that aren't there, or more points than the customer has by now. Then nothing is written.
    A coupon that isn't taken by now, as it was used up or is over since the lines were priced, refuses nothing: the customer
    has paid and gone. The price that was paid stands, the coupon isn't counted, and the sale says so.
    The same `operation_id` again gives what it made, also when the shift is over, and is refused (SentBefore) when it says
    something else.
    """
    till = till_to_use(session, actor, till_id)
    contact_id = sale.contact_id or till.contact_id
    if contact_id != till.contact_id:
        parties_by_id(session, {contact_id})
    elif sale.on_account:
        raise Invalid(_l("Choose the customer who is to pay later."), field="contact_id")
    if sale.card and till.card_account_id is None:
        raise Invalid(_l("No cards are taken at this till."), field="card")
    currency = till.cash_account.currency
    shift = None if made_before(session, till, operation_id) else shift_to_use(session, actor, till, sale.shift_id)
    with at_till(session, actor) as cashier:
        coupon, note = _counted(session, sale, contact_id, operation_id if shift is None else None)
        rates = tax_rates(session, cashier, till, contact_id, sale.lines)
        draft = TradeDraft(
            contact_id,
            [replace(line, tax_rate=rate) for line, rate in zip(sale.lines, rates, strict=True)],
            place_id=till.place_id,
            currency=currency,
            tax_included=till.tax_included,
            note="\n".join(str(each) for each in (sale.note, note) if each),
            coupon=coupon,
            points=sale.points,
            responsible_id=actor.user_id,
            operation_id=operation_id,
            is_cash=not (sale.card or sale.on_account),
        )
        document = save(session, cashier, Sale, draft)
        refuse_unweighed(session, document)  # the till has no scales: what is priced by weight is sold by a sale
        tender = _tender(document, sale, currency)
        if shift is not None:
            post(session, cashier, [document])
            paid = _take(session, cashier, till, document, tender, operation_id)
            note_in_shift(session, shift, SALE, document.id)
            note_in_shift(session, shift, PAYMENT, *paid)
        return Sold(document.id, document.number or "", tender, currency, note)


def _counted(session: Session, sale: CounterSale, contact_id: int, made_by: str | None) -> tuple[str, object]:
    """The coupon that a sale names in the books, and what is said where that isn't the one that it came with. `made_by`: the
    act that has made it already."""
    if not sale.coupon:
        return "", ""
    if made_by is not None:
        made = session.scalars(_MADE.where(Document.operation_id == made_by)).first()
        if made is not None and not made.coupon and sale.coupon in (made.note or ""):
            return "", made.note
        return sale.coupon, ""
    if coupon_refusal(session, sale.coupon, contact_id, wall_clock().date(), locks=True) is None:
        return sale.coupon, ""
    words = _l(
        "The coupon “%(coupon)s” was used up or over when this sale was sent. It isn't counted, and the price that was paid"
        " stands.",
        coupon=sale.coupon,
    )
    return "", words


def _tender(document: Sale, sale: CounterSale, currency: str) -> Tender:
    if document.amount != sale.total:
        words = _l(
            "The sale comes to %(amount)s, and the screen said %(total)s. Open the till's page again, and ring it up again.",
            amount=money(document.amount, currency),
            total=money(sale.total, currency),
        )
        raise Invalid(words, field="total")
    return tender_of(document.amount, given=sale.given, card=sale.card, on_account=sale.on_account, currency=currency)


def _take(
    session: Session, cashier: Actor, till: Till, document: Sale, tender: Tender, operation_id: str | None
) -> list[int]:
    """The payments by cash and card; each settles its part of the sale."""
    made = []
    ways = (("cash", tender.cash, till.cash_account_id), ("card", tender.card, till.card_account_id))
    for method, amount, account_id in ways:
        if amount:
            payment = record_payment(
                session,
                cashier,
                contact_id=document.contact_id,
                direction="in",
                amount=amount,
                method=method,
                account_id=account_id,
                pays=[(document.id, amount)],
                operation_id=operation_id and f"{operation_id}:{method}",
            )
            made.append(payment.id)
    return made
