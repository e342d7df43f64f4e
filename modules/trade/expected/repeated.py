"""Money for documents that are made again and again, from their next day to the end of the calendar.

Each comes to what the repeated document says now: prices and taxes that will be proposed on the day aren't known yet.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import ExpectedMoney, MoneySource
from app.api.reference import organisation_id
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.contacts.api import Contact, Contract, payments_of
from modules.trade.expected.orders import Terms
from modules.trade.models import ORDERS, TradeDocument
from modules.trade.repeating.models import ACTIVE, Repetition
from modules.trade.repeating.operations import VIEW

REPEATED = MoneySource("trade.repeated", _l("Repeated"), "refresh")
#: what is owed as it is made, or by what follows from it: an invoice for payment owes nothing
_SOLD, _BOUGHT = ("trade.sale", "trade.sales_order"), ("trade.purchase", "trade.purchase_order")


def repeated(session: Session, actor: Actor, today: date, until: date) -> Iterator[ExpectedMoney]:
    """For each turn of what is repeated that is paid by `until`: by the terms of payment from the turn's day on, of an order
    from its delivery, which is as far after the turn as the repeated order's was after its own day."""
    if not actor.may(VIEW):
        return
    for row in session.execute(_asked(session)):
        repetition: Repetition = row.Repetition
        for turn in takewhile(lambda day: day <= until, repetition.rhythm.days(repetition.turn)):
            for day, amount in _payments(row, turn, today):
                if day <= until:
                    yield ExpectedMoney(
                        REPEATED,
                        row.kind not in _BOUGHT,
                        day,
                        amount,
                        row.currency,
                        repetition.contact_id,
                        row.contact,
                        row.kind,
                        repetition.source_id,
                        row.number or "",
                    )


def _payments(row: Any, turn: date, today: date) -> list[tuple[date, Decimal]]:
    after = turn - row.moment.date()
    if row.kind in ORDERS and row.due is not None:
        return [(row.due + after, row.amount)]
    start = turn if row.delivery is None else row.delivery + after
    of = (Terms(row.under_terms or "", row.under_days or 0), Terms(row.payment_terms, row.payment_days))
    return payments_of(of, row.instalments or "", max(start, today), row.amount, digits=digits_of(row.currency))


def _asked(session: Session) -> Any:
    """What is repeated in the books, with the document, its contact's terms and its contract's."""
    source = TradeDocument
    says = (source.kind, source.number, source.moment, source.currency, source.amount, source.delivery, source.due)
    theirs = (Contact.name.label("contact"), Contact.payment_terms, Contact.payment_days)
    under = (Contract.payment_terms.label("under_terms"), Contract.payment_days.label("under_days"))
    return (
        select(Repetition, *says, *theirs, *under, Contract.instalments)
        .join(source, source.id == Repetition.source_id)
        .join(Contact, Contact.id == Repetition.contact_id)
        .outerjoin(Contract, Contract.id == source.contract_id)
        .where(Repetition.state == ACTIVE, source.kind.in_(_SOLD + _BOUGHT), source.state != "reversed")
        .where(source.organisation_id == organisation_id(session), source.amount > 0)
        .order_by(Repetition.id)
    )
