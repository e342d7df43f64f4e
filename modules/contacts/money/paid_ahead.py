"""What is expected less what was paid ahead for it, so that an advance isn't counted twice.

Until something is delivered an advance stands in the books as owed back. Where it was made for what is expected it won't be
paid back: it is taken off both. What a contact has paid without saying for what goes to their debts first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, and_, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, ExpectedMoney
from app.api.hooks import money_expected
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem, Payment, PlannedDay
from modules.contacts.money.planned import HAS_PLAN, day_of
from modules.contacts.queries import OPEN, is_open, of_item

_ZERO = Decimal(0)
_LATEST = date.max
#: a contact and a currency
Whose = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Advance:
    """What is open of a payment: the payment, whose it is, and the document that it was made for, if any."""

    document_id: int
    contact_id: int
    currency: str
    #: which way it would go back
    is_in: bool
    #: on which somebody plans to pay it back; None: on none
    day: date | None
    amount: Decimal
    paid_for: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Expected money, and what of it is left to be paid."""

    money: ExpectedMoney
    left: Decimal

    @property
    def paid_ahead(self) -> Decimal:
        """What was paid for it."""
        return self.money.amount - self.left


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected, and how much of which advances is a part of it."""

    rows: Sequence[Row]
    taken: Sequence[tuple[Advance, Decimal]]


#: for whoever asks for debts alone
NOTHING = Expected((), ())


def less_paid_ahead(
    money: Iterable[ExpectedMoney], advances: Sequence[Advance], spare: Mapping[Whose, Decimal]
) -> Expected:
    """Each expected amount less what was paid ahead: advances that were made for its document first, then those for nothing in
    particular or for a document of which nothing is expected. Of these `spare` says how much a contact's debts leave (what we
    owe them in all; below zero: what they owe us). What is to be paid first is paid first; nothing goes below zero. Pure."""
    money = list(money)
    books = _Books(advances, spare, {document for each in money for document in each.paid_for})
    wanted = sorted(enumerate(money), key=lambda each: (each[1].day or _LATEST, each[0]))
    left = {i: each.amount - books.take_own(each) for i, each in wanted}
    for i, each in wanted:
        left[i] -= books.take_other(each, left[i])
    rows = [Row(each, left[i]) for i, each in sorted(wanted, key=lambda each: each[0]) if left[i]]
    return Expected(rows, books.taken)


class _Books:
    """What is open of advances while they are given to what is expected."""

    def __init__(self, advances: Sequence[Advance], spare: Mapping[Whose, Decimal], awaited: Collection[int]) -> None:
        self._advances, self._spare = advances, spare
        self._open = {advance: advance.amount for advance in advances}
        self._used: dict[tuple[Whose, bool], Decimal] = defaultdict(Decimal)
        self._for, self._of = defaultdict[int, list[Advance]](list), defaultdict[Whose, list[Advance]](list)
        for advance in advances:
            if advance.paid_for is not None and advance.paid_for in awaited:
                self._for[advance.paid_for].append(advance)
            else:
                self._of[advance.contact_id, advance.currency].append(advance)

    @property
    def taken(self) -> list[tuple[Advance, Decimal]]:
        """How much was given of which."""
        given = ((advance, advance.amount - self._open[advance]) for advance in self._advances)
        return [(advance, amount) for advance, amount in given if amount]

    def take_own(self, each: ExpectedMoney) -> Decimal:
        """What was paid for its documents."""
        found = [a for document in each.paid_for for a in self._for.get(document, ())]
        return self._take(each, found, each.amount)

    def take_other(self, each: ExpectedMoney, most: Decimal) -> Decimal:
        """What was paid for nothing that is expected, beyond the contact's debts."""
        whose = (each.partner_id, each.currency)
        spare = self._spare.get(whose, _ZERO) * (1 if each.is_in else -1) - self._used[whose, each.is_in]
        return self._take(each, self._of.get(whose, ()), min(most, spare))

    def _take(self, each: ExpectedMoney, found: Iterable[Advance], most: Decimal) -> Decimal:
        whose, whole = (each.partner_id, each.currency), _ZERO
        for advance in found:
            if advance.is_in != each.is_in and (advance.contact_id, advance.currency) == whose:
                part = max(min(most - whole, self._open[advance]), _ZERO)
                self._open[advance] -= part
                whole += part
        self._used[whose, each.is_in] += whole
        return whole


def expected_money(session: Session, today: date, until: date) -> Expected:
    """What modules expect for the session's actor, less what was paid ahead; what comes without end, up to `until`."""
    money = money_expected(session, session.info["actor"], until)
    if not money:
        return NOTHING
    advances = _advances(session, today)
    return less_paid_ahead(money, advances, _spare(session) if advances else {})


def _advances(session: Session, today: date) -> list[Advance]:
    """What is open of payments, by the index of what is open."""
    units, day = type_coerce(OPEN.c.amount, BigInteger), day_of(today, Payment)
    query = (
        select(OpenItem.document_id, OpenItem.contact_id, OPEN.c.currency, units, day, DocumentLink.origin_id)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Payment, Payment.id == OpenItem.document_id)
        .outerjoin(PlannedDay, HAS_PLAN)
        .outerjoin(DocumentLink, and_(DocumentLink.document_id == OpenItem.document_id, DocumentLink.line == 0))
        .where(is_open())
        .order_by(OpenItem.id)
    )
    return [
        Advance(document, contact, currency, n > 0, _as_day(when), from_units(abs(n), Money.scale), made_for)
        for document, contact, currency, n, when, made_for in session.execute(query)
    ]


def _spare(session: Session) -> dict[Whose, Decimal]:
    """What we owe those who have an open payment, all debts together; below zero: what they owe us."""
    paying = select(OpenItem.contact_id).join(OPEN, of_item(session)).where(is_open())
    paying = paying.join(Payment, Payment.id == OpenItem.document_id)
    units = cast(func.sum(type_coerce(OPEN.c.amount, BigInteger)), BigInteger)
    query = (
        select(OpenItem.contact_id, OPEN.c.currency, units)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), OpenItem.contact_id.in_(paying))
        .group_by(OpenItem.contact_id, OPEN.c.currency)
    )
    return {(contact, currency): -from_units(int(n), Money.scale) for contact, currency, n in session.execute(query)}


def _as_day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
