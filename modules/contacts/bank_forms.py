"""The form by which a bank's line is confirmed: shape only."""

from wtforms import BooleanField
from wtforms.fields import HiddenField

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, LookupField, SelectField, current_session
from modules.contacts.money.accounts import accounts_in_use, expense_items
from modules.contacts.money.forms import titled
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.words import item_word


def _items() -> list[tuple[str, str]]:
    return [("", "–"), *((str(item.id), item_word(item.name)) for item in expense_items(current_session()))]


def other_accounts(own: MoneyAccount | None = None) -> list[tuple[str, str]]:
    """The accounts in use to which, or from which, money may have gone from the own one."""
    others = (account for account in accounts_in_use(current_session()) if account is not own)
    return [("", "–"), *((str(account.id), titled(account)) for account in others)]


class BankLineForm(Form):
    """What a line is about: a contact with the documents that it pays, an expense item, or an own account."""

    contact_id = LookupField(_l("Contact"), lookup="contacts")
    expense_item_id = SelectField(_l("Expense item"), choices=_items, default="")
    remembers = BooleanField(_l("Propose this item for lines like it"), default=True)
    other_account_id = SelectField(_l("Own account"), choices=other_accounts, default="")
    #: a document that is in the books already
    booked_id = HiddenField()
