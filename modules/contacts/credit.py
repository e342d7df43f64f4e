"""Whether a contact may owe more: credit limits and late payments, wherever a sale is posted.

What happens is said by the contract, else by the contact, else by the organisation (`conditions`). A warning is shown once the
sale is posted; what may not be is refused, unless whoever posts it may override that: then the audit says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.documents import Document
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import Money, digits_of, from_units, share_of, to_units
from modules.contacts.conditions import ACTIONS, BLOCK, MOST_DAYS, NOTHING, WARN, action_of, bounds_of, due_of
from modules.contacts.contract_models import Contract, CreditRule
from modules.contacts.dunning.levels import DAYS, MOST
from modules.contacts.families import family_of
from modules.contacts.models import Contact, OpenItem
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import open_of, sees_open_items
from modules.contacts.registers import Settlements
from modules.contacts.settling import Debt

_BOOKS = PastPolicy("what a contact owes decides whether more may be sold to them, whoever may see it")

_CONTACT, _RULE, _ITEM, _DOCUMENT = (m.__table__.c for m in (Contact, CreditRule, OpenItem, Document))
_OPEN, _BALANCE, _UNDER = (t.table.c for t in (Settlements.open_items, Settlements.balance, Settlements.by_contract))
#: the limits of contacts and what the organisation says, by one question
_LIMITS = (
    select(_CONTACT.id, _CONTACT.credit_limit, _RULE.over_limit, _RULE.overdue, _RULE.overdue_days)
    .join_from(
        Contact.__table__, CreditRule.__table__, _RULE.organisation_id == bindparam("organisation"), isouter=True
    )
    .where(_CONTACT.id.in_(bindparam("ids", expanding=True)))
)
_LATE_BASE = func.coalesce(func.sum(type_coerce(_OPEN.base, BigInteger)), literal_column("0"))
_DUE = func.coalesce(_ITEM.due, func.date(_DOCUMENT.moment))
_LATE = (
    select(_LATE_BASE.label("base"), func.min(_DUE).label("since"))
    .join_from(Settlements.open_items.table, OpenItem.__table__, _ITEM.id == _OPEN.item_id)
    .join(Document.__table__, _DOCUMENT.id == _ITEM.document_id)
    .where(
        _OPEN.organisation_id == bindparam("organisation"),
        _OPEN.contact_id.in_(bindparam("contacts", expanding=True)),
        type_coerce(_OPEN.amount, BigInteger) != literal_column("0"),
        type_coerce(_OPEN.amount, BigInteger) > 0,
        bindparam("day") > _DUE,
    )
)
_OWED = select(func.coalesce(func.sum(type_coerce(_BALANCE.base, BigInteger)), literal_column("0"))).where(
    _BALANCE.organisation_id == bindparam("organisation"),
    _BALANCE.contact_id.in_(bindparam("contacts", expanding=True)),
)
_OWED_UNDER = select(func.coalesce(func.sum(type_coerce(_UNDER.amount, BigInteger)), literal_column("0"))).where(
    and_(
        _UNDER.organisation_id == bindparam("organisation"),
        _UNDER.contact_id.in_(bindparam("contacts", expanding=True)),
        _UNDER.contract_id == bindparam("contract"),
        _UNDER.currency == bindparam("currency"),
    )
)
#: what was paid under a contract and isn't used; below zero
_ADVANCES = (
    select(func.coalesce(func.sum(type_coerce(_OPEN.amount, BigInteger)), literal_column("0")))
    .join_from(Settlements.open_items.table, OpenItem.__table__, _ITEM.id == _OPEN.item_id)
    .where(
        _OPEN.organisation_id == bindparam("organisation"),
        _OPEN.contact_id.in_(bindparam("contacts", expanding=True)),
        _OPEN.currency == bindparam("currency"),
        _ITEM.contract_id == bindparam("contract"),
        type_coerce(_OPEN.amount, BigInteger) != literal_column("0"),
        type_coerce(_OPEN.amount, BigInteger) < 0,
    )
)
#: what a document made before it was corrected, all its parts together
_BEFORE = select(func.sum(type_coerce(_ITEM.base, BigInteger))).where(_ITEM.document_id == bindparam("document"))


@dataclass(frozen=True, slots=True)
class Credit:
    """How a contact stands with what it may owe. Amounts in the organisation's currency, above zero: they owe us."""

    contact_id: int
    name: str
    owed: Decimal
    limit: Decimal | None
    late: Decimal
    #: the day on which the oldest of that was due
    late_since: date | None
    over_limit: str
    overdue: str
    contract: Contract | None = None
    #: under the contract, in its currency
    owed_under: Decimal = Decimal(0)
    #: what was due before this day is late
    late_before: date | None = None

    def reasons(
        self, currency: str, more: Decimal = Decimal(0), more_under: Decimal = Decimal(0)
    ) -> Iterator[tuple[str, Any]]:
        """What speaks against owing `more` (in base) and `more_under` its contract: what is to happen, and why in words."""
        if self.limit is not None and self.owed + more > self.limit and self.over_limit != NOTHING:
            said = {"debt": money(self.owed + more, currency), "limit": money(self.limit, currency)}
            text = _l(
                "%(name)s owes %(debt)s %(currency)s now; the limit is %(limit)s.",
                name=self.name,
                currency=currency,
                **said,
            )
            yield self.over_limit, text
        contract = self.contract
        if contract is not None and contract.credit_limit is not None and self.over_limit != NOTHING:
            under = self.owed_under + more_under
            if under > contract.credit_limit:
                said = {n: money(v, contract.currency) for n, v in (("debt", under), ("limit", contract.credit_limit))}
                text = _l(
                    "%(debt)s %(currency)s is open under the contract %(number)s; its limit is %(limit)s.",
                    number=contract.number,
                    currency=contract.currency,
                    **said,
                )
                yield self.over_limit, text
        if self.late > 0 and self.overdue != NOTHING and self.late_since is not None:
            said = {"late": money(self.late, currency), "day": said_day(self.late_since)}
            text = _l(
                "%(name)s is late with %(late)s %(currency)s, due since %(day)s.",
                name=self.name,
                currency=currency,
                **said,
            )
            yield self.overdue, text


def credit_of(session: Session, contact_id: int, contract: Contract | None = None) -> Credit:
    """How a contact stands, whoever may see it: for the operations that decide by it, and for those who may know."""
    organisation, books = organisation_id(session), _BOOKS(session)
    party = parties_by_id(session, {contact_id})[contact_id]
    rule = books.execute(_LIMITS, {"organisation": organisation, "ids": [contact_id]}).one()
    over_limit = action_of("over_limit", (contract, party), rule.over_limit or WARN)
    overdue = action_of("overdue", (contract, party), rule.overdue or NOTHING)
    of = {"organisation": organisation, "contacts": sorted(family_of(session, contact_id))}
    last = wall_clock().date() - timedelta(days=rule.overdue_days or 0)
    late = books.execute(_LATE, {**of, "day": last}).one()
    since = late.since if isinstance(late.since, date | None) else date.fromisoformat(late.since)
    under = Decimal(0)
    if contract is not None:
        asked = {**of, "contract": contract.id, "currency": contract.currency}
        under = from_units(int(books.scalar(_OWED_UNDER, asked) or 0), Money.scale)
    return Credit(
        contact_id,
        party.name,
        from_units(int(books.scalar(_OWED, of) or 0), Money.scale),
        rule.credit_limit,
        from_units(int(late.base), Money.scale),
        since,
        over_limit,
        overdue,
        contract,
        under,
        last,
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A sale that is to be posted."""

    contact_id: int
    #: in the organisation's currency
    base: Decimal
    day: date
    contract_id: int | None = None


def refusals(session: Session, sales: Sequence[Planned]) -> Iterator[object | None]:
    """Of sales to be posted one after another: why each would be refused, in words for the session's actor, or None; for
    imports, which say it by row before anything is written. One that is refused adds nothing to what its contact owes."""
    actor = session.info["actor"]
    is_free = actor.may_override("contacts.limit.override")
    blocked = set() if is_free else _may_be_blocked(session, sales)
    parties = parties_by_id(session, blocked)
    known: dict[int, Credit] = {}
    for sale in sales:
        if sale.contact_id not in blocked:
            yield None
            continue
        if (credit := known.get(sale.contact_id)) is None:
            credit = credit_of(session, sale.contact_id)
        why = [text for action, text in credit.reasons(base_currency(session), sale.base) if action == BLOCK]
        if not why:
            credit = replace(credit, owed=credit.owed + sale.base)
            due = due_of((parties[sale.contact_id],), sale.day) or sale.day
            if credit.late_before is not None and due < credit.late_before:
                since = min(due, credit.late_since or due)
                credit = replace(credit, late=credit.late + sale.base, late_since=since)
        known[sale.contact_id] = credit
        yield _refusal(actor, credit, why[0]) if why else None


def check_credit(posting: Posting, debts: Sequence[Debt]) -> None:
    """Refuse (Conflict) sales to whoever may not owe more; `debts` are what they come to, of documents of one posting.

    One that is corrected to what is no more than before is let through. Contacts of whom something may be refused are held, so
    that two sales at once don't both see the room that is there for one. Whoever may override it goes on, which is audited.
    """
    session, actor = posting.session, posting.session.info["actor"]
    if actor.is_exempt or not debts:
        return
    blocked = _may_be_blocked(session, debts)
    more: dict[int, Decimal] = {}
    under: dict[int, Decimal] = {}
    #: how each stands before these documents, asked once however many are posted together
    known: dict[tuple[int, int | None], Credit] = {}
    for debt in debts:
        if debt.contact_id not in blocked or _is_no_more(posting, debt):
            continue
        contract = session.get(Contract, debt.contract_id) if debt.contract_id is not None else None
        more[debt.contact_id] = more.get(debt.contact_id, Decimal(0)) + debt.base
        if contract is not None:
            under[contract.id] = under.get(contract.id, Decimal(0)) + debt.amount
        if (key := (debt.contact_id, debt.contract_id)) not in known:
            posting.hold_all(Settlements.balance, family_of(session, debt.contact_id))
            known[key] = credit_of(session, debt.contact_id, contract)
        credit = known[key]
        found = credit.reasons(
            base_currency(session), more[debt.contact_id], under[contract.id] if contract is not None else Decimal(0)
        )
        why = [text for action, text in found if action == BLOCK]
        if credit.over_limit == BLOCK and contract is not None and contract.prepayment:
            why += _unpaid(session, debt, contract)
        if why:
            _refuse_or_record(session, actor, debt, credit, why[0])


def _may_be_blocked(session: Session, debts: Sequence[Debt | Planned]) -> set[int]:
    """The contacts to whom a sale may be refused at all: most are sold to without another question."""
    ids = {debt.contact_id for debt in debts}
    parties = parties_by_id(session, ids)
    asked = {"organisation": organisation_id(session), "ids": sorted(ids)}
    limits = {row.id: row for row in _BOOKS(session).execute(_LIMITS, asked)}
    found = set()
    for debt in debts:
        contract = session.get(Contract, debt.contract_id) if debt.contract_id is not None else None
        of, rule = (contract, parties[debt.contact_id]), limits[debt.contact_id]
        has_limit = rule.credit_limit is not None
        has_limit = has_limit or (
            contract is not None and (contract.credit_limit is not None or contract.prepayment > 0)
        )
        if has_limit and action_of("over_limit", of, rule.over_limit or WARN) == BLOCK:
            found.add(debt.contact_id)
        if action_of("overdue", of, rule.overdue or NOTHING) == BLOCK:
            found.add(debt.contact_id)
    return found


def _is_no_more(posting: Posting, debt: Debt) -> bool:
    """Whether a document that is corrected comes to no more than it did before."""
    if not posting.has_reversed:
        return False
    before = _BOOKS(posting.session).scalar(_BEFORE, {"document": debt.document.id})
    return before is not None and to_units(debt.base, Money.scale) <= before


def _unpaid(session: Session, debt: Debt, contract: Contract) -> list[Any]:
    """Why a sale isn't prepaid as its contract wants it: the sale takes what is open as advances of that contract."""
    asked = {"organisation": organisation_id(session), "contacts": sorted(family_of(session, debt.contact_id))}
    asked["contract"] = contract.id
    units = int(_BOOKS(session).scalar(_ADVANCES, {**asked, "currency": contract.currency}) or 0)
    return _too_little(contract, debt.amount, from_units(-units, Money.scale))


def _too_little(contract: Contract, amount: Decimal, paid: Decimal) -> list[Any]:
    wanted = share_of(amount, contract.prepayment, Decimal(100), digits=digits_of(contract.currency))
    if paid >= wanted:
        return []
    said = {"wanted": money(wanted, contract.currency), "paid": money(max(paid, Decimal(0)), contract.currency)}
    return [
        _l(
            "The contract %(number)s wants %(wanted)s %(currency)s to be paid before; only %(paid)s is.",
            number=contract.number,
            currency=contract.currency,
            **said,
        )
    ]


def _refuse_or_record(session: Session, actor: Actor, debt: Debt, credit: Credit, why: Any) -> None:
    if not actor.may_override("contacts.limit.override"):
        raise Conflict(_refusal(actor, credit, why), field="contact_id")
    summary = f"{debt.document.number}: {why}"
    record(
        session,
        "contacts.limit.override",
        subject="contacts.contact",
        subject_id=credit.contact_id,
        summary=summary[:200],
    )


def _refusal(actor: Actor, credit: Credit, why: Any) -> Any:
    """Why nothing may be sold, as far as the actor may know what is owed; whoever reads what the program reports may not."""
    if sees_open_items(actor) and not actor.is_guarded:
        return why
    return _l("Nothing can be sold to %(name)s now. Ask whoever looks after what customers owe.", name=credit.name)


def credit_warnings(session: Session, actor: Actor, document: Any) -> Iterator[object]:
    """What whoever has posted a sale should know of what its contact owes now, as far as they may know it."""
    if not sees_open_items(actor):
        return
    contract = session.get(Contract, document.contract_id) if document.contract_id is not None else None
    credit = credit_of(session, document.contact_id, contract)
    yield from (text for _, text in credit.reasons(base_currency(session)))
    if contract is not None and contract.prepayment and credit.over_limit != NOTHING:
        left = open_of(session, [document.id]).get(document.id, document.amount)
        yield from _too_little(contract, document.amount, document.amount - left)


def rule_of(session: Session) -> CreditRule:
    """What the organisation does where neither contract nor contact says it; one that nobody has said yet isn't stored."""
    own = organisation_id(session)
    default = CreditRule(organisation_id=own, over_limit=WARN, overdue=NOTHING, overdue_days=0, reminder_days=DAYS)
    return session.get(CreditRule, own) or default


def change_rule(session: Session, actor: Actor, *, version: int | None = None, **fields: Any) -> None:
    """Say it. Refused (Invalid): an action that there isn't, days out of 0 to MOST_DAYS, levels of reminders that don't rise; a
    rule that was saved since `version` (Changed)."""
    require(actor, "contacts.limit.edit")
    rule = rule_of(session)
    if rule.version is not None:
        begin_version(session, rule, version)
    for name in ("over_limit", "overdue"):
        if fields[name] not in ACTIONS:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=fields[name]), field=name)
    if not 0 <= fields["overdue_days"] <= MOST_DAYS:
        raise Invalid(_l("Days are between 0 and %(most)d.", most=MOST_DAYS), field="overdue_days")
    levels = bounds_of(fields.get("reminder_days", DAYS), most=MOST, field="reminder_days")
    for name, value in {**fields, "reminder_days": ", ".join(map(str, levels))}.items():
        setattr(rule, name, value)
    session.add(rule)
    session.flush()
    said = ", ".join(str(getattr(rule, name)) for name in ("over_limit", "overdue", "overdue_days", "reminder_days"))
    record(session, "contacts.limit.change", subject="core.organisation", subject_id=rule.organisation_id, summary=said)
