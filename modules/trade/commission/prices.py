"""At which prices and commission goods are proposed in a report of what was sold of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import base_currency, organisation_id
from app.api.security import PastPolicy
from app.api.values import ExchangeRate, Price, Quantity, from_units, round_money, to_units
from modules.trade.commission.models import GIVE, TAKEN
from modules.trade.commission.sales import latest_sales
from modules.trade.drafts import TradeLineDraft
from modules.trade.models import TradeDocument, TradeLine
from modules.warehouse.api import items_by_id

_BOOKS = PastPolicy("a report has the prices of what was sold of a principal's goods, whoever sold it")
_DOCUMENT, _TRADE, _LINE = Document.__table__, TradeDocument.__table__, TradeLine.__table__
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines of a report, in one currency and all with or all without tax."""

    lines: Sequence[TradeLineDraft]
    currency: str
    tax_included: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """So many of an item, as a line of a document had them; `row` is None where no document says a price."""

    item_id: int
    quantity: Decimal
    row: Any


def priced(session: Session, direction: str, contact_id: int, items: Mapping[int, Decimal]) -> Priced:
    """So many of each item: a principal's at what the latest were sold for; ours with an agent at the price of the last report,
    or the one at which they were given. The commission is that of the last report, in per cent.

    In the currency that all prices are in, or else in the organisation's own, at the rates of their documents.
    """
    reported = _newest(session, direction, contact_id, f"trade.{'principal' if direction == TAKEN else 'agent'}_report")
    if direction == TAKEN:
        parts = _as_sold(session, contact_id, items)
    else:
        given = {**_newest(session, direction, contact_id, "trade.commission_move"), **reported}
        parts = [_Part(item, quantity, given.get(item)) for item, quantity in items.items()]
    rows = [part.row for part in parts if part.row is not None]
    currencies, taxed = {row.currency for row in rows}, {row.tax_included for row in rows}
    own = base_currency(session)
    currency = currencies.pop() if len(currencies) == 1 and all(part.row is not None for part in parts) else own
    tax_included = taxed == {True}
    usual = max(reported.values(), key=lambda row: (row.moment, row.id)).discount if reported else _ZERO
    known = items_by_id(session, set(items))
    quantities: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for part in parts:
        price, rate = known[part.item_id].price or _ZERO, None
        if part.row is not None:
            price = _price(part.row, currency, tax_included=tax_included)
            # where there are tax codes, the tax is decided again
            rate = part.row.tax_rate if part.row.tax_code_id is None else None
        discount = reported[part.item_id].discount if part.item_id in reported else usual
        quantities[part.item_id, price, discount, rate] += part.quantity
    lines = [TradeLineDraft(item, quantity, *terms) for (item, *terms), quantity in quantities.items()]
    return Priced(lines, currency, tax_included)


def _price(row: Any, currency: str, *, tax_included: bool) -> Decimal:
    """What one was to be sold for, or was: less what the line gave off, of a sale."""
    price: Decimal = row.price
    is_sale, is_plain = row.kind == "trade.sale", not (row.discount or row.points_off)
    if is_sale and not (is_plain and row.tax_included == tax_included):
        price = (row.net + row.tax if tax_included else row.net) / row.quantity
    elif row.tax_included and not tax_included:
        price = price / (1 + row.tax_rate / 100)
    if row.currency != currency:
        price = ExchangeRate.kept(row.rate, row.rate_scale, row.rate_is_inverse).in_base(price, Price.scale)
    return round_money(price, Price.scale)


def _lines(session: Session, *also: Any) -> Select[Any]:
    """Lines of the posted documents of these books, with what their prices are in."""
    of, trade, line = _DOCUMENT.c, _TRADE.c, _LINE.c
    return (
        select(of.id, of.kind, of.moment, of.currency, trade.tax_included, trade.rate, trade.rate_scale)
        .add_columns(trade.rate_is_inverse, line.item_id, line.quantity, line.price, line.discount, line.points_off)
        .add_columns(line.net, line.tax, line.tax_rate, line.tax_code_id, *also)
        .join_from(_LINE, _TRADE, trade.id == line.document_id)
        .join(_DOCUMENT, of.id == trade.id)
        .where(of.state == "posted", of.organisation_id == organisation_id(session))
    )


def _newest(session: Session, direction: str, contact_id: int, kind: str) -> dict[int, Any]:
    """Item → its line in the last document of a kind with the contact; of goods on commission, of those that were given."""
    turn = func.row_number().over(partition_by=_LINE.c.item_id, order_by=_backwards()).label("turn")
    query = _lines(session, turn).where(_TRADE.c.contact_id == contact_id, _DOCUMENT.c.kind == kind)
    if kind == "trade.commission_move":
        query = query.where(_TRADE.c.way == GIVE)
    numbered = query.subquery()
    newest = select(numbered).where(numbered.c.turn == 1)
    return {row.item_id: row for row in _BOOKS(session).execute(newest)}


def _as_sold(session: Session, contact_id: int, items: Mapping[int, Decimal]) -> list[_Part]:
    """So many of each item by the sales that sold the latest of them."""
    units = type_coerce(_LINE.c.quantity, BigInteger)
    upto = func.sum(units).over(partition_by=_LINE.c.item_id, order_by=_backwards(), rows=(None, 0)).label("upto")
    latest: Any = latest_sales(session, contact_id, items)
    same = (latest.c.document_id == _LINE.c.document_id) & (latest.c.line == _LINE.c.line)
    numbered = _lines(session, upto, units.label("units")).join(latest, same).subquery()
    most = to_units(max(items.values()), Quantity.scale)
    query = select(numbered).where(numbered.c.upto - numbered.c.units < most).order_by(numbered.c.moment, numbered.c.id)
    parts: list[_Part] = []
    for row in _BOOKS(session).execute(query):
        before = from_units(int(row.upto) - int(row.units), Quantity.scale)
        if (quantity := min(row.quantity, items[row.item_id] - before)) > 0:
            parts.append(_Part(row.item_id, quantity, row))
    return parts


def _backwards() -> Sequence[ColumnElement[Any]]:
    return (_DOCUMENT.c.moment.desc(), _DOCUMENT.c.id.desc(), _LINE.c.line.desc())
