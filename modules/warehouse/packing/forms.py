"""The form of a packing."""

from fractions import Fraction
from typing import Any

from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.widgets import TextInput

from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import exactly
from app.api.web import DecimalField, Form, VersionField, parse_decimal, required
from modules.warehouse.models import Packing


class FractionField(Field):
    """A number, or one by another such as 1/3; holds a Fraction."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return shown_fraction(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            above, stroke, below = valuelist[0].partition("/")
            self.data = Fraction(parse_decimal(above)) / Fraction(parse_decimal(below) if stroke else 1)
        except (ValueError, ZeroDivisionError):
            raise ValueError(_l("“%(text)s” isn't a number.", text=valuelist[0])) from None


def shown_fraction(value: Fraction) -> str:
    """As one types it: with a point where that is exact."""
    decimal = exactly(value)
    return number(decimal) if decimal is not None else str(value)


class PackingForm(Form):
    """A packing of an item."""

    of = Packing

    version = VersionField()
    name = StringField(_l("Name"), [required], description=_l("What stands after the number: box, pallet, roll."))
    contains = FractionField(_l("Contains"), [required])
    barcodes = TextAreaField(_l("Barcodes"), description=_l("Each on a line of its own."))
    weight = DecimalField(_l("Weight, kg"), places=6)
    is_active = BooleanField(_l("In use"), default=True)

    def offer(self, unit: Any) -> None:
        """In what is counted how much it contains."""
        self.contains.description = _l("How many of the unit “%(unit)s”: 12, 0.5 or 1/3.", unit=unit)
