"""The forms of bins and bin moves: shape only."""

from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    Cell,
    DecimalField,
    DocumentForm,
    Form,
    LinesField,
    LookupField,
    MomentField,
    SelectField,
    Text,
    VersionField,
    current_session,
    required,
)
from modules.warehouse.bins.models import Bin, BinLevel, BinMove
from modules.warehouse.labels.sizes import SIZES
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.queries import unoffered_warehouse, warehouse_choices

_POSITION = _l("Whoever picks goods comes by the lowest number first.")


def _warehouse_field() -> SelectField:
    return SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place: unoffered_warehouse(current_session(), place),
    )


class NewBinsForm(Form):
    """Bins that are added, one or many at once."""

    of = Bin

    place_id = _warehouse_field()
    codes = TextAreaField(
        _l("Codes"),
        [required],
        description=_l("One on each line. A-01..A-20 adds all twenty. Codes are what the labels of the bins say."),
    )
    zone = StringField(_l("Zone"), description=_l("What these have in common, such as a row or a cold room."))
    position = IntegerField(
        _l("Place in the walk"), [Optional()], description=_l("Empty: behind all others of the warehouse.")
    )


class BinForm(Form):
    """A bin."""

    of = Bin

    version = VersionField()
    code = StringField(_l("Code"), [required])
    zone = StringField(_l("Zone"))
    position = IntegerField(_l("Place in the walk"), [required], description=_POSITION)
    is_active = BooleanField(
        _l("Open"), default=True, description=_l("Nothing is put into a closed bin. It has to be empty.")
    )


class BinLevelForm(Form):
    """In which bin an item usually lies, and how much of it is kept there."""

    of = BinLevel

    version = VersionField()
    item_id = LookupField(_l("Item"), [required], lookup="goods")
    place_id = _warehouse_field()
    bin = StringField(_l("Bin"), [required], description=_l("What comes is put there first."))
    minimum = DecimalField(_l("Minimum"), [required], places=6, description=_l("It is filled up once it holds less."))
    maximum = DecimalField(_l("Maximum"), [required], places=6)


class BinLabelsForm(Form):
    """Which labels of bins are printed, and of what size."""

    place_id = _warehouse_field()
    zone = StringField(_l("Zone"), description=_l("Empty: all of them."))
    size = SelectField(_l("Size"), choices=lambda: [(name, size.title) for name, size in SIZES.items()])


class BinMoveForm(DocumentForm):
    """A bin move: in which warehouse, and what goes from where to where."""

    place_id = _warehouse_field()
    moment = MomentField(_l("Date"))
    note = StringField(_l("Note"))
    lines = LinesField(
        _l("Lines"),
        lookup="all_goods",
        cells=(
            Cell("quantity", _l("Quantity"), above=0, is_counted=True),
            Text("from_bin", _l("From bin")),
            Text("to_bin", _l("To bin")),
            Text("lots", _l("Lots"), where="tracking", listed=SERIAL),
        ),
    )

    def offer(self, session: Session, model: type[BinMove]) -> None:
        """Nothing more: warehouses are offered by their field."""
