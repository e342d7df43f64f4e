"""Reading bills of materials."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.errors import NotFound
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.production.models import Bom, BomLine
from modules.production.rules import ComponentDraft

_BILLS = PastPolicy("bills have no scope and no closed column, and every order asks for one")

_BOM, _LINE = Bom.__table__.c, BomLine.__table__.c
# Made once: every order asks it.
_BILL = (
    select(_BOM.item_id, _BOM.output, _LINE.item_id.label("component_id"), _LINE.quantity)
    .join_from(Bom.__table__, BomLine.__table__)
    .where(_BOM.id == bindparam("id"))
    .order_by(_LINE.line)
)


@dataclass(frozen=True, slots=True)
class Bill:
    """What an order needs of a bill of materials: `output` of the product takes the components, in their base units."""

    id: int
    item_id: int
    output: Decimal
    lines: list[ComponentDraft]


def bom_by_id(session: Session, bom_id: int) -> Bom:
    """The bill; NotFound when there is none."""
    bom = session.get(Bom, bom_id)
    if bom is None:
        raise NotFound
    return bom


def bill_by_id(session: Session, bom_id: int) -> Bill:
    """What an order needs of the bill; NotFound when there is none."""
    rows = _BILLS(session).execute(_BILL, {"id": bom_id}).all()
    if not rows:
        raise NotFound(_l("Choose a bill of materials."))
    lines = [ComponentDraft(row.component_id, row.quantity) for row in rows]
    return Bill(bom_id, rows[0].item_id, rows[0].output, lines)
