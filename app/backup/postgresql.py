"""Copying PostgreSQL databases with the server's own programs, and scratch databases beside them."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.errors import Conflict
from app.translation import lazy_gettext as _l

#: Where Debian keeps the programs of each version, beside the one that PATH finds.
_PLACES = Path("/usr/lib/postgresql")
#: Lines of a script that are for psql, and say that no others are.
_TO_PSQL = (b"\\restrict ", b"\\unrestrict ")
#: What pg_restore of PostgreSQL 17 and later sets for servers that don't know it before that version.
_SETTING, _SETTING_SINCE = b"SET transaction_timeout = 0;\n", 17
_PIECE = 1 << 20
#: Characters of a scratch database's name that say when it was made, and then by chance which it is.
_STAMP, _CHANCE = 8, 8


def program(name: str, major: int) -> str:
    """The path of pg_dump or pg_restore of this version of the server, or of the lowest newer one that is installed.

    Refused (Conflict): none is installed that fits.
    """
    found = [path for path in (shutil.which(name), *map(str, _PLACES.glob(f"*/bin/{name}"))) if path]
    if fitting := [(version, path) for path in found if (version := _major_of(path)) >= major]:
        return min(fitting, key=lambda known: known[0])[1]
    message = (
        _l("This needs the program %(name)s of PostgreSQL %(major)s or newer on this machine.", name=name, major=major)
        if not found
        else _l(
            "The program %(name)s on this machine is older than the server: PostgreSQL %(major)s or newer is needed.",
            name=name,
            major=major,
        )
    )
    raise Conflict(message)


def dump(url: URL, target: Path, *, major: int, snapshot: str | None = None) -> None:
    """Write the database in pg_dump's own format, as an exported snapshot shows it, or as it is at the beginning. Refused
    (Conflict), in its words."""
    command = [program("pg_dump", major), "--format=custom", "--no-owner", "--no-acl"]
    command += [f"--snapshot={snapshot}"] if snapshot is not None else []
    _run([*command, f"--file={target}", "--dbname", bare(url)], url)


def load(url: URL, source: Path, *, major: int, first: Callable[[Any], None] | None = None) -> set[str]:
    """Restore a dump of `dump` in one transaction, in which `first` is called before with the driver's connection.

    Gives the names of the tables that are there then.

    pg_restore says what is to be done, and the driver does it: psql would do it as well, but it also obeys commands to itself
    that a forged dump may hold. Refused (Conflict): what pg_restore can't read, and what the server refuses.
    """
    from psycopg import Error

    give = [program("pg_restore", major), "--no-owner", "--no-acl", "--file=-", str(source)]
    with tempfile.TemporaryFile() as said:
        giver = subprocess.Popen(give, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 (no shell)
        assert giver.stdout is not None
        try:
            with connected(url) as connection:
                if first is not None:
                    first(connection)
                _obey(connection, giver.stdout, major)
                if giver.wait():  # within the transaction: half a dump is none
                    said.seek(0)
                    raise _failed(said.read().decode(errors="replace").strip())
                return tables_of(connection)
        except Error as error:
            raise _failed(str(error)) from error
        finally:
            giver.kill()
            giver.wait()
            giver.stdout.close()


def tables_of(connection: Any) -> set[str]:
    """The names of the tables in the schema that a driver's connection writes to."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    return {str(name) for (name,) in found}


def _obey(connection: Any, script: IO[bytes], major: int) -> None:
    """Do what a script of pg_restore's says, as far as a server of this version can: statements, and rows between a COPY and a
    line `\\.`."""
    cursor, waiting = connection.cursor(), list[bytes]()
    for line in script:
        if line.startswith(_TO_PSQL) or (line == _SETTING and major < _SETTING_SINCE):
            continue
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            cursor.execute(b"".join(waiting))
            waiting.clear()
            with cursor.copy(line) as rows:
                _copy_rows(rows, script)
        else:
            waiting.append(line)
    cursor.execute(b"".join(waiting))


def _copy_rows(rows: Any, script: IO[bytes]) -> None:
    gathered, size = list[bytes](), 0
    for line in script:
        if line == b"\\.\n":
            break
        gathered.append(line)
        size += len(line)
        if size > _PIECE:
            rows.write(b"".join(gathered))
            gathered, size = [], 0
    rows.write(b"".join(gathered))


def major_of(url: URL) -> int:
    """The version of the server at an address. Refused (Conflict): there is none, or it doesn't let us in."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    except DBAPIError as error:
        raise Conflict(_l("The database can't be reached: %(why)s", why=error.orig)) from error
    finally:
        engine.dispose()


@contextmanager
def scratch_database(url: URL, suffix: str, refusal: Callable[[object], Exception]) -> Iterator[URL]:
    """An empty database beside another, for as long as the block lasts.

    Raises `refusal` with the server's reason when the role may not make databases.
    """
    stamp = f"{int(time.time()):0{_STAMP}x}{secrets.token_hex(_CHANCE // 2)}"
    scratch = url.set(database=_prefix_of_scratch(url, suffix) + stamp)
    quoted = _quoted(str(scratch.database))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            try:
                connection.execute(text(f"CREATE DATABASE {quoted} TEMPLATE template0"))
            except DBAPIError as error:
                raise refusal(error.orig) from error
        try:
            yield scratch
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"))
    finally:
        engine.dispose()


def drop_scratch(url: URL, suffix: str, until: float) -> None:
    """Drop the scratch databases beside another that were made before a moment (seconds since 1970) and that nobody uses."""
    named = re.compile(re.escape(_prefix_of_scratch(url, suffix)) + f"([0-9a-f]{{{_STAMP}}})[0-9a-f]{{{_CHANCE}}}")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            names = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
            for name in names:
                if (found := named.fullmatch(name)) and int(found[1], 16) < until:
                    with suppress(DBAPIError):  # somebody is connected to it
                        connection.execute(text(f"DROP DATABASE IF EXISTS {_quoted(name)}"))
    finally:
        engine.dispose()


def _prefix_of_scratch(url: URL, suffix: str) -> str:
    room = 63 - _STAMP - _CHANCE  # bytes that PostgreSQL keeps of a name
    return f"{url.database or 'kontor'}_{suffix}_".encode()[-room:].decode(errors="ignore")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def connected(url: URL) -> Any:
    """A connection of the driver's own; as a context, it commits at the end of the block and closes."""
    from psycopg import connect  # whose books are in a file does without the driver

    return connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def bare(url: URL) -> str:
    """The address as PostgreSQL's own programs understand it, without the password."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    without = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return without.render_as_string(hide_password=False)


def _run(command: Sequence[str], url: URL) -> None:
    done = subprocess.run(command, capture_output=True, env=_environment(url), check=False)  # noqa: S603 (no shell)
    if done.returncode:
        raise _failed(done.stderr.decode(errors="replace").strip())


def _environment(url: URL) -> dict[str, str]:
    # The password goes by the environment: other users of the machine can read a process's arguments.
    password = url.password or url.query.get("password")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _failed(words: str) -> Conflict:
    return Conflict(_l("The database could not be copied: %(why)s", why=words.splitlines()[0] if words else ""))


def _major_of(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
