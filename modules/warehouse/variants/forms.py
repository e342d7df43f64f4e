"""The forms of models and variants: shape only."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField, TextAreaField

from app.api.reference import Unit, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import AmountField, DecimalField, Form, LookupField, SelectField, VersionField, required
from modules.warehouse.nesting import group_choices
from modules.warehouse.variants.models import FIRST, SECOND, ItemModel

_VALUES = _l("Each on a line of its own, in order. Behind the sign = stands what it adds to codes: red = RED.")
_TALL = {"rows": 7}


def _number(value: str | int | None) -> int | None:
    return int(value) if value else None


class ModelForm(Form):
    """A model."""

    of = ItemModel

    version = VersionField()
    code = StringField(_l("Code"), [required], description=_l("The codes of its variants begin with it."))
    name = StringField(_l("Name"), [required])
    group_id = SelectField(_l("Group"), coerce=_number)
    unit_id = SelectField(_l("Unit"), coerce=int)
    price = AmountField(_l("Sales price"), places=6, description=_l("Of variants that are made from now on."))
    second_unit_id = SelectField(
        _l("Second unit"),
        coerce=_number,
        description=_l("Of variants that are made from now on, where they are kept in two quantities."),
    )
    second_per_unit = DecimalField(_l("Second quantity of one unit"), places=6)
    is_priced_by_second = BooleanField(_l("Priced by the second unit"))
    first_title = StringField(_l("First axis"), [required], description=_l("Such as size."))
    second_title = StringField(_l("Second axis"), description=_l("Such as colour; empty if there is none."))
    first_values = TextAreaField(_l("Values of the first axis"), [required], description=_VALUES, render_kw=_TALL)
    second_values = TextAreaField(_l("Values of the second axis"), description=_VALUES, render_kw=_TALL)

    def offer(self, session: Session) -> None:
        """Units and groups to choose from."""
        units = session.execute(select(Unit.id, Unit.name).order_by(Unit.id))
        named = [(row.id, unit_word(row.name)) for row in units]
        self.unit_id.choices, self.second_unit_id.choices = named, [("", "–"), *named]
        self.group_id.choices = [("", "–"), *group_choices(session)]


class NewVariantsForm(Form):
    """Which variants to make: the page shows the cells."""

    version = VersionField()


class VariantForm(Form):
    """Which item is which variant."""

    version = VersionField()
    item_id = LookupField(
        _l("Item"), [required], lookup="all_goods", unknown=_l("There is no item “%(text)s”. Choose from the list.")
    )
    first_id = SelectField(_l("First axis"), coerce=int)
    second_id = SelectField(_l("Second axis"), coerce=_number)

    def offer(self, model: ItemModel) -> None:
        """The values to choose from, by the names of the axes."""
        for field, title, axis in (
            (self.first_id, model.first_title, FIRST),
            (self.second_id, model.second_title, SECOND),
        ):
            field.label.text = title
            field.choices = [(value.id, value.name) for value in model.of_axis(axis)]
        if not model.second_title:
            self.leave_out("second_id")
