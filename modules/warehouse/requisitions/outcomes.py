"""What becomes of an internal request through the transfers that are made from it."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce

from app.api.documents import STANDING, Document, DocumentLink, Outcome
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Transfer
from modules.warehouse.requisitions.models import RequisitionLine
from modules.warehouse.transit.outcomes import is_on_its_way

_TAKEN = (
    select(
        DocumentLink.origin_id, DocumentLink.origin_line, type_coerce(DocumentLink.quantity, BigInteger).label("units")
    )
    .join(Document, Document.id == DocumentLink.document_id)
    .where(Document.state.in_(STANDING))
    .subquery("sent_of_requests")
    .c
)
_LINES = (
    select(
        RequisitionLine.document_id,
        RequisitionLine.line,
        type_coerce(RequisitionLine.quantity, BigInteger).label("units"),
    )
    .subquery("requested_lines")
    .c
)
_SENDS = (
    select(DocumentLink.origin_id, Transfer.id)
    .join(Transfer, Transfer.id == DocumentLink.document_id)
    .where(Transfer.state == "posted", Transfer.in_two_steps)
    .subquery("sends")
    .c
)


def is_partly_sent(number: Any) -> ColumnElement[bool]:
    """Whether a transfer that stands was made from any line of a request."""
    return select(1).where(_TAKEN.origin_id == number).exists()


def is_sent(number: Any) -> ColumnElement[bool]:
    """Whether transfers that stand have all of each line."""
    taken = select(func.coalesce(func.sum(_TAKEN.units), 0)).where(
        _TAKEN.origin_id == _LINES.document_id, _TAKEN.origin_line == _LINES.line
    )
    left = select(1).where(_LINES.document_id == number, taken.scalar_subquery() < _LINES.units).exists()
    return is_partly_sent(number) & ~left


def _is_on_its_way(number: Any) -> ColumnElement[bool]:
    on_its_way = select(1).where(_SENDS.origin_id == number, is_on_its_way(_SENDS.id)).exists()
    return is_sent(number) & on_its_way


OUTCOMES = (
    Outcome("on_its_way", _l("On its way"), _is_on_its_way),
    Outcome("sent", _l("Delivered"), is_sent),
    Outcome("partly", _l("Partly sent"), is_partly_sent),
)
