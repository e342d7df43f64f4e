"""Removing the sample's documents from the tables, once none of them moves a figure: the one place where entries go."""

from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.orm import Session

from app.ledger import Register, Totals, rebuild_totals
from app.sample.resting import refers_to_sample
from app.sample.rows import (
    DOCUMENTS,
    ROWS,
    document_column,
    is_of_register,
    made_tables,
    marked,
    of_sample,
    references_to_documents,
    register_tables,
)


def erase_documents(session: Session) -> None:
    """Remove the sample's documents, which are drafts or reversed, with their lines, links, entries and open items.

    Of one's own documents go the entries that refer to them, which sum to zero, and links of reversed ones; differences of cost
    that a document of the sample caused keep their amounts and lose their cause. Nothing of one's own rests on them any more
    (`refuse_resting`).
    """
    for register in register_tables(session):
        _erase_entries(session, register)
    for table in reversed(made_tables(session)):
        if not is_of_register(table):
            _erase_rows(session, table)


def _erase_entries(session: Session, register: type[Register]) -> None:
    connection, entries = ROWS(session), register.entries
    gone: ColumnElement[bool] = entries.c.document_id.in_(marked(DOCUMENTS))
    if (refers := refers_to_sample(entries)) is not None:
        gone = gone | refers
    firsts = {totals: _firsts(session, totals, gone) for totals in register.totals}
    connection.execute(delete(entries).where(gone))
    connection.execute(update(entries).where(entries.c.cause_id.in_(marked(DOCUMENTS))).values(cause_id=None))
    for totals, some in firsts.items():
        rebuild_totals(connection, totals, sorted(some))


def _firsts(session: Session, totals: Totals, gone: Any) -> set[Any]:
    """With what the keys of a total begin that entries about to go have moved."""
    entries, first = totals.register.entries.c, totals.dimensions[0]
    found: set[Any] = set()
    for column in first.columns:
        found |= set(ROWS(session).scalars(select(entries[column]).distinct().where(gone)))
    return found


def _erase_rows(session: Session, table: Table) -> None:
    connection, own = ROWS(session), document_column(table)
    for column, target in references_to_documents(table):
        refers: ColumnElement[bool] = column.in_(of_sample(target))
        if own is not None:
            refers = refers & own.not_in(marked(DOCUMENTS))
        connection.execute(
            update(table).where(refers).values({column.name: None}) if column.nullable else delete(table).where(refers)
        )
    if own is not None:
        connection.execute(delete(table).where(own.in_(marked(DOCUMENTS))))
