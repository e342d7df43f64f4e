"""Where in their warehouse goods lie.

A register of its own beside the stock: what a warehouse holds, what it is worth and for whom it is kept doesn't hang on it.
What lies in no bin is what the warehouse holds beyond them (docs/adr/0092).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, dimension, end, exact
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity
from modules.warehouse.bins.models import Bin
from modules.warehouse.models import Item, Lot
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a proof of the books counts every entry")


def _not_enough_there(session: Session, error: NotEnough) -> Conflict:
    """Goods that are to leave a bin lie there no longer: said of the first."""
    (item_id, bin_id, _), short = min(error.short.items())
    item, code = session.get_one(Item, item_id), session.get_one(Bin, bin_id).code
    said = {"item": f"{item.code} {item.name}", "bin": code, "missing": number(short.amount)}
    return Conflict(_l("%(item)s, bin %(bin)s: %(missing)s short, nothing was posted.", **said))


class Bins(Register):
    """Goods on their way from one bin to another; 0: from or to no bin."""

    name = "warehouse.bins"
    title = _l("Stock by bin")
    needs = "warehouse.bin.view"
    item = dimension(Item)
    bin = end(Bin, scope=Bin)
    lot = end(Lot)
    quantity = exact(Quantity)

    # From now on: a document that is dated back takes the goods from where they lie by now.
    lying = Totals(
        by=("item", "bin", "lot"),
        turnovers=False,
        floor=Floor("quantity", from_now_on=True, refusal=_not_enough_there),
    )

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """No bins hold more than their warehouse."""
        own, placed, held = organisation_id(session), in_bins().subquery(), Stock.on_hand.table
        there = (held.c.item_id == placed.c.item_id) & (held.c.lot_id == placed.c.lot_id)
        there &= (held.c.place_id == placed.c.warehouse_id) & (held.c.organisation_id == own)
        more = placed.c.units > func.coalesce(type_coerce(held.c.quantity, BigInteger), 0)
        query = select(placed.c.item_id, placed.c.warehouse_id).join_from(placed, held, there, isouter=True)
        for item, warehouse in _BOOKS(session).execute(query.where(placed.c.organisation_id == own, more)):
            yield f"warehouse.bins: the bins of warehouse {warehouse} hold more of item {item} than it does"


def in_bins() -> Any:
    """A query: organisation, item, warehouse and lot, with the `units` that lie in bins there."""
    lying, bin_ = Bins.lying.table.c, Bin.__table__.c
    keys = (lying.organisation_id, lying.item_id, bin_.warehouse_id, lying.lot_id)
    units = func.sum(type_coerce(lying.quantity, BigInteger)).label("units")
    return select(*keys, units).join_from(Bins.lying.table, Bin.__table__, bin_.id == lying.bin_id).group_by(*keys)
