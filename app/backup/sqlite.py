"""Copying SQLite databases whole and consistent while others write: SQLite's own backup."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_file(source: str | Path, target: str | Path) -> None:
    """Copy a database into a file, replacing what is in it, in one transaction of both.

    Whoever reads `target` meanwhile sees it as it was; whoever writes there is waited for.
    """
    address = f"{Path(source).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


def make_standalone(path: Path) -> None:
    """Bring all of a database that nobody uses into its one file, without the log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def errors_of(path: Path) -> list[str]:
    """What SQLite itself finds wrong with a file: broken pages, indexes that miss rows, rows that refer to nothing."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not is_of_content(error):
                raise
            return [str(error)]
    return found + [f"{table}: row {row} refers to nothing in {parent}" for table, row, parent, _key in lost]


def is_of_content(error: object) -> bool:
    """Whether an operational error is about what a statement or a file says, not about the disk, memory or a lock."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
