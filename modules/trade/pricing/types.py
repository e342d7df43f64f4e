"""Writing price types and the prices in them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version, remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import base_currency, check_currency, check_day
from app.api.security import Actor, record, require
from app.api.texts import kept_text, longest
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, Quantity
from modules.trade.pricing.finding import Prices
from modules.trade.pricing.known import forget_prices, known_prices
from modules.trade.pricing.models import ItemPrice, PriceType
from modules.trade.pricing.rules import MOST_TYPES, check_formula
from modules.warehouse.api import items_by_id

EDIT = "trade.price.edit"
CONVERT, KEEP = "convert", "keep"
#: what becomes of typed prices when the currency of their type changes
CURRENCY_CHANGES = {CONVERT: _l("Convert the prices"), KEEP: _l("Keep the figures")}
_ZERO = Decimal(0)


def type_by_id(session: Session, type_id: int) -> PriceType:
    """The price type; NotFound when there is none."""
    found = session.get(PriceType, type_id)
    if found is None:
        raise NotFound
    return found


def create_type(session: Session, actor: Actor, **fields: Any) -> PriceType:
    """A new price type. Refused: no name, one that is taken (Conflict), a formula or days that can't be right (Invalid)."""
    require(actor, EDIT)
    kind = PriceType()
    _set(session, kind, {**fields, "currency": fields.get("currency") or base_currency(session)})
    session.add(kind)
    _write(session, kind, "create", kind.name)
    return kind


def change_type(
    session: Session,
    actor: Actor,
    kind: PriceType,
    *,
    version: int | None = None,
    prices: str | None = None,
    **fields: Any,
) -> None:
    """Change what is given. With another currency, `prices` says what becomes of those that were typed: convert (by the
    rates of today) or keep. Refused: what `create_type` refuses, a type saved since `version` (Changed), another
    currency without a word of what becomes of the prices, or without a rate to convert them by (Invalid)."""
    require(actor, EDIT)
    begin_version(session, kind, version)
    before = kind.currency
    _set(session, kind, fields)
    summary = kind.name
    if kind.currency != before:
        summary = f"{kind.name}: {before} → {kind.currency}"
        if (count := _change_currency(session, kind, before, prices)) is not None:
            summary += f", {prices} {count}"
    _write(session, kind, "change", summary)


def _change_currency(session: Session, kind: PriceType, before: str, prices: str | None) -> int | None:
    """How many typed prices were converted or kept; None where there were none."""
    rows = session.scalars(select(ItemPrice).where(ItemPrice.type_id == kind.id).order_by(ItemPrice.id)).all()
    if not rows:
        return None
    if prices not in CURRENCY_CHANGES:
        raise Invalid(_l("Say what should become of the prices in %(currency)s.", currency=before), field="prices")
    if prices == CONVERT:
        rates = Prices(session, known_prices(session), wall_clock().date(), ())
        for row in rows:
            price = rates.converted(row.price, before, kind.currency)
            if price is None:
                message = _l("They can't be converted: there is no exchange rate for today.")
                raise Invalid(message, field="prices")
            row.price = price
    return len(rows)


def remove_type(session: Session, actor: Actor, kind: PriceType) -> None:
    """Remove a price type with its prices. Refused (Conflict): one that others follow, or that somebody has."""
    from modules.trade.pricing.models import GroupAgreement, PriceAgreement, PricePolicy

    require(actor, EDIT)
    uses = (PriceType.base_id, PriceAgreement.type_id, GroupAgreement.type_id, PricePolicy.type_id)
    if any(session.scalar(select(use).where(use == kind.id).limit(1)) is not None for use in uses):
        raise Conflict(_l("“%(name)s” is in use, so it stays. Give it a last day instead.", name=kind.name))
    record(session, "trade.price_type.remove", subject="trade.price_type", subject_id=kind.id, summary=kind.name)
    remove_rows(session, PriceType, PriceType.id == kind.id)
    forget_prices(session)


def _set(session: Session, kind: PriceType, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(kind, name, value)
    for name in ("percent", "step", "ending"):
        if getattr(kind, name) is None:
            setattr(kind, name, _ZERO)
    kind.name = kept_text(kind.name, longest(PriceType, "name"), field="name")
    if not kind.name:
        raise Invalid(_l("Please fill this in."), field="name")
    if kind.formula != "type":
        kind.base_id = None
    check_currency(kind.currency)
    check_formula(
        formula=kind.formula,
        percent=kind.percent,
        step=kind.step,
        ending=kind.ending,
        direction=kind.direction,
        base_id=kind.base_id,
    )
    check_period(kind.since, kind.until)
    _refuse_ring(session, kind)
    same = select(PriceType.id).where(PriceType.name == kind.name, PriceType.id != (kind.id or 0))
    with session.no_autoflush:
        if session.scalar(same) is not None:
            raise Conflict(_l("There is a price type “%(name)s” already.", name=kind.name), field="name")


def check_period(since: date | None, until: date | None) -> None:
    """Refuse (Invalid) days of years that can't be right, and a last day before the first."""
    for name, day in (("since", since), ("until", until)):
        if day is not None:
            check_day(day, field=name)
    if since is not None and until is not None and until < since:
        raise Invalid(_l("The last day is before the first."), field="until")


def _refuse_ring(session: Session, kind: PriceType) -> None:
    known = known_prices(session).types
    chain, at = [kind.id], kind.base_id
    while at is not None:
        if at in chain or at not in known or len(chain) >= MOST_TYPES:
            message = _l("A price type can't follow itself, nor one that follows it, nor a chain of more than %(n)d.")
            raise Invalid(message % {"n": MOST_TYPES}, field="base_id")
        chain.append(at)
        at = known[at].base_id


def _write(session: Session, kind: PriceType, verb: str, summary: str) -> None:
    session.flush()
    forget_prices(session)
    record(session, f"trade.price_type.{verb}", subject="trade.price_type", subject_id=kind.id, summary=summary[:200])


def set_price(
    session: Session,
    actor: Actor,
    kind: PriceType,
    *,
    item_id: int,
    price: Decimal | None,
    since: date | None = None,
    from_quantity: Decimal | None = None,
) -> ItemPrice:
    """Say a price of a type: from a day on (today), from a quantity on (any). One that stands at the same day and quantity is
    replaced. Refused (Invalid): a price or quantity that can't be right."""
    require(actor, EDIT)
    items_by_id(session, {item_id})
    since, from_quantity = since or wall_clock().date(), from_quantity or _ZERO
    check_day(since, field="since")
    price = check_figures(price, from_quantity)
    own = (ItemPrice.type_id == kind.id, ItemPrice.item_id == item_id, ItemPrice.since == since)
    row = session.scalar(select(ItemPrice).where(*own, ItemPrice.from_quantity == from_quantity))
    row = row or ItemPrice(type_id=kind.id, item_id=item_id, since=since, from_quantity=from_quantity)
    row.price = price
    session.add(row)
    session.flush()
    record(session, "trade.item_price.set", subject="warehouse.item", subject_id=item_id, summary=kind.name)
    return row


def remove_price(session: Session, actor: Actor, row: ItemPrice) -> None:
    """Remove a typed price: the one before it, or the formula, says it again."""
    require(actor, EDIT)
    kind = type_by_id(session, row.type_id)
    record(session, "trade.item_price.remove", subject="warehouse.item", subject_id=row.item_id, summary=kind.name)
    remove_rows(session, ItemPrice, ItemPrice.id == row.id)


def check_figures(price: Decimal | None, from_quantity: Decimal) -> Decimal:
    """The price. Refused (Invalid): one that is missing or below zero, a quantity below it."""
    if price is None or not Price.holds(price) or price < 0:
        raise Invalid(_l("A price is a number from zero on, with at most six digits after the point."), field="price")
    if not Quantity.holds(from_quantity) or from_quantity < 0:
        raise Invalid(_l("A quantity is a number from zero on."), field="from_quantity")
    return price
