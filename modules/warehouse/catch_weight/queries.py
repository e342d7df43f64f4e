"""Second quantities as lines and lists need them."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.ledger import now
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.catch_weight.rules import refuse_missing
from modules.warehouse.items import items_by_id
from modules.warehouse.models import TransferReceipt


def refuse_unweighed(session: Session, document: Any) -> None:
    """Ask (Invalid) for the second quantity of a line that moves goods of an item that has one. What arrives by a transfer
    receipt is what was sent, so nobody is asked."""
    if isinstance(document, TransferReceipt):
        return
    items = items_by_id(session, {line.item_id for line in document.lines})
    for line in document.lines:
        refuse_missing(line.line, items[line.item_id], line.second)


def seconds_at(session: Session, items: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Item and place → how much lies there by now in the item's second unit."""
    found = now(session, SecondQuantities.lying, by=("item", "place"), where={"item": sorted(items)})
    return {(f.key[0], f.key[1]): f.amounts["second"] for f in found}
