"""Goods that are weighed again where they lie: cheese dries. A write-off or surplus with quantity zero moves the second
quantity alone."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, to_units
from modules.warehouse.catch_weight.moving import there
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.catch_weight.rules import said_units, spread
from modules.warehouse.items import items_by_id
from modules.warehouse.models import LOSSES, Movement, MovementLine, Surplus, WriteOff
from modules.warehouse.registers import Stock


def is_weighed_again(document: Any, item: Any, line: Any) -> bool:
    """Whether a line of a document says nothing but that goods are more or less in their second unit."""
    is_there = item.second is not None and line.second is not None
    return isinstance(document, WriteOff | Surplus) and is_there and not line.quantity


def weigh_again(posting: Posting, lines: Iterable[tuple[Movement, MovementLine]]) -> None:
    """Add it to the posting, spread over the lots that lie there by their quantities.

    Refused (Invalid): lots that are typed, where nothing lies, and to leave nothing of it.
    """
    found = list(lines)
    if not found:
        return
    posting.write()  # what other lines move counts too
    held = posting.hold_all(Stock.worth, {line.item_id for _, line in found})
    posting.give_moments(h.last for h in held.values())
    items = items_by_id(posting.session, {line.item_id for _, line in found})
    lying = there(posting, items)
    for document, line in found:
        is_loss, item = document.target_id == LOSSES, items[line.item_id]
        place = document.source_id if is_loss else document.target_id
        keys = sorted(key for key in lying if key[:2] == (line.item_id, place) and lying[key][0] > 0)
        if not keys or line.lots:
            words = _l(
                "Line %(n)s: with quantity zero its goods are weighed again where they lie, all lots together. Take the lots"
                " out, or choose goods that are there.",
                n=line.line,
            )
            raise Invalid(words, field="lines", column="lots" if line.lots else "second")
        parts, step = [lying[key][0] for key in keys], 10 ** (Quantity.scale - item.second_digits)
        units = spread(to_units(line.second or Decimal(0), Quantity.scale), parts, rests=[None] * len(parts), step=step)
        for key, part in zip(keys, units, strict=True):
            base, second = lying[key]
            lying[key] = (base, second - part if is_loss else second + part)
            if lying[key][1] <= 0:
                said = {"n": line.line, "name": item.name, "there": said_units(second, item.second)}
                words = _l("Line %(n)s: of “%(name)s” only %(there)s are there, and the goods stay.", **said)
                raise Invalid(words, field="lines", column="second")
            ends = (place, document.target_id) if is_loss else (document.source_id, place)
            posting.add_units(
                SecondQuantities, document, line.line, item=line.item_id, place=ends, lot=(key[2], key[2]), second=part
            )
