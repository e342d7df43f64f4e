"""Offsets: what is owed to us pays what we owe, of two contacts, or under two contracts of one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import written_before
from app.api.errors import Conflict, Invalid
from app.api.reference import base_currency, rate_at
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import ExchangeRate, digits_of
from modules.contacts.contract_models import Contract
from modules.contacts.contracts import check_contract
from modules.contacts.families import family_of
from modules.contacts.models import Adjustment
from modules.contacts.money.adjustments import AdjustmentSaid, record_adjustment
from modules.contacts.money.words import OFFSET
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import open_sums
from modules.contacts.settling import require_sight


def offset(
    session: Session,
    actor: Actor,
    *,
    debtor_id: int,
    creditor_id: int,
    amount: Decimal,
    currency: str | None = None,
    debtor_contract_id: int | None = None,
    creditor_contract_id: int | None = None,
    other_amount: Decimal | None = None,
    moment: datetime | None = None,
    note: str = "",
    operation_id: str | None = None,
) -> list[Adjustment]:
    """Offset what a contact owes us against what we owe another one, or the same: each loses `amount`, the oldest first, by an
    adjustment of its own; both are reversed together. With contracts, only what is under these: an advance under one settles an
    invoice under another.

    `amount` is in the currency of the debtor's contract, else in `currency`. Where the creditor's contract is in another,
    `other_amount` is what they lose there; None: as much by the day's rates. Either way the two are worth the same in the
    organisation's own currency; what their documents were worth beside that is an exchange result.

    Refused: more than is open of either; a contract of another contact; two contracts that are one; `other_amount` in one
    currency.
    """
    require(actor, "contacts.adjustment.post")
    parties = parties_by_id(session, {debtor_id, creditor_id})
    require_sight(session, actor, [])
    chosen = (debtor_contract_id, creditor_contract_id)
    if debtor_id == creditor_id and debtor_contract_id is not None and debtor_contract_id == creditor_contract_id:
        raise Invalid(_l("Choose two different contracts."), field="creditor_contract_id")
    given = currency or base_currency(session)
    currencies = [_currency(session, contract_id) or given for contract_id in chosen]
    for contract_id, contact_id, own, side in zip(
        chosen, (debtor_id, creditor_id), currencies, ("debtor", "creditor"), strict=True
    ):
        _check(session, contract_id, contact_id, own, field=f"{side}_contract_id")
    when = moment or wall_clock()
    worth = rate_at(session, currencies[0], when.date()).in_base(amount, digits_of(base_currency(session)))
    amounts = [amount, _other_amount(session, currencies, amount, worth, other_amount, when)]
    made: list[Adjustment] = []
    for contact_id, side, contract_id, own, part, name in zip(
        (debtor_id, creditor_id), ("us", "them"), chosen, currencies, amounts, ("debtor_id", "creditor_id"), strict=True
    ):
        act = operation_id and f"{operation_id}:{side}"
        if written_before(session, Adjustment, None, act) is None:
            _check_open(session, parties[contact_id], side, contract_id, own, part, field=name)
        said = AdjustmentSaid(
            parties[contact_id],
            OFFSET,
            side,
            part,
            own,
            moment,
            note,
            oldest_first=True,
            other_id=made[0].id if made else None,
            act=act,
            contract_id=contract_id,
            base=worth,
        )
        made.append(record_adjustment(session, actor, said))
    return made


def _currency(session: Session, contract_id: int | None) -> str | None:
    contract = session.get(Contract, contract_id) if contract_id is not None else None
    return None if contract is None else contract.currency


def _check(session: Session, contract_id: int | None, contact_id: int, currency: str, *, field: str) -> None:
    """Refuse (Invalid) another contact's contract, at its own field."""
    try:
        check_contract(session, contract_id, contact_id=contact_id, currency=currency)
    except Invalid as error:
        raise Invalid(error.message, field=field) from error


def _other_amount(
    session: Session, currencies: list[str], amount: Decimal, worth: Decimal, given: Decimal | None, when: datetime
) -> Decimal:
    """What the creditor loses, in the second currency."""
    first, second = currencies
    if first == second:
        if given not in (None, amount):
            raise Invalid(_l("Both are in one currency: leave this empty."), field="other_amount")
        return amount
    if given is not None:
        return given
    rate = rate_at(session, second, when.date())
    return ExchangeRate(rate.number, not rate.is_inverse).in_base(worth, digits_of(second))


def _check_open(
    session: Session, contact: Any, side: str, contract_id: int | None, currency: str, amount: Decimal, *, field: str
) -> None:
    """Refuse (Conflict) to offset more than is open."""
    sign, family = 1 if side == "us" else -1, family_of(session, contact.id)
    found = open_sums(session, family, currency, sign=sign, contract_id=contract_id)
    is_open = abs(found.get(currency, Decimal(0)))
    if amount > is_open:
        words = _l(
            "Only %(open)s %(currency)s is open of “%(name)s”.",
            open=money(is_open, currency),
            currency=currency,
            name=contact.name,
        )
        raise Conflict(words, field=field)
