"""Floors: what must not fall below zero, at any moment from a posting's own on or from now on."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.driver import Driver
from app.errors import Conflict
from app.ledger.totals import Floor, Key, Row, Share, Totals
from app.translation import lazy_gettext as _l
from app.values import from_units

#: which keys have been lowered while floors wait to be checked, and from which moment on
Lowered = dict[Totals, dict[Key, datetime]]


@dataclass(frozen=True, slots=True)
class Shortage:
    """By how much a key falls short, at which moment, and what it would have had there without the posting."""

    amount: Decimal
    moment: datetime
    held: Decimal


class NotEnough(Conflict):
    """A total with a floor would fall below zero. `short` has every key that falls short, `lines` which lines of the document
    lower it, where it is one document that does."""

    def __init__(self, totals: Totals, short: dict[Key, Shortage]) -> None:
        super().__init__(_l("There is not enough to post this."))
        self.totals, self.short = totals, short
        self.lines: dict[Key, list[int]] = {}

    def name_lines(self, entries: Sequence[Row]) -> None:
        """Find the lines among the entries that were to be written."""
        if len({row[_DOCUMENT] for row in entries}) > 1:
            return
        position = self.totals.of.index(self.totals.floor.amount) if self.totals.floor is not None else 0
        found: dict[Key, set[int]] = defaultdict(set)
        for row in entries:
            for key, amounts, *_ in self.totals.shares([row]):
                if key in self.short and amounts[position] < 0 and row[_LINE]:
                    found[key].add(row[_LINE])
        self.lines = {key: sorted(lines) for key, lines in found.items()}


#: where an entry has them
_DOCUMENT, _LINE = 1, 3


#: where a session notes what fell below a floor that lets it
_FELL = "fell_short"


def forget_what_fell(session: Session) -> None:
    """Say nothing of what was refused after all."""
    session.info.pop(_FELL, None)


def say_what_fell(session: Session) -> None:
    """Say what has fallen below floors that let it, as their totals do (`Floor.says`)."""
    for totals, short in session.info.pop(_FELL, ()):
        if totals.floor.says is not None:
            totals.floor.says(session, short)


@dataclass(frozen=True, slots=True)
class Held:
    """What stands at a key, in units, and the moment of its last entry (NEVER: it has none)."""

    amounts: tuple[int, ...]
    last: datetime


def note_lowered(totals: Totals, added: list[Share], lowered: Lowered) -> None:
    """Note in `lowered` which keys with a floor the entries lower, and from which moment on."""
    if totals.floor is None:
        return
    position = totals.of.index(totals.floor.amount)
    for key, amounts, _, _, moment in added:
        if amounts[position] < 0 and totals.floor.guards(key):
            known = lowered[totals]
            known[key] = min(moment, known.get(key, moment))


class Floors:
    """The floors of an organisation's totals. `hold` gives what stands at keys, locked."""

    def __init__(
        self,
        session: Session,
        driver: Driver,
        organisation_id: int,
        hold: Callable[[Totals, Iterable[Key]], dict[Key, Held]],
        let: Mapping[Totals, Collection[Key]],
    ) -> None:
        self._session, self._driver, self._organisation_id = session, driver, organisation_id
        self._hold, self._let = hold, let

    def refuse_below(self, totals: Totals, added: list[Share], *, reverses: bool) -> None:
        """Refuse (NotEnough) entries that let a key fall below its floor. `reverses`: documents in the books already change
        what they moved at their own moments."""
        if totals.floor is not None:
            self._refuse_below(totals, totals.floor, added, reverses=reverses)

    def refuse_still_below(self, lowered: Lowered) -> None:
        """Refuse (NotEnough) keys that were lowered and stand below zero anywhere since, with everything written."""
        for totals, keys in lowered.items():
            if totals.floor is not None:
                self._refuse_still_below(totals, totals.floor, keys)

    def _refuse_still_below(self, totals: Totals, floor: Floor, keys: Mapping[Key, datetime]) -> None:
        """Refuse keys that stand below zero anywhere from these moments on, with everything written."""
        position, scale = totals.of.index(floor.amount), totals.amounts[totals.of.index(floor.amount)].scale
        short: dict[Key, Shortage] = {}
        for key, held in self._hold(totals, {key for key in keys if floor.guards(key)}).items():
            begin = keys[key] - timedelta(microseconds=1)
            if floor.from_now_on:
                begin = max(begin, wall_clock())
            later = totals.sql.lowest_after(self._driver, self._organisation_id, key, begin, floor.amount)
            moment, level, whole = later or (begin, 0, 0)
            before = held.amounts[position] - whole
            low = min(before + level, before) if floor.from_now_on else before + level
            if low < 0:
                short[key] = Shortage(from_units(-low, scale), moment, from_units(0, scale))
        self._refuse(totals, floor, short)

    def _refuse_below(self, totals: Totals, floor: Floor, added: list[Share], *, reverses: bool) -> None:
        position = totals.of.index(floor.amount)
        lowered = {key for key, amounts, *_ in added if amounts[position] < 0 and floor.guards(key)}
        new: dict[Key, list[tuple[datetime, int, int]]] = {key: [] for key in lowered}
        for key, amounts, _, document_id, moment in added:
            if key in lowered:
                new[key].append((moment, document_id, amounts[position]))
        # What rises too: two transfers the other way round would else each wait for what the other has lowered.
        held = self._hold(totals, {share[0] for share in added} if lowered else ())
        scale = totals.amounts[position].scale
        short: dict[Key, Shortage] = {}
        for key, moves in new.items():
            low, moment, before = self._lowest(totals, floor, key, held[key], moves, reverses=reverses)
            if low < 0:
                short[key] = Shortage(from_units(-low, scale), moment, from_units(before, scale))
        self._refuse(totals, floor, short)

    def _refuse(self, totals: Totals, floor: Floor, short: Mapping[Key, Shortage]) -> None:
        """Refuse (NotEnough) what falls short and may not; what may is noted, to be said (`say_what_fell`)."""
        may = (
            floor.unless(self._driver.rows, self._organisation_id, short, self._let.get(totals, ()))
            if floor.unless is not None and short
            else ()
        )
        if refused := {key: shortage for key, shortage in short.items() if key not in may}:
            raise NotEnough(totals, refused)
        if short:
            self._session.info.setdefault(_FELL, []).append((totals, short))

    def _lowest(
        self,
        totals: Totals,
        floor: Floor,
        key: Key,
        held: Held,
        new: list[tuple[datetime, int, int]],
        *,
        reverses: bool,
    ) -> tuple[int, datetime, int]:
        """The lowest that the key stands at from the first of the new entries on, with them in the books; the moment of
        that, and what it has there without them.

        Entries go by moment and then in the order of writing. A document happens whole: what it took and gave at a moment
        counts together, so one that was reversed is as if it had never been. The key's total is held, so nobody adds to
        its entries meanwhile.
        """
        position = totals.of.index(floor.amount)
        if len(new) == 1 and new[0][0] >= held.last:  # the usual case: one move, and nothing later in the books
            moment, _, units = new[0]
            return held.amounts[position] + units, moment, held.amounts[position]
        if len(new) == 1 and not reverses:
            return self._lowest_of_one(totals, floor, key, held, *new[0])
        since = min(move[0] for move in new)
        level, old = held.amounts[position], dict[tuple[datetime, int], int]()
        if since < held.last:
            for moment, document_id, units in totals.sql.entries_since(
                self._driver, self._organisation_id, key, since, floor.amount
            ):
                level -= units
                old[moment, document_id] = old.get((moment, document_id), 0) + units
        own: dict[tuple[datetime, int], int] = {}
        for moment, document_id, units in new:
            own[moment, document_id] = own.get((moment, document_id), 0) + units
        in_order = sorted({**old, **own}, key=lambda at: at[0])  # of one moment, as they came
        before = list(accumulate((old.get(at, 0) for at in in_order), initial=level))
        after = list(accumulate((old.get(at, 0) + own.get(at, 0) for at in in_order), initial=level))
        # Of the past, where that does not count, only what has come of it by now.
        present = wall_clock() if floor.from_now_on else datetime.min
        first = max((i for i, at in enumerate(in_order, 1) if at[0] <= present), default=1)
        steps = range(first, len(in_order) + 1)
        lowest = min(steps, key=lambda i: (after[i], i))
        return after[lowest], in_order[lowest - 1][0], before[lowest]

    def _lowest_of_one(
        self, totals: Totals, floor: Floor, key: Key, held: Held, moment: datetime, _document: int, units: int
    ) -> tuple[int, datetime, int]:
        """The same for one move that lies before others: found by the database, however many those are."""
        position = totals.of.index(floor.amount)
        begin = max(moment, wall_clock()) if floor.from_now_on else moment
        later = totals.sql.lowest_after(self._driver, self._organisation_id, key, begin, floor.amount)
        lowest, level, whole = later or (begin, 0, 0)
        before = held.amounts[position] - whole
        if level < 0:
            return before + level + units, lowest, before + level
        return before + units, min(begin, held.last) if floor.from_now_on else moment, before
