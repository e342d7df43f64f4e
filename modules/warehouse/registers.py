"""Where goods are, whose they are kept for, and what they cost."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, and_, false, text
from sqlalchemy.orm import Session

from app.api.ledger import Floor, Register, Totals, dimension, document_line, end, exact, time, word
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from modules.warehouse.below_zero import free_may, say_short, say_taken, stock_may
from modules.warehouse.models import TRANSIT, Claim, Item, Lot, Place
from modules.warehouse.policies import shares_company_cost
from modules.warehouse.shortages import not_enough_free, not_enough_stock

#: What else an entry's value rests on, beside what `costing` names: a cost that came later, the difference that recosting
#: found. A claim moves a quantity alone.
LANDED, CORRECTED, CLAIMED, REVERSED = "landed", "corrected", "claimed", "reversed"


class Stock(Register):
    """Goods on their way from one end to another, and what they are worth."""

    name = "warehouse.stock"
    title = _l("Stock")
    needs = "warehouse.stock.view"
    item = dimension(Item)
    place = end(Place, scope=Place)
    lot = end(Lot)
    #: the claim that the goods are kept for; 0: free
    claim = end(Claim)
    #: the work order, by its document, that components go into and products come from
    work_order = end()
    #: of the places: the warehouse, and what shares one cost; of the lots: the lot, where it costs by itself
    warehouse = end(scope=Place)
    pool = end(scope=Place)
    layer = end()
    #: own, carried, returned or made (`costing`), or one of the words above
    basis = word(12, reversal=REVERSED, kept=(LANDED, CLAIMED))
    #: the line whose goods it gives back, or that a landed cost belongs to
    origin = document_line()
    #: when the goods moved that it values; `moment` is later only where a closed period put the booking off
    happened = time()
    quantity = exact(Quantity)
    #: in the organisation's own currency
    value = exact(Money, group="warehouse.cost")

    on_hand = Totals(
        by=("item", "place", "lot"),
        of=("quantity",),
        floor=Floor("quantity", unless=stock_may, says=say_short, refusal=not_enough_stock),
    )
    worth = Totals(by=("item", "pool", "layer"), of=("quantity", "value"), parts="layer")
    claims = Totals(
        by=("item", "warehouse", "claim"),
        of=("quantity",),
        turnovers=False,
        floor=Floor("quantity", from_now_on=True, unless=free_may, says=say_taken, refusal=not_enough_free),
    )
    wip = Totals(by=("work_order",), of=("value",), turnovers=False)

    @classmethod
    def within(cls, session: Session, name: str, column: Any, opened: Any) -> Any:
        """What the whole company shares one cost of is of no one warehouse; what is on its way between two is in neither."""
        if name == "pool" and shares_company_cost(session):
            return false()
        return and_(super().within(session, name, column, opened), column != TRANSIT)

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Costs follow the dates, layers are what moves leave, and no more came back than went."""
        from modules.warehouse.proof import disagreements  # it reads moves, which stand on the register

        return disagreements(session)


# Lots are read by their numbers, wherever they lie; goods without one are in neither index.
_HELD, _HAS_LOT, _IS_OF_LOT = Stock.on_hand.table.c, text("lot_id > 0"), text("lot_to_id > 0")
Index(
    "ix_warehouse_stock_on_hand_total_lot",
    _HELD.organisation_id,
    _HELD.item_id,
    _HELD.lot_id,
    sqlite_where=_HAS_LOT,
    postgresql_where=_HAS_LOT,
)
# Of an item's moves those of work orders, for whatever costs by what it costs (`moves.bound_to`).
_IS_WORK = text("work_order_from_id > 0 OR work_order_to_id > 0")
Index(
    "ix_warehouse_stock_entry_work_order",
    Stock.entries.c.organisation_id,
    Stock.entries.c.item_id,
    Stock.entries.c.moment,
    sqlite_where=_IS_WORK,
    postgresql_where=_IS_WORK,
)
Index(
    "ix_warehouse_stock_entry_lot",
    Stock.entries.c.lot_to_id,
    sqlite_where=_IS_OF_LOT,
    postgresql_where=_IS_OF_LOT,
)
