"""New documents written as a flush would write them, at a fraction of its cost: posting is the hot path.

SQLAlchemy's unit of work takes as long for a document of five lines as the rest of its posting takes together. What it
does beyond the inserts (sorting by dependencies, histories, versions of rows) a new document does not need: its tables
follow from its class, and its lines from what it owns.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.types import TypeDecorator

from app.documents.models import Document
from app.driver import Driver, Row
from app.inserts import Insert

# The name that PostgreSQL gives to a BIGSERIAL column's sequence; to ask for it takes a sixth of a millisecond a document.
_TAKE_IDS = "SELECT nextval('core_document_id_seq') FROM generate_series(1, ?)"
#: there is one writer at a time, and SQLite itself would give the same; the id of a discarded draft is not given again
_NEXT_ID = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'core_document'"


def insert(session: Session, documents: Sequence[Document]) -> None:
    """Write documents, the new ones with the lines and links they own; all have their ids and are persistent then.

    Where the session has anything else to write, or they were given records instead of ids, all of it is flushed as usual.
    """
    new = [d for d in documents if not inspect(d).persistent]
    session.add_all(d for d in new if d not in session)
    owned = [(d, key, child) for d in new for key, child in _owned(d)]
    children = [child for _, _, child in owned]
    has_others = session.dirty or session.deleted or len(session.new) > len(new) + len(owned)
    if has_others or any(map(_refers, (*new, *children))):
        session.flush()
        return
    if not new:
        return
    driver = Driver(session)
    for document, number in zip(new, _ids(driver, len(new)), strict=True):
        document.id = number
    for document, key, child in owned:
        setattr(child, key, document.id)
    with driver.together():
        _insert(driver, new)
        _insert(driver, children)
    # What a flush does last; it has no public name. It also lets a rollback make them new again.
    session._register_persistent({inspect(record) for record in (*new, *children)})


def _ids(driver: Driver, count: int) -> Iterable[int]:
    if driver.is_sqlite:
        ((first,),) = driver.rows(_NEXT_ID, ())
        return range(first, first + count)
    return [number for (number,) in driver.rows(_TAKE_IDS, (count,))]


def _owned(document: Document) -> Iterator[tuple[str, Any]]:
    """What the document owns, such as its lines, as far as it has any; each with its name for the document's id."""
    said = document.__dict__
    return ((key, child) for name, key in _owning(type(document)) for child in said.get(name, ()))


@cache
def _owning(cls: type) -> tuple[tuple[str, str], ...]:
    owning = [r for r in _mapper(cls).relationships if r.cascade.delete_orphan]
    return tuple((r.key, r.mapper.get_property_by_column(r.local_remote_pairs[0][1]).key) for r in owning)


def _refers(record: Any) -> bool:
    cls: type = type(record)
    return any(key in record.__dict__ for key in _referring(cls))


@cache
def _referring(cls: type) -> tuple[str, ...]:
    return tuple(r.key for r in _mapper(cls).relationships if not r.cascade.delete_orphan)


def _insert(driver: Driver, records: Sequence[Any]) -> None:
    by_class: dict[type, list[Any]] = {}
    for record in records:
        by_class.setdefault(type(record), []).append(record)
    for cls, some in by_class.items():
        for table in _tables(cls):
            table.insert.run(driver, [table.row(record) for record in some])


class _Table:
    """One table of a class: how its records are written there."""

    def __init__(self, mapper: Mapper[Any], table: Table) -> None:
        self.insert = Insert(table, tuple(c.name for c in table.columns))
        self._columns = [(mapper.get_property_by_column(c).key, _default(c), _bind(c.type)) for c in table.columns]

    def row(self, record: Any) -> Row:
        """The record's values there; what it does not say yet gets its column's default."""
        said, values = record.__dict__, []
        for key, default, bind in self._columns:
            if key not in said:
                setattr(record, key, default())
            values.append(bind(said[key]))
        return tuple(values)


def _mapper(cls: type) -> Mapper[Any]:
    mapper: Mapper[Any] = inspect(cls)
    return mapper


@cache
def _tables(cls: type) -> tuple[_Table, ...]:
    mapper = _mapper(cls)
    return tuple(_Table(mapper, table) for table in mapper.tables if isinstance(table, Table))


def _default(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None:
        return lambda: None
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)


def _bind(type_: Any) -> Callable[[Any], Any]:
    """What the driver is given for a value; a column's own type says it, and for the rest it is the value itself."""
    if isinstance(type_, TypeDecorator):
        any_dialect: Any = None  # scaled numbers are the same integers on every engine
        return lambda value: type_.process_bind_param(value, any_dialect)
    return lambda value: value
