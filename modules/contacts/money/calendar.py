"""The payment calendar: what is to come in and go out, by day or week, and what that leaves on the accounts.

One list of rows, each of a source: what is owed, and what modules expect besides (`app.hooks.money_expected`). Who only asks
for its sums doesn't read what is owed row by row: `rows_of` does, for one place in the calendar.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, MoneySource
from app.api.errors import Forbidden
from app.api.reference import base_currency
from app.api.security import require
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem, PlannedDay
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.paid_ahead import Expected, expected_money
from modules.contacts.money.planned import HAS_PLAN, day_of
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.overdue import DUE
from modules.contacts.queries import OPEN, is_open, of_item

_DAY = timedelta(days=1)
#: what stands in the books as debts
OWED = MoneySource("contacts.owed", _l("Owed"), "receipt")


@dataclass(frozen=True, slots=True)
class Move:
    """Money of one source that comes in or goes out on a day; `day` None: nobody has said when. Below zero, it takes off what
    another move of the source says."""

    source: MoneySource
    is_in: bool
    day: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, and what is to be paid in them; `since` None: all that is overdue, `until` None: all that comes later, both
    None: what nobody has said a day of."""

    since: date | None
    until: date | None
    come_in: Decimal
    go_out: Decimal
    #: what the accounts hold once that is paid; None where nobody may see what they hold
    balance: Decimal | None
    #: what of both is of which source, in the sources' order: in, out
    parts: Mapping[MoneySource, tuple[Decimal, Decimal]]

    @property
    def is_undated(self) -> bool:
        """Whether it is of what nobody has said a day of."""
        return self.since is None and self.until is None

    def has_expected(self, side: int) -> bool:
        """Whether anything comes in (0) or goes out (1) that nobody owes yet."""
        return any(pair[side] for source, pair in self.parts.items() if source != OWED)

    def holds(self, day: date | None) -> bool:
        """Whether a day is among its own."""
        if day is None or self.is_undated:
            return day is None and self.is_undated
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def spans(moves: Sequence[Move], today: date, *, step: int, count: int, held: Decimal | None) -> list[Span]:
    """What is to be paid before `today`, in each of `count` spans of `step` days from it on, later, and without a day where
    there is such; with the balance after each. What is overdue is taken to be paid first. Pure."""
    ends: list[tuple[date | None, date | None]] = [(None, today - _DAY)]
    for n in range(count):
        ends.append((today + n * step * _DAY, today + ((n + 1) * step - 1) * _DAY))
    ends.append((today + count * step * _DAY, None))
    if any(move.day is None for move in moves):
        ends.append((None, None))
    found = []
    for since, until in ends:
        span = Span(since, until, Decimal(0), Decimal(0), None, {})
        parts = _by_source(move for move in moves if span.holds(move.day))
        come_in, go_out = (sum((pair[i] for pair in parts.values()), Decimal(0)) for i in (0, 1))
        held = None if held is None else held + come_in - go_out
        found.append(Span(since, until, come_in, go_out, held, parts))
    return found


def _by_source(moves: Iterable[Move]) -> dict[MoneySource, tuple[Decimal, Decimal]]:
    sums: dict[MoneySource, tuple[Decimal, Decimal]] = {}
    for move in moves:
        come_in, go_out = sums.get(move.source, (Decimal(0), Decimal(0)))
        sums[move.source] = (come_in + move.amount, go_out) if move.is_in else (come_in, go_out + move.amount)
    return {source: pair for source, pair in sums.items() if any(pair)}


def due_by_day(
    session: Session, *, planned: date | None = None
) -> dict[str, dict[date | None, tuple[Decimal, Decimal]]]:
    """What is open by currency and due day, as far as contacts and documents are open to the actor: one question, whose cost
    goes with what is open. What has no due day was due on its own; what was paid ahead is due on None. `planned`: by the day
    that is planned instead, where one is on this day or later.

    Refused (Forbidden): whoever may not see what is owed."""
    actor = session.info["actor"]
    require(actor, "contacts.statement.view")
    if not actor.sees("contacts.financial"):
        raise Forbidden("contacts.financial")
    day = day_of(planned) if planned is not None else DUE
    amount = type_coerce(OPEN.c.amount, BigInteger)
    sides = [cast(func.sum(case((sign * amount > 0, sign * amount), else_=0)), BigInteger) for sign in (1, -1)]
    query = (
        select(OPEN.c.currency, day, *sides)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .outerjoin(PlannedDay, HAS_PLAN)
        .where(is_open())
        .group_by(OPEN.c.currency, day)
    )
    found: dict[str, dict[date | None, tuple[Decimal, Decimal]]] = {}
    for currency, when, come_in, go_out in session.execute(query):
        when = date.fromisoformat(when) if isinstance(when, str) else when
        amounts = (from_units(come_in, Money.scale), from_units(go_out, Money.scale))
        found.setdefault(currency, {})[when] = amounts
    return found


def held_by_currency(session: Session) -> dict[str, Decimal] | None:
    """What all accounts together hold now, by currency; None for whoever may not see it."""
    actor = session.info["actor"]
    if not (actor.may("contacts.account.view") and actor.sees("contacts.cash")):
        return None
    balances, held = balances_of_accounts(session), dict[str, Decimal]()
    for account_id, currency in session.execute(select(MoneyAccount.id, MoneyAccount.currency)):
        held[currency] = held.get(currency, Decimal(0)) + balances.get(account_id, Decimal(0))
    return held


def calendar(
    session: Session, today: date, *, step: int, count: int, expected: Expected | None = None
) -> dict[str, list[Span]]:
    """The spans of every currency in which something is open, expected or held, the company's own first. `expected`: what is
    expected up to the last day, where that was asked for already (`NOTHING`: of debts alone). Refused as by `due_by_day`."""
    moves = _moves(session, today, last_day(today, step, count), expected)
    held = held_by_currency(session)
    own, codes = base_currency(session), moves.keys() | {c for c, amount in (held or {}).items() if amount}
    currencies = sorted(codes, key=lambda c: (c != own, c))
    return {
        c: spans(
            moves.get(c, ()),
            today,
            step=step,
            count=count,
            held=None if held is None else held.get(c, Decimal(0)),
        )
        for c in currencies
    }


def amount_of(
    session: Session,
    today: date,
    until: date,
    *,
    span: Span,
    currency: str,
    is_in: bool,
    source: str | None = None,
    expected: Expected | None = None,
) -> Decimal:
    """What a calendar that reaches to `until` says of one of its places, however many rows lie behind it; `source` None: of
    all; `expected` as of `calendar`. Refused as by `due_by_day`."""
    moves = _moves(session, today, until, expected).get(currency, ())
    here = (move for move in moves if move.is_in == is_in and source in (None, move.source.name))
    return sum((move.amount for move in here if span.holds(move.day)), Decimal(0))


def last_day(today: date, step: int, count: int) -> date:
    """Of the last span that has one."""
    return today + (step * count - 1) * _DAY


def _moves(session: Session, today: date, until: date, expected: Expected | None) -> dict[str, list[Move]]:
    moves = {currency: _owed(days) for currency, days in due_by_day(session, planned=today).items()}
    if expected is None:
        expected = expected_money(session, today, until)
    for currency, some in _expected(expected, today).items():
        moves[currency] = [*moves.get(currency, ()), *some]
    return moves


def _owed(days: Mapping[date | None, tuple[Decimal, Decimal]]) -> list[Move]:
    return [Move(OWED, i == 0, day, pair[i]) for day, pair in days.items() for i in (0, 1) if pair[i]]


def _expected(expected: Expected, today: date) -> dict[str, list[Move]]:
    """Its rows, and what was paid ahead for them taken off what it is owed back as."""
    found: dict[str, list[Move]] = {}
    for row in expected.rows:
        move = Move(row.money.source, row.money.is_in, no_earlier(row.money.day, today), row.left)
        found.setdefault(row.money.currency, []).append(move)
    for advance, taken in expected.taken:
        found.setdefault(advance.currency, []).append(Move(OWED, advance.is_in, advance.day, -taken))
    return found


def no_earlier(day: date | None, today: date) -> date | None:
    """When what nobody owes yet can be paid: what isn't owed isn't overdue."""
    return None if day is None else max(day, today)
