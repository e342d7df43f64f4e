"""Everything that a database holds: to show that a refusal changed nothing."""

from collections import defaultdict
from typing import Any


def rows_of_all_tables(session: Any) -> dict[str, list[str]]:
    """Every row of every table that has any, in writing."""
    connection = session.connection()
    rows = defaultdict(list)
    if connection.dialect.name == "postgresql":
        names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        # all in one question: it plans each one by itself, which took half the time of the tests that ask this
        each = (f"SELECT '{name}', found::text FROM {name} AS found" for name in names)
        for name, row in connection.exec_driver_sql(" UNION ALL ".join(each)):
            rows[name].append(row)
    else:
        # SQLite's own cursor: a statement for each of a hundred tables costs many times as much by SQLAlchemy
        cursor = connection.connection.cursor()
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        for (name,) in cursor.fetchall():
            rows[name] = list(map(str, cursor.execute(f"SELECT * FROM {name}")))
        cursor.close()
    return {name: sorted(found) for name, found in rows.items() if found}
