"""The list of stock, now and as it stood at the end of a day."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, exists, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import lies_ahead, standing
from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.catch_weight.lookups import SECOND_UNIT
from modules.warehouse.catch_weight.queries import second_of
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.holds.lots import HOLDS
from modules.warehouse.models import FIRST_WAREHOUSE, NONE, TRANSIT, Item, Lot, Place
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.policies import pool_expression
from modules.warehouse.registers import Stock
from modules.warehouse.tables.item_lists import ITEM_TEXTS, OWN
from modules.warehouse.transit.tables import IN_TRANSIT


def _place_choices(session: Session) -> list[tuple[str, object]]:
    places = session.execute(
        select(Place.id, Place.name).where(Place.id >= FIRST_WAREHOUSE).order_by(Place.name_order, Place.id)
    )
    return [*((str(row.id), row.name) for row in places), (str(TRANSIT), IN_TRANSIT)]


def place_name(name: str) -> str:
    """What a place is called, for people: the one between warehouses has the name that it was made with."""
    return str(IN_TRANSIT) if name == "In transit" else name


def _kept(held: Any, *criteria: Any) -> Any:
    """What is claimed of an item in a warehouse, beside each row of stock; nothing as 0."""
    t = Stock.claims.table.c
    units = select(func.coalesce(func.sum(type_coerce(t.quantity, BigInteger)), 0)).where(
        t.item_id == held.c.item_id, t.warehouse_id == held.c.place_id, t.claim_id > NONE, t.quantity > 0, *criteria
    )
    own = units.where(t.organisation_id == OWN.id).correlate(held, OWN)
    return type_coerce(cast(own.scalar_subquery(), BigInteger), Quantity)


def _units(row: Any) -> str:
    """The unit, and of goods in two quantities how much they are in the second one."""
    if row.second_unit is None:
        return unit_word(row.unit)
    return f"{unit_word(row.unit)} · {number(row.second)} {unit_word(row.second_unit)}"


def stock_table(held: Any, worth: Any, instead: Any = None, *, is_now: bool = True, seconds_then: Any = None) -> Table:
    """Stock by item and place, from the current totals or from what stood at a moment; the value may be closed. What is kept
    of it is known as it `is_now` alone. `seconds_then`: what lay in second units at that moment; None: the current totals.

    A place has a value of its own only where all that its pool holds lies there: otherwise nobody can say which part.
    """
    value = worth.c.get("value")
    valued: tuple[Column, ...] = ()
    if value is not None:
        is_whole = worth.c.quantity == held.c.quantity
        valued = (Column("value", _l("Value"), case((is_whole, value)), "money", nullable=True, summed=()),)
    claim = Stock.claims.table.c.claim_id
    kept = (
        Column("reserved", _l("Reserved"), _kept(held, claim.not_in(HOLDS)), "quantity", sortable=False),
        Column("held", _l("Held back"), _kept(held, claim.in_(HOLDS)), "quantity", sortable=False),
    )
    second = second_of(held, OWN) if seconds_then is None else func.coalesce(seconds_then.c.second, 0)
    seconds = (
        Column("second", "", second, "quantity", hidden=True, sortable=False),
        Column("second_unit", "", SECOND_UNIT.name, hidden=True, sortable=False, nullable=True),
    )

    def source(session: Session) -> Any:
        found = (
            select()
            .select_from(held)
            .join(Item, Item.id == held.c.item_id)
            .join(Unit, Unit.id == Item.unit_id)
            .join(Place, Place.id == held.c.place_id)
            .join(OWN, OWN.id == organisation_id(session))
            .outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
            .outerjoin(worth, and_(worth.c.item_id == held.c.item_id, worth.c.pool_id == pool_expression(session)))
            .where(held.c.quantity != 0)
        )
        if seconds_then is None:
            return found
        there = and_(seconds_then.c.item_id == held.c.item_id, seconds_then.c.place_id == held.c.place_id)
        return found.outerjoin(seconds_then, there)

    return Table(
        name="warehouse.stock",
        title=_l("Stock on hand"),
        needs="warehouse.stock.view",
        source=source,
        key=held.c.item_id * 1_000_000 + held.c.place_id,
        columns=(
            Column(
                "code",
                _l("Code"),
                Item.code,
                link=Link("warehouse.item_view", item_id="item_id", place="place_id"),
            ),
            Column(
                "name",
                _l("Item"),
                Item.name,
                headline=True,
                link=Link("warehouse.item_view", item_id="item_id", place="place_id"),
            ),
            Column("place", _l("Warehouse"), Place.name, words=place_name),
            Column("quantity", _l("On hand"), held.c.quantity, "quantity", summed=("unit",)),
            *(kept if is_now else ()),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word, row_words=_units),
            *valued,
            *seconds,
            Column("item_id", "", Item.id, hidden=True, sortable=False),
            Column("place_id", "", Place.id, hidden=True, sortable=False),
        ),
        order="code",
        search=ITEM_TEXTS,
        filters=(
            Filter("group", _l("Group"), in_group, group_choices),
            Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _place_choices),
            Filter("level", _l("Level"), lambda _level: held.c.quantity < 0, (("short", _l("below zero")),)),
        ),
        empty=_l("No goods are in stock."),
        is_found=False,
        instead=instead,
    )


def stock_at(session: Session, moment: date | None) -> Table:
    """The same list as it stood at the end of a day; at the present moment without one."""
    return stock_table(
        standing(session, Stock.on_hand, moment, by=("item", "place")),
        standing(session, Stock.worth, moment, by=("item", "pool"), name="worth"),
        is_now=moment is None,
        seconds_then=standing(session, SecondQuantities.lying, moment, by=("item", "place"), name="seconds"),
    )


def _stock_now(session: Session) -> Table | None:
    """The totals are by lot, and of what costs by lots those of worth too: where there are lots, they are summed."""
    is_summed = session.scalar(select(exists().where(Lot.id > NONE))) or lies_ahead(session, Stock.on_hand)
    return stock_at(session, None) if is_summed else None


stock = stock_table(Stock.on_hand.table, Stock.worth.table, _stock_now)
