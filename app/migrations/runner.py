"""Running Alembic for one source of migrations at a time.

One version table per module: in a shared table, removing a module's package would break everyone's upgrade. Files are
numbered, without branches, so "is anything pending?" is answered by their names, and Alembic (0.4 s to import) is
loaded only where something has to be migrated.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

#: Nobody shall wait long for a table that a migration holds: it gives up instead, and is tried again.
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "5s", "5min"


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
    """Whether the source has revisions that the database lacks."""
    return current(connection, source) != head(source)


def upgrade(connection: Connection, source: Source, revision: str = "head") -> None:
    """Migrate to `revision` within the connection's transaction (`base` goes all the way down)."""
    if revision == "head" and not pending(connection, source):
        return
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(source.folder))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    down = revision == "base"

    def steps(current_revision: Any, _context: Any) -> Any:
        if down:
            return script._downgrade_revs(revision, current_revision)
        return script._upgrade_revs(revision, current_revision)

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
    with EnvironmentContext(config, script, fn=steps, as_sql=False) as environment:
        environment.configure(
            connection=connection,
            version_table=source.version_table,
            transactional_ddl=False,  # the caller's transaction holds it all
            render_as_batch=True,
        )
        environment.run_migrations()
