"""The forms of cash desks, bank accounts, expense items, and of what moves money without a contact: shape only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField, TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    Form,
    MomentField,
    SelectField,
    VersionField,
    currencies,
    current_session,
    required,
)
from modules.contacts.money.accounts import ITEM_DIRECTIONS, KINDS, accounts_in_use, expense_items
from modules.contacts.money.kinds import DIRECTIONS
from modules.contacts.money.models import BANK, CASH, ExpenseItem, MoneyAccount, OtherPayment
from modules.contacts.money.words import item_word


def titled(account: MoneyAccount) -> str:
    """What an account is called where one is chosen."""
    return f"{account.name} ({account.currency})"


def _accounts() -> list[tuple[str, str]]:
    return [(str(account.id), titled(account)) for account in accounts_in_use(current_session())]


def _items() -> list[tuple[str, str]]:
    return [(str(i.id), _titled(i)) for i in expense_items(current_session())]


def _titled(item: ExpenseItem) -> str:
    name = item_word(item.name)
    return f"{item_word(item.heading)}: {name}" if item.heading else name


class AccountForm(Form):
    """A cash desk or a bank account."""

    of = MoneyAccount

    version = VersionField()
    kind = SelectField(_l("Kind"), choices=lambda: list(KINDS.items()))
    name = StringField(_l("Name"), [required])
    currency = SelectField(_l("Currency"), choices=currencies)
    number = StringField(_l("Bank account"), description=_l("An IBAN, or the account's number."))
    bank = StringField(_l("Bank"))
    bic = StringField(_l("BIC"), description=_l("The SWIFT code; in Russia the nine digits."))
    correspondent = StringField(_l("Correspondent account"))
    note = StringField(_l("Note"))
    may_overdraw = BooleanField(
        _l("May go below zero"), description=_l("Where the bank grants an overdraft. A cash desk never does.")
    )
    is_main = BooleanField(
        _l("The main one"),
        description=_l("Payments of its kind and currency go by it, unless somebody chooses another."),
    )
    is_active = BooleanField(_l("In use"), default=True)

    def fit(self, account: MoneyAccount | None) -> None:
        """Leave out what the account can't have, or can't change any more."""
        if account is None:
            self.leave_out("is_active")
            return
        self.leave_out("kind", "currency")
        if account.kind == CASH:
            self.leave_out("number", "bank", "bic", "correspondent", "may_overdraw")
        if account.is_main:
            self.leave_out("is_main", "is_active")  # another one takes its place, by saying so of itself

    def as_kept(self) -> dict[str, Any]:
        """The values; of a new cash desk without what only banks have, where nothing was typed there."""
        values = self.values()
        if values.get("kind", BANK) == CASH:
            values = {n: v for n, v in values.items() if v or n in ("kind", "name", "currency")}
        return values


class ExpenseItemForm(Form):
    """What money is paid for."""

    of = ExpenseItem

    version = VersionField()
    name = StringField(_l("Name"), [required])
    heading = StringField(_l("Heading"), description=_l("Items of one heading stand together."))
    direction = SelectField(_l("For"), choices=lambda: list(ITEM_DIRECTIONS.items()))
    is_active = BooleanField(_l("In use"), default=True)

    def fit(self, session: Session, item: ExpenseItem | None) -> None:
        """Offer the headings that there are; leave out what can't be changed of the program's own."""
        self.heading.choices_offered = headings(expense_items(session))
        if item is None:
            self.leave_out("is_active")
        elif item.purpose:
            self.leave_out("direction", "is_active")


def headings(items: Sequence[ExpenseItem]) -> list[str]:
    """The headings of items, each once."""
    return list(dict.fromkeys(item_word(item.heading) for item in items if item.heading))


class OtherPaymentForm(Form):
    """Money that came in or went out by an expense item."""

    of = OtherPayment

    direction = SelectField(_l("Direction"), choices=lambda: list(DIRECTIONS.items()), default="out")
    expense_item_id = SelectField(_l("Expense item"), coerce=int, choices=_items)
    account_id = SelectField(_l("Account"), coerce=int, choices=_accounts)
    amount = AmountField(_l("Amount"), [required])
    moment = MomentField(_l("Date"))
    party = StringField(_l("To or from whom"), description=_l("In words, such as the bank or the tax office."))
    note = TextAreaField(_l("Note"))


class TransferForm(Form):
    """Money that goes from one own account to another."""

    source_id = SelectField(_l("From account"), coerce=int, choices=_accounts)
    target_id = SelectField(_l("To account"), coerce=int, choices=_accounts)
    amount = AmountField(_l("Amount"), [required])
    received = AmountField(
        _l("Arrives"), places=4, description=_l("Only between two currencies: how much arrives in the other one.")
    )
    moment = MomentField(_l("Date"))
    note = TextAreaField(_l("Note"))


class RevaluationForm(Form):
    """At which day's end foreign currencies are revalued."""

    day = DayField(_l("At the end of"), [required], description=_l("The last day of a month, quarter or year."))
    note = TextAreaField(_l("Note"))


class PlanForm(Form):
    """When an open item is expected to be paid."""

    day = DayField(_l("Planned day"), description=_l("Left empty, the calendar goes by the day it is due again."))
    reason = StringField(_l("Reason"), description=_l("It stands in the history of the document."))
