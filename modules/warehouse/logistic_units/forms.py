"""The forms of boxes, pallets and repackings: shape only."""

from sqlalchemy.orm import Session
from wtforms import IntegerField, StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    Cell,
    DocumentForm,
    Form,
    LinesField,
    MomentField,
    SelectField,
    Text,
    VersionField,
    current_session,
    required,
)
from modules.warehouse.labels.sizes import SIZES
from modules.warehouse.logistic_units.models import KINDS, LogisticUnit, Repacking, SsccSeries
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.queries import unoffered_warehouse, warehouse_choices


def _warehouse_field() -> SelectField:
    return SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place: unoffered_warehouse(current_session(), place),
    )


def _kind_field() -> SelectField:
    return SelectField(_l("Kind"), choices=lambda: list(KINDS.items()))


class NewUnitsForm(Form):
    """Boxes or pallets that are added, one or many at once."""

    of = LogisticUnit

    place_id = _warehouse_field()
    kind = _kind_field()
    count = IntegerField(_l("How many"), [required], default=1)
    code = StringField(
        _l("Code"), description=_l("Empty: the next number. Scan here the SSCC that a supplier's box or pallet bears.")
    )
    parent = StringField(_l("Within"), description=_l("Scan the box or pallet in or on which it is."))


class UnitForm(Form):
    """A box or pallet."""

    of = LogisticUnit

    version = VersionField()
    kind = _kind_field()
    parent = StringField(
        _l("Within"), description=_l("Scan the box or pallet in or on which it is. Empty: it stands alone.")
    )


class SeriesForm(Form):
    """How boxes and pallets are numbered."""

    of = SsccSeries

    version = VersionField()
    prefix = StringField(
        _l("GS1 company prefix"),
        description=_l("From it SSCCs are made. Empty: numbers of your own, which only you know."),
    )


class UnitLabelForm(Form):
    """Of what size a label is printed."""

    size = SelectField(
        _l("Size"), choices=lambda: [(name, size.title) for name, size in SIZES.items() if size.for_units]
    )


class RepackingForm(DocumentForm):
    """A repacking: in which warehouse, out of what and into what, and which goods."""

    place_id = _warehouse_field()
    from_unit = StringField(_l("Out of box or pallet"), description=_l("Scan it. Empty: what is in none."))
    to_unit = StringField(_l("Into box or pallet"), description=_l("Scan it. Empty: the goods are taken out."))
    moment = MomentField(_l("Date"))
    note = StringField(_l("Note"))
    lines = LinesField(
        _l("Lines"),
        lookup="all_goods",
        cells=(
            Cell("quantity", _l("Quantity"), above=0, is_counted=True),
            Text("lots", _l("Lots"), where="tracking", listed=SERIAL),
        ),
    )

    def offer(self, session: Session, model: type[Repacking]) -> None:
        """Nothing more: warehouses are offered by their field."""
