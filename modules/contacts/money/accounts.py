"""Cash desks, bank accounts and expense items as records: made, changed, found, and which account a payment goes by."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, change_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import (
    base_currency,
    check_account_at,
    check_bank_account,
    check_bic,
    check_currency,
    organisation,
    organisation_id,
)
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.money.models import BANK, BOTH, CASH, IN, OPENING, OUT, ExpenseItem, MoneyAccount

KINDS = {CASH: _l("Cash desk"), BANK: _l("Bank account")}
ITEM_DIRECTIONS = {OUT: _l("money paid"), IN: _l("money received"), BOTH: _l("both")}
#: by what a payment is made → the kind of account that it goes by; cards are settled by the bank
KIND_OF_METHOD = {"cash": CASH, "bank": BANK, "card": BANK}
#: what only a bank account has
_OF_BANKS = ("number", "bank", "bic", "correspondent", "may_overdraw")


def save_account(
    session: Session, actor: Actor, account: MoneyAccount | None = None, *, version: int | None = None, **fields: Any
) -> MoneyAccount:
    """Add a cash desk or bank account, or change what is given of one. The first of its kind and currency is the main one.

    Refused: no name, one that is taken, another kind or currency than it has, a number that can't be right; what only banks
    have of a cash desk, which never goes below zero; the main one put out of use; what somebody has changed since `version`
    (Changed).
    """
    require(actor, "contacts.account.edit")
    is_new = account is None
    if account is None:
        own = organisation_id(session)
        account = MoneyAccount(organisation_id=own, is_active=True, is_main=False, may_overdraw=False)
        account.kind, account.currency = fields.get("kind", ""), fields.get("currency", "")
        _check_new(session, account)
    else:
        begin_version(session, account, version)
        for name in ("kind", "currency"):
            if fields.get(name, getattr(account, name)) != getattr(account, name):
                raise Invalid(_l("An account keeps its kind and currency. Add another one instead."), field=name)
    values = _checked(account, fields)
    _refuse_taken(session, account, values.get("name", ""))
    if values.get("is_main"):
        _take_over(session, account)
    for name, value in values.items():
        setattr(account, name, value)
    if is_new and _main(session, account.kind, account.currency) is None:
        account.is_main = True
    if account.is_main and not account.is_active:
        raise Invalid(_l("Payments go by this account. Make another one the main one first."), field="is_active")
    session.add(account)
    session.flush()
    _note(session, "contacts.account", account, is_new=is_new)
    return account


def account_by_id(session: Session, account_id: int) -> MoneyAccount:
    """The account; NotFound where the organisation has none of this number."""
    account = session.get(MoneyAccount, account_id)
    if account is None or account.organisation_id != organisation_id(session):
        raise NotFound(_l("There is no such account."))
    return account


def accounts_in_use(session: Session) -> Sequence[MoneyAccount]:
    """The accounts that are in use: cash desks first, by name."""
    own = MoneyAccount.organisation_id == organisation_id(session)
    query = select(MoneyAccount).where(own, MoneyAccount.is_active)
    return session.scalars(query.order_by(MoneyAccount.kind.desc(), MoneyAccount.name_order, MoneyAccount.id)).all()


def account_to_use(session: Session, account_id: int, *, field: str = "account_id") -> MoneyAccount:
    """The account, to be written into a document. Refused: none such (NotFound), one that is out of use (Invalid)."""
    account = account_by_id(session, account_id)
    if not account.is_active:
        raise Invalid(_l("“%(name)s” is no longer in use.", name=account.name), field=field)
    return account


def account_of_payment(
    session: Session, account_id: int | None, *, method: str | None, currency: str | None
) -> tuple[MoneyAccount | None, str, str]:
    """By which account a payment goes, by what it is made and in which currency, where some of these are left open.

    Without an account it is the main one of the method and currency; None where the company keeps no accounts at all. Refused:
    no account of the method and currency in a company that keeps others, as its money would be on none; an account in another
    currency, a method that isn't the account's.
    """
    if account_id is None:
        method, currency = method or "bank", currency or base_currency(session)
        kind = KIND_OF_METHOD.get(method, "")
        main = _main(session, kind, currency)
        if main is None and kind and accounts_in_use(session):
            raise Invalid(_no_account(session, kind, currency), field="account_id")
        return main, method, currency
    account = account_to_use(session, account_id)
    method, currency = method or account.kind, currency or account.currency
    if currency != account.currency:
        words = _l(
            "“%(name)s” is in %(currency)s. Choose an account in the payment's currency.",
            name=account.name,
            currency=account.currency,
        )
        raise Invalid(words, field="account_id")
    if KIND_OF_METHOD.get(method) != account.kind:
        words = _l("Cash goes by a cash desk, everything else by a bank account. Choose another account.")
        raise Invalid(words, field="account_id")
    return account, method, currency


def _no_account(session: Session, kind: str, currency: str) -> object:
    said = {"name": organisation(session).name, "currency": currency}
    if not any(account.currency == currency for account in accounts_in_use(session)):
        if kind == CASH:
            return _l(
                "“%(name)s” has no cash desk in %(currency)s, so this money would be on no account. Add one under “Cash and"
                " bank”.",
                **said,
            )
        return _l(
            "“%(name)s” has no bank account in %(currency)s, so this money would be on no account. Add one under “Cash and"
            " bank”.",
            **said,
        )
    if kind == CASH:
        return _l(
            "“%(name)s” has no cash desk in %(currency)s, so this money would be on no account. Add one under “Cash and bank”,"
            " or choose another account.",
            **said,
        )
    return _l(
        "“%(name)s” has no bank account in %(currency)s, so this money would be on no account. Add one under “Cash and bank”,"
        " or choose another account.",
        **said,
    )


def save_expense_item(
    session: Session, actor: Actor, item: ExpenseItem | None = None, *, version: int | None = None, **fields: Any
) -> ExpenseItem:
    """Add an expense item, or change what is given of one. Refused: no name, one that is taken, a direction that there isn't,
    the program's own put out of use or turned; what somebody has changed since `version` (Changed)."""
    require(actor, "contacts.account.edit")
    is_new = item is None
    if item is None:
        item = ExpenseItem(direction=OUT, purpose="", is_active=True)
    else:
        begin_version(session, item, version)
    values = kept(ExpenseItem, fields)
    if not values.get("name", item.name):
        raise Invalid(_l("Please fill this in."), field="name")
    if values.get("direction", item.direction) not in ITEM_DIRECTIONS:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["direction"]), field="direction")
    if item.purpose and (
        not values.get("is_active", True) or values.get("direction", item.direction) != item.direction
    ):
        raise Invalid(_l("The program uses this item itself: it can be given another name and heading only."))
    _refuse_taken(session, item, values.get("name", ""))
    for name, value in values.items():
        setattr(item, name, value)
    session.add(item)
    session.flush()
    _note(session, "contacts.expense_item", item, is_new=is_new)
    return item


def expense_item_by_id(session: Session, item_id: int) -> ExpenseItem:
    """The item; NotFound where there is none."""
    item = session.get(ExpenseItem, item_id)
    if item is None:
        raise NotFound(_l("There is no such expense item."))
    return item


def expense_items(session: Session, direction: str | None = None) -> Sequence[ExpenseItem]:
    """The items in use, those of a heading together; of a `direction` those that money may be paid, or come in, by."""
    query = select(ExpenseItem).where(ExpenseItem.is_active)
    if direction is not None:
        query = query.where(ExpenseItem.direction.in_((direction, BOTH)))
    return session.scalars(query.order_by(ExpenseItem.heading, ExpenseItem.name_order, ExpenseItem.id)).all()


def opening_item(session: Session) -> ExpenseItem:
    """The item by which what was there when the books began is entered."""
    return session.scalars(select(ExpenseItem).where(ExpenseItem.purpose == OPENING)).one()


def _check_new(session: Session, account: MoneyAccount) -> None:
    if account.kind not in KINDS:
        raise Invalid(_l("An account is a cash desk or a bank account."), field="kind")
    if account.currency != base_currency(session):
        check_currency(account.currency)


def _checked(account: MoneyAccount, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept."""
    values = kept(MoneyAccount, {n: v for n, v in fields.items() if n not in ("kind", "currency")})
    if not values.get("name", account.name):
        raise Invalid(_l("Please fill this in."), field="name")
    if account.kind == CASH:
        for name in _OF_BANKS:
            if values.get(name):
                raise Invalid(_l("A cash desk has no bank details, and can't go below zero."), field=name)
        return values
    number, bic, at_centre = (values.get(n, getattr(account, n) or "") for n in ("number", "bic", "correspondent"))
    if number:
        values["number"] = number = check_bank_account(number, field="number")
    values["bic"] = bic = check_bic(bic)
    if number:
        check_account_at(number, bic, field="number")
    if at_centre:
        check_account_at(at_centre, bic, field="correspondent")
    return values


def _main(session: Session, kind: str, currency: str) -> MoneyAccount | None:
    query = select(MoneyAccount).where(
        MoneyAccount.organisation_id == organisation_id(session),
        MoneyAccount.kind == kind,
        MoneyAccount.currency == currency,
        MoneyAccount.is_main,
        MoneyAccount.is_active,
    )
    return session.scalars(query).first()


def _take_over(session: Session, account: MoneyAccount) -> None:
    """The one that was the main one is so no more."""
    own, main = MoneyAccount.organisation_id == account.organisation_id, MoneyAccount.is_main
    same = (own, main, MoneyAccount.kind == account.kind, MoneyAccount.currency == account.currency)
    change_rows(session, MoneyAccount, *same, MoneyAccount.id != (account.id or 0), is_main=False)


def _refuse_taken(session: Session, owner: Any, name: str) -> None:
    """Refuse (Conflict) a name that another one has."""
    model = type(owner)
    with session.no_autoflush:
        taken = exists().where(model.name == name)
        if model is MoneyAccount:
            taken = taken.where(model.organisation_id == owner.organisation_id)
        if owner.id is not None:
            taken = taken.where(model.id != owner.id)
        if name and session.scalar(select(taken)):
            raise Conflict(_l("There is “%(name)s” already.", name=name), field="name")


def _note(session: Session, noun: str, owner: Any, *, is_new: bool) -> None:
    verb = "create" if is_new else "change"
    record(session, f"{noun}.{verb}", subject=noun, subject_id=owner.id, summary=owner.name)
