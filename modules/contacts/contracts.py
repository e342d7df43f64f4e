"""Contracts with contacts: writing them, and which of them a document may be under."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.prints import Fact
from app.api.reference import base_currency, check_currency, check_day, organisation_id, take_numbers
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import day as said_day
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.conditions import MOST_DAYS, check_conditions, check_limit, check_prepayment, discount_of, due_of
from modules.contacts.contract_models import ACTIVE, DRAFT, STATES, Contract
from modules.contacts.families import are_one, family_of
from modules.contacts.instalments import check_instalments, due_days
from modules.contacts.models import FINANCIAL, OpenItem
from modules.contacts.parties import contact_by_id, parties_by_id
from modules.contacts.penalties.agreed import check_terms

_BOOKS = PastPolicy("whether anything was ever under a contract, whoever may see the documents")
_OWN = ("id", "contact_id", "number_order", "version", "reminded")
FIELDS = tuple(p.key for p in Contract.__mapper__.column_attrs if p.key not in _OWN)


def contract_by_id(session: Session, contract_id: int) -> Contract:
    """The contract, when its contact is open to the session's actor; otherwise NotFound."""
    contract = session.get(Contract, contract_id)
    if contract is None:
        raise NotFound(_l("There is no such contract, or it is not open to you."))
    return contract


def contracts_of(session: Session, contact_id: int, currency: str | None = None) -> Sequence[Contract]:
    """The contracts of a contact and of those that were merged into it, by number, as far as they are open to the actor;
    of one currency, if it is given."""
    query = (
        select(Contract)
        .where(Contract.contact_id.in_(family_of(session, contact_id)))
        .order_by(Contract.number_order, Contract.id)
    )
    return session.scalars(query if currency is None else query.where(Contract.currency == currency)).all()


def create_contract(session: Session, actor: Actor, *, contact_id: int, **fields: Any) -> Contract:
    """A new contract of a contact; without a number it gets the next free one, without a currency the organisation's.

    Refused: what `contract_fields` refuses, a number that the contact has already (Conflict), a contact that is not open to the
    actor.
    """
    require(actor, "contacts.contract.edit")
    contact = contact_by_id(session, contact_id)
    fields = {**fields, "currency": fields.get("currency") or base_currency(session)}
    contract = Contract(contact_id=contact.id)
    _set(session, actor, contract, fields)
    if not contract.number:
        contract.number = _free_number(session, contact.id)
    _refuse_taken(session, contract)
    session.add(contract)
    _write(session, contract, "create")
    return contract


def change_contract(
    session: Session, actor: Actor, contract: Contract, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given; an empty number stays as it was. Refused: what `create_contract` refuses, another currency once
    documents are under it (Conflict), one that was saved since `version` (Changed)."""
    require(actor, "contacts.contract.edit")
    begin_version(session, contract, version)
    before = (contract.currency, contract.number, contract.until)
    _set(session, actor, contract, {name: value for name, value in fields.items() if name != "number" or value})
    if contract.currency != before[0] and is_used(session, contract.id):
        message = _l("Documents in %(currency)s are under it, so its currency stays.", currency=before[0])
        raise Conflict(message, field="currency")
    if contract.number != before[1]:
        _refuse_taken(session, contract)
    if contract.until != before[2]:
        contract.reminded = None
    _write(session, contract, "change")


def contract_fields(fields: Mapping[str, Any], known: Contract | None = None) -> dict[str, Any]:
    """Some fields of a contract as they are kept; `known` is the contract as it stands.

    Refused (Invalid): fields that it doesn't have, texts that are too long, a state, terms or action that there isn't, a last
    day before the first, a limit below zero or finer than the currency, a prepayment that isn't 0 to 100 per cent.
    """
    for name in fields:
        if name not in FIELDS:
            raise Invalid(_l("there is no such field"), field=name)
    values = kept(Contract, fields)
    whole = {**({n: getattr(known, n) for n in FIELDS} if known is not None else {}), **values}
    if "currency" in values and (known is None or values["currency"] != known.currency):
        check_currency(values["currency"])
    if values.get("state", ACTIVE) not in STATES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["state"]), field="state")
    check_conditions(values)
    check_prepayment(values.get("prepayment"))
    if "instalments" in values:
        values["instalments"] = check_instalments(values["instalments"] or "")
    check_terms({name: value for name, value in whole.items() if name.startswith("penalty_")})
    if "credit_limit" in values:
        check_limit(values["credit_limit"], whole["currency"])
    if not 0 <= (values.get("remind_days") or 0) <= MOST_DAYS:
        raise Invalid(_l("Days are between 0 and %(most)d.", most=MOST_DAYS), field="remind_days")
    for name in ("since", "until"):
        if values.get(name) is not None:
            check_day(values[name], field=name)
    if whole.get("since") and whole.get("until") and whole["until"] < whole["since"]:
        raise Invalid(_l("The last day is before the first one."), field="until")
    return values


def is_used(session: Session, contract_id: int) -> bool:
    """Whether anything was ever posted under a contract."""
    item = OpenItem.__table__.c
    query = select(item.id).where(item.contract_id == contract_id).limit(1)
    return _BOOKS(session).scalar(query) is not None


def check_contract(session: Session, contract_id: int | None, *, contact_id: int, currency: str) -> Contract | None:
    """The contract that a document may name. Refused (Invalid): one of another contact, or in another currency."""
    if contract_id is None:
        return None
    contract = session.get(Contract, contract_id)
    if contract is None or not are_one(session, contract.contact_id, contact_id):
        raise Invalid(_l("Choose a contract of this contact."), field="contract_id")
    if contract.currency != currency:
        said = {"number": contract.number, "currency": contract.currency}
        message = _l("The contract %(number)s is in %(currency)s. Choose that currency, or another contract.", **said)
        raise Invalid(message, field="contract_id")
    return contract


def check_in_force(contract: Contract, day: date, *, clears_up: bool) -> None:
    """Refuse (Invalid) to post under a contract that is a draft; or unless the document clears up, under one that is closed or
    isn't in force on the day."""
    said = {"number": contract.number}
    if contract.state == DRAFT or (contract.state != ACTIVE and not clears_up):
        raise Invalid(_l("The contract %(number)s isn't in force.", **said), field="contract_id")
    if clears_up:
        return
    if contract.since is not None and day < contract.since:
        message = _l("The contract %(number)s begins on %(day)s.", day=said_day(contract.since), **said)
        raise Invalid(message, field="contract_id")
    if contract.until is not None and day > contract.until:
        message = _l("The contract %(number)s ended on %(day)s.", day=said_day(contract.until), **said)
        raise Invalid(message, field="contract_id")


def parts_for(session: Session, contract_id: int | None, day: date, due: date | None) -> list[tuple[Decimal, date]]:
    """In which parts a document under a contract is paid, each with its weight and when; none where it is paid at once, or
    where somebody has said another day than that of the last part."""
    contract = session.get(Contract, contract_id) if contract_id is not None else None
    if contract is None or not contract.instalments:
        return []
    parts = due_days(contract.instalments, contract.payment_terms, day)
    return parts if due in (None, parts[-1][1]) else []


def due_for(session: Session, contact_id: int, contract_id: int | None, day: date) -> date | None:
    """When a document of a day is to be paid by the terms of its contract, else of its contact: the last part, where it is paid
    in parts; None: nothing is agreed."""
    if parts := parts_for(session, contract_id, day, None):
        return parts[-1][1]
    contract = session.get(Contract, contract_id) if contract_id is not None else None
    return due_of((contract, parties_by_id(session, {contact_id})[contact_id]), day)


def discount_for(session: Session, contact_id: int, contract_id: int | None) -> tuple[Decimal, int]:
    """What is let off for paying early by the terms of a contract, else of the contact: per cent, and within how many days of
    the document. (0, 0): nothing."""
    contract = session.get(Contract, contract_id) if contract_id is not None else None
    return discount_of((contract, parties_by_id(session, {contact_id})[contact_id]))


def titles_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What contracts are called, as far as they are open to the session's actor."""
    rows = session.execute(select(Contract.id, Contract.number, Contract.title).where(Contract.id.in_(ids)))
    return {row.id: f"{row.number} {row.title}".strip() for row in rows}


def contract_fact(session: Session, contract_id: int | None) -> Fact:
    """The contract that a document is under, as far as it is open to whoever looks."""
    title = titles_of(session, {contract_id}).get(contract_id) if contract_id is not None else None
    arguments = (("contract_id", contract_id),)
    return Fact(
        _l("Contract"),
        title,
        endpoint="contacts.contract_view" if title else "",
        arguments=arguments,
        needs="contacts.contract.view",
    )


def offered(session: Session, contact_id: int, now: int | None = None) -> list[tuple[str, str]]:
    """The contracts that a document with a contact may name, for a form; the one that it has `now` stays among them."""
    return [(str(each.id), f"{each.name} ({each.currency})") for each in _offered(session, contact_id, now)]


def only_contract(session: Session, contact_id: int, *, currency: str, day: date) -> int | None:
    """Of the contracts that are offered, the one in a currency that is in force on a day; None: there is none, or several."""
    fitting = [
        each.id
        for each in _offered(session, contact_id)
        if each.currency == currency and (each.since or day) <= day <= (each.until or day)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _offered(session: Session, contact_id: int, now: int | None = None) -> list[Contract]:
    today = wall_clock().date()
    return [
        each
        for each in contracts_of(session, contact_id)
        if each.id == now or (each.state == ACTIVE and (each.until is None or each.until >= today))
    ]


def _set(session: Session, actor: Actor, contract: Contract, fields: Mapping[str, Any]) -> None:
    """Set what is given; a field that is closed to the actor stays, and is refused (Forbidden) where it says something."""
    fields = dict(fields)
    if not actor.sees(FINANCIAL["group"]) and fields.pop("credit_limit", None) is not None:
        raise Forbidden(FINANCIAL["group"])
    known = contract if contract.id is not None else None
    for name, value in contract_fields(fields, known).items():
        setattr(contract, name, value)


def _free_number(session: Session, contact_id: int) -> str:
    (number,) = take_numbers(session, organisation_id(session), "contacts.contract", count=1)
    taken = {each.number for each in contracts_of(session, contact_id)}
    return f"{number:04d}" if f"{number:04d}" not in taken else _free_number(session, contact_id)


def _refuse_taken(session: Session, contract: Contract) -> None:
    same = select(Contract.id).where(Contract.contact_id == contract.contact_id, Contract.number == contract.number)
    with session.no_autoflush:
        if session.scalars(same.where(Contract.id != (contract.id or 0))).first() is not None:
            message = _l("This contact has a contract with the number “%(number)s” already.", number=contract.number)
            raise Conflict(message, field="number")


def _write(session: Session, contract: Contract, verb: str) -> None:
    session.flush()
    record(
        session,
        f"contacts.contract.{verb}",
        subject="contacts.contract",
        subject_id=contract.id,
        summary=contract.number,
    )
