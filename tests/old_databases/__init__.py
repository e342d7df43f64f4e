"""Databases made by earlier versions, and how to read them."""

import gzip
import sqlite3
from pathlib import Path

FOLDER = Path(__file__).parent


def text_of(path: Path) -> str:
    """The SQL of a database. What a newer PostgreSQL's dump says to its own client, or sets, an older server needn't know."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("\\", "SET ")))


def restore_sqlite(path: Path, target: Path) -> str:
    """Make the database in a file that doesn't exist yet; gives its address."""
    connection = sqlite3.connect(target)
    connection.executescript(text_of(path))
    connection.close()
    return f"sqlite:///{target}"


def restore_postgresql(path: Path, url: str) -> str:
    """Make the tables and rows in an empty database; gives its address."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text_of(path).encode())
    return url
