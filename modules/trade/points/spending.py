"""Points that a sale is paid with: they come off its lines, so that tax is of what is paid (Directive 2006/112/EC, 79 (b))."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import digits_of, line_amount
from modules.trade.points.balances import Balance, balance_to_spend
from modules.trade.points.known import is_counted, programme_by_id
from modules.trade.points.rules import most_to_spend, spread, spread_exactly, worth_of
from modules.warehouse.api import items_by_id, priced_quantity

_ZERO = Decimal(0)


class Off(NamedTuple):
    """What is paid in points of a line: how many, and what they take off it, with tax as the prices."""

    points: int = 0
    amount: Decimal = _ZERO


def spread_points(session: Session, document: Any, draft: Any) -> list[Off]:
    """What a draft's points take off each of its lines; the document says from then on how many, and of which programme.

    Refused (Invalid): points on anything but a sale, or in a foreign currency; a contact without a programme; more points than
    the contact has, or than the programme allows of such a sale.
    """
    made, nothing = _terms_made(session, document), [Off()] * len(draft.lines)
    document.points = draft.points
    if not draft.points:
        document.programme_id = None
        return nothing
    balance = _balance_of(session, document, draft, made)
    document.programme_id, digits = balance.programme.id, digits_of(document.currency)
    amounts = payable(session, balance.programme, draft.lines, digits)
    most = _most(balance.programme, amounts, digits)
    if made is not None:
        most = max(most, made.most(sum(amounts, _ZERO)))
    if draft.points > most:
        words = _l("At most %(n)s points can be spent on this sale. Lessen them.", n=number(most))
        raise Invalid(words, field="points")
    if document.state in (None, "draft") and draft.points > balance.points:
        raise Invalid(too_few(document.summary, balance.points), field="points")
    whole = worth_of(draft.points, balance.programme.worth, digits)
    off = spread_exactly(whole, amounts, digits=digits)
    return [Off(points, amount) for points, amount in zip(spread(draft.points, off), off, strict=True)]


class Made(NamedTuple):
    """The terms of a sale that was made already and is corrected, whatever has become of its programme since."""

    id: int
    worth: Decimal
    most_share: Decimal
    #: so many points were spent where so much could be paid with them
    points: int
    payable: Decimal

    def most(self, payable: Decimal) -> int:
        """How many points as great a share of another amount is."""
        return self.points if payable >= self.payable else int(self.points * payable // self.payable)


def _terms_made(session: Session, document: Any) -> Made | None:
    """None: it isn't corrected, is another customer's now, or nothing was paid with points."""
    if document.state != "posted" or not document.points or inspect(document).attrs.contact_id.history.deleted:
        return None
    programme = programme_by_id(session, document.programme_id or 0)
    if programme is None:
        return None
    digits, off = digits_of(document.currency), sum((line.points_off for line in document.lines), _ZERO)
    is_same = worth_of(document.points, programme.worth, digits) == off
    worth = programme.worth if is_same else off / document.points
    whole = sum(payable(session, programme, document.lines, digits), _ZERO)
    return Made(programme.id, worth, programme.most_share, document.points, whole)


def too_few(name: str, points: int) -> object:
    """What is said to whoever spends points that a customer doesn't have."""
    return _l(
        "Points that “%(name)s” can spend by now: %(n)s. Lessen them, and take the rest in money.", name=name, n=points
    )


def payable(session: Session, programme: Any, lines: Sequence[Any], digits: int) -> list[Decimal]:
    """What each line comes to as it is priced, of items on which points are spent; zero of others."""
    items = items_by_id(session, {line.item_id for line in lines})
    counted = is_counted(session, programme, [items[line.item_id] for line in lines])
    return [
        line_amount(_priced(items, line), line.price, discount=line.discount, digits=digits) if counts else _ZERO
        for line, counts in zip(lines, counted, strict=True)
    ]


def _priced(items: Mapping[int, Any], line: Any) -> Decimal:
    return priced_quantity(items[line.item_id], line.quantity, getattr(line, "second", None))


def offered(session: Session, contact_id: int, currency: str, lines: Sequence[Any]) -> tuple[Balance, int] | None:
    """What a customer has, and how many of these points a sale with such lines may be paid with; None: they are in no
    programme."""
    balance = balance_to_spend(session, contact_id)
    if balance is None:
        return None
    if currency != base_currency(session):
        return balance, 0
    digits = digits_of(currency)
    most = _most(balance.programme, payable(session, balance.programme, lines, digits), digits) if lines else 0
    return balance, min(most, balance.points)


def _most(programme: Any, amounts: Sequence[Decimal], digits: int) -> int:
    return most_to_spend(sum(amounts, _ZERO), worth=programme.worth, most_share=programme.most_share, digits=digits)


def _balance_of(session: Session, document: Any, draft: Any, made: Made | None) -> Balance:
    if document.kind != "trade.sale":
        raise Invalid(_l("Points are spent on sales alone."), field="points")
    if draft.points < 0:
        raise Invalid(_l("Points that are spent are above zero."), field="points")
    currency = base_currency(session)
    if document.currency != currency:
        raise Invalid(_l("Points are spent on sales in %(currency)s.", currency=currency), field="points")
    if made is not None:
        return Balance(made, draft.points)
    moment = document.moment if document.is_dated else None
    balance = balance_to_spend(session, document.contact_id, moment)
    if balance is None:
        words = _l("“%(name)s” is in no programme, and has no points to spend.", name=document.summary)
        raise Invalid(words, field="points")
    return balance
