"""The forms of tills and shifts: shape only."""

from typing import Any

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DecimalField,
    Form,
    LookupField,
    SelectField,
    VersionField,
    current_session,
    required,
)
from modules.contacts.api import BANK, BOTH, CASH, accounts_in_use, expense_items, item_word
from modules.trade.till.models import Shift, Till
from modules.warehouse.api import unoffered_warehouse, warehouse_choices


def _accounts(kind: str) -> list[tuple[str, str]]:
    return [(str(a.id), f"{a.name} ({a.currency})") for a in accounts_in_use(current_session()) if a.kind == kind]


def _differences() -> list[tuple[str, str]]:
    return [(str(i.id), item_word(i.name)) for i in expense_items(current_session()) if i.direction == BOTH]


def _number(value: Any) -> int | None:
    return int(value) if value else None


class TillForm(Form):
    """A till."""

    of = Till

    version = VersionField()
    name = StringField(_l("Name"), [required])
    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
    )
    cash_account_id = SelectField(_l("Cash desk"), coerce=_number, choices=lambda: _accounts(CASH))
    card_account_id = SelectField(
        _l("Bank account for cards"), coerce=_number, choices=lambda: [("", _l("no cards are taken")), *_accounts(BANK)]
    )
    contact_id = LookupField(
        _l("Default customer"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    difference_item_id = SelectField(
        _l("Expense item for differences"),
        coerce=_number,
        choices=lambda: [("", _l("differences are only reported")), *_differences()],
        description=_l("Of items that money may come in and be paid by."),
    )
    tax_rate = DecimalField(_l("Tax, %"), places=4)
    tax_included = BooleanField(_l("Prices include tax"))
    is_limited = BooleanField(_l("Only for the users below"))
    users = SelectMultipleField(_l("Users"), coerce=int)
    is_active = BooleanField(_l("In use"))


class OpeningForm(Form):
    """The cash at the beginning of a shift."""

    counted = AmountField(_l("Cash counted"), [required])
    books_difference = BooleanField(_l("Book the difference"), default=True)


class CashForm(Form):
    """Cash that is put into a till or taken out of it."""

    direction = SelectField(_l("Direction"), choices=[("out", _l("Take out")), ("in", _l("Put in"))])
    amount = AmountField(_l("Amount"), [required])
    other = SelectField(_l("Where to, or where from"), choices=list)
    note = StringField(_l("Note"))


class ClosingForm(Form):
    """The cash at the end of a shift; notes and coins have a box each beside it."""

    of = Shift

    counted = AmountField(_l("Sum"), description=_l("Left empty, it is what the notes and coins make."))
    books_difference = BooleanField(_l("Book the difference"), default=True)
    note = TextAreaField(_l("Note"))
