"""What the goods that lie somewhere are in their second unit.

A register of its own beside the stock: costs, claims and floors of the stock go by the base unit alone (docs/adr/0104).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, dimension, end, exact
from app.api.reference import organisation_id, unit_word
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity
from modules.warehouse.items import items_by_id
from modules.warehouse.models import Item, Lot, Place
from modules.warehouse.places import places_by_id
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a proof of the books counts every entry")


def _not_enough(session: Session, error: NotEnough) -> Conflict:
    """More is to leave than is there: said of the first."""
    (item_id, place, _), short = min(error.short.items())
    item, where = items_by_id(session, {item_id})[item_id], places_by_id(session, {place})[place]
    said = {"item": f"{item.code} {item.name}", "place": where.name, "missing": number(short.amount)}
    words = _l(
        "%(item)s, %(place)s: %(missing)s %(unit)s short, nothing was posted.", **said, unit=unit_word(item.second)
    )
    return Conflict(words)


class SecondQuantities(Register):
    """Goods on their way from one place to another, in their second unit."""

    name = "warehouse.second"
    title = _l("Stock in second units")
    needs = "warehouse.stock.view"
    item = dimension(Item)
    place = end(Place, scope=Place)
    lot = end(Lot)
    second = exact(Quantity)

    # From now on: what is weighed is weighed now, and the stock's own floor guards the past.
    lying = Totals(
        by=("item", "place", "lot"), turnovers=False, floor=Floor("second", from_now_on=True, refusal=_not_enough)
    )

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Where nothing lies, nothing lies in second units either."""
        own, second, held = organisation_id(session), cls.lying.table, Stock.on_hand.table
        there = (held.c.item_id == second.c.item_id) & (held.c.lot_id == second.c.lot_id)
        there &= (held.c.place_id == second.c.place_id) & (held.c.organisation_id == own)
        none = func.coalesce(type_coerce(held.c.quantity, BigInteger), 0) == 0
        query: Any = select(second.c.item_id, second.c.place_id).join_from(second, held, there, isouter=True)
        query = query.where(second.c.organisation_id == own, second.c.place_id > 0, second.c.second != 0, none)
        for item, place in _BOOKS(session).execute(query):
            yield f"warehouse.second: of item {item} nothing lies in place {place}, but something in its second unit"
