"""Changing many prices together: what they would become, the change itself, and taking the last one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import utc_now, wall_clock
from app.api.data import pieces
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import base_currency, check_day, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.trade.pricing.finding import Prices
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import ItemPrice, PriceRun, PriceRunLine
from modules.trade.pricing.rules import NEAREST, USUAL, check_formula, rounded_price
from modules.trade.pricing.types import EDIT, type_by_id
from modules.warehouse.api import GroupTree, Item, change_items

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
#: so many prices change at once: more take too long to look through
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """A price that would change."""

    item: Any
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which prices are to change, and how. `type_id` None: the items' own; `group_id` None: of all items."""

    type_id: int | None
    percent: Decimal
    group_id: int | None = None
    step: Decimal = _ZERO
    ending: Decimal = _ZERO
    direction: str = NEAREST
    #: of a price type: from which day on; None: today
    since: date | None = None


def planned(session: Session, actor: Actor, wanted: Wanted) -> list[Change]:
    """What prices of items in use would become, by code; those that stay as they are, or that nothing says, are left out.
    Refused (Invalid): a formula or day that can't be right, more prices than MOST."""
    require(actor, EDIT)
    check_formula(
        formula=USUAL,
        percent=wanted.percent,
        step=wanted.step,
        ending=wanted.ending,
        direction=wanted.direction,
        base_id=None,
    )
    if wanted.since is not None:
        check_day(wanted.since, field="since")
    query = select(Item).where(Item.is_active)
    if wanted.group_id is not None:
        query = query.where(Item.group_id.in_([wanted.group_id, *GroupTree(session).below(wanted.group_id)]))
    items = session.scalars(query.order_by(Item.code_order, Item.id).limit(MOST + 1)).all()
    if len(items) > MOST:
        raise Invalid(_l("That is more than %(n)d prices. Choose a group.", n=MOST), field="group_id")
    kind = type_by_id(session, wanted.type_id) if wanted.type_id is not None else None
    digits = digits_of(kind.currency if kind is not None else base_currency(session))
    found = []
    for some in pieces([item.id for item in items]):
        prices = Prices(session, known_prices(session), _day(wanted), some)
        for item in (item for item in items if item.id in prices.items):
            before = item.price if kind is None else prices.of_type(kind.id, item.id, _ZERO)
            if before is None:
                continue
            raised = before * (_HUNDRED + wanted.percent) / _HUNDRED
            after = rounded_price(
                raised, step=wanted.step, ending=wanted.ending, direction=wanted.direction, digits=digits
            )
            if after != before:
                found.append(Change(item, before, after))
    return found


def change_prices(session: Session, actor: Actor, wanted: Wanted) -> PriceRun:
    """Change them; what is refused is what `planned` refuses, and a change of nothing (Invalid). Changing the items' own prices
    needs the right to change items too."""
    changes = planned(session, actor, wanted)
    if not changes:
        raise Invalid(_l("No price would change."), field="percent")
    run = PriceRun(
        organisation_id=organisation_id(session),
        type_id=wanted.type_id,
        since=_day(wanted),
        percent=wanted.percent,
        user_id=actor.user_id,
    )
    session.add(run)
    session.flush()
    stood = {} if wanted.type_id is None else _rows(session, run, [change.item.id for change in changes])
    for change in changes:
        row = stood.get(change.item.id)
        before = change.before if wanted.type_id is None else (row.price if row is not None else None)
        session.add(PriceRunLine(run_id=run.id, item_id=change.item.id, before=before, after=change.after))
    _write(session, actor, run, {change.item: change.after for change in changes}, stood)
    _record(session, run, "change", len(changes))
    return run


def _day(wanted: Wanted) -> date:
    """The items' own prices have no day: they change at once."""
    today = wall_clock().date()
    return (wanted.since or today) if wanted.type_id is not None else today


def _rows(session: Session, run: PriceRun, items: Sequence[int]) -> dict[int, ItemPrice]:
    """The typed prices that stand in the very place of a run's: its type and day, from any quantity."""
    own = (ItemPrice.type_id == run.type_id, ItemPrice.since == run.since, ItemPrice.from_quantity == 0)
    found = (session.scalars(select(ItemPrice).where(*own, ItemPrice.item_id.in_(some))) for some in pieces(items))
    return {row.item_id: row for rows in found for row in rows}


def _write(
    session: Session, actor: Actor, run: PriceRun, prices: dict[Item, Decimal | None], stood: dict[int, ItemPrice]
) -> None:
    """Let prices be so; None: nothing stands there."""
    if run.type_id is None:
        change_items(session, actor, {item: {"price": price} for item, price in prices.items()}, audited=False)
        return
    for item, price in prices.items():
        row = stood.get(item.id)
        if price is None:
            if row is not None:
                session.delete(row)
        elif row is not None:
            row.price = price
        else:
            session.add(ItemPrice(type_id=run.type_id, item_id=item.id, since=run.since, price=price))
    session.flush()


def run_by_id(session: Session, run_id: int) -> PriceRun:
    """The run of the session's organisation; NotFound when there is none."""
    run = session.get(PriceRun, run_id)
    if run is None or run.organisation_id != organisation_id(session):
        raise NotFound
    return run


def lines_of(session: Session, run: PriceRun) -> list[tuple[Item, PriceRunLine]]:
    """What a run changed, by the items' codes."""
    query = select(Item, PriceRunLine).join(PriceRunLine, PriceRunLine.item_id == Item.id)
    rows = session.execute(query.where(PriceRunLine.run_id == run.id).order_by(Item.code_order, Item.id))
    return [(row[0], row[1]) for row in rows]


def is_last(session: Session, run: PriceRun) -> bool:
    """Whether it can be undone: it stands, and none that stands came after it."""
    own = (PriceRun.organisation_id == run.organisation_id, PriceRun.undone_at.is_(None))
    return run.id == session.scalar(select(PriceRun.id).where(*own).order_by(PriceRun.id.desc()).limit(1))


def undo_run(session: Session, actor: Actor, run: PriceRun) -> None:
    """Let prices be what they were before the last run. Refused (Conflict): a run that isn't the last that stands, and one of
    whose prices somebody has changed since, which are named."""
    require(actor, EDIT)
    if not is_last(session, run):
        raise Conflict(_l("Only the last change of prices can be undone."))
    lines = lines_of(session, run)
    stood = {} if run.type_id is None else _rows(session, run, [item.id for item, _ in lines])
    for item, line in lines:
        now = item.price if run.type_id is None else (stood[item.id].price if item.id in stood else None)
        if now != line.after:
            message = _l("The price of “%(name)s” has been changed since, so this can't be undone.", name=item.name)
            raise Conflict(message)
    _write(session, actor, run, {item: line.before for item, line in lines}, stood)
    run.undone_at = utc_now()
    session.flush()
    _record(session, run, "undo", len(lines))


def _record(session: Session, run: PriceRun, verb: str, count: int) -> None:
    name = run.type.name if run.type is not None else "–"
    summary = f"{name}: {run.percent:f} %, {count}"
    record(session, f"trade.price_run.{verb}", subject="trade.price_run", subject_id=run.id, summary=summary)
