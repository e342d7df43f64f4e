"""The forms of parcels: shape only."""

from collections.abc import Collection, Iterable
from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    DayField,
    DecimalField,
    Form,
    LookupField,
    SelectField,
    VersionField,
    current_company,
    current_session,
)
from modules.trade.parcels.carriers import Carrier, carriers_of, known_carriers
from modules.trade.parcels.models import Parcel


def _carriers() -> Collection[Carrier]:
    return carriers_of(current_company(), current_session()).values()


def _offered() -> Iterable[tuple[str, object]]:
    return ((c.name, c.title) for c in _carriers() if c.is_offered)


def carrier_field() -> Any:
    """Who is to bring what a document says; nobody has to be named."""
    return SelectField(
        _l("Carrier"),
        default="",
        choices=lambda: [("", "–"), *_offered()],
        past=lambda name: next(
            (str(c.title) for c in known_carriers(current_session()).values() if c.name == name), None
        ),
    )


class CarrierForm(Form):
    """What the form of a new document has said so far of whom it is with, and who brings it."""

    contact_id = LookupField(lookup="contacts")
    carrier = carrier_field()


class ParcelForm(Form):
    """What a parcel weighs and has in it, and by whom it goes."""

    of = Parcel

    version = VersionField()
    carrier = SelectField(
        _l("Carrier"),
        choices=lambda: list(_offered()),
        past=lambda name: next((str(c.title) for c in _carriers() if c.name == name), None),
    )
    service = StringField(_l("Service"))
    tracking = StringField(_l("Tracking number"), description=_l("Own delivery gives its own."))
    tour_day = DayField(_l("Day of the tour"), description=_l("Of own delivery."))
    weight = DecimalField(_l("Weight, kg"), [Optional()], places=3)
    length = IntegerField(_l("Length, cm"), [Optional()])
    width = IntegerField(_l("Width, cm"), [Optional()])
    height = IntegerField(_l("Height, cm"), [Optional()])
    content = TextAreaField(_l("Content"))
