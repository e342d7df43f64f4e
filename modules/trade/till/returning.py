"""A return over the counter: what is left of a receipt comes back at its own price, and the money with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import SentBefore, left_of, post, save
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Payment, open_amount, record_payment
from modules.trade.models import Sale, SalesReturn
from modules.trade.returning import return_of
from modules.trade.sent_again import refuse_another_act
from modules.trade.till.authority import at_till
from modules.trade.till.models import PAYMENT, RETURN, Till
from modules.trade.till.shifts import made_before, note_in_shift, shift_to_use
from modules.trade.till.tills import RETURN_RIGHT, till_to_use

_ZERO = Decimal(0)
#: how the money of a return goes back
CASH, CARD, ACCOUNT = "cash", "card", "account"


@dataclass(frozen=True, slots=True)
class CounterReturn:
    """What a customer brings back of a sale, by the numbers of its lines, and how they get their money."""

    shift_id: int
    sale_id: int
    quantities: Mapping[int, Decimal]
    #: cash, card, or account: it stays with us for their next purchase
    way: str = CASH


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of it: the return, and what of it is given back. The rest lessens what the customer owes."""

    document_id: int
    number: str
    amount: Decimal
    given_back: Decimal


def receipt(session: Session, actor: Actor, till_id: int, number: str) -> dict[str, Any]:
    """What is left of a sale, by the number on its receipt, whoever sold it and at which till: its lines with their own price,
    and what of it isn't paid yet. Refused (NotFound): no posted sale of this number in the till's currency."""
    require(actor, RETURN_RIGHT)
    till = till_to_use(session, actor, till_id)
    with at_till(session, actor):
        query = select(Sale).where(Sale.number == number, Sale.state == "posted")
        own = query.where(Sale.organisation_id == organisation_id(session), Sale.currency == till.cash_account.currency)
        sale = session.scalars(own).first()
        if sale is None:
            raise NotFound(_l("There is no receipt %(number)s.", number=number))
        left = left_of(session, sale, "trade.sales_return")
        return {
            "id": sale.id,
            "number": sale.number,
            "moment": sale.moment,
            "customer": sale.summary,
            "is_own": sale.contact_id == till.contact_id,
            "tax_included": sale.tax_included,
            "unpaid": max(open_amount(session, sale.id), _ZERO),
            "lines": [
                {
                    "line": line.line,
                    "item_id": line.item_id,
                    "code": line.item.code,
                    "title": line.item.name,
                    "digits": line.item.unit.digits,
                    "quantity": line.quantity,
                    "left": left[line.line],
                    "price": line.price,
                    "discount": line.discount,
                    "tax_rate": line.tax_rate,
                    "off": line.points_off,
                }
                for line in sale.lines
            ],
        }


def return_at_counter(
    session: Session, actor: Actor, till_id: int, said: CounterReturn, *, operation_id: str | None = None
) -> Returned:
    """Take goods back at a till: post the return of the sale's lines at their own prices, and a payment of what is given back.
    A sale that wasn't paid is lessened first; only what is over is given back.

    Refused: nothing to return, a line that the sale doesn't have, more than is left of one; a shift that is over; a card where
    none are taken, an account of whoever has none; more cash than there is (NotEnoughMoney). Then nothing is written.
    The same `operation_id` again gives what it made, and is refused (SentBefore) when it says something else.
    """
    require(actor, RETURN_RIGHT)
    till = till_to_use(session, actor, till_id)
    if said.way not in (CASH, CARD, ACCOUNT):
        raise Invalid(_l("Money goes back in cash, by card or onto the customer's account."), field="way")
    if said.way == CARD and till.card_account_id is None:
        raise Invalid(_l("No cards are taken at this till."), field="way")
    if made_before(session, till, operation_id):
        return _made(session, actor, said, str(operation_id))
    shift = shift_to_use(session, actor, till, said.shift_id)
    with at_till(session, actor) as cashier:
        sale = session.get(Sale, said.sale_id)
        if sale is None or sale.state != "posted" or sale.organisation_id != till.organisation_id:
            raise NotFound(_l("There is no such receipt."))
        currency = till.cash_account.currency
        if sale.currency != currency:
            raise Conflict(_l("This receipt is in another currency than the till's."))
        whole = return_of(session, sale)
        lines = {line.origin[1]: line for line in whole.lines if line.origin is not None}
        if said.quantities.keys() - {line.line for line in sale.lines}:
            raise Invalid(_l("The receipt has no such line."), field="lines")
        wanted = {number: quantity for number, quantity in said.quantities.items() if quantity}
        for number in sorted(wanted.keys() - lines.keys()):
            raise Invalid(_l("Line %(n)s: nothing is left of it to return.", n=number), field="lines")
        draft = replace(
            whole,
            lines=[replace(lines[number], quantity=quantity) for number, quantity in sorted(wanted.items())],
            place_id=till.place_id,
            responsible_id=actor.user_id,
            is_cash=whole.is_cash and said.way == CASH,
            operation_id=operation_id,
        )
        document = save(session, cashier, SalesReturn, draft)
        post(session, cashier, [document])
        back = max(-open_amount(session, document.id), _ZERO)
        if said.way == ACCOUNT:
            if back and sale.contact_id == till.contact_id:
                raise Invalid(_l("Nobody knows this customer: give the money back in cash or by card."), field="way")
            back = _ZERO
        note_in_shift(session, shift, RETURN, document.id)
        if back:
            note_in_shift(session, shift, PAYMENT, _give_back(session, cashier, till, document, back, said.way))
        return Returned(document.id, document.number or "", document.amount, back)


def _made(session: Session, actor: Actor, said: CounterReturn, operation_id: str) -> Returned:
    with at_till(session, actor):
        made = session.scalars(select(SalesReturn).where(SalesReturn.operation_id == operation_id)).one()
        paid = session.scalars(select(Payment).where(Payment.operation_id == f"{operation_id}:back")).first()
        refuse_another_act(made, said.sale_id, said.quantities)
        if paid is not None and paid.method != said.way:
            raise SentBefore(made)
        return Returned(made.id, made.number or "", made.amount, paid.amount if paid else _ZERO)


def _give_back(session: Session, cashier: Actor, till: Till, document: SalesReturn, amount: Decimal, way: str) -> int:
    payment = record_payment(
        session,
        cashier,
        contact_id=document.contact_id,
        direction="out",
        amount=amount,
        method=way,
        account_id=till.cash_account_id if way == CASH else till.card_account_id,
        pays=[(document.id, amount)],
        operation_id=document.operation_id and f"{document.operation_id}:back",
    )
    return payment.id
