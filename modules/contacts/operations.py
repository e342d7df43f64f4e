"""Writing contacts and payments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Conflict,
    Forbidden,
    Invalid,
    Kind,
    Money,
    NotFound,
    Posting,
    SentBefore,
    base_currency,
    begin_version,
    currencies,
    digits_of,
    fold,
    forget,
    locked,
    organisation_id,
    post,
    rate_at,
    record,
    remembered,
    require,
    reverse,
    round_money,
    take_numbers,
    unrestricted,
    wall_clock,
    written_before,
)
from modules.contacts.models import (
    INDIVIDUAL,
    LEGAL_ENTITY,
    Contact,
    Individual,
    LegalEntity,
    Payment,
)
from modules.contacts.settling import Debt as Debt  # for the modules that make debts
from modules.contacts.settling import lines_of, require_sight
from modules.contacts.settling import settle as settle

KINDS: dict[str, type[Contact]] = {LEGAL_ENTITY: LegalEntity, INDIVIDUAL: Individual}
METHODS = ("bank", "cash", "card")
#: field → its confidential group, if it is of one
_GROUPS = {p.key: p.columns[0].info.get("group") for k in KINDS.values() for p in k.__mapper__.column_attrs}
# Made once: every document asks this.
_PARTIES = select(Contact.id, Contact.name, Contact.responsible_id).where(
    Contact.id.in_(bindparam("ids", expanding=True))
)


def create_contact(session: Session, actor: Actor, *, kind: str, name: str, code: str = "", **fields: Any) -> Contact:
    """A new contact of `kind` (legal_entity or individual); without a code it gets the next free number.

    Refused: no name, a code that is taken, fields of confidential groups that are closed to the actor. Unless said
    otherwise the contact is the actor's own.
    """
    require(actor, "contacts.contact.edit")
    if kind not in KINDS:
        raise Invalid(_l("A contact is a legal entity or an individual."), field="kind")
    require_open(actor, fields)
    fields.setdefault("responsible_id", actor.user_id)
    contact = KINDS[kind](code=_free_code(session, code.strip()))
    session.add(contact)
    _fill(contact, name=name, **fields)
    session.flush()
    record(session, "contacts.contact.create", subject="contacts.contact", subject_id=contact.id, summary=contact.code)
    return contact


def change_contact(
    session: Session, actor: Actor, contact: Contact, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given. Refused: fields of confidential groups that are closed to the actor, a code that is taken, a
    contact that was saved since `version` (Changed)."""
    require(actor, "contacts.contact.edit")
    require_open(actor, fields)
    begin_version(session, contact, version)
    code = fields.pop("code", contact.code).strip()
    if code and code != contact.code:
        contact.code = _free_code(session, code)
    _fill(contact, **fields)
    session.flush()
    forget(session, "contacts.contact", contact.id)
    record(session, "contacts.contact.change", subject="contacts.contact", subject_id=contact.id, summary=contact.code)


def require_open(actor: Actor, fields: Mapping[str, Any]) -> None:
    """Refuse (Forbidden) to fill a field that the actor could not see afterwards."""
    if closed := closed_fields(actor, fields):
        raise Forbidden(_GROUPS[closed[0]])


def closed_fields(actor: Actor, fields: Mapping[str, Any]) -> list[str]:
    """Those that are filled and of a confidential group that is closed to the actor."""
    return [name for name, value in fields.items() if value not in ("", None) and not actor.sees(_GROUPS.get(name))]


def record_payment(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    direction: str,
    amount: Decimal,
    currency: str | None = None,
    moment: datetime | None = None,
    method: str = "bank",
    note: str = "",
    pays: Sequence[tuple[int, Decimal]] | None = None,
    operation_id: str | None = None,
) -> Payment:
    """Record and post a payment: `in` lessens what the contact owes, `out` what we owe.

    It settles what has been open the longest, or `pays`: documents, each with an amount above zero; none where that is empty.
    The rest stays open as an advance. Refused: an amount that is not above zero or finer than the currency, a currency that
    does not exist or has no rate on the day, a contact outside the actor's scope, a closed period; `pays` that `settle`
    refuses. The same `operation_id` again gives the payment that is there already, and is refused (SentBefore) when it says
    something else.
    """
    require(actor, "contacts.payment.post")
    contact = parties_by_id(session, {contact_id})[contact_id]
    if pays:
        require_sight(session, actor, [document for document, _ in pays])
    currency = currency or base_currency(session)
    if currency != base_currency(session) and currency not in dict(currencies()):
        raise Invalid(_l("There is no currency “%(code)s”.", code=currency), field="currency")
    if not Money.holds(amount):
        raise Invalid(_l("The amount can't be paid: it is too large or not a number."), field="amount")
    if amount <= 0:
        raise Invalid(_l("The amount must be above zero."), field="amount")
    if round_money(amount, digits_of(currency)) != amount:
        raise Invalid(
            _l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency)), field="amount"
        )
    if direction not in ("in", "out") or method not in METHODS:
        raise Invalid(_l("A payment comes in or goes out, by bank, cash or card."), field="direction")
    if (made := written_before(session, Payment, None, operation_id)) is not None:
        said = (made.contact_id, made.direction, made.amount, made.currency, made.method, made.note)
        same_moment = moment is None or moment == made.moment
        same = said == (contact_id, direction, amount, currency, method, note) and same_moment
        settled = [(document, part) for _, document, part in lines_of(session, made.id)]
        if not same or (pays is not None and sorted(pays) != settled):
            raise SentBefore(made)
        return made
    when = moment or wall_clock()
    rate = rate_at(session, currency, when.date())
    payment = Payment(
        organisation_id=organisation_id(session),
        contact_id=contact.id,
        direction=direction,
        method=method,
        moment=when,
        is_dated=moment is not None,
        currency=currency,
        amount=amount,
        rate=rate,
        base=round_money(amount * rate, digits_of(base_currency(session))),
        responsible_id=contact.responsible_id,
        summary=contact.name,
        note=note,
        operation_id=operation_id,
        links=[],
    )
    post(session, actor, [payment], lambda posting, _payments: _settle(posting, payment, pays))
    return payment


def reverse_payment(session: Session, actor: Actor, payment_id: int) -> Payment:
    """Reverse a posted payment."""
    payment = locked(session, Payment, payment_id)
    reverse(session, actor, payment)
    return payment


def contact_by_id(session: Session, contact_id: int) -> Contact:
    """The contact, when it is open to the session's actor; otherwise NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise _not_open()
    return contact


def parties_by_id(session: Session, ids: set[int]) -> dict[int, Any]:
    """What documents keep of their contacts: rows of id, name, responsible_id; NotFound as `contact_by_id`.

    A session reads each once, until it changes.
    """
    known = remembered(session, "contacts.contact")
    if missing := ids - known.keys():
        known |= {row.id: row for row in session.execute(_PARTIES, {"ids": list(missing)})}
    if not ids <= known.keys():
        raise _not_open()
    return {i: known[i] for i in ids}


def _not_open() -> NotFound:
    return NotFound(_l("There is no such contact, or it is not open to you."))


def _settle(posting: Posting, payment: Payment, pays: Sequence[tuple[int, Decimal]] | None) -> None:
    sign = -1 if payment.direction == "in" else 1
    debt = Debt(
        payment,
        payment.contact_id,
        sign * payment.amount,
        sign * payment.base,
        pays=pays or (),
        oldest_first=pays is None,
    )
    settle(posting, [debt])


def _fill(contact: Contact, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(contact, name, value.strip() if isinstance(value, str) else value)
    if not contact.name:
        raise Invalid(_l("A contact needs a name."), field="name")
    contact.folded = fold(contact.name, contact.code, getattr(contact, "legal_name", None))[:300]


def _free_code(session: Session, code: str) -> str:
    with unrestricted(session, "codes of contacts are unique for everyone"):
        while True:
            wanted = code or str(take_numbers(session, organisation_id(session), "contacts.contact")[0])
            if session.scalars(select(Contact.id).where(Contact.code == wanted)).first() is None:
                return wanted
            if code:
                raise Conflict(_l("The code “%(code)s” is taken.", code=code))


Kind(Payment)
