"""The database: engine, sessions that carry an actor, and the one commit at the edge with its retry."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any, TypeVar

from sqlalchemy import BigInteger, Connection, FromClause, Integer, MetaData, String, Text, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, Mapper, Session, sessionmaker

from app.errors import Forbidden
from app.past_policy import Unheld
from app.texts import fit

Result = TypeVar("Result")
Value = TypeVar("Value")

#: A row's own number. SQLite numbers rows by themselves only in a column declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

#: Seconds that one try waits for what another holds.
PATIENCE = 5
#: Tries, and seconds after which no new one begins, before the user is asked to try again: whoever waits keeps one of the
#: server's few threads.
ATTEMPTS, PATIENCE_IN_ALL = 6, 8

#: serialization_failure, deadlock_detected, lock_not_available, unique_violation, foreign_key_violation
_TRANSIENT = ("40001", "40P01", "55P03", "23505", "23503")


#: Milliseconds for which SQLite itself waits. It looks ever more rarely; asked again it looks often again, and whoever
#: writes much and pauses briefly lets others in.
GLANCE = 50


class Base(DeclarativeBase):
    """The mother of every table: names of constraints are the same on every engine, so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def mapper_of(table: FromClause) -> Mapper[Any] | None:
    """The mapper of a table's rows of whatever kind: several kinds may lie in one table, each with a mapper of its own."""
    return next((m for m in Base.registry.mappers if m.local_table is table and not _is_one_kind(m)), None)


def _is_one_kind(mapper: Mapper[Any]) -> bool:
    return mapper.inherits is not None and mapper.inherits.local_table is mapper.local_table


#: The `info` of a column whose texts the program makes, of whatever characters.
MADE = {"made": True}


def _guard(_model: Any, name: str, attribute: Any) -> None:
    """Let a column of text take nothing that can't be kept, whoever fills it: a line is one line, a `Text` may have several."""
    column: Any = attribute.property.columns[0] if isinstance(attribute.property, ColumnProperty) else None
    kind = getattr(column, "type", None)
    if not isinstance(kind, String) or "made" in column.info:
        return
    is_line = not isinstance(kind, Text)

    def fitting(_record: Any, value: Any, *_before: Any) -> Any:
        return fit(value, is_line=is_line, field=name) if isinstance(value, str) else value

    event.listen(attribute, "set", fitting, retval=True)


event.listen(Base, "attribute_instrument", _guard, propagate=True)


def utc_now() -> datetime:
    """This moment, UTC, without a zone: how the database keeps what happened to the program itself."""
    return datetime.now(UTC).replace(tzinfo=None)


def pieces(values: Iterable[Value], size: int = 500) -> Iterator[list[Value]]:
    """The values, so many at a time: a statement takes only so many of them."""
    left = iter(values)
    while piece := list(islice(left, size)):
        yield piece


class KontorSession(Session):
    """A session that knows for whom it works: `info["actor"]`, held against every SELECT by `app.security.policy`.

    That reaches what goes through the session. Its bare connection is the system's own; whoever else needs one states why
    (`app.past_policy`).
    """

    def connection(self, *arguments: Any, **options: Any) -> Connection:
        """The session's connection, for the system alone. Refused: everyone else (Unheld)."""
        self._refuse_bare()
        return super().connection(*arguments, **options)

    def bulk_update_mappings(self, *arguments: Any, **options: Any) -> None:
        """Rows named by their keys, for the system alone, as no scope reaches them. Refused: everyone else (Unheld)."""
        self._refuse_bare()
        super().bulk_update_mappings(*arguments, **options)

    def bulk_save_objects(self, *arguments: Any, **options: Any) -> None:
        """The same of objects."""
        self._refuse_bare()
        super().bulk_save_objects(*arguments, **options)

    def _refuse_bare(self) -> None:
        actor = self.info.get("actor")
        if actor is None:
            raise Forbidden("signed-in")
        if not actor.is_system:
            raise Unheld("no scope reaches what is done on a bare connection; use the session, or `PastPolicy`")


class Database:
    """One company's database. Embedded (`sqlite:///…`) or served (`postgresql://…`)."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.engine = create_engine(url, connect_args={"timeout": PATIENCE, "check_same_thread": False})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._reading = self.engine
        else:
            self.engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
            event.listen(self.engine, "connect", _prepare_postgresql)
            # A figure may take several questions: all of them see one state of the books, as they do on SQLite.
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writing = self.engine.execution_options(kontor_write=True)
        self._unwaiting = self._writing.execution_options(kontor_patience=0)
        self._sessions = sessionmaker(class_=KontorSession, expire_on_commit=False, autoflush=False)
        #: what every session begins with in its `info`; `Company` keeps it true
        self.known: dict[str, Any] = {}

    @contextmanager
    def session(self, actor: Any, *, write: bool = False, patience: float | None = None) -> Iterator[KontorSession]:
        """A session for `actor` that nobody has committed yet; whatever is left uncommitted is rolled back.

        `patience`: for so many seconds one that writes waits for its turn, where there is one writer at a time.
        """
        info = {**self.known, "actor": actor, "database": self, "writes": write}
        writing = self._writing if patience is None else self._writing.execution_options(kontor_patience=patience)
        with self._sessions(bind=writing if write else self._reading, info=info) as session:
            yield session

    def run(self, work: Callable[[KontorSession], Result], *, actor: Any, write: bool = True) -> Result:
        """Do `work` in one transaction and commit it; when others stood in the way, do the whole of it again."""
        tries = Tries()
        while True:
            try:
                with self.session(actor, write=write) as session:
                    result = work(session)
                    session.commit()
                    return result
            except DBAPIError as error:
                tries.wait_after(error)

    def run_if_free(self, work: Callable[[KontorSession], Result], *, actor: Any) -> Result:
        """Do `work` in one transaction and commit it, once and without waiting for another writer: for what can be left undone.

        Raises DBAPIError when somebody stood in the way.
        """
        info = {**self.known, "actor": actor, "database": self, "writes": True}
        with self._sessions(bind=self._unwaiting, info=info) as session:
            if not self.is_sqlite:
                Session.connection(session).execute(text("SET LOCAL lock_timeout = '50ms'"))
            result = work(session)
            session.commit()
            return result

    @contextmanager
    def alone(self, what: str, refusal: Exception) -> Iterator[None]:
        """Be the only one, in any process, who does `what` (a word of letters) for as long as the block lasts.

        Raises `refusal` when somebody else is at it. A process that dies lets go.
        """
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                key = int.from_bytes(what.encode()[:7])
                if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar():
                    raise refusal
                connection.commit()
                try:
                    yield
                finally:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
                    connection.commit()
            return
        with open(f"{self.engine.url.database}-{what}", "w") as file:
            try:
                _lock(file)
            except OSError:
                raise refusal from None
            yield

    def learn_sizes(self) -> None:
        """Let SQLite look how much its tables hold, so that it asks the shorter way; a PostgreSQL server does by itself."""
        if not self.is_sqlite:
            return
        # Refused while another writes: it can wait for the next time.
        with suppress(OperationalError), self._writing.connect() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")  # a sample is enough, and takes milliseconds
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def is_transient(error: DBAPIError) -> bool:
    """Whether the same work may succeed when done again.

    A deadlock, a failed serialisation, a busy file, a server that was restarted meanwhile; and a unique key that another
    wrote, or a row that another removed, after we had looked for it: who looks again finds what there is now, and says so.
    """
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _TRANSIENT:
        return True
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


class Tries:
    """How often the same work was tried, and since when."""

    def __init__(self) -> None:
        self._done, self._began = 0, time.monotonic()

    def wait_after(self, error: DBAPIError) -> None:
        """A short, growing, uneven pause before the next try, so that two who met do not meet again.

        Raises the error itself when another try can't help, or this was the last.
        """
        self._done += 1
        if not is_transient(error) or self._done == ATTEMPTS or time.monotonic() - self._began > PATIENCE_IN_ALL:
            raise error
        time.sleep(random.uniform(0.5, 1.5) * 0.01 * 2**self._done)  # noqa: S311 - nothing secret about a pause


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin_sqlite` does
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows A to Z alone
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={GLANCE}",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _lock(file: IO[str]) -> None:
    """Lock the file until it is closed; OSError when another process, or another opening of it, holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # Many people's short questions share few cores: starting workers for one of them costs more than they bring.
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.commit()


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the write lock at once: one that begins by reading and writes later cannot be made to wait, only fail.
    if not connection.get_execution_options().get("kontor_write"):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + connection.get_execution_options().get("kontor_patience", PATIENCE)
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError:
            if time.monotonic() > until:
                raise
        else:
            return
