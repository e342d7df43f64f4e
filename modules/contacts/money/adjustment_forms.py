"""The forms of debt adjustments: shape only."""

from wtforms import StringField, TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    FollowingField,
    Form,
    LookupField,
    MomentField,
    SelectField,
    VersionField,
    currencies,
    required,
)
from modules.contacts.contracts import offered
from modules.contacts.models import Adjustment, MoneyPolicy
from modules.contacts.money.words import SIDES

_UNKNOWN = _l("There is no contact “%(text)s”. Choose from the list.")


class OpeningDebtForm(Form):
    """A document that was unpaid when the books began."""

    of = Adjustment

    contact_id = LookupField(_l("Contact"), [required], lookup="contacts", unknown=_UNKNOWN)
    contract_id = FollowingField(_l("Contract"), follows="contact_id", offered=offered)
    side = SelectField(_l("Who owes"), choices=lambda: list(SIDES.items()))
    number = StringField(_l("Number of the document"), description=_l("Left empty, it gets the next number."))
    moment = DayField(_l("Date of the document"), [required])
    due = DayField(_l("Payment due"))
    amount = AmountField(_l("Unpaid amount"), [required])
    currency = SelectField(_l("Currency"), choices=currencies)
    note = TextAreaField(_l("Note"))


class OffsetForm(Form):
    """What a contact owes us against what we owe another one, or under another contract."""

    debtor_id = LookupField(_l("Who owes us"), [required], lookup="contacts", unknown=_UNKNOWN)
    creditor_id = LookupField(_l("Whom we owe"), [required], lookup="contacts", unknown=_UNKNOWN)
    debtor_contract_id = FollowingField(_l("Their contract"), follows="debtor_id", offered=offered)
    creditor_contract_id = FollowingField(_l("Our contract with them"), follows="creditor_id", offered=offered)
    amount = AmountField(_l("Amount"), [required])
    currency = SelectField(
        _l("Currency"), choices=currencies, description=_l("Of what is under a contract, it is the contract's.")
    )
    other_amount = AmountField(
        _l("Amount of the second contract"),
        places=4,
        description=_l("Only where the contracts are in two currencies; left empty, as much by the day's rates."),
    )
    moment = MomentField(_l("Date"))
    note = TextAreaField(_l("Note"))


class WriteOffForm(Form):
    """Why small rests are written off."""

    reason = StringField(_l("Reason"), [required])


class PolicyForm(Form):
    """How much may be written off."""

    of = MoneyPolicy

    version = VersionField()
    write_off_limit = AmountField(
        _l("Write off up to"),
        [required],
        places=4,
        description=_l("So much may be open of a document at most to be written off, in the company's own currency."),
    )
