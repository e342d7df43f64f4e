"""Making a backup while people work: one moment of the database, the figures of that moment, and the files."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from app.backup import archive, encryption, postgresql, sqlite
from app.backup.archive import Part, is_safe
from app.backup.encryption import Key, Lock
from app.backup.errors import Occupied
from app.backup.figures import Figures, figures_of
from app.backup.names import FILES, SECRET, is_program_file
from app.backup.proof import DATABASES
from app.company import Company
from app.config import Config
from app.db import Database, utc_now
from app.errors import Invalid
from app.security.actor import SYSTEM
from app.translation import lazy_gettext as _l
from app.version import VERSION

Step = Callable[[object], None]


@dataclass(frozen=True)
class Made:
    """A backup that lies in its place."""

    path: Path
    bytes: int
    manifest: dict[str, Any]
    #: opens it, as long as this process lives
    key: Key = field(repr=False)
    #: files of the data folder whose names no other system might take
    left_out: list[str]


def make_backup(company: Company, target: Path, lock: Lock, begin: Step) -> Made:
    """Back the company up into a new file. `begin` is called with each step's name.

    The database is copied at one moment, and the files after it, so that no document lacks a file that it names. Refused:
    Occupied; a folder that isn't there; a PostgreSQL server without a pg_dump that fits it. What is refused leaves nothing.
    """
    lock.check()
    if target.exists():
        raise Occupied(target)
    if not target.parent.is_dir():
        raise Invalid(_l("There is no folder %(folder)s.", folder=target.parent), field="file")
    with tempfile.TemporaryDirectory(prefix=".kontor-backup-", dir=target.parent) as place:
        folder = Path(place)
        begin(_l("copying the database"))
        database, facts = _database(company, folder)
        files, left_out = files_of(company.config)
        begin(_l("packing"))
        whole = folder / "plain"
        parts = [database, *_secret(company.config, folder, lock), *files]
        manifest = archive.write(whole, iter(parts), facts)
        key = Key()
        if lock:
            begin(_l("encrypting"))
            key = encryption.encrypt(whole, folder / "encrypted", lock, {"version": VERSION})
            whole = folder / "encrypted"
        archive.place(whole, target)
    return Made(target, target.stat().st_size, manifest, key, left_out)


def _database(company: Company, folder: Path) -> tuple[Part, dict[str, Any]]:
    """The copy of the database, and what is said of it."""
    is_sqlite = company.database.is_sqlite
    kind = "sqlite" if is_sqlite else "postgresql"
    copy = folder / DATABASES[kind]
    made_at = utc_now()
    figures, server = (_copy_sqlite if is_sqlite else _copy_postgresql)(company, copy)
    facts = {
        "version": VERSION,
        "made_at": made_at.isoformat(" ", "seconds"),
        "organisation": company.name,
        "database": {"kind": kind, "server": server},
        "figures": figures,
    }
    return Part(copy.name, copy, is_compressed=not is_sqlite), facts


def _copy_sqlite(company: Company, copy: Path) -> tuple[Figures, str]:
    sqlite.copy_file(str(company.database.engine.url.database), copy)
    at = Database(URL.create("sqlite", database=str(copy)).render_as_string())  # the figures are the copy's own
    try:
        with at.session(SYSTEM) as session:
            figures = figures_of(session)
            version = str(session.connection().execute(text("SELECT sqlite_version()")).scalar_one())
    finally:
        at.dispose()
    sqlite.make_standalone(copy)
    return figures, version


def _copy_postgresql(company: Company, copy: Path) -> tuple[Figures, str]:
    """pg_dump sees the very snapshot in which the figures are read."""
    with company.database.session(SYSTEM) as session:
        connection = session.connection()
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
        major = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        postgresql.dump(make_url(company.database.url), copy, snapshot=snapshot, major=major)
        return figures_of(session), version


def _secret(config: Config, folder: Path, lock: Lock) -> list[Part]:
    """The key that signs cookies goes along only where nobody can read it."""
    if not lock:
        return []
    path = folder / SECRET
    path.write_text(config.secret_key)
    return [Part(SECRET, path)]


def files_of(config: Config) -> tuple[list[Part], list[str]]:
    """The files of the data folder that belong to the company, and the names of those that are left out.

    Not the database, the program's own backups, hidden files and links, nor what belongs to this machine alone.
    """
    parts, left_out = [], []
    for path in sorted(_walk(config.data_dir, skipped=_skipped(config))):
        name = path.relative_to(config.data_dir).as_posix()
        if is_safe(f"{FILES}/{name}"):
            parts.append(Part(f"{FILES}/{name}", path))
        else:
            left_out.append(name)
    return parts, left_out


def _skipped(config: Config) -> Callable[[Path], bool]:
    url = make_url(config.database_url)
    database = str(Path(str(url.database)).absolute()) if url.get_backend_name() == "sqlite" else None
    secrets = {path.resolve() for path in config.secret_files}

    def is_skipped(path: Path) -> bool:
        is_database = database is not None and (str(path) == database or str(path).startswith(f"{database}-"))
        is_own = is_program_file(path.relative_to(config.data_dir)) or path.resolve() in secrets
        return is_database or is_own or path.name.startswith(".") or path.is_symlink()

    return is_skipped


def _walk(folder: Path, *, skipped: Callable[[Path], bool]) -> Iterator[Path]:
    try:
        found = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):  # somebody has removed it meanwhile
        return
    for path in found:
        if skipped(path):
            continue
        if path.is_dir():
            yield from _walk(path, skipped=skipped)
        elif path.is_file():
            yield path
