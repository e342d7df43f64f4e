"""Make the databases that later versions must bring up: `python -m tests.old_databases.make VERSION`."""

import gzip
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from app.company import Company
from app.config import Config
from app.demo import fill
from app.setup import create_company
from tests.conftest import Cluster, postgresql_binaries
from tests.old_databases import FOLDER


def make_company(url: str, folder: Path) -> None:
    """The sample company with every built-in module on."""
    company = Company(Config(folder, url, "tests"))
    create_company(
        company,
        organisation="Hansa Hardware Ltd",
        country="GB",
        currency="GBP",
        edition="enterprise",
        login="admin",
        password="admin-sample",
        name="Ada Minsk",
    )
    fill(company, trades_abroad=True)
    company.database.dispose()


def main(version: str) -> None:
    """Write both files; one that is there already is never changed."""
    targets = {kind: FOLDER / f"{version}-{kind}.sql.gz" for kind in ("sqlite", "postgresql")}
    if taken := [path.name for path in targets.values() if path.exists()]:
        sys.exit(f"there already: {', '.join(taken)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_company(f"sqlite:///{folder / 'kontor.db'}", folder)
        connection = sqlite3.connect(folder / "kontor.db")
        targets["sqlite"].write_bytes(gzip.compress("\n".join(connection.iterdump()).encode(), mtime=0))
        binaries = postgresql_binaries()
        assert binaries is not None, "PostgreSQL is not installed"
        cluster = Cluster(binaries)
        try:
            cluster.sql("CREATE DATABASE old")
            make_company(cluster.url("old"), folder)
            command = [binaries / "pg_dump", "--inserts", "--no-owner", "--no-privileges", "-d", cluster.url("old")]
            dump = subprocess.run(command, check=True, capture_output=True).stdout
            targets["postgresql"].write_bytes(gzip.compress(dump, mtime=0))
        finally:
            cluster.stop()


if __name__ == "__main__":
    main(sys.argv[1])
