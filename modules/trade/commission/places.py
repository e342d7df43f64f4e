"""The place where goods on commission of a contact lie."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.reference import organisation_id
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units
from modules.trade.commission.models import TAKEN, CommissionPlace, PrincipalReport
from modules.trade.commission.registers import Commission
from modules.trade.pricing.known import forget_prices
from modules.warehouse.api import Item, Stock, create_place, shares_company_cost

_BOOKS = PastPolicy("where goods on commission lie, and how many, whoever may see stock")


def place_of(session: Session, contact_id: int, direction: str) -> int:
    """The place, made when it is needed first. Refused (Conflict): a principal's goods where all goods of the company share one
    cost, as theirs have none."""
    if direction == TAKEN and shares_company_cost(session):
        raise Conflict(
            _l(
                "All goods of the company share one cost, so a principal's can't be kept apart. Let each warehouse have its own"
                " in the settings of costs first."
            ),
            field="contact_id",
        )
    found = session.get(CommissionPlace, (contact_id, direction))
    if found is None:
        actor: Actor = session.info["actor"]
        maker = replace(actor, permissions=actor.permissions | {"warehouse.place.edit"})
        # Whoever sees stock reads its name, and needn't be let know with whom one trades.
        is_taken = direction == TAKEN
        title = _l("Goods of principal %(n)d", n=contact_id) if is_taken else _l("With agent %(n)d", n=contact_id)
        place = create_place(
            session, maker, code=f"{'P' if is_taken else 'A'}-{contact_id}", name=str(title), is_on_commission=True
        )
        found = CommissionPlace(contact_id=contact_id, direction=direction, place_id=place.id)
        session.add(found)
        forget_prices(session)
    return found.place_id


def unsold(session: Session, document: PrincipalReport) -> Iterator[tuple[str, str, str]]:
    """Items of a report that lie at the principal's place in a greater quantity than is left on commission: their name, both
    quantities."""
    held, left = Stock.on_hand.table.c, Commission.left.table.c
    items, own = {line.item_id for line in document.lines}, organisation_id(session)
    lies: dict[int, Any] = dict(
        _BOOKS(session)
        .execute(
            select(held.item_id, func.sum(type_coerce(held.quantity, BigInteger)))
            .where(held.organisation_id == own, held.place_id == document.party_place_id, held.item_id.in_(items))
            .group_by(held.item_id)
        )
        .all()
    )
    rests = select(left.item_id, type_coerce(left.quantity, BigInteger).label("units")).where(
        left.organisation_id == own,
        left.contact_id == document.contact_id,
        left.direction == TAKEN,
        left.item_id.in_(items),
    )
    for row in _BOOKS(session).execute(rests):
        if int(lies.get(row.item_id, 0)) > row.units:
            name = session.scalar(select(Item.name).where(Item.id == row.item_id))
            shown = (number(from_units(int(u), Quantity.scale)) for u in (lies[row.item_id], row.units))
            yield (str(name), *shown)  # type: ignore[misc]
