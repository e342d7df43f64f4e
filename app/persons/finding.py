"""Finding all that is kept of a person: rows that name them by a foreign key, of whatever module, and what hangs on these."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app import hooks
from app.audit import AuditChange, AuditLine, AuditValue
from app.db import Base, pieces
from app.documents import Document
from app.documents.models import DocumentValue
from app.files import FileEntry
from app.past_policy import PastPolicy
from app.persons.person import Person, is_of_documents

_ALL = PastPolicy("whoever may give a person all that is kept of them is given all of it, whatever they see otherwise")
#: what says nothing of a person: secrets' digests, and what the program keeps for itself
_UNSAID = {"digest", "salt", "sealed", "changes", "operation_id", "state_key", "name_key"}


@dataclass
class Found:
    """What is kept of a person."""

    #: table, or what a module calls it → rows
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: the name and the content's digest of each file
    files: list[tuple[str, str]] = field(default_factory=list)
    #: the documents that are made with them: number → kind
    documents: dict[int, str] = field(default_factory=dict)

    def add(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Add rows that were found."""
        if rows:
            self.rows.setdefault(name, []).extend(rows)


def found_of(session: Session, person: Person) -> Found:
    """All that is kept of a person. Whoever calls has asked for the right."""
    found, there = Found(), set(inspect(_ALL(session)).get_table_names())
    found.add(person.table.name, _rows(session, person.table, person.table.c.id, person.ids))
    documents: set[int] = set()
    for table, column, _goes in person.columns():
        if table.name in there:
            rows = _rows(session, table, column, person.ids)
            found.add(table.name, rows)
            if is_of_documents(table):
                documents |= {row["id"] for row in rows if "id" in row}
    _add_documents(session, found, documents, there)
    _add_audit(session, found, person)
    for subject, ids in _subjects(person, found).items():
        files = _rows(session, FileEntry.__table__, FileEntry.__table__.c.subject_id, ids, said=("digest",))
        own = [row for row in files if row["subject"] == subject]
        found.files += [(row["name"], row["digest"]) for row in own if row["digest"]]
        found.add(FileEntry.__tablename__, own)
    hooks.person_finding(session, person, found)
    return found


def _subjects(person: Person, found: Found) -> dict[str, tuple[int, ...]]:
    """Whose files and lines of the audit are theirs: the person's own, and those of their documents."""
    by_kind: dict[str, tuple[int, ...]] = {person.noun: person.ids}
    for number, kind in found.documents.items():
        by_kind[kind] = (*by_kind.get(kind, ()), number)
    return by_kind


def _add_documents(session: Session, found: Found, ids: set[int], there: set[str]) -> None:
    table: Any = Document.__table__
    rows = _rows(session, table, table.c.id, tuple(ids))
    found.documents = {row["id"]: row["kind"] for row in rows}
    found.add(table.name, rows)
    values: Any = DocumentValue.__table__
    found.add(values.name, _rows(session, values, values.c.record_id, tuple(ids)))
    heads = {table} | {t for t in Base.metadata.tables.values() if is_of_documents(t) and "document_id" not in t.c}
    for lines in Base.metadata.sorted_tables:
        column = lines.c.get("document_id")
        if column is None or lines.name not in there or "register" in lines.info or lines.name in found.rows:
            continue
        if any(key.column.table in heads for key in column.foreign_keys):
            found.add(lines.name, _rows(session, lines, column, tuple(ids)))


def _add_audit(session: Session, found: Found, person: Person) -> None:
    line: Any = AuditLine.__table__
    rows = _rows(session, line, line.c.subject_id, person.ids)
    found.add(line.name, [row for row in rows if row["subject"] == person.noun])
    change: Any = AuditChange.__table__
    value: Any = AuditValue.__table__
    same = (change.c.chain == value.c.chain) & (change.c.sequence == value.c.sequence)
    asked = select(change.c.field, value.c.before, value.c.after).join_from(
        change, value, same & (change.c.position == value.c.position)
    )
    asked = asked.where(change.c.subject == person.noun, change.c.subject_id.in_(person.ids))
    found.add(value.name, [dict(row._mapping) for row in _ALL(session).execute(asked)])


def _rows(
    session: Session, table: Any, column: Any, ids: tuple[int, ...], said: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    columns = [c for c in table.columns if c.name not in _UNSAID - set(said) and "made" not in c.info]
    rows: list[dict[str, Any]] = []
    for some in pieces(sorted(ids)):
        rows += [dict(row._mapping) for row in _ALL(session).execute(select(*columns).where(column.in_(some)))]
    return rows
