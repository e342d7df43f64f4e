"""What late payments under a contract cost: proposed for a period, and charged once for each day of each document."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, SentBefore, locked, post, reverse, written_before
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, check_day, organisation_id, rate_at
from app.api.security import Actor, PastPolicy, require
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import Money, Percent, digits_of, to_units
from modules.contacts.contract_models import Contract
from modules.contacts.contracts import contract_by_id, due_for
from modules.contacts.families import family_of
from modules.contacts.models import Contact, OpenItem
from modules.contacts.parties import parties_by_id
from modules.contacts.penalties.agreed import FIELDS, terms_of
from modules.contacts.penalties.models import KeyRate, Penalty, PenaltyLine
from modules.contacts.penalties.rules import Debt, Span, spans_of
from modules.contacts.registers import PenaltyIncome, Settlements
from modules.contacts.settling import Debt as NewDebt
from modules.contacts.settling import require_sight, settle

_BOOKS = PastPolicy("a penalty counts all that settled a document, and is charged once, whoever may see that")
#: what nobody pays a penalty for: an advance of ours, and penalties themselves
_FREE = ("contacts.payment", "contacts.penalty")


@dataclass(frozen=True, slots=True)
class Late:
    """A document that was paid late, and what that costs."""

    item_id: int
    document_id: int
    contact_id: int
    number: str
    kind: str
    due: date
    spans: Sequence[Span]

    @property
    def amount(self) -> Decimal:
        return sum((span.amount for span in self.spans), Decimal(0))


def proposed(session: Session, contract: Contract, since: date | None, until: date) -> list[Late]:
    """What the documents under a contract cost that were late on the days up to `until`, from `since` on if it is given, and
    weren't charged for these days. Of documents that are open to the session's actor.

    Refused (Invalid): a contract without a penalty, a day that has not ended, a first day after the last one, a key rate that
    isn't known.
    """
    actor = session.info["actor"]
    require_sight(session, actor, [])
    if not contract.penalty_kind:
        raise Invalid(
            _l("No penalty is agreed in the contract %(number)s.", number=contract.number), field="contract_id"
        )
    if until >= wall_clock().date():
        raise Invalid(_l("Choose a day that has ended."), field="until")
    if since is not None and since > until:
        raise Invalid(_l("The first day is after the last one."), field="since")
    rows = session.execute(_late_items(session, contract, since, until)).all()
    ids = [row.id for row in rows]
    changes, charged = _changes(session, ids), _charged(session, ids)
    terms, digits = terms_of(contract, key_rates(session)), digits_of(contract.currency)
    found = []
    for row in rows:
        due = row.due or row.moment.date()
        before = charged[row.id]
        debt = Debt(
            row.amount,
            due,
            tuple(changes[row.id]),
            tuple((first, last) for first, last, _ in before),
            sum((amount for *_, amount in before), Decimal(0)),
        )
        spans = spans_of(debt, terms, since or date.min, until, digits)
        first = max(due + timedelta(days=terms.grace + 1), since or due)
        if first <= until and terms.missing_rate(first):
            words = _l("No key rate is known on %(day)s. Enter it under “Key rates”.", day=said_day(first))
            raise Invalid(words, field="contract_id")
        if spans:
            found.append(Late(row.id, row.document_id, row.contact_id, row.number or "", row.kind, due, spans))
    return found


def charge(
    session: Session,
    actor: Actor,
    *,
    contract_id: int,
    until: date,
    since: date | None = None,
    items: Collection[int],
    expected: Decimal,
    note: str = "",
    operation_id: str | None = None,
) -> Penalty:
    """Record and post what `proposed` says of some open items: the contact owes it under the contract, by its terms.

    `expected` is what it came to when somebody looked. Refused: nothing chosen, or another amount now (Conflict), what
    `proposed` refuses.
    """
    require(actor, "contacts.penalty.post")
    contract = contract_by_id(session, contract_id)
    contact = parties_by_id(session, {contract.contact_id})[contract.contact_id]
    if (made := written_before(session, Penalty, None, operation_id)) is not None:
        if (made.contract_id, made.until, made.amount) != (contract_id, until, expected):
            raise SentBefore(made)
        return made
    late = [each for each in proposed(session, contract, since, until) if each.item_id in items]
    if not late:
        raise Invalid(_l("Choose at least one document that was paid late."), field="items")
    _check_expected(late, expected)
    when, own = wall_clock(), base_currency(session)
    check_day(until, field="until")
    rate = rate_at(session, contract.currency, when.date())
    penalty = Penalty(
        organisation_id=organisation_id(session),
        contact_id=contact.id,
        contract_id=contract.id,
        since=min(span.since for each in late for span in each.spans),
        until=until,
        due=due_for(session, contact.id, contract.id, when.date()),
        moment=when,
        is_dated=False,
        currency=contract.currency,
        amount=expected,
        rate=rate,
        base=rate.in_base(expected, digits_of(own)),
        responsible_id=contact.responsible_id,
        summary=contact.name,
        note=visible(note, one_blank=False),
        operation_id=operation_id,
        links=[],
        **{name: getattr(contract, name) for name in FIELDS},
    )

    def move(posting: Posting, _documents: Sequence[Penalty]) -> None:
        # Nobody charges for these documents, or settles them, between this look and the end.
        posting.hold(Settlements.open_items, {(each.contact_id, each.item_id, penalty.currency) for each in late})
        again = [each for each in proposed(session, contract, since, until) if each.item_id in items]
        _check_expected(again, expected)
        _enter(posting, penalty, again)

    post(session, actor, [penalty], move)
    return penalty


def reverse_penalty(session: Session, actor: Actor, document_id: int) -> Penalty:
    """Reverse a penalty: its days can be charged again."""
    document = locked(session, Penalty, document_id)
    reverse(session, actor, document)
    return document


def key_rates(session: Session) -> list[tuple[date, Decimal]]:
    """From which day on which key rate is in force, by day."""
    query = select(KeyRate.since, KeyRate.rate).where(KeyRate.organisation_id == organisation_id(session))
    return [(row.since, row.rate) for row in session.execute(query.order_by(KeyRate.since))]


def _check_expected(late: Sequence[Late], expected: Decimal) -> None:
    if sum((each.amount for each in late), Decimal(0)) != expected:
        raise Conflict(_l("Something was settled or charged meanwhile. Look at the lines again."))


def _enter(posting: Posting, penalty: Penalty, late: Sequence[Late]) -> None:
    lines = [(each.item_id, span) for each in late for span in each.spans]
    follows_key = penalty.penalty_kind.startswith("key")
    for line, (item_id, span) in enumerate(lines, 1):
        row = {"document_id": penalty.id, "line": line, "item_id": item_id, "since": span.since, "until": span.until}
        row |= {"debt": to_units(span.debt, Money.scale), "amount": to_units(span.amount, Money.scale)}
        row |= {"key_rate": _percent(span.key_rate) if follows_key else None, "is_cut": span.is_cut}
        posting.insert(PenaltyLine.__table__, row)
    debt = NewDebt(
        penalty,
        penalty.contact_id,
        penalty.amount,
        penalty.base,
        due=penalty.due,
        contract_id=penalty.contract_id,
    )
    settle(posting, [debt])
    said: dict[str, Any] = {"contact": penalty.contact_id, "currency": penalty.currency}
    posting.add(PenaltyIncome, penalty, side=1, amount=penalty.amount, base=penalty.base, **said)


def _percent(rate: Decimal | None) -> int | None:
    return None if rate is None else to_units(rate, Percent.scale)


def _late_items(session: Session, contract: Contract, since: date | None, until: date) -> Any:
    """Documents under the contract that were due before the last day, and open then or settled since the first."""
    entries, opened = Settlements.entries.c, Settlements.open_items.table.c
    due = func.coalesce(OpenItem.due, func.date(Document.moment))
    has_open = exists().where(
        opened.contact_id == OpenItem.contact_id,
        opened.item_id == OpenItem.id,
        type_coerce(opened.amount, BigInteger) != 0,
    )
    moved = [entries.item_id == OpenItem.id, func.date(entries.moment) >= (since or due)]
    return (
        select(
            OpenItem.id,
            OpenItem.document_id,
            OpenItem.contact_id,
            OpenItem.due,
            OpenItem.amount,
            Document.number,
            Document.kind,
            Document.moment,
        )
        .join(Contact, Contact.id == OpenItem.contact_id)
        .join(Document, Document.id == OpenItem.document_id)
        .where(
            OpenItem.contact_id.in_(family_of(session, contract.contact_id)),
            OpenItem.contract_id == contract.id,
            type_coerce(OpenItem.amount, BigInteger) > 0,
            Document.state == "posted",
            Document.kind.not_in(_FREE),
            due < until,
            or_(has_open, exists().where(and_(*moved))),
        )
        .order_by(due, OpenItem.id)
    )


def _changes(session: Session, items: Collection[int]) -> dict[int, list[tuple[date, Decimal]]]:
    """By item: on which day it grew or was settled by how much."""
    e = Settlements.entries.c
    query = select(e.item_id, e.moment, e.amount).where(e.item_id.in_(items)).order_by(e.moment)
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in _BOOKS(session).execute(query):
        found[row.item_id].append((row.moment.date(), row.amount))
    return found


def _charged(session: Session, items: Collection[int]) -> dict[int, list[tuple[date, date, Decimal]]]:
    """By item: for which days a penalty was charged, and how much."""
    line, document = PenaltyLine.__table__.c, Document.__table__.c
    query = (
        select(line.item_id, line.since, line.until, line.amount)
        .join_from(PenaltyLine.__table__, Document.__table__, document.id == line.document_id)
        .where(line.item_id.in_(items), document.state == "posted")
    )
    found: dict[int, list[tuple[date, date, Decimal]]] = defaultdict(list)
    for row in _BOOKS(session).execute(query):
        found[row.item_id].append((row.since, row.until, row.amount))
    return found


def charged_until(session: Session, contract_id: int) -> date | None:
    """The last day for which a penalty was charged under a contract."""
    query = select(func.max(Penalty.until)).where(Penalty.contract_id == contract_id, Penalty.state == "posted")
    return session.scalar(query)


__all__ = ["Late", "charge", "charged_until", "key_rates", "proposed", "reverse_penalty"]
