"""Trying out on a copy of the database what switching a module on would do; the database itself is only read."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from app import ledger
from app.config import Config, embedded
from app.errors import Conflict
from app.registry.lifecycle import closure, enable
from app.security.actor import SYSTEM
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.company import Company


class RehearsalFailed(Conflict):
    """The copy did not come out of it as it should have; the real database is as it was."""


def rehearse(company: "Company", name: str) -> Iterator[str]:
    """Copy the database, switch the module on there, compare every register, remove the copy; tells of it line by line.

    Refused: a module that can't be switched on; a copy that can't be made (PostgreSQL needs pg_dump and psql, and a
    user who may create databases). RehearsalFailed: the migration fails, or a figure has moved.
    """
    closure(company, name)
    began = time.perf_counter()
    with _copied(company.config) as config:
        yield _("Copied the database in %(seconds)s s.", seconds=f"{time.perf_counter() - began:.1f}")
        copy = type(company)(config)
        try:
            yield from _switch_on(copy, name)
        finally:
            copy.database.dispose()
    yield _("The copy is removed. Nothing was switched on here yet.")


def _switch_on(copy: "Company", name: str) -> Iterator[str]:
    before = _totals(copy)
    began = time.perf_counter()
    try:
        done = copy.database.run(lambda session: enable(session, SYSTEM, copy, name), actor=SYSTEM)
    except DBAPIError as error:
        raise RehearsalFailed(_l("On the copy it failed: %(why)s", why=error.orig)) from error
    took = time.perf_counter() - began
    names = ", ".join(str(copy.installed[n].manifest.title) for n in done)  # type: ignore[union-attr]
    yield (
        _("Switched on in %(seconds)s s: %(names)s.", seconds=f"{took:.1f}", names=names)
        if done
        else _("It is on already.")
    )
    after = _totals(copy)
    moved = [register for register, totals in before.items() if after.get(register) != totals]
    for register, totals in before.items():
        word = _("CHANGED") if register in moved else _("unchanged")
        yield _line(register, totals, word)
    for register in after.keys() - before.keys():
        yield _line(register, after[register], _("new"))
    if moved:
        raise RehearsalFailed(_l("These registers changed: %(names)s", names=", ".join(moved)))
    errors = copy.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False)
    if errors:
        raise RehearsalFailed(_l("The books of the copy are not proven: %(error)s", error=errors[0]))
    yield _("Every register is as it was, and the books of the copy are proven.")


def _line(register: str, totals: dict[str, Any], word: str) -> str:
    return f"  {register:<28}{_('%(n)s entries', n=format(totals['entries'], '>10'))}  {word}"


def _totals(company: "Company") -> dict[str, dict[str, Any]]:
    return company.database.run(ledger.totals_of, actor=SYSTEM, write=False)


@contextmanager
def _copied(config: Config) -> Iterator[Config]:
    """The settings of a copy of the company's database, which lives as long as the block."""
    url = make_url(config.database_url)
    with tempfile.TemporaryDirectory(prefix="kontor-rehearsal-") as folder:
        if url.get_backend_name() == "sqlite":
            target = Path(folder) / "kontor.db"
            _copy_file(str(url.database), target)
            yield Config(Path(folder), embedded(Path(folder)), config.secret_key)
            return
        with _copied_database(url) as copy:
            address = copy.render_as_string(hide_password=False)
            yield Config(Path(folder), address, config.secret_key)


def _copy_file(source: str, target: Path) -> None:
    """SQLite's own backup: whole and consistent while others write."""
    origin, copy = sqlite3.connect(f"{Path(source).absolute().as_uri()}?mode=ro", uri=True), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()


@contextmanager
def _copied_database(url: URL) -> Iterator[URL]:
    """A database beside the company's, filled by pg_dump: consistent while others write."""
    dump, load = shutil.which("pg_dump"), shutil.which("psql")
    if dump is None or load is None:
        raise Conflict(_l("A rehearsal needs the programs pg_dump and psql of PostgreSQL on this machine."))
    copy = url.set(database=f"{url.database}_rehearsal_{secrets.token_hex(4)}")
    quoted = '"' + str(copy.database).replace('"', '""') + '"'
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            try:
                connection.execute(text(f"CREATE DATABASE {quoted} TEMPLATE template0"))
            except DBAPIError as error:
                raise Conflict(
                    _l("A rehearsal needs the right to create a database: %(why)s", why=error.orig)
                ) from error
            try:
                _pipe(
                    [dump, "--no-owner", "--dbname", _bare(url)], [load, "-qX", "--dbname", _bare(copy)], url.password
                )
                yield copy
            finally:
                connection.execute(text(f"DROP DATABASE {quoted} WITH (FORCE)"))
    finally:
        engine.dispose()


def _pipe(dump: list[str], load: list[str], password: str | None) -> None:
    """Run `dump | load`; refused (Conflict) with the programs' own words when either fails."""
    # The password goes by the environment: other users of the machine can read a process's arguments.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    with tempfile.TemporaryFile() as said:
        stopping = [*load, "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        giver = subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=said, env=environment)  # noqa: S603 (no shell)
        taker = subprocess.Popen(stopping, stdin=giver.stdout, stdout=said, stderr=said, env=environment)  # noqa: S603
        if giver.stdout is not None:
            giver.stdout.close()  # so that the giver learns when the taker has ended
        failed = bool(taker.wait()) | bool(giver.wait())
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    if failed:
        raise Conflict(_l("The database could not be copied: %(why)s", why=words.splitlines()[0] if words else ""))


def _bare(url: URL) -> str:
    """The address as PostgreSQL's own programs understand it, without the password."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)
