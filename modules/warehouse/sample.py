"""The sample company's goods and its opening stock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import post, save
from app.api.security import Actor
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Opening
from modules.warehouse.operations import create_group, create_item, create_place
from modules.warehouse.planning.operations import set_rules
from modules.warehouse.sample_models import fill_models
from modules.warehouse.sample_work import begin_work

#: How far back the sample company's books begin.
DAYS = 90

#: group → (code, name, unit, opening quantity, cost, sales price)
_GOODS = {
    "Fasteners": (
        ("FA-0108", "Wood screw 4 × 40, box of 200", "BX", 240, "2.15", "4.20"),
        ("FA-0112", "Wood screw 5 × 60, box of 100", "BX", 180, "2.40", "4.75"),
        ("FA-0204", "Hex bolt M8 × 50, zinc", "C62", 1500, "0.118", "0.29"),
        ("FA-0205", "Hex nut M8, zinc", "C62", 2200, "0.031", "0.09"),
        ("FA-0301", "Wall plug 8 mm, bag of 50", "BX", 320, "0.85", "1.95"),
    ),
    "Hand tools": (
        ("TO-1001", "Claw hammer 16 oz, hickory", "C62", 40, "7.90", "14.50"),
        ("TO-1002", "Try square 200 mm", "C62", 25, "5.20", "10.95"),
        ("TO-1007", "Japanese pull saw 240 mm", "C62", 18, "11.30", "22.00"),
        ("TO-1012", "Screwdriver set, 6 pieces", "SET", 35, "6.75", "13.90"),
        ("TO-1020", "Spirit level 600 mm", "C62", 22, "8.10", "16.40"),
    ),
    "Timber and sheets": (
        ("TI-4001", "Oak board 27 × 150, planed", "MTR", 420, "6.35", "11.20"),
        ("TI-4004", "Pine batten 45 × 45", "MTR", 900, "0.92", "1.85"),
        ("TI-4010", "Birch plywood 18 mm", "MTK", 130, "19.80", "33.50"),
        ("TI-4011", "Cork sheet 4 mm", "MTK", 60, "4.45", "8.90"),
    ),
    "Finishes": (
        ("FI-6001", "Danish oil", "LTR", 85, "5.60", "11.75"),
        ("FI-6002", "Hard wax, clear", "LTR", 40, "12.20", "24.90"),
        ("FI-6005", "Wood glue D3", "KGM", 70, "3.10", "6.80"),
    ),
}


def fill(session: Session, actor: Actor) -> None:
    """A tree of goods, services, a second warehouse, and what lay in the bins of the first when the books began."""
    opening = []
    for group_name, rows in _GOODS.items():
        group = create_group(session, actor, name=group_name)
        for number, (code, name, unit, quantity, cost, price) in enumerate(rows, 1):
            item = create_item(
                session,
                actor,
                code=code,
                name=name,
                unit=unit,
                group_id=group.id,
                price=Decimal(price),
                barcode=_ean(group.id * 100 + number),
            )
            opening.append(MovementLineDraft(item.id, Decimal(quantity), Decimal(cost)))
    services = create_group(session, actor, name="Services")
    for code, name, price in (("DEL", "Delivery", "18.00"), ("CUT", "Cutting to size", "6.50")):
        create_item(session, actor, code=code, name=name, kind="service", group_id=services.id, price=Decimal(price))
    create_place(session, actor, code="shop", name="Shop floor", refilled_from_id=FIRST_WAREHOUSE)
    document = save(
        session,
        actor,
        Opening,
        MovementDraft(opening, target_id=FIRST_WAREHOUSE, moment=first_day(), note="Opening stock"),
    )
    post(session, actor, [document])
    _put_away(session, actor, opening)
    stocked = {line.item_id: line.quantity for line in opening}
    levels = {
        item: {"minimum": quantity // 4, "maximum": quantity, "lead_days": 7} for item, quantity in stocked.items()
    }
    set_rules(session, actor, {(item, FIRST_WAREHOUSE): level for item, level in levels.items()})
    fill_models(session, actor, first_day())


def finish(session: Session, actor: Actor) -> None:
    """What is under way in the warehouse after all that was bought and sold."""
    begin_work(session, actor)


def _put_away(session: Session, actor: Actor, lines: Sequence[MovementLineDraft]) -> None:
    """Each into a bin of its own, five bins to a row. What comes later is still to be put away."""
    bins = [f"{chr(ord('A') + n // 5)}-{n % 5 + 1:02}" for n in range(len(lines) + 3)]
    for row in dict.fromkeys(code[0] for code in bins):
        codes = "\n".join(code for code in bins if code[0] == row)
        create_bins(session, actor, place_id=FIRST_WAREHOUSE, codes=codes, zone=row)
    moves = [BinMoveLineDraft(x.item_id, x.quantity, to_bin=code) for x, code in zip(lines, bins, strict=False)]
    moment = first_day() + timedelta(hours=1)
    document = save(session, actor, BinMove, BinMoveDraft(place_id=FIRST_WAREHOUSE, lines=moves, moment=moment))
    post(session, actor, [document])


def first_day() -> datetime:
    """The sample company's first morning."""
    return (wall_clock() - timedelta(days=DAYS)).replace(hour=8, minute=0, second=0)


def _ean(number: int) -> str:
    """An EAN-13 of the range for use within a company (GS1 General Specifications, prefix 20)."""
    digits = f"20{number:010d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)
