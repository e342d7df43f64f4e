"""Production's forms: shape only."""

from decimal import Decimal

from wtforms import BooleanField, StringField

from app.api.texts import lazy_gettext as _l
from app.api.texts import typed
from app.api.web import (
    Cell,
    DecimalField,
    DocumentForm,
    LinesField,
    LinesForm,
    LookupField,
    MomentField,
    SelectField,
    current_session,
    required,
)
from modules.production.models import Bom
from modules.warehouse.api import unoffered_warehouse, warehouse_choices


class BomForm(LinesForm):
    """A bill of materials."""

    of = Bom

    item_id = LookupField(
        _l("Product"), [required], lookup="goods", unknown=_l("There is no item “%(text)s”. Choose from the list.")
    )
    output = DecimalField(_l("Makes"), [required], description=_l("How much of the product these components make."))
    name = StringField(_l("Name"), description=_l("Where a product can be made in several ways."))
    note = StringField(_l("Note"))
    is_active = BooleanField(_l("In use"), default=True)
    lines = LinesField(
        _l("Components"),
        item=_l("Component"),
        lookup="goods",
        cells=(Cell("quantity", _l("Quantity"), above=0, is_counted=True),),
    )


class WorkOrderForm(DocumentForm):
    """A work order."""

    #: the quantity that its components are for, as they are shown; None: as the order says
    filled: Decimal | None = None

    bom_id = LookupField(
        _l("Bill of materials"),
        [required],
        lookup="boms",
        unknown=_l("There is no bill of materials “%(text)s”. Choose from the list."),
    )
    quantity = DecimalField(_l("Quantity"), [required])
    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
    )
    moment = MomentField(_l("Date"))
    note = StringField(_l("Note"))
    lines = LinesField(
        _l("Components"),
        item=_l("Component"),
        lookup="goods",
        cells=(Cell("quantity", _l("Quantity used"), least=0, is_counted=True),),
        carried=("typed",),
    )

    @property
    def filled_text(self) -> str:
        """The same as one types it; empty where nobody can say."""
        filled = self.quantity.data if self.filled is None else self.filled
        return typed(filled) if filled is not None else ""
