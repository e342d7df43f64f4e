"""The form of holds and releases: shape only."""

from sqlalchemy.orm import Session
from wtforms import StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, DocumentForm, LinesField, MomentField, SelectField, Text, current_session
from modules.warehouse.holds import REASONS
from modules.warehouse.holds.models import Hold, Holding
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.queries import unoffered_warehouse, warehouse_choices


class HoldForm(DocumentForm):
    """A hold: in which warehouse, why, and which goods. A release has no reason of its own."""

    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place: unoffered_warehouse(current_session(), place),
    )
    reason = SelectField(_l("Reason"), choices=lambda: list(REASONS.items()))
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

    def offer(self, session: Session, model: type[Holding]) -> None:
        """Warehouses are offered by their field."""
        del session
        if model is not Hold:
            self.leave_out("reason")
