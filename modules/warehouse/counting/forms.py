"""The forms of stock counts: shape only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, Day, DocumentForm, LinesField, LinesForm, MomentField, SelectField, Text, current_session
from modules.warehouse.counting.models import RESTS, StockCount
from modules.warehouse.forms import SECOND
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.nesting import group_choices
from modules.warehouse.queries import unoffered_warehouse, warehouse_choices


def _number(value: str | int | None) -> int | None:
    return int(value) if value else None


class CountForm(DocumentForm):
    """A count: where, and of what."""

    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place: unoffered_warehouse(current_session(), place),
    )
    group_id = SelectField(
        _l("Group"),
        coerce=_number,
        description=_l(
            "Its goods come on the list. With no group and no line, everything in the warehouse is counted."
        ),
    )
    is_by_bin = BooleanField(
        _l("Bin by bin"),
        description=_l(
            "Who counts scans the label of each bin, then what lies there. What isn't put away is one of them."
        ),
    )
    zone = StringField(_l("Zone"), description=_l("Only the bins of this zone are counted."))
    bins = StringField(
        _l("Bins"),
        description=_l("Only these: A-01..A-20, B-05. The code - is what isn't put away. Empty: all, and that too."),
    )
    is_blind = BooleanField(_l("Blind: who counts doesn't see what is expected"), default=True)
    rest = SelectField(_l("What isn't counted"), choices=lambda: list(RESTS.items()))
    moment = MomentField(_l("Date of the differences"))
    note = StringField(_l("Note"))
    lines = LinesField(_l("Lines"), item=_l("Only these items"), lookup="all_goods", cells=())

    def offer(self, session: Session, model: type[StockCount]) -> None:
        """The groups that there are."""
        del model
        self.group_id.choices = [("", "–"), *group_choices(session)]


@dataclass(slots=True)
class TypedLine:
    """A line of a sheet."""

    item_id: int
    quantity: Decimal
    #: its lots with the quantity of each, or its serial numbers, as `lots.rules` reads them
    lots: str = ""
    expires: date | None = None
    #: the code of its bin, in a count by bins
    bin: str = ""
    #: the same goods in their second unit
    second: Decimal | None = None


class TypedForm(LinesForm):
    """Quantities from a sheet, all counted at one moment."""

    moment = MomentField(_l("Counted at"))
    lines = LinesField(
        _l("Counted"),
        lookup="counted_goods",
        cells=(
            Cell("quantity", _l("Counted"), least=0, is_counted=True, is_needed=True),
            SECOND,
            Text("bin", _l("Bin")),
            Text("lots", _l("Lots"), where="tracking", listed=SERIAL),
            Day("expires", _l("Use by"), where="tracking"),
        ),
    )

    is_whole = BooleanField(_l("Nothing else lies in these bins"))

    def offer(self, count: StockCount) -> None:
        """Begin with the present moment; bins are asked of a count by bins."""
        if not count.is_by_bin:
            del self.is_whole
            self.lines.leave_out("bin")
        if self.moment.data is None:
            self.moment.offer_present()
