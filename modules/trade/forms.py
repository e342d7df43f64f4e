"""The trade's form: shape only."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Optional

from app.api.clock import wall_clock
from app.api.documents import kind_of
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    Cell,
    Choice,
    Day,
    DayField,
    DocumentForm,
    FollowingField,
    LinesField,
    LookupField,
    MomentField,
    SelectField,
    Text,
    currencies,
    current_session,
    required,
)
from modules.contacts.api import contracts_offered
from modules.trade.models import TradeDocument
from modules.trade.parcels.forms import carrier_field
from modules.trade.points.known import known_points
from modules.trade.pricing.keeping import offers_coupons
from modules.trade.proposals import propose_address
from modules.trade.requests.forms import RequestForm
from modules.trade.requests.queries import requests_offered
from modules.trade.taxes.forms import code_named, codes_of_lines
from modules.trade.taxes.lines import with_taxes
from modules.trade.taxes.operations import cash_steps
from modules.warehouse.api import SERIAL, unoffered_warehouse, warehouse_choices

SECOND = Cell("second", _l("Second quantity"), above=0, where="second_unit")
_CELLS = (
    Cell("quantity", _l("Quantity"), above=0, is_counted=True),
    SECOND,
    Cell("price", _l("Price"), least=0, is_needed=True),
    Cell("discount", _l("Discount, %"), least=0, most=100, places=4, is_blank_at_zero=True),
    Cell("tax_rate", _l("Tax, %"), least=0, most=100, places=4),
    Choice("tax_code_id", _l("Tax"), choices=codes_of_lines, past=code_named),
)
#: as the warehouse has them on its own documents
_LOTS = (Text("lots", _l("Lots"), where="tracking", listed=SERIAL), Day("expires", _l("Use by"), where="tracking"))
_CARRIED = ("own", "says", "logistic_unit")


class TradeForm(DocumentForm):
    """A sale, a purchase, or the return of one."""

    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    contract_id = FollowingField(_l("Contract"), follows="contact_id", offered=contracts_offered)
    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
    )
    moment = MomentField(_l("Date"))
    due = DayField(_l("Payment due"))
    currency = SelectField(_l("Currency"), choices=currencies)
    note = StringField(_l("Note"))
    tax_included = BooleanField(_l("Prices include tax"))
    coupon = StringField(_l("Coupon"))
    points = IntegerField(_l("Bonus points to spend"), [Optional()])
    is_cash = BooleanField(_l("Paid in cash"))
    lines = LinesField(_l("Lines"), cells=(*_CELLS, *_LOTS), carried=_CARRIED)

    #: what for contacts are named: sale, charge (a purchase) or return
    use = "return"
    is_bought = False

    def offer(self, session: Session, model: type[TradeDocument]) -> None:
        """What the contact is called by the kind of document; what comes back or goes back may be no longer in use."""
        if not codes_of_lines():
            self.lines.leave_out("tax_code_id")
        if not model.goods_leave:
            self.lines.leave_out("lots", "expires")
        if not cash_steps(session):
            self.leave_out("is_cash")
        if not offers_coupons(session, model):
            self.leave_out("coupon")
        if kind_of(model).noun != "sale" or not known_points(session).programmes:
            self.leave_out("points")
        self.lines.propose_at = propose_address(model)
        if model.clears_up:
            self.lines.lookup = "all_items"
        self.contact_id.label.text, self.is_bought = model.party, model.is_bought
        self.use = "return" if model.clears_up else "charge" if model.is_bought else "sale"

    def show(self, draft: Any, version: int | None = None) -> None:
        """Show a draft, with the taxes that saving it as it is would decide."""
        if draft.lines and draft.contact_id is not None:
            day = (draft.moment or wall_clock()).date()
            said = {"contact_id": draft.contact_id, "is_sale": not self.is_bought, "day": day}
            draft = replace(draft, lines=with_taxes(current_session(), draft.lines, **said))
        super().show(draft, version)


class QuoteForm(TradeForm):
    """A quote: it ends some day, and nothing is due by it."""

    due = None  # type: ignore[assignment]
    valid_until = DayField(_l("Valid until"))
    request_id = FollowingField(_l("Customer request"), follows="contact_id", offered=requests_offered)
    makes_order = BooleanField(
        _l("Acceptance makes a draft order"), default=True, description=_l("When the customer accepts it by a link.")
    )
    carrier = carrier_field()


class AgreementForm(TradeForm):
    """An agreement: it ends some day, and nothing is due by it."""

    due = None  # type: ignore[assignment]
    valid_until = DayField(_l("Valid until"))


def _who_delivers() -> list[dict[str, object]]:
    return [{"value": 0, "title": str(_l("us"))}, {"value": 1, "title": str(_l("the supplier"))}]


class OrderForm(TradeForm):
    """An order: it says when goods come, and its lines who delivers them."""

    delivery = DayField(_l("Delivery"))
    lines = LinesField(
        _l("Lines"), cells=(*_CELLS, Choice("direct", _l("Delivered by"), choices=_who_delivers)), carried=_CARRIED
    )


class PurchaseOrderForm(OrderForm):
    """A purchase order: it says where the supplier brings the goods."""

    ship_to = StringField(_l("Delivered to"), description=_l("Empty: our warehouse."))


class SalesOrderForm(OrderForm):
    """A sales order: it keeps goods."""

    reserves = BooleanField(_l("Reserve goods"), default=True)
    reserved_until = DayField(_l("Reserved until"))
    priority = IntegerField(_l("Priority"), [Optional()], description=_l("0 to 9: the highest gets goods first"))
    carrier = carrier_field()


class SaleForm(TradeForm):
    """A sale: it says who brings the goods."""

    carrier = carrier_field()


class ChargeForm(TradeForm):
    """What a supplier charges: with the number and day of their own invoice."""

    supplier_number = StringField(_l("Supplier's number"))
    supplier_day = DayField(_l("Day of the supplier's invoice"))


class ReceiptReturnForm(TradeForm):
    """What goes back before it is charged: it says whether it is to be replaced."""

    reopens = BooleanField(
        _l("To be replaced"), default=True, description=_l("The purchase order awaits these goods again.")
    )


#: noun → its form, where that isn't TradeForm
FORMS: dict[str, type[TradeForm]] = {
    "customer_request": RequestForm,
    "quote": QuoteForm,
    "sales_order": SalesOrderForm,
    "purchase_order": PurchaseOrderForm,
    "purchase_agreement": AgreementForm,
    "sales_agreement": AgreementForm,
    "sale": SaleForm,
    "purchase": ChargeForm,
    "supplier_invoice": ChargeForm,
    "receipt_return": ReceiptReturnForm,
}
