"""Recording what moves money of one's own: payments without a contact, transfers, and what a payment moves on its account."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, SentBefore, locked, post, reverse, written_before
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, check_day, organisation_id, rate_at
from app.api.security import Actor, require
from app.api.texts import kept, visible
from app.api.texts import lazy_gettext as _l
from app.api.values import MOST_OF_A_DOCUMENT, Money, digits_of, round_money
from modules.contacts.money.accounts import account_to_use, expense_item_by_id
from modules.contacts.money.models import BOTH, MoneyAccount, OtherPayment, Transfer
from modules.contacts.money.registers import AccountResults, Cash


def record_other_payment(
    session: Session,
    actor: Actor,
    *,
    account_id: int,
    expense_item_id: int,
    direction: str,
    amount: Decimal,
    moment: datetime | None = None,
    party: str = "",
    note: str = "",
    operation_id: str | None = None,
) -> OtherPayment:
    """Record and post money that came in (`in`) or went out (`out`) by an expense item, in the account's currency.

    Refused: an amount that is not above zero or finer than the currency, an account or item that is out of use, an item of the
    other direction, a closed period, an account that would go below zero and may not (NotEnoughMoney). The same `operation_id`
    again gives what is there already, and is refused (SentBefore) when it says something else.
    """
    require(actor, "contacts.other_payment.post")
    texts = kept(OtherPayment, {"party": party})
    party, note = texts["party"], visible(note, one_blank=False)
    account, item = account_to_use(session, account_id), expense_item_by_id(session, expense_item_id)
    check_moved(amount, account.currency)
    if direction not in ("in", "out"):
        raise Invalid(_l("Money comes in or goes out."), field="direction")
    if (made := written_before(session, OtherPayment, None, operation_id)) is not None:
        said = (made.account_id, made.expense_item_id, made.direction, made.amount, made.party, made.note)
        if said != (account_id, expense_item_id, direction, amount, party, note) or moment not in (None, made.moment):
            raise SentBefore(made)
        return made
    if not item.is_active:
        raise Invalid(_l("“%(name)s” is no longer in use.", name=item.name), field="expense_item_id")
    if item.direction not in (direction, BOTH):
        words = _l("“%(name)s” is for the other direction. Choose another expense item.", name=item.name)
        raise Invalid(words, field="expense_item_id")
    when = _moment(moment)
    rate, digits = rate_at(session, account.currency, when.date()), digits_of(base_currency(session))
    payment = OtherPayment(
        **_document(session, actor, account, amount, when, is_dated=moment is not None, note=note, act=operation_id),
        account_id=account.id,
        expense_item_id=item.id,
        direction=direction,
        party=party,
        rate=rate,
        base=rate.in_base(amount, digits),
        summary=f"{item.name}: {party}"[:200] if party else item.name,
    )
    post(session, actor, [payment], lambda posting, _payments: enter_payment(posting, payment))
    return payment


def record_transfer(
    session: Session,
    actor: Actor,
    *,
    source_id: int,
    target_id: int,
    amount: Decimal,
    received: Decimal | None = None,
    moment: datetime | None = None,
    note: str = "",
    operation_id: str | None = None,
) -> Transfer:
    """Record and post a transfer between own accounts: `amount` leaves the one, `received` arrives at the other; None: the
    same, where both are in one currency. What the two differ by at the day's rates is an exchange result.

    Refused: an account that is out of use, both the same; an amount that is not above zero or finer than its currency; another
    `received` in one currency (a fee is a payment of its own), none between two; a closed period; money that isn't there
    (NotEnoughMoney).
    """
    require(actor, "contacts.transfer.post")
    note = visible(note, one_blank=False)
    source = account_to_use(session, source_id, field="source_id")
    target = account_to_use(session, target_id, field="target_id")
    if source is target:
        raise Invalid(_l("Choose two different accounts."), field="target_id")
    check_moved(amount, source.currency)
    received = _received(source, target, amount, received)
    if (made := written_before(session, Transfer, None, operation_id)) is not None:
        said = (made.source_id, made.target_id, made.amount, made.received, made.note)
        if said != (source_id, target_id, amount, received, note) or moment not in (None, made.moment):
            raise SentBefore(made)
        return made
    when = _moment(moment)
    digits = digits_of(base_currency(session))
    transfer = Transfer(
        **_document(session, actor, source, amount, when, is_dated=moment is not None, note=note, act=operation_id),
        source_id=source.id,
        target_id=target.id,
        received=received,
        base=rate_at(session, source.currency, when.date()).in_base(amount, digits),
        received_base=rate_at(session, target.currency, when.date()).in_base(received, digits),
        summary=f"{source.name} → {target.name}"[:200],
    )
    post(session, actor, [transfer], lambda posting, _transfers: _enter_transfer(posting, transfer, source, target))
    return transfer


def reverse_other_payment(session: Session, actor: Actor, document_id: int) -> OtherPayment:
    """Reverse a payment without a contact. Refused: money that has gone on meanwhile (NotEnoughMoney)."""
    payment = locked(session, OtherPayment, document_id)
    reverse(session, actor, payment)
    return payment


def reverse_transfer(session: Session, actor: Actor, document_id: int) -> Transfer:
    """Reverse a transfer. Refused: money that has gone on meanwhile (NotEnoughMoney)."""
    transfer = locked(session, Transfer, document_id)
    reverse(session, actor, transfer)
    return transfer


def enter_payment(posting: Posting, payment: Document) -> None:
    """Add what a payment of either kind moves on its account."""
    of: OtherPayment = payment  # type: ignore[assignment]
    sign = 1 if of.direction == "in" else -1
    enter_cash(posting, payment, of.account_id, payment.currency, sign * payment.amount, sign * of.base, side=sign)


def enter_cash(
    posting: Posting, document: Document, account: int, currency: str, amount: Decimal, base: Decimal, *, side: int
) -> None:
    """Add an entry of an account."""
    posting.add(Cash, document, side=side, account=account, currency=currency, amount=amount, base=base)


def enter_account_result(posting: Posting, document: Document, account: MoneyAccount, base: Decimal) -> None:
    """Add what was gained (above zero) or lost on the rate."""
    if base:
        side = 1 if base > 0 else -1
        posting.add(AccountResults, document, side=side, account=account.id, currency=account.currency, base=base)


def check_moved(amount: Decimal, currency: str, *, field: str = "amount") -> None:
    """Refuse (Invalid) an amount that is not above zero, too large or finer than its currency."""
    if not Money.holds(amount) or amount > MOST_OF_A_DOCUMENT:
        raise Invalid(_l("The amount can't be paid: it is too large or not a number."), field=field)
    if amount <= 0:
        raise Invalid(_l("The amount must be above zero."), field=field)
    if round_money(amount, digits_of(currency)) != amount:
        raise Invalid(_l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency)), field=field)


def _enter_transfer(posting: Posting, transfer: Transfer, source: MoneyAccount, target: MoneyAccount) -> None:
    enter_cash(posting, transfer, source.id, source.currency, -transfer.amount, -transfer.base, side=-1)
    enter_cash(posting, transfer, target.id, target.currency, transfer.received, transfer.received_base, side=1)
    enter_account_result(posting, transfer, source, transfer.received_base - transfer.base)


def _received(source: MoneyAccount, target: MoneyAccount, amount: Decimal, received: Decimal | None) -> Decimal:
    if source.currency == target.currency:
        if received not in (None, amount):
            raise Invalid(
                _l(
                    "Both accounts are in %(currency)s, so as much arrives as leaves. Record a fee by itself.",
                    currency=source.currency,
                ),
                field="received",
            )
        return amount
    if received is None:
        raise Invalid(
            _l("Type how many %(currency)s arrive at “%(name)s”.", currency=target.currency, name=target.name),
            field="received",
        )
    check_moved(received, target.currency, field="received")
    return received


def _moment(moment: datetime | None) -> datetime:
    when = moment or wall_clock()
    check_day(when.date(), field="moment")
    return when


def _document(
    session: Session,
    actor: Actor,
    account: MoneyAccount,
    amount: Decimal,
    when: datetime,
    *,
    is_dated: bool,
    note: str,
    act: str | None,
) -> dict[str, object]:
    """What every document of one's own money says."""
    return {
        "organisation_id": organisation_id(session),
        "moment": when,
        "is_dated": is_dated,
        "currency": account.currency,
        "amount": amount,
        "responsible_id": actor.user_id,
        "note": note,
        "operation_id": act,
        "links": [],
    }
