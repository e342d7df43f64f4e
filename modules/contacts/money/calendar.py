"""The payment calendar: what falls due in and out, by day or week, and what that leaves on the accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Forbidden
from app.api.security import require
from app.api.values import Money, from_units
from modules.contacts.models import Contact, OpenItem
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.queries import OPEN, is_open, of_item

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, and what falls due in them; `since` None: all that is overdue, `until` None: all that comes later."""

    since: date | None
    until: date | None
    come_in: Decimal
    go_out: Decimal
    #: what the accounts hold once that is paid; None where nobody may see what they hold
    balance: Decimal | None


#: what falls due on a day: what comes in, and what goes out
Due = Mapping[date, tuple[Decimal, Decimal]]


def spans(due: Due, today: date, *, step: int, count: int, held: Decimal | None) -> list[Span]:
    """What falls due before `today`, in each of `count` spans of `step` days from it on, and later, with the balance after
    each. What is overdue is taken to be paid first. Pure."""
    ends: list[tuple[date | None, date | None]] = [(None, today - _DAY)]
    first = today
    for _ in range(count):
        ends.append((first, first + (step - 1) * _DAY))
        first += step * _DAY
    ends.append((first, None))
    found = []
    for since, until in ends:
        days = [day for day in due if (since is None or day >= since) and (until is None or day <= until)]
        come_in, go_out = (sum((due[day][i] for day in days), Decimal(0)) for i in (0, 1))
        held = None if held is None else held + come_in - go_out
        found.append(Span(since, until, come_in, go_out, held))
    return found


def due_by_day(session: Session) -> dict[str, dict[date, tuple[Decimal, Decimal]]]:
    """What is open by currency and due day, as far as contacts and documents are open to the actor: one question, whose cost
    goes with what is open. What has no due day was due on its own. Refused (Forbidden): whoever may not see what is owed."""
    actor = session.info["actor"]
    require(actor, "contacts.statement.view")
    if not actor.sees("contacts.financial"):
        raise Forbidden("contacts.financial")
    day = func.coalesce(OpenItem.due, func.date(Document.moment))
    amount = type_coerce(OPEN.c.amount, BigInteger)
    sides = [cast(func.sum(case((sign * amount > 0, sign * amount), else_=0)), BigInteger) for sign in (1, -1)]
    query = (
        select(OPEN.c.currency, day, *sides)
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open())
        .group_by(OPEN.c.currency, day)
    )
    found: dict[str, dict[date, tuple[Decimal, Decimal]]] = {}
    for currency, when, come_in, go_out in session.execute(query):
        when = when if isinstance(when, date) else date.fromisoformat(str(when))
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


def calendar(session: Session, today: date, *, step: int, count: int) -> dict[str, list[Span]]:
    """The spans of every currency in which something is open or held, by currency."""
    due, held = due_by_day(session), held_by_currency(session)
    currencies: Sequence[str] = sorted(due.keys() | {c for c, amount in (held or {}).items() if amount})
    nothing: dict[date, tuple[Decimal, Decimal]] = {}
    return {
        c: spans(
            due.get(c, nothing),
            today,
            step=step,
            count=count,
            held=None if held is None else held.get(c, Decimal(0)),
        )
        for c in currencies
    }
