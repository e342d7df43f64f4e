"""The forms of whoever buys: shape only."""

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import Optional

from app.api.clock import wall_clock
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    Cell,
    DayField,
    DecimalField,
    DocumentForm,
    Form,
    LinesField,
    LookupField,
    MomentField,
    SelectField,
    VersionField,
    current_session,
    required,
)
from modules.trade.forms import AgreementForm, ChargeForm
from modules.trade.landed.rules import BASES
from modules.trade.models import BuyingPolicy
from modules.warehouse.api import unoffered_warehouse, warehouse_choices


class SupplierRequestForm(DocumentForm):
    """What several suppliers are asked about."""

    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
    )
    moment = MomentField(_l("Date"))
    wanted = DayField(_l("Needed by"))
    note = StringField(_l("Note"))
    lines = LinesField(_l("Lines"), cells=(Cell("quantity", _l("Quantity"), above=0, is_counted=True),))


class OfferForm(AgreementForm):
    """What a supplier was asked, and answered."""

    answered = DayField(_l("Answered on"))
    delivery_days = IntegerField(_l("Days of delivery"), [Optional()])

    def show(self, draft: Any, version: int | None = None) -> None:
        """Whoever opens one that was asked enters the answer, which usually came today."""
        super().show(draft, version)
        if version is not None and self.answered.data is None:
            self.answered.data = wall_clock().date()


class LandedForm(ChargeForm):
    """A cost on goods that came before."""

    receipts = StringField(
        _l("Receipts and purchases"), [required], description=_l("Their numbers, with commas between them")
    )
    basis = SelectField(_l("Spread by"), choices=lambda: list(BASES.items()))


class ImportTaxForm(ChargeForm):
    """Tax paid to customs: each line says of what it is, as the price, and at which rate."""

    supplier_number = StringField(_l("Customs declaration"))
    supplier_day = DayField(_l("Day of the declaration"))
    receipts = StringField(
        _l("Receipts and purchases"), [required], description=_l("Their numbers, with commas between them")
    )


class AskForm(Form):
    """Whom to ask."""

    contact_id = LookupField(_l("Supplier"), [required], lookup="contacts")


class TolerancesForm(Form):
    """How far a supplier's invoice may differ, and a delivery from its order."""

    of = BuyingPolicy

    version = VersionField()
    price_percent = DecimalField(
        _l("Price: per cent"), description=_l("Of the price received at. Empty: any difference.")
    )
    price_amount = AmountField(
        _l("Price: amount of a line"), description=_l("Without tax, in your own currency."), places=6
    )
    quantity_percent = DecimalField(_l("Quantity: per cent"), description=_l("Charged beyond what was received."))
    quantity_amount = DecimalField(_l("Quantity: units"))
    received_percent = DecimalField(
        _l("Received beyond the order: per cent"), description=_l("Of a line of a purchase order. Empty: nothing.")
    )
    shipped_percent = DecimalField(
        _l("Shipped beyond the order: per cent"), description=_l("Of a line of a sales order. Empty: nothing.")
    )
