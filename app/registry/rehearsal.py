"""Trying out on a copy of the database what switching a module on would do; the database itself is only read."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import ledger
from app.backup import postgresql
from app.backup.sqlite import copy_file
from app.config import Config, embedded
from app.errors import Conflict
from app.ledger import Register
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
    role that may create databases). RehearsalFailed: the migration fails, or a figure has moved.
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
        raise RehearsalFailed(
            _l(
                "These registers changed: %(names)s",
                names=", ".join(map(_title, moved)),
            )
        )
    errors = copy.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False)
    if errors:
        raise RehearsalFailed(_l("The books of the copy are not proven: %(error)s", error=errors[0]))
    yield _("Every register is as it was, and the books of the copy are proven.")


def _title(register: str) -> str:
    return str(Register.declared[register].title) if register in Register.declared else register


def _line(register: str, totals: dict[str, Any], word: str) -> str:
    entries = _("%(n)s entries", n=format(totals["entries"], ">10"))
    return f"  {_title(register):<28}{entries}  {word}"


def _totals(company: "Company") -> dict[str, dict[str, Any]]:
    return company.database.run(ledger.totals_of, actor=SYSTEM, write=False)


@contextmanager
def _copied(config: Config) -> Iterator[Config]:
    """The settings of a copy of the company's database, which lives as long as the block; consistent while others write."""
    url = make_url(config.database_url)
    with tempfile.TemporaryDirectory(prefix="kontor-rehearsal-") as folder:
        if url.get_backend_name() == "sqlite":
            copy_file(str(url.database), Path(folder) / "kontor.db")
            yield Config(Path(folder), embedded(Path(folder)), config.secret_key)
            return
        major = postgresql.major_of(url)
        with postgresql.scratch_database(url, "rehearsal", _no_scratch) as copy:
            postgresql.dump(url, dumped := Path(folder) / "kontor.dump", major=major)
            postgresql.load(copy, dumped, major=major)
            dumped.unlink()
            yield Config(Path(folder), copy.render_as_string(hide_password=False), config.secret_key)


def _no_scratch(why: object) -> Conflict:
    return Conflict(_l("A rehearsal needs the right to create a database: %(why)s", why=why))
