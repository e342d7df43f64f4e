"""The sample company's model with variants: jackets to be typed in by their grid. Nothing of them is bought or sold yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import post, save
from app.api.reference import Unit
from app.api.security import Actor
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, PIECE, Item, Opening
from modules.warehouse.operations import create_group
from modules.warehouse.variants.models import Variant
from modules.warehouse.variants.operations import create_model, grid_of, make_variants

#: of each size and colour, row by row; of the last none was there
_QUANTITIES, _COST = (6, 4, 10, 8, 12, 9, 5), Decimal("31.50")


def fill_models(session: Session, actor: Actor, moment: datetime) -> None:
    """Work jackets in four sizes and two colours, as they lay there when the books began."""
    unit_id = session.scalars(select(Unit.id).where(Unit.code == PIECE)).one()
    model = create_model(
        session,
        actor,
        code="WJ",
        name="Work jacket",
        unit_id=unit_id,
        group_id=create_group(session, actor, name="Workwear").id,
        price=Decimal("59.90"),
        first_title="Size",
        first_values="S\nM\nL\nXL",
        second_title="Colour",
        second_values="navy = NVY\ngrey = GRY",
    )
    items = make_variants(session, actor, model, grid_of(model))
    lines = [MovementLineDraft(x.id, Decimal(n), _COST) for x, n in zip(items, _QUANTITIES, strict=False)]
    draft = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=moment + timedelta(hours=2), note="Work jackets")
    post(session, actor, [save(session, actor, Opening, draft)])


def traded_items(session: Session) -> Sequence[Item]:
    """What the sample company buys and sells day by day: goods and services without the jackets, by code."""
    return session.scalars(select(Item).where(Item.id.not_in(select(Variant.item_id))).order_by(Item.code)).all()
