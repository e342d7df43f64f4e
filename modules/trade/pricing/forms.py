"""Forms of prices and discounts: shape only."""

from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    DecimalField,
    FollowingField,
    Form,
    LookupField,
    SelectField,
    VersionField,
    currencies,
    current_session,
    required,
)
from modules.contacts.api import contracts_offered, offered_folders
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import FORMULAS, DiscountRule, PriceType
from modules.trade.pricing.rules import BEST, DIRECTIONS, NEAREST, STACKING, TYPED
from modules.trade.pricing.types import CURRENCY_CHANGES
from modules.warehouse.api import GroupTree


def _number(value: Any) -> int | None:
    return int(value) if value else None


def type_choices(session: Session, nothing: object = "–") -> list[tuple[Any, object]]:
    """Price types by name, and none."""
    types = sorted(known_prices(session).types.values(), key=lambda row: (row.name_order, row.id))
    return [("", nothing), *((row.id, row.name) for row in types)]


def group_choices(session: Session) -> list[tuple[Any, object]]:
    """Groups of items as their tree shows them, and all."""
    return [("", _l("all")), *((node.id, "\u2003" * node.depth + node.name) for node in GroupTree(session).shown())]


def folder_choices(session: Session) -> list[tuple[Any, object]]:
    """Folders of contacts, and all."""
    return [("", _l("all")), *offered_folders(session)]


class PriceTypeForm(Form):
    """A price type."""

    of = PriceType

    version = VersionField()
    name = StringField(_l("Name"), [required])
    currency = SelectField(_l("Currency"), choices=currencies)
    prices = SelectField(
        _l("Prices in the other currency"),
        choices=lambda: [("", _l("Say it when the currency changes")), *CURRENCY_CHANGES.items()],
        default="",
    )
    tax_included = BooleanField(_l("Prices include tax"))
    formula = SelectField(_l("Prices come"), choices=lambda: list(FORMULAS.items()), default=TYPED)
    base_id = SelectField(_l("Follows the price type"), coerce=_number, choices=lambda: type_choices(current_session()))
    percent = DecimalField(_l("Per cent on top"), places=4, description=_l("30 adds 30 %, −5 takes 5 % off."))
    step = DecimalField(_l("Rounded to"), description=_l("0.05, 1, 10 …; empty: to the smallest coin."))
    ending = DecimalField(_l("Ends in"), description=_l("0.90 with 1 gives 12.90 and 13.90."))
    direction = SelectField(_l("Rounded"), choices=lambda: list(DIRECTIONS.items()), default=NEAREST)
    since = DayField(_l("First day"))
    until = DayField(_l("Last day"))


class ItemPriceForm(Form):
    """A price of a type."""

    type_id = SelectField(_l("Price type"), coerce=_number, choices=lambda: type_choices(current_session()))
    item_id = LookupField(_l("Item"), [required], lookup="items")
    since = DayField(_l("From day"))
    from_quantity = DecimalField(_l("From quantity"), description=_l("Empty: any."))
    price = AmountField(_l("Price"), [required], places=6)


class AgreementForm(Form):
    """Which price type somebody has, and what is off it."""

    type_id = SelectField(_l("Price type"), coerce=_number, choices=lambda: type_choices(current_session()))
    discount = DecimalField(_l("Discount, %"), places=4)


class AgreedPriceForm(Form):
    """A special price of a contact."""

    contact_id = LookupField(_l("Contact"), [required], lookup="contacts")
    contract_id = FollowingField(_l("Contract"), follows="contact_id", offered=contracts_offered)
    item_id = LookupField(_l("Item"), [required], lookup="items")
    price = AmountField(_l("Price"), [required], places=6)
    currency = SelectField(_l("Currency"), choices=currencies)
    tax_included = BooleanField(_l("Prices include tax"))
    from_quantity = DecimalField(_l("From quantity"), description=_l("Empty: any."))
    since = DayField(_l("First day"))
    until = DayField(_l("Last day"))


class DiscountForm(Form):
    """A discount that whoever buys gets."""

    of = DiscountRule

    version = VersionField()
    name = StringField(_l("Name"), [required], description=_l("Customers may read it on the line."))
    percent = DecimalField(_l("Per cent off"), places=4)
    take = IntegerField(_l("Taken"), [Optional()], description=_l("Of a promotion such as 3 for 2: the 3."))
    pay = IntegerField(_l("Paid"), [Optional()], description=_l("Of a promotion such as 3 for 2: the 2."))
    from_quantity = DecimalField(_l("From quantity"), description=_l("Of the line."))
    from_total = AmountField(
        _l("From total"), places=4, description=_l("Of the document, in the organisation's currency.")
    )
    coupon = StringField(_l("Coupon"), description=_l("Who says this word gets it; last of all discounts."))
    most_uses = IntegerField(
        _l("Coupon: uses in all"), [Optional()], description=_l("Posted sales; empty: as often as they like.")
    )
    most_by_contact = IntegerField(_l("Coupon: uses by a customer"), [Optional()])
    item_id = LookupField(_l("Item"), lookup="items")
    group_id = SelectField(_l("Group of items"), coerce=_number, choices=lambda: group_choices(current_session()))
    folder_id = SelectField(_l("Folder of contacts"), coerce=_number, choices=lambda: folder_choices(current_session()))
    since = DayField(_l("First day"))
    until = DayField(_l("Last day"))
    is_active = BooleanField(_l("In use"), default=True)


class PricePolicyForm(Form):
    """What the organisation has decided about prices."""

    version = VersionField()
    type_id = SelectField(
        _l("Usual price type"),
        coerce=_number,
        choices=lambda: type_choices(current_session(), _l("The items' own sales prices")),
    )
    stacking = SelectField(_l("Several discounts"), choices=lambda: list(STACKING.items()), default=BEST)
    least_margin = DecimalField(
        _l("Least margin, %"), places=4, description=_l("Of the price without tax. Empty: nothing is checked.")
    )


class FolderAgreementForm(AgreementForm):
    """What is agreed for the contacts of a folder."""

    folder_id = SelectField(
        _l("Folder of contacts"), coerce=_number, choices=lambda: [("", "–"), *offered_folders(current_session())]
    )


class GroupMarginForm(Form):
    """The least margin of a group of items."""

    group_id = SelectField(
        _l("Group of items"), coerce=_number, choices=lambda: [("", "–"), *group_choices(current_session())[1:]]
    )
    least = DecimalField(_l("Least margin, %"), places=4, description=_l("Empty: as usual."))


class PriceRunForm(Form):
    """Prices that are to change together."""

    type_id = SelectField(
        _l("Which prices"),
        coerce=_number,
        choices=lambda: type_choices(current_session(), _l("The items' own sales prices")),
    )
    group_id = SelectField(_l("Group of items"), coerce=_number, choices=lambda: group_choices(current_session()))
    percent = DecimalField(
        _l("Per cent on top"), [required], places=4, description=_l("30 adds 30 %, −5 takes 5 % off.")
    )
    step = DecimalField(_l("Rounded to"), description=_l("0.05, 1, 10 …; empty: to the smallest coin."))
    ending = DecimalField(_l("Ends in"), description=_l("0.90 with 1 gives 12.90 and 13.90."))
    direction = SelectField(_l("Rounded"), choices=lambda: list(DIRECTIONS.items()), default=NEAREST)
    since = DayField(_l("From day"), description=_l("Of a price type; sales prices change at once."))
