"""Writing what competitors ask for our items."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.api.data import begin_version, begin_versions, pieces, remove_rows
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import base_currency, check_currency, check_day, rate_at
from app.api.security import Actor, record, require
from app.api.texts import fold, kept
from app.api.texts import lazy_gettext as _l
from app.api.values import ExchangeRate, Price
from modules.warehouse.competitors import EDIT
from modules.warehouse.competitors.models import MOST_FOLDED, CompetitorPrice
from modules.warehouse.items import items_by_id
from modules.warehouse.models import PRICE

SUBJECT = "warehouse.competitor"
#: item, competitor without case and accents, day: of each there is one price
Key = tuple[int, str, date]


def competitor_price_by_id(session: Session, price_id: int) -> CompetitorPrice:
    """The price; NotFound when there is none."""
    found = session.get(CompetitorPrice, price_id)
    if found is None:
        raise NotFound
    return found


def add_competitor_price(session: Session, actor: Actor, *, item_id: int | None, **fields: Any) -> CompetitorPrice:
    """What a competitor asks for an item: `competitor`, `price`, `currency`, `day`, `note`.

    Refused (Invalid): no item, competitor, price or day, a price that isn't above zero, a currency without a rate for the day;
    (Conflict) a second price of the same competitor and day; (Forbidden) to whom sales prices are closed.
    """
    _require(actor)
    if item_id is None:
        raise Invalid(_l("Choose an item."), field="item_id")
    items_by_id(session, {item_id})
    row = CompetitorPrice(item_id=item_id, competitor="", currency=base_currency(session), note="")
    _set(session, row, fields)
    session.add(row)
    session.flush()
    _record(session, row, "create")
    return row


def change_competitor_price(
    session: Session, actor: Actor, row: CompetitorPrice, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given, but not the item. Refused: as `add_competitor_price` does; what was saved since `version`
    (Changed)."""
    _require(actor)
    begin_version(session, row, version)
    _set(session, row, fields)
    session.flush()
    _record(session, row, "change")


def remove_competitor_price(
    session: Session, actor: Actor, row: CompetitorPrice, *, version: int | None = None
) -> None:
    """Remove a price. Refused: what was saved since `version` (Changed)."""
    _require(actor)
    begin_version(session, row, version)
    _record(session, row, "remove")
    remove_rows(session, CompetitorPrice, CompetitorPrice.id == row.id)


def set_competitor_prices(session: Session, actor: Actor, prices: Mapping[Key, Mapping[str, Any]]) -> tuple[int, int]:
    """Keep many prices, each as `checked_price` gives it; where one of the same item, competitor and day is there, that is
    changed. How many are new and how many changed. Whoever calls records the whole. Refused: as `add_competitor_price` does."""
    _require(actor)
    known = competitor_prices_at(session, prices)
    begin_versions(session, dict.fromkeys(known.values()))
    for key, values in prices.items():
        row = known.get(key)
        if row is None:
            session.add(CompetitorPrice(item_id=key[0], **values))
        else:
            for name, value in values.items():
                setattr(row, name, value)
    session.flush()
    return len(prices) - len(known), len(known)


def competitor_prices_at(session: Session, keys: Collection[Key]) -> dict[Key, CompetitorPrice]:
    """Those of the prices that are there."""
    found: dict[Key, CompetitorPrice] = {}
    c = CompetitorPrice
    for some in pieces(sorted(keys)):
        query = select(c).where(tuple_(c.item_id, c.folded, c.day).in_(some))
        found.update(((row.item_id, row.folded, row.day), row) for row in session.scalars(query))
    return found


def _require(actor: Actor) -> None:
    require(actor, EDIT)
    if not actor.sees(PRICE["group"]):
        raise Forbidden(PRICE["group"])


def _set(session: Session, row: CompetitorPrice, fields: Mapping[str, Any]) -> None:
    values = kept(CompetitorPrice, {n: v for n, v in fields.items() if n != "item_id"})
    said = {name: values.get(name, getattr(row, name)) for name in ("competitor", "price", "currency", "day")}
    with session.no_autoflush:
        for name, value in {**values, **checked_price(session, said)}.items():
            setattr(row, name, value)
        _refuse_same(session, row)


def checked_price(
    session: Session, said: Mapping[str, Any], rates: dict[tuple[str, date], ExchangeRate] | None = None
) -> dict[str, Any]:
    """What is kept of a competitor's price: what is `said`, at least competitor, price, currency and day, and what follows
    from it. `rates`: those asked before, for whoever checks many. Refused (Invalid): as `add_competitor_price` does."""
    competitor, price, currency, day = (said[name] for name in ("competitor", "price", "currency", "day"))
    if not competitor:
        raise Invalid(_l("Type who asks this price."), field="competitor")
    if price is None or not (Price.holds(price) and price > 0):
        raise Invalid(_l("Type a price above zero, with at most six digits after the point."), field="price")
    if day is None:
        raise Invalid(_l("Type the day on which the price was seen."), field="day")
    check_currency(currency)
    check_day(day, field="day")
    rates = {} if rates is None else rates
    if (currency, day) not in rates:
        rates[currency, day] = rate_at(session, currency, day)
    in_base = rates[currency, day].in_base(price, Price.scale)
    if not (Price.holds(in_base) and in_base > 0):
        raise Invalid(_l("In your own currency this price can't be kept. Check price and currency."), field="price")
    folded = fold(competitor)
    if len(folded) > MOST_FOLDED:
        raise Invalid(_l("Type a shorter name."), field="competitor")
    return {**said, "in_base": in_base, "folded": folded}


def _refuse_same(session: Session, row: CompetitorPrice) -> None:
    c = CompetitorPrice
    same = (c.item_id == row.item_id, c.folded == row.folded, c.day == row.day, c.id != (row.id or 0))
    if session.scalars(select(c.id).where(*same)).first() is not None:
        raise Conflict(_l("A price of this competitor and day stands here already. Change that one."), field="day")


def _record(session: Session, row: CompetitorPrice, verb: str) -> None:
    code = items_by_id(session, {row.item_id})[row.item_id].code
    summary = f"{code}: {row.competitor}"
    record(session, f"{SUBJECT}.{verb}", subject="warehouse.item", subject_id=row.item_id, summary=summary)
