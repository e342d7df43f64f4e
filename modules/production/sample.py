"""The sample company's own product: a shelf, its bill, and the orders that made some."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import post, save
from app.api.security import Actor
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.warehouse.api import Item, create_item, first_day

#: what fifty shelves take of the sample's goods: one box of screws has enough for all of them
_SHELVES = {"TI-4001": "47.5", "FI-6001": "1.5", "FA-0108": "1"}


def fill(session: Session, actor: Actor) -> None:
    """A bill of materials, two orders that are done and one that is being prepared."""
    goods = {item.code: item.id for item in session.scalars(select(Item).where(Item.code.in_(_SHELVES)))}
    shelf = create_item(session, actor, code="SH-0900", name="Oak shelf 900 × 150, oiled", price=Decimal("39.50"))
    components = [ComponentDraft(goods[code], Decimal(quantity)) for code, quantity in _SHELVES.items()]
    bom = save_bom(session, actor, BomDraft(shelf.id, components, output=Decimal(50)))
    for hours, quantity in ((2, 60), (26, 40)):  # before anything is sold: shelves are sold too
        moment = first_day() + timedelta(hours=hours)
        order = save(session, actor, WorkOrder, WorkOrderDraft(bom.id, Decimal(quantity), moment=moment))
        post(session, actor, [order])
    save(session, actor, WorkOrder, WorkOrderDraft(bom.id, Decimal(10), note="For the next fair"))
