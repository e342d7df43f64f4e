"""Orders of which something is still to be delivered, each with what of it lies ready."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import organisation_id
from app.api.reports import Report
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.contacts.api import ContactSearch
from modules.trade.models import Order, PurchaseOrder, SalesOrder
from modules.trade.registers import IN, OUT, Orders
from modules.warehouse.api import GOODS, Claim, Item, Stock, in_own

#: how much of an order could be shipped now, were it the only one
READY = {"all": _l("in full"), "some": _l("in part"), "none": _l("not yet")}
_ORDERED: dict[str, type[Order]] = {OUT: SalesOrder, IN: PurchaseOrder}
_NO_CLAIM = 0


def open_orders(session: Session, direction: str) -> Any:
    """A subquery of the orders that await something: `order_id`, the `left_items`, and as `ready` how many of these
    what is kept for the order and what is free in its warehouse are enough for; services are always ready.

    By indexes of what is open: delivered orders cost nothing.
    """
    own = organisation_id(session)
    w = Orders.awaited.table.c
    units = cast(func.sum(type_coerce(w.quantity, BigInteger)), BigInteger)
    left = (
        select(w.order_id, w.item_id, w.place_id, units.label("units"))
        .where(Orders.is_awaited(own), w.direction == direction, *in_own(session, w.place_id))
        .group_by(w.order_id, w.item_id, w.place_id)
        .subquery("awaited")
    )
    t = Stock.claims.table.c
    held = type_coerce(t.quantity, BigInteger)
    is_held = (held > literal_column("0"), t.organisation_id == own, *in_own(session, t.warehouse_id))
    stock = select(t.item_id, t.warehouse_id, held.label("units")).where(*is_held, t.claim_id == _NO_CLAIM)
    free = stock.subquery("free")
    kept = (
        select(Claim.document_id, t.item_id, t.warehouse_id, cast(func.sum(held), BigInteger).label("units"))
        .join(Stock.claims.table, t.claim_id == Claim.id)
        .where(*is_held, t.claim_id > _NO_CLAIM)
        .group_by(Claim.document_id, t.item_id, t.warehouse_id)
        .subquery("kept")
    )
    here = left.c
    is_ready = here.units <= func.coalesce(free.c.units, 0) + func.coalesce(kept.c.units, 0)
    of_free = and_(free.c.item_id == here.item_id, free.c.warehouse_id == here.place_id)
    of_kept = and_(
        kept.c.document_id == here.order_id, kept.c.item_id == here.item_id, kept.c.warehouse_id == here.place_id
    )
    return (
        select(
            here.order_id,
            func.count().label("left_items"),
            cast(func.sum(case((Item.kind != GOODS, 1), (is_ready, 1), else_=0)), BigInteger).label("ready"),
        )
        .select_from(left)
        .join(Item, Item.id == here.item_id)
        .outerjoin(free, of_free)
        .outerjoin(kept, of_kept)
        .group_by(here.order_id)
        .subquery("open_orders")
    )


def readiness(orders: Any) -> ColumnElement[str]:
    """A key of `READY`, of a row of `open_orders`."""
    return case((orders.c.ready == orders.c.left_items, "all"), (orders.c.ready > 0, "some"), else_="none")


def _list(session: Session, direction: str) -> Table:
    model, orders = _ORDERED[direction], open_orders(session, direction)
    ready, today = readiness(orders), wall_clock().date()
    is_out = direction == OUT
    filters = [
        Filter("late", _l("Late"), lambda _yes: model.delivery < today, (("yes", _l("late")),)),
        Filter("since", _l("Delivery since"), lambda day: model.delivery >= day, kind="date"),
        Filter("until", _l("Delivery until"), lambda day: model.delivery <= day, kind="date"),
        Filter("dated", _l("Delivery day"), lambda _no: model.delivery.is_(None), (("no", _l("not said")),)),
    ]
    if is_out:
        filters.insert(1, Filter("ready", _l("Can be shipped"), lambda value: ready == value, tuple(READY.items())))
    noun = str(model.__mapper_args__["polymorphic_identity"])
    return Table(
        name="trade.to_ship" if is_out else "trade.to_arrive",
        title=_TITLES[direction],
        needs=f"{noun}.view",
        source=lambda _session: (
            select()
            .select_from(orders)
            .join(model, model.id == orders.c.order_id)
            .outerjoin(User, User.id == model.responsible_id)
        ),
        key=orders.c.order_id,
        columns=(
            Column("number", _l("Number"), model.number, headline=True, link=Link(f"{noun}_view", document_id="id")),
            Column("delivery", _l("Delivery"), model.delivery, "date", nullable=True),
            Column("summary", model.party, model.summary),
            Column("items", _l("Items left"), orders.c.left_items, "integer"),
            *(
                (
                    Column("ready", _l("Can be shipped"), ready, "text", choices=READY),
                    Column("ready_items", _l("Items ready"), orders.c.ready, "integer"),
                )
                if is_out
                else ()
            ),
            Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=()),
            Column("currency", _l("Currency"), model.currency),
            Column("responsible", _l("Responsible"), User.name, nullable=True),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="delivery",
        search=(func.lower(model.number), func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        filters=tuple(filters),
        empty=_l("No order is open."),
        is_found=False,
    )


_TITLES = {OUT: _l("Orders to ship"), IN: _l("Orders to arrive")}


def _report(direction: str, about: object) -> Report:
    name = "trade.to_ship" if direction == OUT else "trade.to_arrive"
    needs = f"{_ORDERED[direction].__mapper_args__['polymorphic_identity']}.view"

    def of(session: Session, _said: Mapping[str, Any]) -> Table:
        return _list(session, direction)

    return Report(name, _TITLES[direction], needs, about, of=of)


to_ship = _report(
    OUT, _l("Confirmed orders of customers that await goods, by when, and what of them can be shipped from stock now.")
)
to_arrive = _report(IN, _l("Confirmed orders to suppliers whose goods have not all come, by when."))
