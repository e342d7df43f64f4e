"""Writing entries: what makes a figure move, and what refuses to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.bare import Bare
from app.errors import Conflict, PeriodClosed, Unbalanced
from app.ledger.register import Entry, Floor, Register, month_of
from app.values import from_units, to_units

Key = tuple[Any, ...]
#: moment, document and units of one amount
Move = tuple[datetime, int, int]

_PERIOD_ALONE = "SELECT closed_until FROM core_organisation WHERE id = ?"
# FOR SHARE: whoever closes the period waits for postings under way, and they see a period closed before them.
_PERIOD_SHARED = _PERIOD_ALONE + " FOR SHARE"


class NotEnough(Conflict):
    """A guarded total would fall below nought. `short` has the key and by how much, for every key that falls short."""

    def __init__(self, register: type[Register], short: dict[Key, Decimal]) -> None:
        super().__init__(_l("There is not enough to post this."))
        self.register, self.short = register, short


class Recorded(Protocol):
    """What the ledger has to know of a document."""

    id: Any
    moment: Any
    organisation_id: Any


#: an entry to be: its document may have no id yet
_Added = tuple[Recorded, int, Key, tuple[int, ...]]


class Posting:
    """The entries of one or more documents on their way into the ledger, all in the session's transaction."""

    def __init__(self, session: Session, documents: Sequence[Recorded]) -> None:
        self._session = session
        self._bare = Bare(session)
        self._added: dict[type[Register], list[_Added]] = defaultdict(list)
        self._locked: dict[type[Register], dict[Key, tuple[tuple[int, ...], datetime | None]]] = defaultdict(dict)
        self._refuse_closed_periods(documents)

    @property
    def session(self) -> Session:
        """The session in whose transaction all this happens."""
        return self._session

    def totals(self, register: type[Register], keys: Iterable[Key]) -> dict[Key, tuple[int, ...]]:
        """The current totals of `keys` in units, nought where there is none, locked until the transaction ends."""
        locked = self._locked[register]
        missing = sorted(set(keys) - locked.keys())
        if missing:
            width = len(register.dimensions)
            nought = (0,) * len(register.amounts)
            locked.update(dict.fromkeys(missing, (nought, None)))
            for row in register.sql.lock_totals(self._bare, missing):
                locked[row[:width]] = (row[width:-1], row[-1])
        return {key: locked[key][0] for key in keys}

    def add(self, register: type[Register], document: Recorded, line: int, *key: Any, **amounts: Decimal) -> None:
        """Add one entry: the key in the order of the register's dimensions, the amounts by name."""
        units = tuple(to_units(amounts[a.name], a.scale) for a in register.amounts)
        self.add_units(register, document, line, key, units)

    def add_units(
        self, register: type[Register], document: Recorded, line: int, key: Key, amounts: tuple[int, ...]
    ) -> None:
        """The same with amounts that are integers in units of their scales already."""
        self._added[register].append((document, line, key, amounts))

    def reverse(self, document: Recorded) -> None:
        """Add the opposite of every entry that the document has, at the same moment, the last first."""
        for register in Register.declared.values():
            if not has_tables(self._session, register):
                continue
            width = len(register.dimensions)
            for line, *row in register.sql.sums_of(self._bare, document.id):
                opposite = tuple(-units for units in row[width:])
                if any(opposite):
                    self.add_units(register, document, line, tuple(row[:width]), opposite)

    def write(self) -> None:
        """Check and write everything that was added, when the documents have their ids.

        Refuses unbalanced sets and broken floors, whole.
        """
        written = [
            (register, [Entry(d.id, line, d.moment, key, amounts) for d, line, key, amounts in added])
            for register, added in sorted(self._added.items(), key=lambda pair: pair[0].name)
        ]
        for register, entries in written:
            if register.balanced_over is not None:
                _refuse_unbalanced(register, entries)
            if register.floor is not None:
                self._refuse_below_floor(register, register.floor, entries)
        with self._bare.together():
            for register, entries in written:
                register.sql.add_to_totals(self._bare, _total_rows(entries))
                register.sql.add_to_turnovers(self._bare, _turnover_rows(entries))
                facts = [(e.document_id, e.line, e.moment, *e.key, *e.amounts) for e in entries]
                register.sql.insert_entries(self._bare, facts)
        self._added.clear()
        self._locked.clear()

    def _refuse_closed_periods(self, documents: Sequence[Recorded]) -> None:
        for organisation_id in sorted({d.organisation_id for d in documents}):
            row = self._bare.row(_PERIOD_ALONE if self._bare.is_sqlite else _PERIOD_SHARED, (organisation_id,))
            if row is None or row[0] is None:
                continue
            day = str(row[0])  # SQLite gives text
            if any(d.organisation_id == organisation_id and d.moment.date().isoformat() <= day for d in documents):
                raise PeriodClosed(date.fromisoformat(day))

    def _refuse_below_floor(self, register: type[Register], floor: Floor, entries: list[Entry]) -> None:
        position = register.position(floor.amount)
        lowered = {e.key for e in entries if e.amounts[position] < 0 and floor.guards(e.key)}
        new: dict[Key, list[Move]] = {key: [] for key in lowered}
        for e in entries:
            if e.key in lowered:
                new[e.key].append((e.moment, e.document_id, e.amounts[position]))
        self.totals(register, lowered)
        lows = {key: self._lowest(register, key, moves, position) for key, moves in new.items()}
        short = {key: from_units(-low, register.amounts[position].scale) for key, low in lows.items() if low < 0}
        if short:
            raise NotEnough(register, short)

    def _lowest(self, register: type[Register], key: Key, new: list[Move], position: int) -> int:
        """The lowest that the key stands at from the first of the new entries on, with them in the books.

        Entries go by moment and then in the order of writing. A document happens whole: what it took and gave at a moment
        counts together, so one that was taken back is as if it had never been. The key's total is held, so nobody adds to
        its entries meanwhile.
        """
        amounts, last = self._locked[register][key]
        level, since, moved = amounts[position], min(move[0] for move in new), dict[tuple[datetime, int], int]()
        backdated = last is not None and since < last
        before = (
            register.sql.entries_since(self._bare, key, since, register.amounts[position].name) if backdated else []
        )
        for moment, document_id, units in before:
            level -= units
            moved[moment, document_id] = moved.get((moment, document_id), 0) + units
        for moment, document_id, units in new:
            moved[moment, document_id] = moved.get((moment, document_id), 0) + units
        in_order = sorted(moved.items(), key=lambda item: item[0][0])  # of one moment, as they came
        return min(accumulate((units for _, units in in_order), initial=level))


def has_tables(session: Session, register: type[Register]) -> bool:
    """Whether the register's module has been migrated into this database: one never enabled has no tables yet."""
    known = session.info.setdefault("tables", {})
    if register.name not in known:
        from sqlalchemy import inspect

        known[register.name] = inspect(session.connection()).has_table(register.entries.name)
    return bool(known[register.name])


def _refuse_unbalanced(register: type[Register], entries: list[Entry]) -> None:
    within = [i for i, d in enumerate(register.dimensions) if d.name in (register.balanced_over or ())]
    sums: dict[Any, list[int]] = {}
    for entry in entries:
        key = (entry.document_id, *(entry.key[i] for i in within))
        held = sums.setdefault(key, [0] * len(entry.amounts))
        for i, units in enumerate(entry.amounts):
            held[i] += units
    if any(any(held) for held in sums.values()):
        raise Unbalanced(f"entries of {register.name} do not sum to nought")


def _total_rows(entries: list[Entry]) -> list[tuple[Any, ...]]:
    """Per key, in key order: the sum of each amount, how many entries, the latest moment."""
    sums: dict[Key, tuple[tuple[int, ...], int, datetime]] = {}
    for entry in entries:
        held = sums.get(entry.key)
        if held is None:
            sums[entry.key] = (entry.amounts, 1, entry.moment)
        else:
            amounts = tuple(a + b for a, b in zip(held[0], entry.amounts, strict=True))
            sums[entry.key] = (amounts, held[1] + 1, max(held[2], entry.moment))
    return [(*key, *amounts, count, last) for key, (amounts, count, last) in sorted(sums.items())]


def _turnover_rows(entries: list[Entry]) -> list[tuple[Any, ...]]:
    sums: dict[Key, list[int]] = {}
    for entry in entries:
        held = sums.setdefault((*entry.key, month_of(entry.moment)), [0] * (2 * len(entry.amounts)))
        for i, units in enumerate(entry.amounts):
            held[2 * i + (units < 0)] += abs(units)
    return [(*key, *values) for key, values in sorted(sums.items())]
