"""The forms of internal requests: shape only."""

from sqlalchemy.orm import Session
from wtforms import StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, DayField, DocumentForm, LinesField, MomentField, SelectField, current_session, required
from modules.warehouse.queries import target_choices, unoffered_warehouse, warehouse_choices
from modules.warehouse.requisitions.models import Requisition


def _number(value: str | int | None) -> int | None:
    return int(value) if value else None


class RequisitionForm(DocumentForm):
    """A request: which warehouse wants which goods, from which other, and by when."""

    place_id = SelectField(
        _l("For warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place: unoffered_warehouse(current_session(), place),
    )
    source_id = SelectField(
        _l("From"),
        [required],
        coerce=_number,
        choices=lambda: [("", "–"), *target_choices(current_session())],
        past=lambda place: unoffered_warehouse(current_session(), place),
    )
    due = DayField(_l("Wanted by"))
    moment = MomentField(_l("Date"))
    note = StringField(_l("Note"))
    lines = LinesField(_l("Lines"), lookup="goods", cells=(Cell("quantity", _l("Quantity"), above=0, is_counted=True),))

    def offer(self, session: Session, model: type[Requisition]) -> None:
        """Warehouses are offered by their fields."""
        del session, model
