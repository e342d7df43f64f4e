"""Whether what people save can be written: a disk may be full, or read-only, while everything can still be read."""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.db import Database, is_transient

#: Bytes for which there has to be room beside the data.
ROOM = 1 << 20
#: Seconds for which an answer holds, good or bad: anybody may ask, and each try waits for the disk.
HOLDS, BAD_HOLDS = 10.0, 2.0

_log = structlog.get_logger()


class Writable:
    """Tries to write, to the data folder and to the database. Leaves nothing behind: neither grows by being asked."""

    def __init__(self, database: Database, data_dir: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._data_dir, self._clock = database, data_dir, clock
        self._lock = threading.Lock()
        self._until, self._problem = 0.0, ""

    def problem(self) -> str:
        """What keeps data from being written, in English for whoever watches over the server; empty: nothing does."""
        with self._lock:
            if self._clock() >= self._until:
                self._problem = self._of_folders() or self._of_database()
                self._until = self._clock() + (BAD_HOLDS if self._problem else HOLDS)
                if self._problem:
                    _log.error("health.not_writable", problem=self._problem)
            return self._problem

    def _of_folders(self) -> str:
        file = self._database.engine.url.database
        beside = {Path(file).parent} if self._database.is_sqlite and file else set()
        for folder in {self._data_dir, *beside}:
            try:
                _try_file(folder)
            except OSError as error:
                return f"the data folder can't be written: {error.strerror}"
        return ""

    def _of_database(self) -> str:
        try_it = _try_sqlite if self._database.is_sqlite else _try_postgresql
        try:
            with self._database.engine.connect() as connection:
                can_write = try_it(connection)
                connection.commit()
            return "" if can_write else "the database only lets itself be read"
        except DBAPIError as error:
            if is_transient(error):  # somebody else is writing at this moment, so it can be done
                return ""
            return f"the database can't be written: {str(error.orig).splitlines()[0]}"


def _try_file(folder: Path) -> None:
    """Write a file with no name, to the disk and not only to its cache. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(4096))
        file.flush()
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, ROOM)
        else:  # macOS, Windows
            file.write(bytes(ROOM))
            file.flush()
        os.fsync(file.fileno())


def _try_sqlite(connection: Connection) -> bool:
    """Write the file's head as it is: a page in the log, written over again after the next checkpoint."""
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    return True


def _try_postgresql(connection: Connection) -> bool:
    """Write beside the tables, by a question that doesn't fit into memory, and a line to the log, which the commit waits for.
    No table has a row more, or a version of a row more, afterwards. Raises DBAPIError."""
    if connection.execute(text("SHOW transaction_read_only")).scalar() == "on":  # a standby, or its owner wants it so
        return False
    connection.execute(text("SET LOCAL work_mem = '64kB'"))
    connection.execute(text("SELECT count(*) FROM generate_series(1, 40000)"))
    connection.execute(text("SELECT pg_logical_emit_message(true, 'kontor', 'health')"))
    return True
