"""Forms of contracts, and the field by which a document names one: shape only."""

from decimal import Decimal
from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    DecimalField,
    FollowingField,
    Form,
    LookupField,
    MomentField,
    SelectField,
    VersionField,
    currencies,
    required,
)
from modules.contacts.conditions import ACTIONS, TERMS
from modules.contacts.contract_models import ACTIVE, STATES, Contract, CreditRule
from modules.contacts.contracts import offered
from modules.contacts.dunning.levels import DAYS
from modules.contacts.penalties.agreed import BASIS_WORDS, FIELDS
from modules.contacts.penalties.agreed import KINDS as PENALTIES

#: by when one pays, and what is let off for paying early: fields that stand together
TERMS_OF_PAYMENT = ("payment_terms", "payment_days", "discount_percent", "discount_days")


def choices_of_terms() -> list[tuple[str, object]]:
    """By when one pays; empty where nothing is agreed."""
    return [("", "–"), *TERMS.items()]


def choices_of_actions() -> list[tuple[str, object]]:
    """What happens; empty where others say it."""
    return [("", _l("as usual")), *ACTIONS.items()]


class ConditionsForm(Form):
    """What contacts and contracts may both say."""

    payment_terms = SelectField(_l("Payment terms"), choices=choices_of_terms, default="")
    payment_days = IntegerField(_l("Days to pay"), [Optional()], default=0)
    discount_percent = DecimalField(
        _l("Early-payment discount, %"),
        places=4,
        description=_l("Off what is paid in full within the days beside it: 2 and 10 for “2/10 net 30”."),
    )
    discount_days = IntegerField(_l("Paid within days"), [Optional()], default=0)
    over_limit = SelectField(_l("Beyond the credit limit"), choices=choices_of_actions, default="")
    overdue = SelectField(_l("When payments are overdue"), choices=choices_of_actions, default="")

    def values(self) -> dict[str, Any]:
        """Days and per cent that were left empty are none."""
        found = super().values()
        numbers = {"payment_days": 0, "discount_days": 0, "discount_percent": Decimal(0)}
        return {**found, **{name: found.get(name) or none for name, none in numbers.items()}}


class ContractForm(ConditionsForm):
    """A contract."""

    of = Contract
    first = ("contact_id", "number", "title", "currency", "since", "until")

    version = VersionField()
    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    number = StringField(_l("Number"), description=_l("Left empty, it gets the next number."))
    title = StringField(_l("Title"))
    state = SelectField(_l("State"), choices=lambda: list(STATES.items()), default=ACTIVE)
    since = DayField(_l("First day"))
    until = DayField(_l("Last day"))
    remind_days = IntegerField(
        _l("Remind so many days before the last one"),
        [Optional()],
        default=30,
        description=_l("With 0 nobody is reminded."),
    )
    currency = SelectField(_l("Currency"), choices=currencies)
    credit_limit = AmountField(_l("Credit limit"))
    instalments = StringField(
        _l("Paid in parts"),
        description=_l("30/0, 70/30: 30 % at once, 70 % after 30 days. 3x: three equal parts at the ends of months."),
    )
    prepayment = DecimalField(
        _l("Prepayment, %"), places=4, description=_l("Of each sale, to be paid before it is posted.")
    )
    penalty_kind = SelectField(
        _l("Penalty for late payment"), choices=lambda: [("", _l("none")), *PENALTIES.items()], default=""
    )
    penalty_rate = DecimalField(
        _l("Penalty, %"), places=4, description=_l("A day or a year; beside the key rate, the points above it.")
    )
    penalty_part = IntegerField(
        _l("Part of the key rate: 1/…"), [Optional()], default=1, description=_l("150 for 1/150 of it a day.")
    )
    penalty_basis = SelectField(_l("Days of a year"), choices=lambda: list(BASIS_WORDS.items()), default="actual")
    penalty_grace = IntegerField(
        _l("Grace days"), [Optional()], default=0, description=_l("So many days after the due one cost nothing.")
    )
    penalty_cap = DecimalField(
        _l("At most, per cent of the debt"), places=4, description=_l("Of all penalties of a document together.")
    )
    note = TextAreaField(_l("Note"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        terms = (*TERMS_OF_PAYMENT, "instalments", "prepayment", "credit_limit", "over_limit", "overdue")
        for name in (*terms, *FIELDS, "note"):
            self._fields.move_to_end(name)


class UnderForm(Form):
    """What a document's form has said so far of whom it is with."""

    contact_id = LookupField(_l("Contact"), lookup="contacts")
    contract_id = FollowingField(_l("Contract"), follows="contact_id", offered=offered)
    moment = MomentField(_l("Date"))
    currency = StringField(_l("Currency"))


class CreditRuleForm(Form):
    """What happens when somebody owes too much."""

    of = CreditRule

    version = VersionField()
    over_limit = SelectField(_l("Beyond the credit limit"), choices=lambda: list(ACTIONS.items()))
    overdue = SelectField(_l("When payments are overdue"), choices=lambda: list(ACTIONS.items()))
    overdue_days = IntegerField(_l("Days after which a payment counts as overdue"), [required])
    reminder_days = StringField(
        _l("Days overdue at which reminders go out"),
        [required],
        default=DAYS,
        description=_l("As 3, 14, 30: a letter of its own for each, three at most."),
    )
