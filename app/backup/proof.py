"""Proving a backup: restored into a scratch place, it shows the figures that were backed up, and its books are proven."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app import audit, ledger
from app.backup import encryption, postgresql, sqlite
from app.backup.archive import Archive
from app.backup.encryption import Key
from app.backup.errors import NewerBackup, NotABackup, WrongDatabase
from app.backup.figures import Figures, differences
from app.backup.names import FILES, is_program_file
from app.company import CORE, Company
from app.config import Config, embedded
from app.errors import Conflict, KontorError
from app.migrations import Source, head
from app.registry import discover
from app.security.actor import SYSTEM
from app.setup import migrate
from app.translation import lazy_gettext as _l
from app.version import VERSION

#: The parts that hold the database, by its kind; what else there is are files, below FILES, and the key.
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
#: so many differences are reported
REPORTED = 50


@dataclass(frozen=True)
class Proof:
    """What came of restoring a backup into a scratch place."""

    manifest: dict[str, Any]
    #: where the copy isn't what was backed up, in words
    differences: list[str]
    #: what is wrong with the books that were backed up, in words
    errors: list[str]
    seconds: float

    @property
    def is_proven(self) -> bool:
        """Whether the copy is equal, and its books are proven."""
        return not self.differences and not self.errors

    def as_json(self) -> dict[str, Any]:
        """For --json, and for the job's page."""
        figures = self.manifest["figures"]
        return {
            "proven": self.is_proven,
            "errors": [*self.differences, *self.errors],
            "organisation": self.manifest["organisation"],
            "made_at": self.manifest["made_at"],
            "version": self.manifest["version"],
            "database": self.manifest["database"],
            "tables": len(figures["tables"]),
            "rows": sum(t["rows"] for t in figures["tables"].values()),
            "registers": figures["registers"],
            "audit": {"chains": len(figures["audit"]), "lines": sum(h[0] for h in figures["audit"].values())},
            "files": sum(part["name"].startswith(f"{FILES}/") for part in self.manifest["parts"]),
            "seconds": round(self.seconds, 1),
        }


def prove(path: Path, key: Key, server: str | None, begin: Callable[[object], None] | None = None) -> Proof:
    """Restore a backup into a scratch place, compare, prove the books, remove the place.

    `server` is the address of a database on the PostgreSQL server that takes the scratch database. `begin` is called with each
    step's name. Refused: NotABackup, Damaged, WrongKey, NewerBackup; a server that can't be used.
    """
    begin = begin or _nobody
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".kontor-proof-", dir=path.parent) as place:
        folder = Path(place)
        begin(_l("reading the backup"))
        with unpacked(path, key, folder) as (manifest, parts):
            begin(_l("restoring it into a scratch place"))
            with _scratch(manifest, parts, folder, server) as url:
                begin(_l("comparing every register"))
                differing, errors = examine(manifest, Config(folder, url, "proof"))
    return Proof(manifest, differing, errors, time.monotonic() - began)


@contextmanager
def unpacked(path: Path, key: Key, folder: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """A backup's manifest, and a folder below `folder` with its parts, every one checked. Refused: as by `prove`."""
    with encryption.opened(path, key, folder) as archive:
        _refuse_unfit(archive)
        parts = folder / "parts"
        parts.mkdir(mode=0o700)
        archive.extract(parts)
        manifest = archive.manifest
    yield manifest, parts


def examine(manifest: dict[str, Any], config: Config) -> tuple[list[str], list[str]]:
    """Where a restored database differs from what was backed up, and what is wrong with its books.

    It is compared as it came; then it is migrated to this program's tables, and its books are proven.
    """
    copy = Company(config, is_copy=True)
    try:
        figures: Figures = manifest["figures"]
        try:
            differing = _read(copy, lambda session: [*_own_errors(copy), *differences(session, figures)])
        except DBAPIError as error:
            if not _is_of_content(error):
                raise
            differing = [str(error.orig)]
        errors = [] if differing else _errors_of_books(copy)
    finally:
        copy.database.dispose()
    return differing[:REPORTED], errors[:REPORTED]


def database_part(manifest: dict[str, Any], parts: Path) -> Path:
    """The restored part that holds the database."""
    return parts / DATABASES[manifest["database"]["kind"]]


def _errors_of_books(copy: Company) -> list[str]:
    try:
        migrate(copy.database, copy)
    except KontorError as error:
        return [str(error)]
    return _read(copy, lambda session: [*ledger.verify(session), *audit.verify(session)])


def _read(copy: Company, work: Callable[[Any], list[str]]) -> list[str]:
    return copy.database.run(work, actor=SYSTEM, write=False)


def _is_of_content(error: DBAPIError) -> bool:
    """Whether the copy lacks what the figures are about, or is broken; otherwise the server or the disk failed."""
    if isinstance(error, OperationalError):
        return sqlite.is_of_content(error.orig)
    return not isinstance(error, InterfaceError) and not error.connection_invalidated


def _own_errors(copy: Company) -> list[str]:
    """What the engine itself finds wrong."""
    return sqlite.errors_of(Path(str(copy.database.engine.url.database))) if copy.database.is_sqlite else []


@contextmanager
def _scratch(manifest: dict[str, Any], parts: Path, folder: Path, server: str | None) -> Iterator[str]:
    """The address of a database into which the backup is restored, for as long as the block lasts."""
    source = database_part(manifest, parts)
    if manifest["database"]["kind"] == "sqlite":
        source.rename(folder / "kontor.db")
        yield embedded(folder)
        return
    url = server_address(server)
    major = postgresql.major_of(url)
    with postgresql.scratch_database(url, "proof", _no_scratch) as scratch:
        postgresql.load(scratch, source, major=major)
        yield scratch.render_as_string(hide_password=False)


def server_address(server: str | None) -> URL:
    """The address of a PostgreSQL database. Refused: there is none, or it is another kind of database."""
    if server is None:
        raise Conflict(
            _l(
                "This is a backup of PostgreSQL. Name a database on a server with --database-url or KONTOR_DATABASE_URL."
            )
        )
    url = make_url(server)
    if url.get_backend_name() != "postgresql":
        raise WrongDatabase("PostgreSQL", "SQLite")
    return url.set(drivername="postgresql+psycopg")


def _no_scratch(why: object) -> Conflict:
    return Conflict(_l("Proving a backup needs the right to create a database on the server: %(why)s", why=why))


def _refuse_unfit(archive: Archive) -> None:
    """Refuse NewerBackup, and NotABackup when the manifest doesn't say what it should."""
    manifest = archive.manifest
    try:
        figures, kind = manifest["figures"], manifest["database"]["kind"]
        is_sound = (
            archive.has(DATABASES[kind])
            and all(isinstance(manifest[name], str) for name in ("version", "made_at", "organisation"))
            and all(isinstance(t["rows"], int) for t in figures["tables"].values())
            and all(isinstance(t["sums"], dict) for r in figures["registers"].values() for t in r.values())
            and all(isinstance(h[0], int) for h in figures["audit"].values())
        )
        is_sound = is_sound and not any(_is_foreign(part["name"]) for part in archive.parts)
        revisions = {str(source): str(revision) for source, revision in figures["migrations"].items()}
    except (KeyError, TypeError, AttributeError, IndexError):
        raise NotABackup(archive.name) from None
    if not is_sound:
        raise NotABackup(archive.name)
    if is_newer(manifest["version"]) or any(r > (_newest(source) or r) for source, r in revisions.items()):
        raise NewerBackup(manifest["version"])


def _is_foreign(part: str) -> bool:
    """Whether a part is a file that would be none of the company's where it is restored."""
    top, _, name = part.partition("/")
    return top == FILES and (not name or is_program_file(PurePosixPath(name)))


def _newest(source: str) -> str | None:
    """The newest revision that this program has of the core or a module; None: a module that isn't installed here."""
    if source == "core":
        return head(CORE)
    module = discover().get(source)
    return head(Source(source, module.folder / "migrations" / "versions")) if module else None


def is_newer(version: str) -> bool:
    """Whether a program's version is newer than this program's own; versions that can't be compared aren't."""
    theirs, ours = (tuple(int(n) for n in re.findall(r"\d+", v)) for v in (version, VERSION))
    return len(theirs) > 1 and len(ours) > 1 and theirs > ours


def _nobody(_step: object) -> None:
    """Nobody wants to know."""
