"""The form of a connected carrier: shape only."""

from wtforms import BooleanField, IntegerField, PasswordField, StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, VersionField, required
from modules.trade.bridges.models import CarrierBridge


class BridgeForm(Form):
    """Where a carrier's bridge is, and what opens it."""

    of = CarrierBridge

    version = VersionField()
    name = StringField(_l("Name"), [required])
    address = StringField(
        _l("Address"), [required], description=_l("Of the bridge, such as https://bridge.example.com/kontor.")
    )
    secret = PasswordField(
        _l("Secret"), description=_l("Left empty, the saved one stays. It is kept encrypted and never shown.")
    )
    seconds = IntegerField(_l("Seconds to wait for an answer"), [required], default=15)
    tracking_page = StringField(
        _l("Page to follow a parcel"),
        description=_l("Such as https://carrier.example/parcels/{number}. Left empty, there is none."),
    )
    is_active = BooleanField(_l("In use"), default=True)
