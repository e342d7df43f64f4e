"""What the sample company's storekeeper is in the middle of: a kit, goods on their way, on hold and asked for, a pallet, a
shop and a bin to fill up, lots and serial numbers, and what came last, which isn't put away yet. Made after all that the
modules bring, of what is there then."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, Draft, post, save
from app.api.security import Actor
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.levels import add_level
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.putting import unplaced
from modules.warehouse.costing import SPECIFIC
from modules.warehouse.holds import QUARANTINE
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
from modules.warehouse.holds.models import Hold
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.kits.composing import Component, lines_for, set_composition
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.models import PALLET, Repacking
from modules.warehouse.logistic_units.operations import create_units
from modules.warehouse.lots.rules import LOT, SERIAL
from modules.warehouse.models import FIRST_WAREHOUSE, Assembly, Issue, Item, ItemGroup, Place, Receipt, Transfer
from modules.warehouse.operations import create_group, create_item, set_costing
from modules.warehouse.planning.operations import set_rules
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition

#: so many items of what isn't in its bin are left for whoever looks at the sample
_TO_PUT_AWAY = 3
#: item → its minimum and maximum on the shop floor
_SHOP = {"FA-0301": (Decimal(12), Decimal(48)), "TO-1007": (Decimal(2), Decimal(6))}
_KIT = ("TO-1001", "TO-1002", "TO-1012")


def begin_work(session: Session, actor: Actor) -> None:
    """As far as there are goods for it: what was sold before is by chance."""
    held = {f.key[0]: f.amounts["quantity"] for f in stock_on_hand(session, places=[FIRST_WAREHOUSE])}
    items = {item.code: item for item in session.scalars(select(Item).where(Item.id.in_(held)))}

    def spare(code: str, quantity: int) -> int:
        """So many of them, or none: orders keep some."""
        item = items.get(code)
        return quantity if item is not None and held[item.id] >= 6 * quantity else 0

    shop = session.scalars(select(Place.id).where(Place.code == "shop")).one()
    _bring_lots(session, actor)
    _put_away(session, actor)
    if all(spare(code, 1) for code in _KIT):
        _assemble(session, actor, [items[code].id for code in _KIT])
    for model, draft in _drafts(items, shop, spare):
        _post(session, actor, model, draft)
    if quantity := spare("FA-0205", 40):
        pallet = create_units(session, actor, place_id=FIRST_WAREHOUSE, kind=PALLET)[0]
        line = RepackingLineDraft(items["FA-0205"].id, Decimal(quantity))
        _post(session, actor, Repacking, RepackingDraft(FIRST_WAREHOUSE, [line], to_unit=pallet.code))
    minima = [(items[code].id, least, most) for code, (least, most) in _SHOP.items() if code in items]
    set_rules(session, actor, {(item, shop): {"minimum": least, "maximum": most} for item, least, most in minima})
    if "FA-0108" in items:  # by the door, filled from where its stock lies
        level = {"minimum": Decimal(20), "maximum": Decimal(60)}
        add_level(session, actor, item_id=items["FA-0108"].id, place_id=FIRST_WAREHOUSE, bin="D-05", **level)


def _drafts(
    items: dict[str, Item], shop: int, spare: Callable[[str, int], int]
) -> Iterator[tuple[type[Document], Draft]]:
    """A transfer on its way to the shop floor, a hold, and a request of the shop floor's."""
    if quantity := spare("TO-1020", 2):
        sent = [MovementLineDraft(items["TO-1020"].id, Decimal(quantity))]
        note = "For the window of the shop"
        yield Transfer, MovementDraft(sent, FIRST_WAREHOUSE, shop, in_two_steps=True, note=note)
    if quantity := spare("FI-6005", 2):
        kept = [HoldLineDraft(items["FI-6005"].id, Decimal(quantity))]
        yield Hold, HoldDraft(FIRST_WAREHOUSE, kept, QUARANTINE, note="Lids leak: wait for the supplier")
    wanted = [(items[code].id, Decimal(n)) for code, n in (("FA-0204", 20), ("FI-6001", 5)) if spare(code, n)]
    if wanted:
        lines = [RequisitionLineDraft(item, quantity) for item, quantity in wanted]
        due = wall_clock().date() + timedelta(days=3)
        yield Requisition, RequisitionDraft(shop, FIRST_WAREHOUSE, lines, due=due)


def _bring_lots(session: Session, actor: Actor) -> None:
    """Resin whose older lot expires soon, some of it sold; and machines, each with its own number and cost."""
    finishes = session.scalars(select(ItemGroup.id).where(ItemGroup.name == "Finishes")).one()
    resin: dict[str, Any] = {"unit": "KGM", "group_id": finishes, "price": Decimal("21.50"), "tracking": LOT}
    resin_id = create_item(session, actor, code="FI-6010", name="Epoxy resin, two parts", **resin).id
    machines = create_group(session, actor, name="Machines")
    set_costing(session, actor, machines, SPECIFIC)
    saw: dict[str, Any] = {"group_id": machines.id, "price": Decimal("990.00"), "tracking": SERIAL}
    saw_id = create_item(session, actor, code="MA-7001", name="Bandsaw 350 mm", **saw).id
    now = wall_clock()
    lines = [
        MovementLineDraft(resin_id, Decimal(24), Decimal("12.40"), lots="R24-118", expires=now.date() + timedelta(20)),
        MovementLineDraft(resin_id, Decimal(60), Decimal("11.90"), lots="R25-007", expires=now.date() + timedelta(300)),
        MovementLineDraft(saw_id, Decimal(1), Decimal(640), lots="BS-2041"),
        MovementLineDraft(saw_id, Decimal(1), Decimal(705), lots="BS-2042"),
    ]
    came = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=now - timedelta(days=9))
    _post(session, actor, Receipt, came)
    used = [MovementLineDraft(resin_id, Decimal(6))]
    went = MovementDraft(used, source_id=FIRST_WAREHOUSE, moment=now - timedelta(days=4), note="Samples for customers")
    _post(session, actor, Issue, went)


def _put_away(session: Session, actor: Actor) -> None:
    found = unplaced(session, FIRST_WAREHOUSE)[:-_TO_PUT_AWAY]
    lines = [BinMoveLineDraft(x.item_id, x.quantity, lots=x.lots, to_bin=x.bin) for x in found if x.bin]
    if lines:
        _post(session, actor, BinMove, BinMoveDraft(FIRST_WAREHOUSE, lines))


def _assemble(session: Session, actor: Actor, components: list[int]) -> None:
    parts = [Component(item, Decimal(1)) for item in components]
    kit = create_item(session, actor, code="SE-0100", name="Tool set for beginners", unit="SET", price=Decimal("36.00"))
    set_composition(session, actor, kit, parts)
    lines, kits = lines_for(session, kit.id, Decimal(1)), Decimal(1)
    draft = MovementDraft(lines, source_id=FIRST_WAREHOUSE, kit_id=kit.id, kit_quantity=kits)
    _post(session, actor, Assembly, draft)


def _post(session: Session, actor: Actor, model: type[Document], draft: Draft) -> None:
    post(session, actor, [save(session, actor, model, draft)])
