"""Making waves of orders, shipping what was picked in them, and dissolving them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.documents import locked
from app.api.errors import Conflict, Invalid, KontorError
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import number as number_text
from modules.trade.models import SalesOrder
from modules.trade.shipping.operations import for_the_order, ship
from modules.trade.shipping.picking import MOST
from modules.trade.shipping.queue import POST
from modules.trade.waves.models import DISSOLVED, DONE, PICKING, Wave, WaveLine, WaveOrder
from modules.trade.waves.planning import plan_waves
from modules.trade.waves.queries import boxes_of, pickers_of, wanted_lines, wanted_of, wave_by_id
from modules.trade.waves.rules import allot, split
from modules.warehouse.api import SERIAL, Scanned

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Picked:
    """So much of an item was picked, in base units, with what labels said of it."""

    item_id: int
    quantity: Decimal
    lots: str = ""
    expires: date | None = None
    logistic_unit: str = ""


def make_waves(session: Session, actor: Actor, orders: Sequence[int], *, picker_id: int | None = None) -> list[Wave]:
    """A wave for each warehouse of these orders, of what is in stock of them; boxes are numbered in the orders' turn. What
    can't be picked or is in a wave already is left out. `picker_id`: who walks; None: whoever comes. Refused (Invalid): no
    order, more than MOST, nothing to pick, a picker who may not."""
    require(actor, POST)
    refuse_number(orders)
    with for_the_order(session, actor):
        for number in sorted(set(orders)):  # two who make waves at once
            locked(session, SalesOrder, number)
    plan = plan_waves(session, orders)
    if not plan.places:
        why = "; ".join(f"{number}: {reason}" for number, reason in plan.left_out)
        raise Invalid(_l("There is nothing to pick: %(why)s.", why=why))
    made: list[Wave] = []
    refuse_picker(session, plan.places, picker_id)
    for place_id, found in plan.places.items():
        wave = Wave(organisation_id=organisation_id(session), place_id=place_id, state=PICKING, picker_id=picker_id)
        for box, (order, lines) in enumerate(found, 1):
            wave.orders.append(WaveOrder(box=box, order_id=order.id))
            wave.lines += [WaveLine(box=box, line=x.line, item_id=x.item_id, quantity=x.available) for x in lines]
        session.add(wave)
        session.flush()
        _record(session, wave, "create")
        made.append(wave)
    return made


def refuse_number(orders: Sequence[int]) -> None:
    """Refused (Invalid): no order, or more than one walk can have."""
    if not orders:
        raise Invalid(_l("Choose at least one order."))
    if len(orders) > MOST:
        raise Invalid(_l("At most %(n)s orders go into one wave.", n=MOST))


def refuse_picker(session: Session, places: Collection[int], picker_id: int | None) -> None:
    """Refused (Invalid): somebody who may not ship in one of the warehouses."""
    if picker_id is not None and picker_id not in dict(pickers_of(session, places)):
        raise Invalid(_l("Choose from the list."), field="picker")


def give_wave(session: Session, actor: Actor, wave_id: int, picker_id: int | None) -> Wave:
    """Say who walks; None: whoever comes. Refused: one that has ended (Conflict), a picker who may not (Invalid)."""
    wave = _open(session, actor, wave_id)
    refuse_picker(session, [wave.place_id], picker_id)
    wave.picker_id = picker_id
    session.flush()
    _record(session, wave, "give")
    return wave


def take_wave(session: Session, actor: Actor, wave_id: int) -> Wave:
    """Say that the actor walks, whoever was to. Refused (Conflict): one that has ended."""
    wave = _open(session, actor, wave_id)
    wave.picker_id = actor.user_id
    session.flush()
    _record(session, wave, "take")
    return wave


def dissolve_wave(session: Session, actor: Actor, wave_id: int) -> Wave:
    """Let its orders be free again. Refused (Conflict): one that has ended."""
    wave = _open(session, actor, wave_id)
    _end(session, wave, DISSOLVED)
    return wave


def finish_wave(
    session: Session, actor: Actor, wave_id: int, picked: Sequence[Picked], *, operation_id: str | None
) -> Wave:
    """Ship to each order what was picked for it: boxes are filled in their turn, and what isn't goods goes with the first
    goods of its order. What can't be shipped to one keeps nobody else waiting: why is kept with it. What others shipped or
    changed meanwhile isn't shipped again: its goods are left over (`outcome_of`). Sent twice, it ships once.

    Refused: nothing picked, more of an item than is in the wave (Invalid); a wave that has ended by another act (Conflict);
    when no order can be shipped, why (Conflict).
    """
    require(actor, POST)
    wave = wave_by_id(session, wave_id)
    begin_version(session, wave, None)
    is_same = wave.state == DONE and operation_id and wave.operation_id == operation_id
    if is_same and _totals(wave) == _within(session, wave, picked):
        return wave
    _refuse_ended(wave)
    _refuse_beyond(session, wave, picked)
    by_box = _for_boxes(session, wave, picked)
    if not by_box:
        raise Conflict(_l("Nothing of these orders waits any more: put the goods back and dissolve the wave."))
    wave.operation_id = operation_id
    for order in wave.orders:
        parts = by_box.get(order.box, [])
        if not any(part.quantity for part in parts):
            continue
        try:
            with session.begin_nested():
                quantities = _by_line(parts)
                act = f"{operation_id}:{order.box}" if operation_id else None
                sale = ship(session, actor, order.order_id, quantities, operation_id=act, scanned=parts)
                order.sale_id = sale.id
        except KontorError as error:
            order.why = str(error.message)
    if all(order.sale_id is None for order in wave.orders):
        why = "; ".join(f"{box.order}: {box.why}" for box in boxes_of(session, wave) if box.why)
        raise Conflict(_l("Nothing could be shipped. %(why)s", why=why))
    _end(session, wave, DONE)
    return wave


def outcome_of(session: Session, wave: Wave, picked: Sequence[Picked] = ()) -> list[str]:
    """What whoever picked has to know of a finished wave: which orders could not be shipped, which others shipped or changed,
    what of `picked` is left over therefore, and what was short."""
    boxes, wanted = boxes_of(session, wave), wanted_of(session, wave)
    said = [
        str(_l("%(order)s isn't shipped, so put box %(box)s back: %(why)s", order=x.order, box=x.number, why=x.why))
        for x in boxes
        if x.why
    ]
    if changed := [str(_l("%(order)s (box %(box)s)", order=x.order, box=x.number)) for x in boxes if x.changed]:
        words = _l(
            "Others shipped or changed %(orders)s meanwhile: check the boxes against the delivery notes.",
            orders=", ".join(changed),
        )
        said.append(str(words))
    sums = _sums(picked)
    over = {each.code: sums.get(each.item_id, _ZERO) - each.quantity for each in wanted}
    if beyond := [f"{code} {number_text(quantity)}" for code, quantity in over.items() if quantity > 0]:
        said.append(str(_l("Put back: %(items)s.", items=", ".join(beyond))))
    short = [
        f"{each.code} {number_text(each.quantity - (each.picked or _ZERO))}"
        for each in wanted
        if each.picked != each.quantity
    ]
    if short:
        said.append(str(_l("Short: %(items)s. The rest stays open in the orders.", items=", ".join(short))))
    return said


def _open(session: Session, actor: Actor, wave_id: int) -> Wave:
    require(actor, POST)
    wave = wave_by_id(session, wave_id)
    begin_version(session, wave, None)
    _refuse_ended(wave)
    return wave


def _refuse_ended(wave: Wave) -> None:
    if wave.state == DONE:
        raise Conflict(_l("%(wave)s is finished already.", wave=wave.code))
    if wave.state == DISSOLVED:
        raise Conflict(_l("%(wave)s was dissolved: its orders are picked in another one.", wave=wave.code))


def _end(session: Session, wave: Wave, state: str) -> None:
    wave.state, wave.ended_at = state, wall_clock()
    for order in wave.orders:
        order.is_open = False
    session.flush()
    _record(session, wave, "finish" if state == DONE else "dissolve")


def _refuse_beyond(session: Session, wave: Wave, picked: Sequence[Picked]) -> None:
    wanted = {each.item_id: each for each in wanted_of(session, wave)}
    for item_id, quantity in _sums(picked).items():
        if item_id not in wanted:
            raise Invalid(_l("Something was picked that isn't in %(wave)s. Put it back.", wave=wave.code))
        each = wanted[item_id]
        if quantity > each.most or any(p.quantity < 0 for p in picked if p.item_id == item_id):
            most = number_text(each.most)
            raise Invalid(_l("%(item)s: from 0 to %(most)s can be picked.", item=each.code, most=most), field="lines")
    if not _sums(picked):
        raise Invalid(_l("Type how much was picked of at least one item, or dissolve the wave."), field="lines")


def _for_boxes(session: Session, wave: Wave, picked: Sequence[Picked]) -> dict[int, list[Scanned]]:
    """By box: what was picked for the lines of its order. Keeps it with the lines, too, and what nobody waits for."""
    now = wanted_lines(session, wave)
    tracked = {each.item_id: each.tracking for each in wanted_of(session, wave)}
    found: dict[int, list[Scanned]] = defaultdict(list)
    for item_id, tracking in tracked.items():
        lines = [line for line in wave.lines if line.item_id == item_id]
        parts = [part for part in picked if part.item_id == item_id]
        for line in lines:
            line.picked = _ZERO
        shares = allot([part.quantity for part in parts], [now[line.box, line.line] for line in lines])
        for part, share in zip(parts, shares, strict=True):
            is_serial = tracking == SERIAL
            lots = split(part.lots, [n for _, n in share]) if is_serial else [part.lots] * len(share)
            for (at, quantity), codes in zip(share, lots, strict=True):
                line = lines[at]
                line.picked = (line.picked or _ZERO) + quantity
                found[line.box].append(
                    Scanned(line.line, quantity, codes, part.expires, logistic_unit=part.logistic_unit)
                )
    for line in wave.lines:
        wanted = now[line.box, line.line]
        line.gone = line.quantity - wanted
        if line.item_id not in tracked and line.box in found and wanted:  # what isn't goods isn't fetched
            found[line.box].append(Scanned(line.line, wanted))
    return found


def _by_line(parts: Sequence[Scanned]) -> dict[int, Decimal]:
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    for part in parts:
        quantities[part.line] += part.quantity
    return quantities


def _sums(picked: Sequence[Picked]) -> dict[int, Decimal]:
    """Item → how much was picked of it in all; nothing of those that weren't."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for part in picked:
        sums[part.item_id] += part.quantity
    return {item: quantity for item, quantity in sums.items() if quantity}


def _within(session: Session, wave: Wave, picked: Sequence[Picked]) -> dict[int, Decimal]:
    """The same, as far as somebody waited for it."""
    wanted = {each.item_id: each.quantity for each in wanted_of(session, wave)}
    capped = {item: min(quantity, wanted.get(item, quantity)) for item, quantity in _sums(picked).items()}
    return {item: quantity for item, quantity in capped.items() if quantity}


def _totals(wave: Wave) -> dict[int, Decimal]:
    picked: Any = [Picked(line.item_id, line.picked) for line in wave.lines if line.picked is not None]
    return _sums(picked)


def _record(session: Session, wave: Wave, verb: str) -> None:
    record(session, f"trade.wave.{verb}", subject="trade.wave", subject_id=wave.id, summary=wave.code)
