"""Writing entries: what makes a figure move, and what refuses to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.errors import Conflict, PeriodClosed, Unbalanced
from app.ledger.register import Entry, Register, month_of
from app.values import from_units, to_units

if TYPE_CHECKING:
    from app.documents import Document

Key = tuple[Any, ...]

_PERIOD = "SELECT closed_until FROM core_organisation WHERE id = :id"
# FOR SHARE: whoever closes the period waits for postings under way, and they see a period closed before them.
_PERIOD_ALONE, _PERIOD_SHARED = text(_PERIOD), text(_PERIOD + " FOR SHARE")


class NotEnough(Conflict):
    """A guarded total would fall below nought. `short` has the key and by how much, for every key that falls short."""

    def __init__(self, register: type[Register], short: dict[Key, Decimal]) -> None:
        super().__init__(_l("There is not enough to post this."))
        self.register, self.short = register, short


class Posting:
    """The entries of one or more documents on their way into the ledger, all in the session's transaction."""

    def __init__(self, session: Session, documents: Sequence["Document"]) -> None:
        self._session = session
        self._connection = session.connection()
        self._entries: dict[type[Register], list[Entry]] = defaultdict(list)
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
            locked.update({key: (nought, None) for key in missing})
            for row in register.sql.lock_totals(self._connection, missing):
                locked[row[:width]] = (row[width:-1], row[-1])
        return {key: locked[key][0] for key in keys}

    def add(self, register: type[Register], document: "Document", line: int, *key: Any, **amounts: Decimal) -> None:
        """Add one entry: the key in the order of the register's dimensions, the amounts by name."""
        units = tuple(to_units(amounts[a.name], a.scale) for a in register.amounts)
        self.add_units(register, document, line, key, units)

    def add_units(
        self, register: type[Register], document: "Document", line: int, key: Key, amounts: tuple[int, ...]
    ) -> None:
        """The same with amounts that are integers in units of their scales already."""
        self._entries[register].append(Entry(register, document.id, line, document.moment, key, amounts))

    def reverse(self, document: "Document") -> None:
        """Add the opposite of every entry that the document has, at the same moment."""
        for register in Register.declared.values():
            if not has_tables(self._session, register):
                continue
            table = register.entries
            amounts = [func.sum(table.c[a.name]).label(a.name) for a in register.amounts]
            keys = [table.c[d.column] for d in register.dimensions]
            statement = select(table.c.line, *keys, *amounts).where(table.c.document_id == document.id)
            for row in self._session.connection().execute(statement.group_by(table.c.line, *keys)):
                key = tuple(row[1 : 1 + len(keys)])
                opposite = {a.name: -getattr(row, a.name) for a in register.amounts}
                if any(opposite.values()):
                    self.add(register, document, row.line, *key, **opposite)

    def write(self) -> None:
        """Check and write everything that was added. Refuses unbalanced sets and broken floors, whole."""
        for register, entries in sorted(self._entries.items(), key=lambda pair: pair[0].name):
            if register.balanced_over is not None:
                _refuse_unbalanced(register, entries)
            sums = _sums_by_key(entries)
            if register.floor is not None:
                self._refuse_below_floor(register, entries, sums)
            rows = [(*key, *amounts, count, last) for key, (amounts, count, last) in sorted(sums.items())]
            register.sql.add_to_totals(self._connection, rows)
            register.sql.add_to_turnovers(self._connection, _turnover_rows(entries))
            facts = [(e.document_id, e.line, e.moment, *e.key, *e.amounts) for e in entries]
            register.sql.insert_entries(self._connection, facts)
        self._entries.clear()
        self._locked.clear()

    def _refuse_closed_periods(self, documents: Sequence["Document"]) -> None:
        statement = _PERIOD_ALONE if self._connection.dialect.name == "sqlite" else _PERIOD_SHARED
        for organisation_id in sorted({d.organisation_id for d in documents}):
            closed = self._connection.execute(statement, {"id": organisation_id}).scalar_one_or_none()
            if closed is None:
                continue
            day = str(closed)  # SQLite gives text
            if any(d.organisation_id == organisation_id and d.moment.date().isoformat() <= day for d in documents):
                raise PeriodClosed(day)

    def _refuse_below_floor(self, register: type[Register], entries: list[Entry], sums: dict[Key, Any]) -> None:
        floor = register.floor
        assert floor is not None
        position = register.position(floor.amount)
        scale = register.amounts[position].scale
        falling = [key for key, (amounts, _, _) in sums.items() if amounts[position] < 0 and floor.guards(key)]
        before = self.totals(register, falling)
        short = {
            key: from_units(-left, scale)
            for key in falling
            if (left := before[key][position] + sums[key][0][position]) < 0
        }
        for key, new in _lowered(entries, floor.guards, position).items():
            last = self._last_moment(register, key) if key not in short else None
            if last is not None and any(e.moment < last for e in new):
                lowest = self._lowest_since(register, key, new, position)
                if lowest < 0:
                    short[key] = from_units(-lowest, scale)
        if short:
            raise NotEnough(register, short)

    def _last_moment(self, register: type[Register], key: Key) -> datetime | None:
        if key not in self._locked[register]:
            self.totals(register, [key])
        return self._locked[register][key][1]

    def _lowest_since(self, register: type[Register], key: Key, new: list[Entry], position: int) -> int:
        """The lowest the key stands from the first new entry on, were the new ones in the books: a backdated posting.

        A document happens whole: what it took and gave at a moment counts together, so one that was taken back is as
        if it had never been.
        """
        table, amount = register.entries, register.amounts[position]
        since = min(e.moment for e in new)
        same = [table.c[d.column] == value for d, value in zip(register.dimensions, key, strict=True)]
        later = self._connection.execute(
            select(table.c.moment, table.c.document_id, table.c[amount.name])
            .where(*same, table.c.moment >= since)
            .order_by(table.c.moment, table.c.id)
        ).all()
        moved: dict[tuple[datetime, int], int] = defaultdict(int)  # keeps the order in which documents came
        for moment, document_id, value in later:
            moved[moment, document_id] += to_units(value, amount.scale)
        level = self.totals(register, [key])[key][position] - sum(moved.values())
        for e in new:
            moved[e.moment, e.document_id] += e.amounts[position]
        lowest = level
        for _, units in sorted(moved.items(), key=lambda item: item[0][0]):
            level += units
            lowest = min(lowest, level)
        return lowest


def _lowered(entries: list[Entry], guards: Any, position: int) -> dict[Key, list[Entry]]:
    """The entries of every key that at least one entry lowers and the floor guards."""
    by_key: dict[Key, list[Entry]] = defaultdict(list)
    for e in entries:
        by_key[e.key].append(e)
    return {key: es for key, es in by_key.items() if guards(key) and any(e.amounts[position] < 0 for e in es)}


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


def _sums_by_key(entries: list[Entry]) -> dict[Key, tuple[tuple[int, ...], int, datetime]]:
    """Per key: the sum of each amount, how many entries, the latest moment."""
    sums: dict[Key, tuple[tuple[int, ...], int, datetime]] = {}
    for entry in entries:
        held = sums.get(entry.key)
        if held is None:
            sums[entry.key] = (entry.amounts, 1, entry.moment)
        else:
            amounts = tuple(a + b for a, b in zip(held[0], entry.amounts, strict=True))
            sums[entry.key] = (amounts, held[1] + 1, max(held[2], entry.moment))
    return sums


def _turnover_rows(entries: list[Entry]) -> list[tuple[Any, ...]]:
    sums: dict[Key, list[int]] = {}
    for entry in entries:
        held = sums.setdefault((*entry.key, month_of(entry.moment)), [0] * (2 * len(entry.amounts)))
        for i, units in enumerate(entry.amounts):
            held[2 * i + (units < 0)] += abs(units)
    return [(*key, *values) for key, values in sorted(sums.items())]
