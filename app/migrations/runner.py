"""Running Alembic for one source of migrations at a time.

One version table per module: in a shared table, removing a module's package would break everyone's upgrade. Files are
numbered, without branches, so "is anything pending?" is answered by their names, and Alembic (0.4 s to import) is
loaded only where something has to be migrated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from app.errors import Conflict
from app.translation import lazy_gettext as _l

#: The folder of `env.py`, which Alembic runs, and of the core's own migrations: it lies beside `app`, in a wheel as well.
ENVIRONMENT = Path(__file__).parents[2] / "migrations"

#: Nobody should wait long for a table that a migration holds: it gives up instead, and is tried again.
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "5s", "5min"

#: The advisory lock of PostgreSQL that whoever migrates or switches modules holds: "kontor" in ASCII.
_LOCK = 0x6B6F6E746F72


@dataclass(frozen=True)
class Source:
    """A folder of numbered migrations and the name of what they belong to."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        """Where the database keeps how far this source has come."""
        return f"{self.name}_migration"


def head(source: Source) -> str | None:
    """The newest revision there is: the number with which the last file's name begins."""
    files = sorted(source.folder.glob("[0-9]*.py"))
    return files[-1].name.split("_")[0] if files else None


def current(connection: Connection, source: Source) -> str | None:
    """How far the database has come; None when it has not begun."""
    if not inspect(connection).has_table(source.version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {source.version_table}")).scalar()  # noqa: S608 (own name)


def pending(connection: Connection, source: Source) -> bool:
    """Whether the source has revisions that the database lacks. Refused (Conflict): a database of a newer program."""
    here, newest = current(connection, source), head(source)
    if here is not None and here > (newest or ""):
        raise Conflict(
            _l("This database was made by a newer version of “%(name)s”. Install that one.", name=source.name)
        )
    return here != newest


def hold(connection: Connection) -> None:
    """Be the only one who migrates or switches modules until the transaction ends; others wait a little, then give up.

    Refused (Conflict): somebody else's migration that takes longer than LOCK_TIMEOUT.
    """
    if connection.dialect.name != "postgresql":
        return  # SQLite has one writer anyway
    try:
        with timeouts(connection):
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise Conflict(_l("Somebody else is switching modules just now. Try again in a minute.")) from error


@contextmanager
def timeouts(connection: Connection) -> Iterator[None]:
    """Within the block no lock is waited for, and no statement runs, longer than a migration may; then as before."""
    if connection.dialect.name != "postgresql":
        yield
        return
    wanted = {"lock_timeout": LOCK_TIMEOUT, "statement_timeout": STATEMENT_TIMEOUT}
    before = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in wanted}
    _set(connection, wanted)
    yield
    _set(connection, before)  # not after an error: the transaction is lost then, and its settings with it


def _set(connection: Connection, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


def upgrade(connection: Connection, source: Source, revision: str = "head") -> None:
    """Migrate to `revision` within the connection's transaction (`base` goes all the way down).

    Totals of registers are projections: a migration may rebuild their tables, and names those totals in PROJECTIONS
    (`module.register.totals`). They are filled from the entries once the source is at `revision`. A register in ENTERED
    (`module.register`) is new to documents that were posted before, and enters them first (`Register.enter_past`). Texts kept
    or ordered otherwise from then on it names in TEXTS, each entry the arguments of `mend_texts`; and in SEARCHED the tables of
    indexes of search that are to be rebuilt.
    """
    if revision == "head" and not pending(connection, source):
        return
    hold(connection)
    if revision == "head" and not pending(connection, source):
        return  # somebody else did it while we waited
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(source.folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, version_table=source.version_table)
    with timeouts(connection):
        if revision == "base":
            command.downgrade(config, revision)
            return
        script = ScriptDirectory.from_config(config)
        ahead = list(script.iterate_revisions(revision, current(connection, source) or "base"))
        projections = {name for step in ahead for name in getattr(step.module, "PROJECTIONS", ())}
        entered = {name for step in ahead for name in getattr(step.module, "ENTERED", ())}
        searched = {name for step in ahead for name in getattr(step.module, "SEARCHED", ())}
        command.upgrade(config, revision)
        if texts := [said for step in reversed(ahead) for said in getattr(step.module, "TEXTS", ())]:
            from app.migrations.mending import mend_texts

            for said in texts:
                mend_texts(connection, **said)
        for name in sorted(entered):
            from app.ledger.register import Register

            Register.declared[name].enter_past(connection)
        if projections:
            from app.ledger.verification import rebuild_named  # registers stand on what migrations make

            rebuild_named(connection, projections)
        if searched:
            from app.search.keeping import fill_named  # as do these

            fill_named(connection, searched)
