"""Costs that follow the dates: what moves cost by the books of their own moment, and what of the later ones that changes.

`costing.replay` is pure; here is what it needs of the books, and what is written when it finds that moves cost otherwise
than they are booked at: a difference (quantity zero) with its cause, at the moment of the move or, where that lies in a
closed period, on the first open day. At most CHUNK moves are recosted at once; the rest is a job's (`jobs`), which goes on
where the posting stopped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from sqlalchemy.orm import Session

from app.api.data import uncollected
from app.api.errors import Invalid
from app.api.hooks import costs_changed
from app.api.jobs import enqueue
from app.api.ledger import NEVER, Posting, Written
from app.api.reference import base_currency
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, digits_of
from modules.warehouse import costing, layers, moves, returns
from modules.warehouse.costing import FIFO, RETURNED, Key, Pool
from modules.warehouse.moves import Booked
from modules.warehouse.pending import postpone, settle
from modules.warehouse.policies import costing_of
from modules.warehouse.registers import CORRECTED, Stock
from modules.warehouse.shortages import not_there

#: So many moves are recosted within a posting; more would let others wait.
CHUNK = 5000
#: The job that recosts what is left.
JOB = "warehouse.recost"
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CostChange:
    """A line of a document costs otherwise than it was booked at: by `difference`, in units of 10**-4 of the organisation's
    currency, which its entry has more now."""

    document_id: int
    line: int
    happened: datetime
    #: when the difference is booked
    moment: datetime
    difference: int
    #: the document that caused it; None: it did so itself
    cause_id: int | None


def step_of(session: Session) -> int:
    """The smallest coin of the organisation's currency, in units of Money."""
    return int(10 ** (Money.scale - digits_of(base_currency(session))))


def cost(posting: Posting, new: Sequence[tuple[datetime, costing.Move]]) -> list[int]:
    """What moves that are about to be added are worth, with their moments; the items' worth is held.

    The usual case asks nothing but what is held: nothing later is in the books. Otherwise everything later is recosted.
    """
    held = posting.held(Stock.worth)
    latest: dict[int, datetime] = {}
    for key, h in held.items():
        latest[key[0]] = max(h.last, latest.get(key[0], NEVER))
    is_late = posting.has_reversed  # the open layers are those of before
    for moment, move in new:
        item = _item_of(move)
        is_late |= moment < latest.get(item, NEVER)
        is_late |= any(
            key in held and held[key].amounts[0] < 0 for key in (move.source, move.target) if key is not None
        )
        latest[item] = max(moment, latest.get(item, NEVER))
    if is_late:
        return _recost(posting, {_item_of(m) for _, m in new}, min(moment for moment, _ in new), new, CHUNK)
    pools = {key: Pool(h.amounts[0], h.amounts[1]) for key, h in held.items()}
    kept = layers.attach(posting, pools, [m for _, m in new])
    last = max(moment for moment, _ in new) + _TICK
    _know_last_costs(posting, pools, [m for _, m in new], last)
    origins = returns.origins_of(posting, {m.gives_back for _, m in new if m.gives_back}, before=last)
    short: list[tuple[int, int]] = []
    values = costing.replay([m for _, m in new], pools, origins, step=step_of(posting.session), short=short)
    _refuse_short(posting, [(_item_of(new[position][1]), missing, new[position][0]) for position, missing in short])
    layers.save(posting, kept, pools)
    return values


def recost(posting: Posting, items: Collection[int], since: datetime, *, most: int | None = None) -> None:
    """Recost what has happened to items from a moment on, as the books have it now: so many moves at most, else CHUNK."""
    _recost(posting, set(items), since, (), CHUNK if most is None else most)


@uncollected()
def _recost(
    posting: Posting, items: set[int], since: datetime, new: Sequence[tuple[datetime, costing.Move]], most: int
) -> list[int]:
    items = _held_with_all_that_hangs_on_them(posting, items, since)
    until = _chunk_end(posting, items, since, max((moment for moment, _ in new), default=since), most)
    places: dict[tuple[datetime, int], int] = {}
    booked = moves.booked_between(posting, items, since, until, places)
    pools = _pools_before(posting, items, since, booked, until)
    while (begun := _shortage_begun(posting, pools, since)) is not None:
        since = begun
        items = _held_with_all_that_hangs_on_them(posting, items, since)
        places.clear()
        booked = moves.booked_between(posting, items, since, until, places)
        pools = _pools_before(posting, items, since, booked, until)
    walk: list[tuple[datetime, costing.Move, Booked | None, float]] = [(b.happened, b.move, b, b.place) for b in booked]
    walk += [(moment, m, None, places.get((moment, m.document), inf)) for moment, m in new]
    lines = {(m.document, m.line) for _, m in new}
    # Of one moment: as the documents were first posted, except for what gives back what a corrected one moves again.
    walk.sort(key=lambda step: (step[0], step[1].origin in lines, step[3]))
    steps = [step[1] for step in walk]
    _know_last_costs(posting, pools, steps, since)
    here = {(m.document, m.line) for m in steps}
    beyond = {m.gives_back for m in steps if m.gives_back is not None and m.origin not in here}
    origins = returns.origins_of(posting, beyond, before=since)
    short: list[tuple[int, int]] = []
    try:
        values = costing.replay(steps, pools, origins, step=step_of(posting.session), short=short)
    except costing.GivesBackNothing as error:
        raise Invalid(_l("Goods can't come back before they went."), field="moment") from error
    if _takes(posting, new):
        _refuse_short(posting, [(_item_of(steps[position]), missing, walk[position][0]) for position, missing in short])
        if until is not None:
            lowered = pools.keys() if posting.has_reversed else {m.source for _, m in new}
            _refuse_short_later(posting, {key: pool for key, pool in pools.items() if key in lowered}, until)
    cause = min(new, key=lambda step: step[0])[1].document if new else posting.documents[0].id
    _write_differences(
        posting, [(b, value) for (_, _, b, _), value in zip(walk, values, strict=True) if b is not None], cause
    )
    if until is None:
        settle(posting, items, since)
        layers.save(posting, layers.kept_for(posting, pools), pools)
    else:
        postpone(posting, items, since, until, cause_id=cause)
        enqueue(posting.session, SYSTEM, JOB, awaited_by=posting.session.info["actor"].user_id)
    own = {id(m): value for m, value in zip(steps, values, strict=True)}
    return [own[id(m)] for _, m in new]


def _held_with_all_that_hangs_on_them(posting: Posting, items: set[int], since: datetime) -> set[int]:
    """The items, and all whose costs hang on theirs, held: while we waited for some, others may have come to hang on them."""
    items = items | moves.bound_to(posting, items, since)  # before anything is held: all of them in one order
    held: set[int] = set()
    while held != items:
        posting.hold_all(Stock.worth, items)
        held, items = items, items | moves.bound_to(posting, items, since)
    # Once more: whom we have waited for may have begun a pool, which the statement that waited does not see.
    posting.hold_all(Stock.worth, items)
    return items


def _chunk_end(posting: Posting, items: set[int], since: datetime, least: datetime, most: int) -> datetime | None:
    """Where the moves from `since` on stop, if so many at most are taken but everything up to `least`; None: all are."""
    stop = moves.nth_moment(posting, items, since, most)
    return None if stop is None else max(stop, least + _TICK, since + _TICK)


def _pools_before(
    posting: Posting, items: set[int], since: datetime, booked: Sequence[Booked], until: datetime | None
) -> dict[Key, Pool]:
    """What the pools held just before `since`: what they hold now, less everything that happened since."""
    pools = {key: Pool(h.amounts[0], h.amounts[1]) for key, h in posting.held(Stock.worth).items() if key[0] in items}
    moves.take_off(pools, ((b.source, b.target, b.quantity, b.value) for b in booked))
    if until is not None:
        moves.take_off(pools, moves.sums_since(posting, items, until))
    fifo = [item for item, method in costing_of(posting.session, items).items() if method == FIFO]
    for key, pool in pools.items():
        if key[0] in fifo:
            pool.layers = layers.layers_before(posting, key, pool, since)
    return pools


def _shortage_begun(posting: Posting, pools: dict[Key, Pool], since: datetime) -> datetime | None:
    """Since when pools are below zero that are so just before `since`: what makes up for it is of the goods that left since
    then. None: none is."""
    begun = []
    for key, pool in pools.items():
        quantity = pool.quantity
        for b in moves.back_from(posting, key, since) if quantity < 0 else ():
            if b.source == b.target:
                continue
            quantity += b.quantity if b.source == key else -b.quantity
            if quantity >= 0:
                begun.append(b.happened)
                break
    return min(begun, default=None)


def _know_last_costs(posting: Posting, pools: dict[Key, Pool], steps: Iterable[costing.Move], before: datetime) -> None:
    """Goods that come back to an empty pool, nobody knows from where, are worth what the last ones were that left it; so are
    those that leave it though it has none."""
    asked = {m.target for m in steps if m.basis == RETURNED and m.origin is None and m.target is not None}
    asked |= {m.source for m in steps if m.leaves_for_good and m.source is not None}
    for key in asked:
        if pools[key].quantity == 0:
            pools[key].last = moves.last_moved(posting, key, before)


def _takes(posting: Posting, new: Sequence[tuple[datetime, costing.Move]]) -> bool:
    """Whether there may be less of something by a posting than before. Not while it is several that are seen as one."""
    return not posting.is_together and (posting.has_reversed or any(m.source is not None for _, m in new))


def _refuse_short_later(posting: Posting, pools: Mapping[Key, Pool], since: datetime) -> None:
    """Refuse what would take from pools what isn't there any more, beyond what a posting replays by itself."""
    found = ((key[0], moves.short_since(posting, key, since, pool.quantity)) for key, pool in pools.items())
    _refuse_short(posting, [(item, *short) for item, short in found if short is not None])


def _refuse_short(posting: Posting, found: Sequence[tuple[int, int, datetime]]) -> None:
    """Refuse (NotThere) what takes an item that isn't there, other than for good: how much is missing, and when. Where a place
    has too few, that is said instead."""
    for item, missing, when in found[:1]:
        posting.refuse_after_floors(not_there(posting.session, item, missing, when))


def _write_differences(posting: Posting, found: Iterable[tuple[Booked, int]], cause_id: int) -> None:
    """Book what moves cost more or less than they are booked at, and tell whoever counts costs too."""
    changes = []
    for b, value in found:
        difference = value - b.move.value
        if not difference:
            continue
        change = CostChange(
            b.document_id,
            b.line,
            b.happened,
            posting.open_moment(b.happened),
            difference,
            None if cause_id == b.document_id else cause_id,
        )
        posting.add_units(
            Stock,
            Written(b.document_id, b.happened, posting.organisation_id),
            b.line,
            moment=change.moment,
            cause_id=change.cause_id,
            **b.ends,
            item=b.item_id,
            basis=CORRECTED,
            origin=b.origin,
            happened=b.happened,
            value=difference,
        )
        changes.append(change)
    if changes:
        costs_changed(posting.session, posting, changes)


def _item_of(move: costing.Move) -> int:
    key = move.source or move.target
    assert key is not None  # goods leave or enter the company, or a warehouse of it
    return key[0]
