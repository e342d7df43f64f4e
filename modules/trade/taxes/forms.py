"""The forms of taxes: shape only."""

from typing import Any

from wtforms import BooleanField, StringField, TextAreaField

from app.api.reference import country_name
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    DayField,
    DecimalField,
    Form,
    LookupField,
    SelectField,
    VersionField,
    currencies,
    current_session,
    required,
)
from modules.trade.taxes.book import book_of
from modules.trade.taxes.categories import CATEGORIES
from modules.trade.taxes.deciding import spans_of
from modules.trade.taxes.models import TaxCode, TaxPolicy
from modules.trade.taxes.presets import countries
from modules.warehouse.api import group_choices

_NONE = ("", "–")


def _number(text: Any) -> int | None:
    return int(text) if text not in (None, "") else None


def codes_offered() -> list[tuple[str, str]]:
    """The codes in use, in the order of their names."""
    return [(str(code.id), code.name) for code in book_of(current_session()).codes.values() if code.is_active]


def codes_of_lines() -> list[dict[str, object]]:
    """The codes in use as the lines of a document offer them: each with its rate from a day on, so that it is there at once."""
    return [
        {"value": str(code.id), "title": code.name, "fills": {"tax_rate": spans_of(code.spans)}}
        for code in book_of(current_session()).codes.values()
        if code.is_active
    ]


def code_named(code_id: Any) -> str | None:
    """What a code is called, in use or not; None: there is no such code."""
    code = book_of(current_session()).codes.get(int(code_id))
    return code.name if code is not None else None


def _code_field(label: object, description: object = "") -> SelectField:
    return SelectField(
        label, coerce=_number, choices=lambda: [_NONE, *codes_offered()], past=code_named, description=description
    )


class TaxCodeForm(Form):
    """A tax code, with a rate from a day on."""

    of = TaxCode

    version = VersionField()
    name = StringField(_l("Name"), [required])
    category = SelectField(
        _l("Category"),
        choices=lambda: list(CATEGORIES.items()),
        description=_l("It can't be changed later: documents keep it."),
    )
    rate = DecimalField(_l("Rate, %"), places=4, description=_l("Only of what is taxed at a rate."))
    since = DayField(
        _l("In force from"), description=_l("Documents from this day on have it; earlier ones stay as they are.")
    )
    reason = TextAreaField(
        _l("Said on paper"), description=_l("Why there is no tax, in the words of the law: it is printed on documents.")
    )
    is_active = BooleanField(_l("In use"), default=True)


class TaxPolicyForm(Form):
    """The codes that an organisation uses where nothing nearer says otherwise."""

    of = TaxPolicy

    version = VersionField()
    code_id = _code_field(_l("Usual tax"), _l("Of whatever has none of its own."))
    export_id = _code_field(_l("Goods across the border"), _l("Sold to a country outside the European Union."))
    import_id = _code_field(_l("Goods from abroad"), _l("Bought from a country outside the European Union."))
    community_id = _code_field(
        _l("Goods within the European Union"), _l("With a contact in another country of it that has a VAT number.")
    )
    reverse_id = _code_field(
        _l("Services with reverse charge"),
        _l("To contacts in the European Union that have a VAT number, and from all contacts abroad."),
    )
    abroad_id = _code_field(_l("Services across the border"), _l("Sold to a country outside the European Union."))


class CashStepForm(Form):
    """What is paid in coins in a currency."""

    currency = SelectField(_l("Currency"), choices=currencies)
    step = DecimalField(_l("Smallest coin"), places=4, description=_l("Such as 0.05. Empty: nothing is rounded."))


class PresetForm(Form):
    """Whose codes are taken."""

    country = SelectField(_l("Country"), choices=lambda: [(c, country_name(c)) for c in countries()])


class TaxDefaultForm(Form):
    """The code of an item, a group of items or a contact."""

    item_id = LookupField(_l("Item"), lookup="items")
    group_id = SelectField(
        _l("Group of items"), coerce=_number, choices=lambda: [_NONE, *group_choices(current_session())]
    )
    contact_id = LookupField(_l("Contact"), lookup="contacts")
    code_id = SelectField(_l("Tax code"), [required], coerce=_number, choices=codes_offered, past=code_named)


class OwnTaxForm(Form):
    """The code of the one item or contact whose card it is on."""

    code_id = _code_field(_l("Tax code"), _l("Empty: as its group or the organisation has."))
