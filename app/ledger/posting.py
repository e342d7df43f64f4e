"""Writing entries: what makes a figure move, and what refuses to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import add
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.driver import Driver, Question
from app.errors import PeriodClosed
from app.inserts import insert_rows
from app.ledger.bounds import refuse_beyond
from app.ledger.floors import Floors, Held, Lowered, NotEnough, note_lowered
from app.ledger.register import Register, month_of
from app.ledger.spans import span_of
from app.ledger.sql import NEVER
from app.ledger.totals import Key, Row, Share, Totals
from app.ledger.watching import note_entries
from app.past_policy import PastPolicy
from app.values import to_units

_BOOKS = PastPolicy("which tables there are")

#: An hour, twice: by so much the wall clock goes back when summer time ends, and no default moment goes back with it.
_SET_BACK = timedelta(hours=2)
_TICK = timedelta(microseconds=1)

_PERIOD_ALONE = "SELECT closed_until FROM core_organisation WHERE id = ?"
# FOR SHARE: whoever closes the period waits for postings under way, and they see a period closed before them.
_PERIOD_SHARED = _PERIOD_ALONE + " FOR SHARE"


class Recorded(Protocol):
    """What the ledger has to know of a document."""

    @property
    def id(self) -> Any:
        """Its number; None before it is flushed."""

    @property
    def moment(self) -> Any:
        """When it happened."""

    @property
    def organisation_id(self) -> Any:
        """Whose books it is in."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document that is in the books already, as far as an entry has to know it."""

    id: int
    moment: datetime
    organisation_id: int


class Posting:
    """The entries of one or more documents on their way into the ledger, all in the session's transaction.

    `documents` are of one organisation and have their numbers already (flush first): their entries may be keyed by them.
    """

    def __init__(self, session: Session, documents: Sequence[Recorded]) -> None:
        self.session = session
        self.documents = documents
        (self.organisation_id,) = {d.organisation_id for d in documents}
        self._driver = Driver(session)
        self._added: dict[type[Register], list[Row]] = defaultdict(list)
        self._held: dict[Totals, dict[Key, Held]] = defaultdict(dict)
        self._rows: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
        self._closed_until = self._read_period()
        self._let: dict[Totals, set[Key]] = defaultdict(set)
        #: where keys that are lowered are noted, while they are not to be refused before the end
        self._lowered: Lowered | None = session.info.get("floors_together")
        #: whether documents that are in the books already change what they moved at their own moments
        self._reverses = False
        #: whether what waits to be written reverses what documents moved
        self._only_reverses = False
        #: what is said once no floor refuses
        self._refusal: Exception | None = None

    def refuse_closed_periods(self) -> None:
        """Refuse (PeriodClosed) documents of a closed period; what corrects them lands later (`open_moment`)."""
        for document in self.documents:
            self._refuse_closed(document.moment)

    def open_moment(self, moment: datetime) -> datetime:
        """`moment`, or the start of the first open day where it lies in a closed period."""
        if self._closed_until is None or moment.date() > self._closed_until:
            return moment
        return datetime.combine(self._closed_until + timedelta(days=1), time())

    def hold(self, totals: Totals, keys: Iterable[Key]) -> dict[Key, Held]:
        """What stands at `keys`, locked until the transaction ends, so that nobody posts to them meanwhile."""
        keys = list(keys)
        self.hold_together({totals: keys})
        return {key: self._held[totals][key] for key in keys}

    def hold_all(self, totals: Totals, firsts: Iterable[Any]) -> dict[Key, Held]:
        """The same of every key that begins with one of `firsts`, as far as there are any; without parts that stand at zero
        (`Totals.parts`).

        Keys that began while it waited for others are found only when it is asked again (PostgreSQL's READ COMMITTED).
        """
        wanted = set(firsts)
        self.hold_together({}, all_of={totals: wanted})
        return {key: held for key, held in self._held[totals].items() if key[0] in wanted}

    def hold_together(
        self,
        keys: Mapping[Totals, Iterable[Key]],
        *,
        all_of: Mapping[Totals, Iterable[Any]] | None = None,
        also: Sequence[Question] = (),
    ) -> list[list[Row]]:
        """Hold keys of several totals, and of those in `all_of`, which come first, every key that begins so: by one journey
        to the server. Gives what is answered to `also`, which is asked once all of them are held."""
        asked: list[tuple[Totals, list[Key]]] = []
        questions = []
        for totals, firsts in (all_of or {}).items():
            questions.append(totals.sql.all_question(self._driver, self.organisation_id, sorted(set(firsts))))
            asked.append((totals, []))
        for totals, wanted in keys.items():
            if missing := sorted(set(wanted) - self._held[totals].keys()):
                questions.append(totals.sql.key_question(self._driver, self.organisation_id, missing))
                asked.append((totals, missing))
        answers = self._driver.answers([*questions, *also])
        for (totals, _), rows in zip(asked, answers, strict=False):
            self._read(totals, rows)
        for totals, missing in asked:
            self._make(totals, [key for key in missing if key not in self._held[totals]])
        return answers[len(questions) :]

    def has_later(self, totals: Totals, firsts: Iterable[Any], moment: datetime) -> bool:
        """Whether a key that begins with one of `firsts` has entries after `moment`; nobody is held, so that may change."""
        ((found,),) = self._driver.rows(
            *totals.sql.later_question(self._driver, self.organisation_id, sorted(firsts), moment)
        )
        return bool(found)

    def lowest_since(self, totals: Totals, key: Key, amount: str, moment: datetime) -> tuple[int, datetime]:
        """The lowest that a held key stands at from `moment` on, in units of `amount`, and when that is; as it is written."""
        later = totals.sql.lowest_after(self._driver, self.organisation_id, key, moment - _TICK, amount)
        lowest, level, whole = later or (moment, 0, 0)
        return self._held[totals][key].amounts[totals.of.index(amount)] - whole + level, lowest

    def insert(self, table: Any, row: Mapping[str, Any]) -> None:
        """Let a row of a module's own table go into the database with the entries, before them; it replaces one of its key."""
        self._rows[table].append(row)

    @property
    def has_reversed(self) -> bool:
        """Whether it has reversed a document: what follows from that may not be known yet."""
        return self._reverses

    @property
    def is_together(self) -> bool:
        """Whether it is one of several that are seen as one (`floors_together`): what is there is known only in the end."""
        return "floors_together" in self.session.info

    def has_added(self, register: type[Register]) -> bool:
        """Whether entries of the register wait to be written."""
        return bool(self._added.get(register))

    def held(self, totals: Totals) -> Mapping[Key, Held]:
        """What is held of `totals` so far."""
        return self._held[totals]

    def give_moments(self, last: Iterable[datetime]) -> None:
        """Give documents whose moment nobody chose the present one, now that their keys are held.

        `last` are the last moments of those keys: no document is dated before them because the clock was set back.
        """
        undated: list[Any] = [d for d in self.documents if not getattr(d, "is_dated", True)]
        if not undated:
            return
        now = wall_clock()
        moment = max((m for m in last if now < m <= now + _SET_BACK), default=now)
        for document in undated:
            if document.moment != moment:
                document.moment = moment

    def add(
        self,
        register: type[Register],
        document: Recorded,
        line: int = 0,
        *,
        moment: datetime | None = None,
        cause_id: int | None = None,
        side: int = 0,
        **values: Any,
    ) -> None:
        """Add one entry. `values` are by name: dimensions (a pair, from and to, of an end; row 0 where it is left out),
        details, and amounts as Decimal (zero where left out). `side` of a register without ends: 1 in, -1 out.

        Refused: a moment in a closed period; a document without a number, which is to be flushed first.
        """
        units = {a.name: to_units(Decimal(values.pop(a.name, 0)), a.scale) for a in register.amounts}
        self.add_units(register, document, line, moment=moment, cause_id=cause_id, side=side, **values, **units)

    def add_units(
        self,
        register: type[Register],
        document: Recorded,
        line: int = 0,
        *,
        moment: datetime | None = None,
        cause_id: int | None = None,
        side: int = 0,
        **values: Any,
    ) -> None:
        """The same with amounts that are integers in units of their scales already."""
        if document.id is None:
            raise RuntimeError(f"{document!r} has no number yet: flush it before it posts to {register.name}")
        moment = document.moment if moment is None else moment
        self._refuse_closed(moment)
        row: list[Any] = [self.organisation_id, document.id, cause_id, line, moment]
        if not register.is_transfer:
            if side not in (1, -1):
                raise ValueError(f"an entry of {register.name} counts as in (1) or out (-1), not {side}")
            row.append(side)
        for d in register.dimensions:
            if d.length and d.name not in values:
                raise TypeError(f"{register.name} needs a {d.name}")
            value = values.pop(d.name, (0, 0) if d.is_end else 0)
            row.extend(value if d.is_end else (value,))
        for detail in register.details:
            if detail.kind == "line":
                row.extend(values.pop(detail.name, None) or (None, None))
            else:
                row.append(values.pop(detail.name, moment if detail.kind == "time" else ""))
        row.extend(values.pop(a.name, 0) for a in register.amounts)
        if values:
            raise TypeError(f"{register.name} has no {', '.join(values)}")
        self._added[register].append(tuple(row))

    def reverse(self, document: Recorded) -> None:
        """Add the opposite of every entry that the document has, the last first: at that entry's moment, or on the first
        open day when that lies in a closed period."""
        self._reverses = self._only_reverses = True
        for register in Register.declared.values():
            if not has_tables(self.session, register):
                continue
            for said, units, moment in self._moved_by(register, document):
                self._reverse_move(register, document, said, units, moment)

    def let_fall(self, totals: Totals, keys: Iterable[Key]) -> None:
        """Let keys fall below their floor, where what they name says so too (`Floor.unless`)."""
        self._let[totals].update(keys)

    def refuse_after_floors(self, refusal: Exception) -> None:
        """Refuse all of it, unless a floor does first: what is known sooner, and is said in better words by a floor."""
        self._refusal = self._refusal or refusal

    def write(self) -> None:
        """Check and write everything that was added. Refuses broken floors and more than can be counted (TooMuch), whole."""
        written = sorted(self._added.items(), key=lambda pair: pair[0].name)
        for register, entries in written if not self._only_reverses else ():
            refuse_beyond(self._driver, self.organisation_id, register, entries)
        shares = [(totals, totals.shares(entries)) for register, entries in written for totals in register.totals]
        for totals, added in shares:
            if self._lowered is not None:
                note_lowered(totals, added, self._lowered)
            else:
                self._refuse_below(totals, added)
        if self._lowered is None and self._refusal is not None:
            raise self._refusal
        with self._driver.together():
            for table, rows in self._rows.items():
                insert_rows(self._driver, table, rows)
            for totals, added in shares:
                totals.sql.add_to_totals(self._driver, self._total_rows(totals, added))
                if totals.months is not None:
                    totals.sql.add_to_turnovers(self._driver, self._turnover_rows(added))
            for register, entries in written:
                register.sql.insert(self._driver, entries)
                note_entries(self.session, register, entries)
        self._added.clear()
        self._rows.clear()
        self._held.clear()
        self._only_reverses = False

    @contextmanager
    def floors_deferred(self) -> Iterator[None]:
        """What is written within the block may go below floors meanwhile; what is there in the end may not (NotEnough)."""
        before, lowered = self._lowered, defaultdict[Totals, dict[Key, datetime]](dict)
        self._lowered = lowered
        try:
            yield
        finally:
            self._lowered = before
        self._floors().refuse_still_below(lowered)
        if self._refusal is not None:
            raise self._refusal

    def _refuse_below(self, totals: Totals, added: list[Share]) -> None:
        try:
            self._floors().refuse_below(totals, added, reverses=self._reverses)
        except NotEnough as error:
            error.name_lines(self._added[totals.register])
            raise

    def _floors(self) -> Floors:
        """Not kept: each would keep the other alive, and its cursor the database's file."""
        return Floors(self.session, self._driver, self.organisation_id, self.hold, self._let)

    def _read_period(self) -> date | None:
        row = self._driver.row(_PERIOD_ALONE if self._driver.is_sqlite else _PERIOD_SHARED, (self.organisation_id,))
        if row is None or row[0] is None:
            return None
        return date.fromisoformat(str(row[0]))  # SQLite gives text

    def _refuse_closed(self, moment: datetime) -> None:
        if self._closed_until is not None and moment.date() <= self._closed_until:
            raise PeriodClosed(self._closed_until)

    def _read(self, totals: Totals, rows: list[Row]) -> None:
        width, held = len(totals.by), self._held[totals]
        for *values, last in rows:
            moment = datetime.fromisoformat(last) if self._driver.is_sqlite else last
            held[tuple(values[:width])] = Held(tuple(values[width:]), moment)

    def _make(self, totals: Totals, keys: list[Key]) -> None:
        """Hold keys that have no row yet. On PostgreSQL a row of zero is made: two who begin a key at once take turns."""
        self._held[totals].update(dict.fromkeys(keys, Held((0,) * len(totals.of), NEVER)))
        if keys and not self._driver.is_sqlite:
            totals.sql.make(self._driver, self.organisation_id, keys, len(totals.of))
            (rows,) = self._driver.answers([totals.sql.key_question(self._driver, self.organisation_id, sorted(keys))])
            self._read(totals, rows)

    def _moved_by(self, register: type[Register], document: Recorded) -> Iterator[tuple[Row, list[int], datetime]]:
        """What tells the moves of a document apart, what they come to, and the open moment of that; what was reversed at its
        own moment is left out."""
        width = len(register.sql.grouped)
        sums: dict[tuple[Row, datetime], list[int]] = {}
        for *keys, moment in register.sql.of_document(self._driver, document.id):
            held = sums.setdefault((tuple(keys[:width]), self.open_moment(moment)), [0] * len(register.amounts))
            held[:] = map(add, held, keys[width:])
        for (said, moment), units in sums.items():
            if any(units):
                yield said, units, moment

    def _reverse_move(
        self, register: type[Register], document: Recorded, keys: Row, units: list[int], moment: datetime
    ) -> None:
        said = dict(zip(register.sql.grouped, keys, strict=True))
        opposite = {a.name: -each for a, each in zip(register.amounts, units, strict=True)}
        values: dict[str, Any] = {d.name: tuple(said[c] for c in d.columns) for d in register.dimensions if d.is_end}
        values |= {d.name: said[d.column] for d in register.dimensions if not d.is_end}
        for d in register.details:
            if d.kind == "word":
                values[d.name] = said.get(d.name) or d.reversal
            else:
                values[d.name] = tuple(said[c] for c in d.columns) if d.kind == "line" else said[d.name]
        self.add_units(register, document, said["line"], moment=moment, side=said.get("side", 0), **values, **opposite)

    def _total_rows(self, totals: Totals, added: list[Share]) -> list[Row]:
        """Per key, in key order: the sum of each amount, how many entries, the latest moment, and the span where it is kept.
        Part 0 is as late as the latest of its parts."""
        sums: dict[Key, tuple[tuple[int, ...], int, datetime, datetime]] = {}
        for key, amounts, _, _, moment in added:
            held = sums.get(key)
            if held is None:
                sums[key] = (amounts, 1, moment, moment)
            else:
                amounts = tuple([a + b for a, b in zip(held[0], amounts, strict=True)])
                sums[key] = (amounts, held[1] + 1, max(held[2], moment), min(held[3], moment))
        for key, (_, _, last, first) in list(sums.items()) if totals.parts else ():
            whole = totals.whole_of(key)
            amounts, count, latest, begun = sums.get(whole, ((0,) * len(totals.of), 0, last, first))
            sums[whole] = (amounts, count, max(latest, last), min(begun, first))
        own = self.organisation_id
        if not totals.spans:
            return [(own, *key, *amounts, count, last) for key, (amounts, count, last, _) in sorted(sums.items())]
        return [
            (own, *key, *amounts, count, last, *span_of(first, last))
            for key, (amounts, count, last, first) in sorted(sums.items())
        ]

    def _turnover_rows(self, added: list[Share]) -> list[Row]:
        sums: dict[Key, list[int]] = {}
        for key, amounts, side, _, moment in added:
            held = sums.setdefault((*key, month_of(moment)), [0] * (2 * len(amounts)))
            for i, units in enumerate(amounts):
                held[2 * i + (side < 0)] += side * units
        return [(self.organisation_id, *key, *values) for key, values in sorted(sums.items())]


@contextmanager
def floors_together(session: Session, organisation_id: int) -> Iterator[None]:
    """As `Posting.floors_deferred`, for every posting of the session within the block."""
    lowered = session.info["floors_together"] = defaultdict[Totals, dict[Key, datetime]](dict)
    try:
        yield
    finally:
        del session.info["floors_together"]
    end = Posting(session, [Written(0, wall_clock(), organisation_id)])
    Floors(session, Driver(session), organisation_id, end.hold, {}).refuse_still_below(lowered)


def has_tables(session: Session, register: type[Register]) -> bool:
    """Whether the register's module has been migrated into this database: one never enabled has no tables yet."""
    known = session.info.setdefault("tables", {})
    if register.name not in known:
        from sqlalchemy import inspect

        known[register.name] = inspect(_BOOKS(session)).has_table(register.entries.name)
    return bool(known[register.name])
