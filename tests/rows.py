"""Everything that a database holds: to show that a refusal changed nothing."""

from collections import defaultdict
from typing import Any

from sqlalchemy import inspect, text


def rows_of_all_tables(session: Any) -> dict[str, list[str]]:
    """Every row of every table that has any, in writing."""
    connection = session.connection()
    names = inspect(connection).get_table_names()
    rows = defaultdict(list)
    if connection.dialect.name == "postgresql":
        # all in one question: it plans each one by itself, which took half the time of the tests that ask this
        each = (f"SELECT '{name}', found::text FROM {name} AS found" for name in names)
        for name, row in connection.exec_driver_sql(" UNION ALL ".join(each)):
            rows[name].append(row)
    else:
        for name in names:
            rows[name] = list(map(str, connection.execute(text(f"SELECT * FROM {name}"))))
    return {name: sorted(found) for name, found in rows.items() if found}
