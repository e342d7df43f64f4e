"""A PostgreSQL server of the tests' own, and databases in it that are put back as they were instead of made each time."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus


class Cluster:
    """A private PostgreSQL server that listens on a socket in its own folder alone, thrown away afterwards."""

    port = 5432  # a name within the folder, so it can't be taken

    def __init__(self, binaries: Path) -> None:
        # Not pytest's folder: its path may be too long for a socket, and is closed to the user postgres.
        self.folder, self.binaries = Path(tempfile.mkdtemp(prefix="kontor-postgresql-")), binaries
        folder = self.folder
        self._as_postgres: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            self._as_postgres = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        # Tests throw the cluster away, so nothing need survive a power cut.
        options = f"-p {self.port} -k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        options += " -c full_page_writes=off -c autovacuum=off -c jit=off"  # each database lives for a second
        # Workers for a question about all tables cost thirty times what it takes.
        options += " -c max_parallel_workers_per_gather=0"
        self._options = options
        self._start()

    def _start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-o", self._options, "-l", log, "-w", "start")

    def crash(self) -> None:
        """End the server as if it had been killed, and start it again: it recovers what was committed."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        self._start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.binaries / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd="/",
            **self._as_postgres,
        )

    def url(self, name: str) -> str:
        """The address of a database of this cluster."""
        return f"postgresql://postgres@/{name}?host={self.folder}&port={self.port}"

    def sql(self, statement: str) -> None:
        """Run a statement that may not be in a transaction, such as CREATE DATABASE."""
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def dump(self, name: str, file: Path) -> None:
        """Write down all of a database, so that another server can read it."""
        with open(file, "wb") as written:
            subprocess.run([self.binaries / "pg_dump", "-Fc", "-Z0", "-d", self.url(name)], check=True, stdout=written)

    def restore(self, name: str, file: Path) -> None:
        """Read what was written down of a database into an empty one."""
        command = [self.binaries / "pg_restore", "--exit-on-error", "-d", self.url(name), file]
        subprocess.run(command, check=True)

    def stop(self) -> None:
        """End the server, and leave nothing of it."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def postgresql_binaries() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    found = shutil.which("initdb")
    return (
        Path(found).resolve().parent
        if found
        else versions[-1]
        if versions and (versions[-1] / "initdb").exists()
        else None
    )


class Idle:
    """Connections that nobody holds any more, for whoever asks next for the same database.

    A new one costs the server more than a small test: it begins without knowing any table.
    """

    #: How many of one database: more are asked for at once by few tests.
    MANY = 3

    def __init__(self) -> None:
        self._by_url: dict[str, list[Any]] = {}
        self._process = os.getpid()  # one that was forked must not speak on its parent's

    def begin(self, url: str) -> None:
        """Keep what is closed of this database from now on."""
        self._by_url[url] = []

    def end(self, url: str) -> None:
        """Close what is kept of it."""
        for connection in self._by_url.pop(url):
            connection.close()

    def take(self, url: str) -> Any:
        """One that was kept, or None."""
        kept = self._by_url.get(url) if os.getpid() == self._process else None
        return kept.pop() if kept else None

    def keep(self, url: str, connection: Any) -> None:
        """Keep a connection instead of closing it, without what was set, locked or made on it."""
        kept = self._by_url.get(url) if os.getpid() == self._process else None
        if kept is None or len(kept) >= self.MANY or connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
            return
        connection.isolation_level, connection.autocommit = None, True
        connection.execute("RESET ALL; SELECT pg_advisory_unlock_all(); DISCARD TEMP")
        connection.autocommit = False
        kept.append(connection)

    def of(self, url: str) -> list[int]:
        """The server's processes behind those that are kept of it."""
        return [connection.info.backend_pid for connection in self._by_url[url]]


idle = Idle()

#: Where all definitions are. What was made and removed again leaves no trace there; a schema for temporary tables may stay.
_CATALOGS = (
    *("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_proc", "pg_trigger", "pg_sequence"),
    *("pg_type", "pg_enum", "pg_rewrite", "pg_policy", "pg_extension", "pg_largeobject_metadata"),
    "pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'",
    "pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
)


@dataclass(frozen=True)
class Content:
    """What a template holds, by table: its rows, how many there are and which transaction wrote the newest."""

    rows: dict[str, bytes]
    counts: dict[str, tuple[int, int]]
    numbers: dict[str, tuple[int | None, int]]
    definitions: dict[str, tuple[int, int]]


class Copy:
    """A database like its template."""

    #: Rows that are made sooner than put back, and the uses after which what was put back lies in the way.
    MANY, OLD = 3000, 50

    def __init__(self, cluster: Cluster, name: str, template: str, like: "Copy | None") -> None:
        cluster.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self.name, self.url, self._cluster, self._uses = name, cluster.url(name), cluster, 0
        self._connection = psycopg.connect(self.url, autocommit=True)
        self._do("SET session_replication_role = replica")  # rows may come before those that they refer to
        self._content = like._content if like else self._read()  # files were copied: the same to the last transaction
        self._counts = dict(self._content.counts)
        idle.begin(self.url)

    def _read(self) -> "Content":
        tables = [name for (name,) in self._do("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return Content(
            {table: self._copied_out(table) for table in tables},
            dict(self._counted(tables)),
            self._sequences(),
            dict(self._counted(_CATALOGS)),
        )

    def put_back(self) -> bool:
        """Make it what it was, numbers of rows to come included; False where that takes longer than a new one."""
        self._uses += 1
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)",
            [idle.of(self.url)],
        )
        if self._uses == self.OLD or dict(self._counted(_CATALOGS)) != self._content.definitions:
            return False
        counts = dict(self._counted(self._counts))
        changed = [table for table, found in counts.items() if found != self._counts[table]]
        if sum(counts[table][0] for table in changed) > self.MANY:
            return False
        with self._connection.transaction():
            for table in changed:
                self._do(f"DELETE FROM {table}")
                with self._connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(self._content.rows[table])
            for sequence, _last in self._sequences().items() - self._content.numbers.items():
                last, first = self._content.numbers[sequence]
                self._do(f"SELECT setval('{sequence}', {last or first}, {last is not None})")
        self._counts |= dict(self._counted(changed)) if changed else {}
        return True

    def drop(self) -> None:
        """Throw it away."""
        idle.end(self.url)
        self._connection.close()
        self._cluster.sql(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _do(self, statement: str) -> Any:
        return self._connection.execute(statement)

    def _copied_out(self, table: str) -> bytes:
        with self._connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
            return b"".join(copy)

    def _sequences(self) -> dict[str, tuple[int | None, int]]:
        """The last number that each gave, and its first."""
        query = "SELECT schemaname || '.' || sequencename, last_value, start_value FROM pg_sequences"
        return {name: (last, first) for name, last, first in self._do(query)}

    def _counted(self, tables: Iterable[str]) -> Iterator[tuple[str, tuple[int, int]]]:
        """How many rows each has, and the transaction that wrote the newest: both change with whatever is written."""
        each = (f"SELECT $${name}$$, count(*), max(xmin::text::bigint) FROM {name}" for name in tables)
        for name, count, newest in self._do(" UNION ALL ".join(each)):
            yield name, (count, newest)


class Copies:
    """Databases like one template, for one test after another."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster, self._template, self._made = cluster, template, 0
        self._first: Copy | None = None
        self._free: list[Copy] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of a database that is like the template."""
        copy = self._free.pop() if self._free else self._new()
        try:
            yield copy.url
        finally:
            if copy.put_back():
                self._free.append(copy)
            else:
                copy.drop()

    def drop(self) -> None:
        """Throw them all away."""
        for copy in self._free:
            copy.drop()

    def _new(self) -> Copy:
        self._made += 1
        made = Copy(self._cluster, f"{self._template}_{self._made}", self._template, self._first)
        self._first = self._first or made
        return made
