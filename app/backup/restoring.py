"""Making a company of a backup: in a new data folder, or in the empty database that the first-run page stands on."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.audit import record
from app.backup import archive, postgresql, sqlite
from app.backup.encryption import Key
from app.backup.errors import NotEqual, Occupied, WrongDatabase
from app.backup.models import Backup
from app.backup.names import FILES, FOLDER, SECRET
from app.backup.proof import database_part, examine, server_address, unpacked
from app.company import CORE, Company
from app.config import Config, embedded
from app.db import Base, Database, utc_now
from app.errors import Conflict
from app.migrations import Source
from app.registry import discover
from app.security.actor import SYSTEM
from app.setup import being_first, migrate
from app.translation import lazy_gettext as _l


@dataclass(frozen=True)
class Restored:
    """What a company was made of, and what is wrong with its books: they are as they were backed up."""

    organisation: str
    made_at: str
    errors: list[str]


@dataclass(frozen=True)
class _Place:
    """Where a backup goes: the data folder, the database's address, and the company that is served from there already."""

    folder: Path
    address: str
    running: Company | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.address.startswith("sqlite")

    @property
    def url(self) -> URL:
        return make_url(self.address) if self.is_sqlite else server_address(self.address)

    @property
    def file(self) -> Path:
        """The database's file, of SQLite."""
        return Path(str(self.url.database))


def restore(path: Path, key: Key, folder: Path, address: str | None) -> Restored:
    """Make the company of a backup in a data folder; of PostgreSQL, in the empty database at `address`.

    Refused: Occupied, where there is a database, a database that isn't empty, or a file of the same name; NotEqual, when what
    came out isn't what was backed up; and what `proof.prove` refuses. What is refused changes nothing, and leaves nothing.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _workshop(folder) as shop, unpacked(path, key, shop) as (manifest, parts):
            place = _Place(folder, address or embedded(folder))
            _refuse_unfit(manifest, place, is_named=address is not None)
            _refuse_occupied(place, parts)
            return _fill(place, manifest, parts, shop)
    finally:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


def restore_first_run(company: Company, path: Path, key: Key) -> Restored:
    """Make the company of a backup in the database of a server that has none yet, while it serves.

    Refused: Conflict, once there is a company, also when somebody makes one meanwhile; WrongDatabase; a file of the same name;
    tables of another program's beside the company's (Occupied); NotEqual; and what `proof.prove` refuses. What is refused
    changes nothing.
    """
    place = _Place(company.config.data_dir, company.config.database_url, company)
    with _workshop(place.folder) as shop, unpacked(path, key, shop) as (manifest, parts):
        _refuse_unfit(manifest, place, is_named=True)
        _refuse_taken(place.folder, parts)
        with being_first(company):
            restored = _fill(place, manifest, parts, shop)
            _take_key(company, parts)
    return restored


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".kontor-restore-", dir=folder) as shop:
        yield Path(shop)


def _refuse_unfit(manifest: dict[str, Any], place: _Place, *, is_named: bool) -> None:
    is_sqlite = manifest["database"]["kind"] == "sqlite"
    if is_sqlite and not place.is_sqlite:
        raise WrongDatabase("SQLite", "PostgreSQL")
    if not is_sqlite:
        server_address(place.address if is_named else None)


def _refuse_occupied(place: _Place, parts: Path) -> None:
    if place.is_sqlite and place.file.exists():
        raise Occupied(place.file)
    secret, ours = parts / SECRET, place.folder / SECRET
    if secret.exists() and ours.exists() and secret.read_text().strip() != ours.read_text().strip():
        raise Occupied(ours)
    _refuse_taken(place.folder, parts)


def _refuse_taken(folder: Path, parts: Path) -> None:
    """Refuse files that would replace others."""
    for name in _names_of_files(parts):
        if (folder / name).exists():
            raise Occupied(folder / name)


def _names_of_files(parts: Path) -> list[Path]:
    files = parts / FILES
    return sorted(p.relative_to(files) for p in files.rglob("*") if p.is_file()) if files.is_dir() else []


def _fill(place: _Place, manifest: dict[str, Any], parts: Path, shop: Path) -> Restored:
    """Restore, compare, put the files where they belong; a SQLite database goes last, as with it there is a company."""
    seen = _generation(place.running.database) if place.running is not None else 0  # before its tables are replaced
    with ExitStack() as undo:
        config = Config(shop, embedded(shop), "restore")
        if place.is_sqlite:
            database_part(manifest, parts).rename(shop / "kontor.db")
        else:
            config = replace(config, database_url=place.url.render_as_string(hide_password=False))
            _load(place, database_part(manifest, parts), undo)
        differing, errors = examine(manifest, config)
        if differing:
            raise NotEqual(differing[0])
        _sign(config, place.folder, manifest, seen)
        _put_files(place, parts, undo)
        if place.is_sqlite:
            _put_database(place, shop / "kontor.db")
        undo.pop_all()
    return Restored(manifest["organisation"], manifest["made_at"], errors)


def _load(place: _Place, source: Path, undo: ExitStack) -> None:
    """Into an empty database of PostgreSQL, or in place of the tables of one without a company."""
    major = postgresql.major_of(place.url)
    first = _refuse_tables if place.running is None else _drop_vacant
    loaded = postgresql.load(place.url, source, major=major, first=first)
    undo.callback(_empty_again, place, loaded)


def _sign(config: Config, folder: Path, manifest: dict[str, Any], seen: int) -> None:
    """Leave a line in the restored audit, let go of backups whose files lie elsewhere, and have every worker of a running
    server read the company again: the number of its generation is moved past the one that they have seen."""
    database = Database(config.database_url)

    def work(session: Session) -> None:
        session.execute(text("UPDATE core_generation SET number = number + :seen WHERE id = 1"), {"seen": seen})
        for backup in session.scalars(select(Backup).where(Backup.removed_at.is_(None))):
            if backup.name is None or not (folder / FOLDER / backup.name).is_file():
                backup.removed_at = utc_now()
        record(session, "core.backup.restore", summary=f"{manifest['made_at']} UTC")

    try:
        database.run(work, actor=SYSTEM)
    finally:
        database.dispose()


def _generation(database: Database) -> int:
    """The number that workers of a running server may have seen."""
    number = text("SELECT number FROM core_generation WHERE id = 1")
    found: int | None = database.run(lambda s: s.execute(number).scalar(), actor=SYSTEM, write=False)
    return found or 0


def _put_files(place: _Place, parts: Path, undo: ExitStack) -> None:
    wanted = [(parts / FILES / name, place.folder / name) for name in _names_of_files(parts)]
    if (parts / SECRET).exists() and not (place.folder / SECRET).exists():
        wanted.append((parts / SECRET, place.folder / SECRET))
    for made, target in wanted:
        missing = [p for p in target.parents if not p.exists()]
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in reversed(missing):
            undo.callback(folder.rmdir)
        archive.place(made, target)
        undo.callback(target.unlink)


def _put_database(place: _Place, source: Path) -> None:
    sqlite.make_standalone(source)
    if place.running is None:
        archive.place(source, place.file)
    else:
        sqlite.copy_file(source, place.file)  # in one transaction, and those who have the file open see it


def _take_key(company: Company, parts: Path) -> None:
    """Sign with the restored key from now on, unless this server's settings name another."""
    ours, restored = company.config.data_dir / SECRET, parts / SECRET
    if restored.exists() and ours.exists() and ours.read_text().strip() == company.config.secret_key:
        secret = restored.read_text().strip()
        restored.replace(ours)
        company.config = replace(company.config, secret_key=secret)


def _refuse_tables(connection: Any) -> None:
    """Refuse (Occupied) a database of PostgreSQL in which there is any table."""
    system = "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
    if row := connection.execute(system).fetchone():
        raise Occupied(_l("The table “%(name)s” of the database", name=row[0]))


def _drop_vacant(connection: Any) -> None:
    """Drop the tables of a database without a company.

    Refused: Conflict, when somebody has made one meanwhile; Occupied, when other programs have tables there too.
    """
    connection.execute("SET LOCAL lock_timeout = '10s'")
    connection.execute("LOCK TABLE core_organisation IN ACCESS EXCLUSIVE MODE")
    if connection.execute("SELECT id FROM core_organisation LIMIT 1").fetchone():
        raise Conflict(_l("There is a company here already."))
    there = postgresql.tables_of(connection)
    if others := sorted(there - _own_tables()):
        raise Occupied(_l("The table “%(name)s” of the database", name=others[0]))
    _drop_tables(connection, there, "RESTRICT")  # a view of somebody else's stays, and refuses this


def _own_tables() -> set[str]:
    """The names of all tables that the core and the installed modules may have."""
    modules = {Source(name, module.folder).version_table for name, module in discover().items()}
    return {table.name for table in Base.metadata.tables.values()} | {CORE.version_table} | modules


def _drop_tables(connection: Any, names: set[str], how: str) -> None:
    from psycopg import sql  # whose books are in a file does without the driver

    if names:
        tables = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(names))
        connection.execute(sql.SQL("DROP TABLE {} ").format(tables) + sql.SQL(how))


def _empty_again(place: _Place, loaded: set[str]) -> None:
    """What a refused restore leaves of a database: nothing, and on a running server the tables of a first run."""
    with postgresql.connected(place.url) as connection:
        there = postgresql.tables_of(connection)
        _drop_tables(connection, there & (loaded | _own_tables()), "CASCADE")
    if place.running is not None:
        migrate(place.running.database, place.running)
