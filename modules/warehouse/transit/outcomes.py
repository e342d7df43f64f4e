"""What becomes of a transfer in two steps: it is on its way until all of it is received."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select, true, type_coerce

from app.api.documents import STANDING, Document, DocumentLink, Outcome
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import MovementLine, Transfer

_TAKEN = (
    select(
        DocumentLink.origin_id, DocumentLink.origin_line, type_coerce(DocumentLink.quantity, BigInteger).label("units")
    )
    .join(Document, Document.id == DocumentLink.document_id)
    .where(Document.state.in_(STANDING))
    .subquery("taken")
    .c
)
_LINES = (
    select(MovementLine.document_id, MovementLine.line, type_coerce(MovementLine.quantity, BigInteger).label("units"))
    .subquery("sent")
    .c
)
_SENT = select(Transfer.id).where(Transfer.in_two_steps == true()).subquery("in_two_steps").c


def units_left(lines: Any) -> Any:
    """How much of a line, of whatever has the columns `document_id`, `line` and `units`, is on its way."""
    taken = select(func.coalesce(func.sum(_TAKEN.units), 0)).where(
        _TAKEN.origin_id == lines.document_id, _TAKEN.origin_line == lines.line
    )
    return lines.units - taken.scalar_subquery()


def _is_in_two_steps(number: Any) -> ColumnElement[bool]:
    return select(1).where(_SENT.id == number).exists()


def is_on_its_way(number: Any) -> ColumnElement[bool]:
    """Whether anything of a transfer that stands has neither arrived nor is missing."""
    left = select(1).where(_LINES.document_id == number, units_left(_LINES) > 0).exists()
    return _is_in_two_steps(number) & left


OUTCOMES = (
    Outcome("on_its_way", _l("On its way"), is_on_its_way),
    Outcome("received", _l("Received"), _is_in_two_steps),
)
