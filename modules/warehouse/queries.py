"""Reading stock: now, at any past moment, and the movements behind a figure."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, null, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.ledger import Figure, Statement, Totals, at, now, statement
from app.api.reference import organisation_id
from app.api.security import MASKED, require, sees
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units
from modules.warehouse import returns
from modules.warehouse.barcodes import key_of
from modules.warehouse.models import FIRST_WAREHOUSE, PRICE, Barcode, Item, Place, PlaceNamed
from modules.warehouse.moves import BooksOf
from modules.warehouse.other_codes import OtherCode
from modules.warehouse.places import moves_here, places_by_id
from modules.warehouse.policies import pool_of, pool_of_warehouse
from modules.warehouse.registers import Stock


def warehouses(session: Session) -> list[Place]:
    """The company's warehouses, without the bins in them."""
    own = (Place.id >= FIRST_WAREHOUSE, Place.warehouse_id.is_(None))
    return list(session.scalars(select(Place).where(*own).order_by(Place.name_order, Place.id)))


def warehouses_named(session: Session) -> tuple[dict[str, int], int]:
    """Warehouses by code and by name, both without case, for tables that name them; and the first open one, which is meant
    where none is named (0: none is open)."""
    places = warehouses(session)
    named = {name.casefold(): place.id for place in places for name in (place.code, place.name)}
    return named, min((place.id for place in places if place.is_active), default=0)


def item_numbers(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """The items of just these codes, as far as there are any: code → id."""
    found: dict[str, int] = {}
    for some in pieces(codes):
        rows = session.execute(select(Item.code, Item.id).where(Item.code.in_(some)))
        found |= {row.code: row.id for row in rows}
    return found


def items_called(session: Session, names: Collection[str]) -> dict[str, list[int]]:
    """Texts → the items that have them as their code; where none has, those that have them as a barcode or as others' code.
    What nothing is called is left out."""
    texts = dict.fromkeys(names)
    found = {code: [number] for code, number in item_numbers(session, list(texts)).items()}
    others: dict[str, set[int]] = defaultdict(set)
    for some in pieces([text for text in texts if text not in found]):
        keys = {text: key_of(text) for text in some}
        barcodes = select(Barcode.key, Barcode.item_id).where(Barcode.key.in_(keys.values()))
        by_key = {row.key: row.item_id for row in session.execute(barcodes)}
        for text in some:
            others[text].update({by_key[keys[text]]} if keys[text] in by_key else ())
        codes = select(OtherCode.code, OtherCode.item_id).where(OtherCode.code.in_(some))
        for code, number in session.execute(codes):
            others[code].add(number)
    return found | {text: sorted(numbers) for text, numbers in others.items() if numbers}


def warehouse_choices(session: Session) -> list[tuple[int, str]]:
    """What a select of warehouses offers: those in use, first the oldest, which is proposed, then by name. Not those of goods
    on commission."""
    used = [place for place in warehouses(session) if place.is_active and not place.is_on_commission]
    oldest = min((place.id for place in used), default=0)
    return [(place.id, place.name) for place in sorted(used, key=lambda place: place.id != oldest)]


def warehouse_options(session: Session) -> list[tuple[str, object]]:
    """The same for the filter of a list."""
    return [(str(number), name) for number, name in warehouse_choices(session)]


def stocked_options(session: Session) -> list[tuple[str, object]]:
    """The same for what says what lay where and moved: warehouses, and behind them the places of goods on commission."""
    aside = [place for place in warehouses(session) if place.is_active and place.is_on_commission]
    return [*warehouse_options(session), *((str(place.id), place.name) for place in aside)]


def target_choices(session: Session) -> list[tuple[int, str]]:
    """What a select offers of where goods are sent to: warehouses in use too of which the session's actor sees no more."""
    own = (PlaceNamed.id >= FIRST_WAREHOUSE, PlaceNamed.warehouse_id.is_(None), PlaceNamed.is_active)
    query = select(PlaceNamed.id, PlaceNamed.name).where(*own, PlaceNamed.is_on_commission.is_(False))
    found = session.execute(query.order_by(PlaceNamed.name_order))
    return [(row.id, row.name) for row in found]


def unoffered_warehouse(session: Session, place_id: int) -> str | None:
    """What a warehouse is called that isn't offered, where a document still names it: it is closed, or of goods on commission.
    None of others, and of whatever is none."""
    query = select(PlaceNamed.name, PlaceNamed.is_active, PlaceNamed.is_on_commission)
    place = session.execute(query.where(PlaceNamed.id == place_id, PlaceNamed.id >= FIRST_WAREHOUSE)).first()
    if place is None or (place.is_active and not place.is_on_commission):
        return None
    return place.name if place.is_active else str(_l("%(name)s (closed)", name=place.name))


def stock_on_hand(
    session: Session,
    moment: date | datetime | None = None,
    *,
    items: Sequence[int] | None = None,
    places: Sequence[int] | None = None,
) -> list[Figure]:
    """Quantity and value by (item, place) in the company's places: now, or at the end of a day or moment.

    Where places share one cost, nobody can say what the goods of one of them are worth: their value is None.
    """
    require(session.info["actor"], "warehouse.stock.view")
    where: dict[str, object] = {}
    if items is not None:
        where["item"] = list(items)
    held = _figures(
        session, Stock.on_hand, moment, ("item", "place"), {**where, "place": list(places)} if places else where
    )
    worth = {f.key: f.amounts for f in _figures(session, Stock.worth, moment, ("item", "pool"), where)}
    warehouses = places_by_id(session, {f.key[1] for f in held})
    pools = {i: pool_of_warehouse(session, where.keeper) for i, where in warehouses.items()}
    figures = []
    for f in held:
        pool = worth.get((f.key[0], pools[f.key[1]]), {})
        is_whole = pool.get("quantity") == f.amounts["quantity"]
        value = pool.get("value") if is_whole or pool.get("value") is MASKED else None
        figures.append(Figure(f.key, {**f.amounts, "value": value}))
    return figures


def _figures(
    session: Session, totals: Totals, moment: date | datetime | None, by: tuple[str, ...], where: dict[str, object]
) -> list[Figure]:
    if moment is not None:
        return at(session, totals, moment, by=by, where=where)
    return [f for f in now(session, totals, by=by, where=where) if any(v is MASKED or v for v in f.amounts.values())]


def movements_of(
    session: Session, item_id: int, place_id: int, since: date, until: date, *, newest: int | None = None
) -> Statement:
    """What came into and went out of a place, of one item, line by line: quantity, and value where the place has a cost of
    its own; of many only the `newest`.

    Of documents that are not open to the actor neither kind nor number is said. How many they moved is: the balances say it
    anyway, and nothing that was owed for them is shown beside it (`contacts.closed_kinds`).
    """
    require(session.info["actor"], "warehouse.stock.view")
    if pool_of(session) == "warehouse" and places_by_id(session, {place_id})[place_id].warehouse == place_id:
        whole = statement(session, Stock.worth, since, until, where={"item": item_id, "pool": place_id}, newest=newest)
    else:
        whole = statement(
            session, Stock.on_hand, since, until, where={"item": item_id, "place": place_id}, newest=newest
        )
    lines = [line if line.is_open else replace(line, kind="", number="") for line in whole.lines]
    return replace(whole, lines=lines)


def costs_of(session: Session, document_id: int) -> dict[int, Decimal]:
    """What the lines of a document cost, as the ledger has it now; MASKED to whoever may not know."""
    e = Stock.entries.c
    if not sees(session, "warehouse.cost"):
        return _Masks()
    total = func.sum(type_coerce(e.value, BigInteger))
    rows = session.execute(select(e.line, total).where(e.document_id == document_id, moves_here(e)).group_by(e.line))
    return {row[0]: from_units(int(row[1]), Money.scale) for row in rows}


def shown_price(session: Session) -> Any:
    """The column of items' sales prices, for a query that shows them: empty to whoever may not see these."""
    return Item.price if sees(session, PRICE["group"]) else null().label("price")


def left_to_return(session: Session, lines: Collection[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """How much of each line of a document (its id, its number) has not come back yet; lines that moved no goods are left
    out."""
    left, _ = returns.left_to_return(BooksOf(session, organisation_id(session)), lines)
    return {line: from_units(units, Quantity.scale) for line, units in left.items()}


class _Masks(dict[int, Any]):
    def __missing__(self, _line: int) -> Any:
        return MASKED
