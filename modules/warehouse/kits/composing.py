"""What a kit is made of: saying it, and filling documents from it. Documents that exist stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, remove_rows
from app.api.errors import Invalid
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.drafts import MovementLineDraft
from modules.warehouse.items import items_by_id
from modules.warehouse.kits.models import KitComponent
from modules.warehouse.models import GOODS, Item
from modules.warehouse.operations import wait_for_postings
from modules.warehouse.rules import TOO_MANY, check_goods

EDIT = "warehouse.item.edit"


@dataclass(slots=True)
class Component:
    """A component as the user typed it: so much of it is in one kit, in its base unit."""

    item_id: int
    quantity: Decimal = Decimal(0)


def composition_of(session: Session, kit_id: int) -> list[Component]:
    """What one kit is made of; empty where nobody has said it."""
    query = select(KitComponent.item_id, KitComponent.quantity).where(KitComponent.kit_id == kit_id)
    return [Component(row.item_id, row.quantity) for row in session.execute(query.order_by(KitComponent.id))]


def set_composition(
    session: Session, actor: Actor, kit: Item, components: Sequence[Component], *, version: int | None = None
) -> None:
    """Say what one kit is made of, instead of what was said; no components: it has no composition.

    Refused (Invalid): a service as kit or component, quantities not above zero or finer than counted, the same component twice,
    a component that is no longer in use unless it stands there already, a kit that would contain itself, however deep. Refused
    (Changed): an item that was saved since `version`.
    """
    require(actor, EDIT)
    wait_for_postings(session)  # two who say it at once would make a circle that neither sees
    begin_version(session, kit, version)
    if kit.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service and can't be a kit.", name=kit.name), field="lines")
    _check(session, kit, components)
    remove_rows(session, KitComponent, KitComponent.kit_id == kit.id)
    session.add_all(KitComponent(kit_id=kit.id, item_id=c.item_id, quantity=c.quantity) for c in components)
    session.flush()
    record(session, "warehouse.composition.change", subject="warehouse.item", subject_id=kit.id, summary=kit.code)


def lines_for(session: Session, kit_id: int | None, quantity: Decimal | None) -> list[MovementLineDraft]:
    """The lines of a document for so many kits, each to the nearest that is counted; none for a quantity that can't be right,
    or a kit without a composition."""
    if kit_id is None or quantity is None or not (quantity.is_finite() and 0 < quantity < TOO_MANY):
        return []
    components = composition_of(session, kit_id)
    items = items_by_id(session, {c.item_id for c in components})
    return [
        MovementLineDraft(
            c.item_id, (c.quantity * quantity).quantize(Decimal(1).scaleb(-items[c.item_id].digits), ROUND_HALF_UP)
        )
        for c in components
    ]


def _check(session: Session, kit: Item, components: Sequence[Component]) -> None:
    items = items_by_id(session, {c.item_id for c in components})
    known = {c.item_id for c in composition_of(session, kit.id)}
    inside = _inside(session)
    seen: set[int] = set()
    for n, c in enumerate(components, 1):
        item = items[c.item_id]
        check_goods(n, item, c.quantity)
        values = {"n": n, "name": item.name, "kit": kit.name}
        refusal = None
        if c.item_id in seen:
            refusal = _l("Line %(n)s: “%(name)s” stands here already. Type the whole quantity once.", **values)
        elif not item.is_active and c.item_id not in known:
            refusal = _l("Line %(n)s: “%(name)s” is no longer in use.", **values)
        elif c.item_id == kit.id:
            refusal = _l("Line %(n)s: “%(name)s” can't be a component of itself.", **values)
        elif _contains(inside, c.item_id, kit.id):
            refusal = _l("Line %(n)s: “%(name)s” contains “%(kit)s” itself.", **values)
        if refusal is not None:
            raise Invalid(refusal, field="lines", column="item")
        seen.add(c.item_id)


def _inside(session: Session) -> dict[int, set[int]]:
    """Kit → its components, of all kits."""
    found: dict[int, set[int]] = {}
    for kit_id, item_id in session.execute(select(KitComponent.kit_id, KitComponent.item_id)):
        found.setdefault(kit_id, set()).add(item_id)
    return found


def _contains(inside: dict[int, set[int]], outer: int, wanted: int) -> bool:
    """Whether a kit has another among its components, or theirs."""
    waiting, seen = [outer], {outer}
    while waiting:
        components = inside.get(waiting.pop(), set())
        if wanted in components:
            return True
        waiting += components - seen
        seen |= components
    return False
