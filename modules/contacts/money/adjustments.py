"""Debts that no sale, purchase or payment made: as they stood when the books began, written off, or offset between contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.documents import SentBefore, documents_by_id, locked, post, reverse, written_before
from app.api.errors import Conflict, Invalid
from app.api.reference import base_currency, check_currency, check_day, organisation_id, rate_at
from app.api.security import Actor, record, require
from app.api.texts import kept, money, visible
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, digits_of
from modules.contacts.models import Adjustment, Contact, MoneyPolicy
from modules.contacts.money.recording import check_moved
from modules.contacts.money.words import CREDIT, OFFSET, OPENING, SIDES, WRITE_OFF
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import open_document
from modules.contacts.settling import Debt, require_sight, settle

#: so many open items of a contact are looked through


@dataclass(frozen=True, slots=True)
class AdjustmentSaid:
    """What an adjustment is to say, once it is checked."""

    contact: Any
    reason: str
    side: str
    amount: Decimal
    currency: str
    moment: datetime | None
    note: str
    due: date | None = None
    number: str = ""
    pays: Sequence[tuple[int, Decimal]] = ()
    oldest_first: bool = False
    other_id: int | None = None
    act: str | None = None
    contract_id: int | None = None
    #: what it is worth in the organisation's own currency; None: by the day's rate
    base: Decimal | None = None


def record_opening_debt(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    side: str,
    amount: Decimal,
    moment: datetime,
    number: str = "",
    currency: str | None = None,
    due: date | None = None,
    contract_id: int | None = None,
    note: str = "",
    operation_id: str | None = None,
) -> Adjustment:
    """Record and post a document that was unpaid when the books began: with its own number, date and due day, so that
    statements, ageing and payments know it as any other. `side`: `them` owe us, or we (`us`) owe the contact. An advance is a
    debt the other way round. A number that an adjustment has already gets the contact's code behind it.

    Refused: what a payment of such an amount and currency is refused for, a due day before the document's.
    """
    contact = parties_by_id(session, {contact_id})[contact_id]
    if side not in SIDES:
        raise Invalid(_l("Either the contact owes us, or we owe the contact."), field="side")
    currency = currency or base_currency(session)
    if due is not None:
        check_day(due, field="due")
        if due < moment.date():
            raise Invalid(_l("It can't be due before its own date."), field="due")
    number = kept(Adjustment, {"number": number})["number"]
    said = AdjustmentSaid(
        contact,
        OPENING,
        side,
        amount,
        currency,
        moment,
        note,
        due=due,
        number=number,
        act=operation_id,
        contract_id=contract_id,
    )
    return record_adjustment(session, actor, said)


def write_off(
    session: Session,
    actor: Actor,
    *,
    document_ids: Sequence[int],
    reason: str,
    moment: datetime | None = None,
    operation_id: str | None = None,
) -> list[Adjustment]:
    """Write off what is open of documents, each by an adjustment of its own that says why.

    Refused: no documents, no reason, a document of which nothing is open or that is not open to the actor, more than the limit
    of `policy_of` in the organisation's currency. All or none.
    """
    require(actor, "contacts.adjustment.post")
    if not document_ids:
        raise Invalid(_l("Choose what to write off."), field="documents")
    if not visible(reason):
        raise Invalid(_l("Say why it is written off."), field="reason")
    require_sight(session, actor, document_ids)
    limit, made = policy_of(session).write_off_limit, []
    for document in documents_by_id(session, set(document_ids)).values():
        act = operation_id and f"{operation_id}:{document.id}"
        if (before := written_before(session, Adjustment, None, act)) is not None:
            made.append(before)
            continue
        item = open_document(session, document.id)
        if item is None:
            raise Conflict(_l("Nothing is open of %(number)s.", number=document.number))
        part = abs(item.open)
        worth = rate_at(session, document.currency, (moment or wall_clock()).date()).in_base(part, 4)
        if worth > limit:
            words = _l(
                "%(open)s %(currency)s is open of %(number)s; at most %(limit)s %(base)s may be written off.",
                open=money(part, document.currency),
                currency=document.currency,
                number=document.number,
                limit=money(limit, base_currency(session)),
                base=base_currency(session),
            )
            raise Conflict(words)
        contact = parties_by_id(session, {item.contact_id})[item.contact_id]
        side = "us" if item.open > 0 else "them"
        pays = [(document.id, part)]
        made.append(
            record_adjustment(
                session,
                actor,
                AdjustmentSaid(contact, WRITE_OFF, side, part, document.currency, moment, reason, pays=pays, act=act),
            )
        )
    return made


def record_credit(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    amount: Decimal,
    currency: str,
    against: Sequence[int] = (),
    note: str = "",
    operation_id: str | None = None,
) -> Adjustment:
    """Owe a contact so much, such as for goods that were bad: it settles what is open of the documents `against`, and what is
    more is owed to them. Refused: what a payment of such an amount and currency is refused for."""
    require(actor, "contacts.adjustment.post")
    contact = parties_by_id(session, {contact_id})[contact_id]
    pays, left = [], amount
    for document_id in against:
        item = open_document(session, document_id)
        part = min(left, item.open) if item is not None and item.currency == currency else Decimal(0)
        if part > 0:
            pays.append((document_id, part))
            left -= part
    said = AdjustmentSaid(contact, CREDIT, "us", amount, currency, None, note, pays=pays, act=operation_id)
    return record_adjustment(session, actor, said)


def reverse_adjustment(session: Session, actor: Actor, document_id: int) -> Adjustment:
    """Reverse an adjustment; of an offset both halves."""
    document = locked(session, Adjustment, document_id)
    halves = [document]
    if document.reason == OFFSET:
        half = Adjustment.other_id == document.id if document.other_id is None else Adjustment.id == document.other_id
        found = session.scalars(select(Adjustment.id).where(half, Adjustment.state == "posted")).first()
        if found is not None:
            halves.append(locked(session, Adjustment, found))
    for half_of_it in halves:
        reverse(session, actor, half_of_it)
    return document


def policy_of(session: Session) -> MoneyPolicy:
    """What was decided about write-offs; before anything was, at most 1 of the organisation's currency."""
    own = organisation_id(session)
    return session.get(MoneyPolicy, own) or MoneyPolicy(organisation_id=own, write_off_limit=Decimal(1), version=0)


def set_policy(session: Session, actor: Actor, *, write_off_limit: Decimal, version: int | None = None) -> MoneyPolicy:
    """Decide up to which amount rests may be written off. Refused: below zero, finer than the currency; what somebody has
    decided since `version` (Changed)."""
    require(actor, "contacts.account.edit")
    if not Money.holds(write_off_limit) or write_off_limit < 0:
        raise Invalid(_l("“%(value)s” isn't an amount of money", value=write_off_limit), field="write_off_limit")
    policy = policy_of(session)
    if policy.version:
        begin_version(session, policy, version)
    else:
        policy.version = 1
        session.add(policy)
    policy.write_off_limit = write_off_limit
    session.flush()
    limit = money(write_off_limit, base_currency(session))
    said = f"write_off_limit: {limit}"
    record(
        session, "contacts.policy.change", subject="core.organisation", subject_id=policy.organisation_id, summary=said
    )
    return policy


def record_adjustment(session: Session, actor: Actor, said: AdjustmentSaid) -> Adjustment:
    """Record and post an adjustment. The same act again gives what is there already, and is refused (SentBefore) when it says
    something else."""
    require(actor, "contacts.adjustment.post")
    base, note = base_currency(session), visible(said.note, one_blank=False)
    if said.currency != base:
        check_currency(said.currency)
    check_moved(said.amount, said.currency)
    if (made := written_before(session, Adjustment, None, said.act)) is not None:
        same = (
            made.contact_id,
            made.reason,
            made.side,
            made.amount,
            made.currency,
            made.due,
            made.note,
            made.contract_id,
        )
        new = (said.contact.id, said.reason, said.side, said.amount, said.currency, said.due, note, said.contract_id)
        if same != new:
            raise SentBefore(made)
        return made
    when = said.moment or wall_clock()
    check_day(when.date(), field="moment")
    rate = rate_at(session, said.currency, when.date())
    document = Adjustment(
        organisation_id=organisation_id(session),
        contact_id=said.contact.id,
        contract_id=said.contract_id,
        reason=said.reason,
        side=said.side,
        due=said.due,
        number=_free_number(session, said),
        moment=when,
        is_dated=said.moment is not None,
        currency=said.currency,
        amount=said.amount,
        rate=rate,
        base=rate.in_base(said.amount, digits_of(base)) if said.base is None else said.base,
        other_id=said.other_id,
        responsible_id=said.contact.responsible_id,
        summary=said.contact.name,
        note=note,
        operation_id=said.act,
        links=[],
    )
    sign = 1 if said.side == "them" else -1
    debt = Debt(
        document,
        said.contact.id,
        sign * document.amount,
        sign * document.base,
        due=said.due,
        pays=said.pays,
        oldest_first=said.oldest_first,
        contract_id=said.contract_id,
    )
    post(session, actor, [document], lambda posting, _documents: settle(posting, [debt]))
    return document


def _free_number(session: Session, said: AdjustmentSaid) -> str | None:
    """The number that the document had, or the next one of the series. Two suppliers may have numbered alike."""
    if not said.number:
        return None
    taken = select(Adjustment.number).where(Adjustment.number == said.number)
    if session.scalars(taken).first() is None:
        return said.number
    code = session.scalar(select(Contact.code).where(Contact.id == said.contact.id)) or ""
    return f"{said.number[: 37 - len(code)]} ({code})"[:40]
