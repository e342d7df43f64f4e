"""What assembly and disassembly say of a kit, and what posting moves: by the work orders of the register."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, to_units
from modules.warehouse import stock
from modules.warehouse.drafts import MovementDraft
from modules.warehouse.items import items_by_id
from modules.warehouse.models import GOODS, PRODUCTION, Assembly, Disassembly, Movement, MovementLine
from modules.warehouse.rules import TOO_MANY
from modules.warehouse.unit_costs import unit_costs
from modules.warehouse.using import check_counted

_ZERO = Decimal(0)
#: weights are whole numbers: costs beyond their last digit count too, where goods cost next to nothing
_FINE = 10**6


def say_kit(session: Session, document: Movement, draft: MovementDraft) -> None:
    """Write what the draft says of a kit into the document. Refused (Invalid): no kit, a service, a quantity that isn't above
    zero or is finer than counted, the kit as its own component, a share below zero."""
    if not isinstance(document, Assembly | Disassembly):
        return
    document.kit_id, document.kit_quantity, document.kit_lots = draft.kit_id, draft.kit_quantity, draft.kit_lots.strip()
    if draft.kit_id is None:
        raise Invalid(_l("Choose the kit."), field="kit_id")
    kit, quantity = items_by_id(session, {draft.kit_id})[draft.kit_id], draft.kit_quantity or _ZERO
    if kit.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service and can't be a kit.", name=kit.name), field="kit_id")
    if not (quantity.is_finite() and 0 < quantity < TOO_MANY and Quantity.holds(quantity)):
        raise Invalid(_l("The quantity must be above zero."), field="kit_quantity")
    check_counted(kit, quantity, field="kit_quantity")
    for n, line in enumerate(draft.lines, 1):
        if line.item_id == draft.kit_id:
            words = _l("Line %(n)s: “%(name)s” can't be a component of itself.", n=n, name=kit.name)
            raise Invalid(words, field="lines", column="item")
        if line.share is not None and not 0 <= line.share < TOO_MANY:
            raise Invalid(_l("Line %(n)s: a share is not below zero.", n=n), field="lines", column="share")


def assemble(posting: Posting, documents: Sequence[Assembly]) -> None:
    """Components are used up, and the kit comes in at exactly what they cost."""
    for d in documents:
        new = [
            stock.Move(
                d,
                x.line,
                x.item_id,
                d.source_id,
                PRODUCTION,
                x.quantity,
                second=x.second,
                work_order=d.id,
                typed=x.lots,
            )
            for x in d.lines
        ]
        assert d.kit_id is not None  # or it would not have been saved
        assert d.kit_quantity is not None
        kit = stock.Move(d, 0, d.kit_id, PRODUCTION, d.source_id, d.kit_quantity, work_order=d.id, typed=d.kit_lots)
        stock.move(posting, [*new, kit])


def disassemble(posting: Posting, documents: Sequence[Disassembly]) -> None:
    """The kit leaves, and its components come in: together at exactly what it cost, each by its share."""
    for d in documents:
        assert d.kit_id is not None  # or it would not have been saved
        assert d.kit_quantity is not None
        kit = stock.Move(d, 0, d.kit_id, d.target_id, PRODUCTION, d.kit_quantity, work_order=d.id, typed=d.kit_lots)
        new = [
            stock.Move(
                d,
                x.line,
                x.item_id,
                PRODUCTION,
                d.target_id,
                x.quantity,
                second=x.second,
                work_order=d.id,
                weight=weight,
                typed=x.lots,
                expires=x.expires,
            )
            for x, weight in zip(d.lines, _weights(posting.session, d.lines, d.target_id), strict=True)
        ]
        stock.move(posting, [kit, *new])


def _weights(session: Session, lines: Sequence[MovementLine], place_id: int) -> list[int]:
    """By the shares that somebody typed; else by what such goods cost there or anywhere; else by quantity."""
    if any(line.share for line in lines):
        return [to_units(line.share or _ZERO, Quantity.scale) for line in lines]
    items = {line.item_id for line in lines}
    costs = unit_costs(session, items) | unit_costs(session, items, place_id)
    found = [int(costs.get(line.item_id, _ZERO) * line.quantity * 10**Money.scale * _FINE) for line in lines]
    return found if any(found) else [to_units(line.quantity, Quantity.scale) for line in lines]
