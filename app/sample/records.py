"""The sample's records: those that nothing of one's own refers to go, the others are the company's own from then on."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, delete, false, or_, select
from sqlalchemy.orm import Session

from app.files.models import FileEntry
from app.sample.models import SampleRow
from app.sample.rows import (
    DOCUMENTS,
    RATES,
    ROWS,
    document_column,
    is_of_register,
    is_settings,
    key_of,
    made_tables,
    marked,
    owner_columns,
    record_tables,
    register_tables,
)

_MARKS = SampleRow.__table__.c
_FILES: Any = FileEntry.__table__

#: table → numbers of its rows
Rows = dict[Table, set[int]]


def records_of(session: Session) -> Rows:
    """The sample's records that there still are."""
    found: Rows = {}
    for table in record_tables(session):
        query = select(key_of(table)).where(key_of(table).in_(marked(table)))
        found[table] = set(ROWS(session).scalars(query))
    return found


def records_going(session: Session) -> Rows:
    """Those that nobody has changed, and that nothing refers to but documents of the sample and records that go too. Settings
    go only with all that they name: what of it something of one's own has, they may have decided."""
    going = {table: ids - _changed(session, table) for table, ids in records_of(session).items()}
    while True:
        kept = {table: _referred_to(session, table, going) | _deciding(session, table, going) for table in going}
        if not any(kept.values()):
            return going
        for table, ids in kept.items():
            going[table] -= ids


def remove_records(session: Session, going: Rows) -> None:
    """Remove records with what goes with them. No document of the sample refers to them any more."""
    connection = ROWS(session)
    for register in register_tables(session):
        for totals in register.totals:
            for table in (totals.table, totals.months):
                names = [] if table is None else _naming(table, going)
                if table is not None and names:  # of keys that were locked and never moved
                    connection.execute(delete(table).where(or_(*names)))
    for table in reversed(made_tables(session)):
        if is_of_register(table):
            continue
        for column, owner in owner_columns(table):
            if going.get(owner):
                connection.execute(delete(table).where(column.in_(going[owner])))
        if going.get(table):
            connection.execute(delete(table).where(key_of(table).in_(going[table])))
            # A later record may get the same number; it gets no files with it.
            on_cards = (_FILES.c.subject == noun_of(table), _FILES.c.subject_id.in_(going[table]))
            connection.execute(delete(_FILES).where(*on_cards))


def names_of(session: Session, rows: Rows) -> list[str]:
    """How people know records: by code and name. Settings have neither."""
    tables = sorted((table for table in rows if not is_settings(table)), key=lambda table: table.name)
    return [name for table in tables for _, name in named_rows(session, table, rows[table])]


def noun_of(table: Table) -> str:
    """`module.noun` of the records of a table."""
    return "core.rate" if table is RATES else table.name.replace("_", ".", 1)


def named_rows(session: Session, table: Table, ids: set[int]) -> Iterator[tuple[int, str]]:
    """The number and the name of each record."""
    columns = [
        table.c[name] for name in (("currency", "day") if table is RATES else ("code", "name")) if name in table.c
    ]
    # A record without a name of its own, such as a bill, is called what it is of.
    others = [key for key in table.foreign_keys if key.parent.name == "item_id"] if "code" not in table.c else []
    source = table
    for key in others:
        source = source.join(key.column.table, key.column == key.parent)  # type: ignore[assignment] # a FROM all the same
        columns += [key.column.table.c[name] for name in ("code", "name")]
    query = select(key_of(table), *(c.label(f"n{i}") for i, c in enumerate(columns))).select_from(source)
    for number, *words in ROWS(session).execute(query.where(key_of(table).in_(ids)).order_by(key_of(table))):
        yield number, " ".join(str(word) for word in words if word) or f"#{number}"


def _changed(session: Session, table: Table) -> set[int]:
    """What somebody has saved since: it may be a contact of their own by now."""
    if "version" not in table.c:
        return set()
    key = key_of(table)
    query = select(key).join(SampleRow.__table__, (_MARKS.table_name == table.name) & (_MARKS.row_id == key))
    return set(ROWS(session).scalars(query.where(table.c.version != _MARKS.version)))


def _referred_to(session: Session, table: Table, going: Rows) -> set[int]:
    """Which of the rows of a table that would go something refers to that stays."""
    found: set[int] = set()
    for other in made_tables(session):
        for key in other.foreign_keys:
            if key.column.table is not table or not going[table] or _goes_along(other, key.parent):
                continue
            query = select(key.parent).where(key.parent.in_(going[table] - found), *_stays(other, going))
            found |= set(ROWS(session).scalars(query))
    return found


def _deciding(session: Session, table: Table, going: Rows) -> set[int]:
    """Which settings, of those that would go, name a record that stays."""
    if not going[table] or not is_settings(table):
        return set()
    key = key_of(table)
    names = [each for each in table.foreign_keys if each.parent is not key]
    stays = or_(*(each.parent.not_in(going.get(each.column.table, ())) for each in names), false())
    return set(ROWS(session).scalars(select(key).where(key.in_(going[table]), stays)))


def _goes_along(table: Table, column: Any) -> bool:
    """Whether a row goes with the record that the column names: totals of a key, values of custom fields, lines of a bill."""
    if is_of_register(table):
        return document_column(table) is None
    return any(column is own for own, _ in owner_columns(table))


def _stays(table: Table, going: Rows) -> Iterator[Any]:
    """What tells the rows of a table that stay from those that go."""
    document = document_column(table)
    if document is not None:
        yield document.not_in(marked(DOCUMENTS))
    if table in going:
        yield key_of(table).not_in(going[table])
    for column, owner in owner_columns(table):
        yield or_(column.is_(None), column.not_in(going.get(owner, ())))


def _naming(table: Table, going: Rows) -> list[Any]:
    return [key.parent.in_(going[key.column.table]) for key in table.foreign_keys if going.get(key.column.table)]
