"""Erasing what is kept of a person beside the books: rows that go with them, files, texts that name them, the audit's values.

Documents and the ledger stay, as the law wants; they say another name.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, delete, inspect, or_, select, update
from sqlalchemy.orm import Session

from app import hooks
from app.audit import AuditChange, AuditLine, AuditValue, erase_values
from app.db import pieces
from app.documents import Document
from app.documents.models import DocumentValue, DocumentVersion
from app.files import FileEntry
from app.notifications import Notification
from app.ordering import order_key
from app.past_policy import PastPolicy
from app.persons.finding import Found
from app.persons.person import Person, is_of_documents
from app.persons.saying import says
from app.web.edge.kept import KeptForm

_ALL = PastPolicy("whoever may erase a person erases all that names them, whatever they see otherwise")


def erase_kept(session: Session, person: Person, found: Found, *, kept: Collection[str] = ()) -> None:
    """Erase what `found_of` has found, except for documents, which lose the name, notes, earlier versions and texts of custom
    fields. `kept`: tables whose rows stay, as whoever calls makes them say nothing of the person.

    Whoever calls has asked for the right and changes the record itself.
    """
    session.flush()
    connection, there = _ALL(session), set(inspect(_ALL(session)).get_table_names())
    for table, column, goes in person.columns():
        if goes and table.name in there and table.name not in kept and not is_of_documents(table):
            connection.execute(delete(table).where(column.in_(person.ids)))
    files: Any = FileEntry.__table__
    connection.execute(delete(files).where(files.c.subject == person.noun, files.c.subject_id.in_(person.ids)))
    _rename_documents(session, person, list(found.documents))
    _forget_texts(session, person)
    hooks.person_erasing(session, person)
    for number in person.ids:
        erase_values(session, person.noun, number)
    for number, kind in found.documents.items():
        erase_values(session, kind, number)


def _rename_documents(session: Session, person: Person, ids: list[int]) -> None:
    documents: Any = Document.__table__
    said = {"summary": person.instead, "summary_order": order_key(person.instead), "note": ""}
    versions: Any = DocumentVersion.__table__
    values: Any = DocumentValue.__table__
    for some in pieces(sorted(ids)):
        _ALL(session).execute(update(documents).where(documents.c.id.in_(some)).values(said))
        _ALL(session).execute(delete(versions).where(versions.c.document_id.in_(some)))
        _ALL(session).execute(delete(values).where(values.c.record_id.in_(some), values.c.text.is_not(None)))


def _forget_texts(session: Session, person: Person) -> None:
    """Notifications and forms that were begun, which name them in free text."""
    for model, names in ((Notification, ("message",)), (KeptForm, ("title", "fields"))):
        table: Any = model.__table__
        naming = (says(table.c[name], *person.names) for name in names)
        _ALL(session).execute(delete(table).where(or_(*naming)))


def erase_parts(
    session: Session, subject: str, subject_id: int, parts: Mapping[str, Collection[int]], texts: Collection[str]
) -> None:
    """Erase what the audit keeps of some rows of a record, by their tables, and of fields that said one of `texts` alone."""
    session.flush()
    change: Any = AuditChange.__table__
    value: Any = AuditValue.__table__
    of = [
        change.c.field.startswith(f"{t}.", autoescape=True) & change.c.part.in_(map(str, n)) for t, n in parts.items()
    ]
    said = or_(*of, value.c.before.in_(texts), value.c.after.in_(texts))
    same = and_(*(change.c[key] == value.c[key] for key in ("chain", "sequence", "position")))
    there = select(change.c.chain).where(same, change.c.subject == subject, change.c.subject_id == subject_id, said)
    _ALL(session).execute(delete(value).where(there.correlate(value).exists()))


def erase_values_saying(session: Session, texts: Collection[str]) -> None:
    """Erase what fields of any record said before and after changes, and texts of the audit's lines, where they say one of
    these. The chain still proves that there were changes."""
    session.flush()
    value: Any = AuditValue.__table__
    _ALL(session).execute(delete(value).where(or_(says(value.c.before, *texts), says(value.c.after, *texts))))
    line: Any = AuditLine.__table__
    sealed = line.c.sealed.is_not(None) & says(line.c.summary, *texts)
    _ALL(session).execute(update(line).where(sealed).values(summary="", salt=None))
