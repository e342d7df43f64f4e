"""Making and removing the trigrams of an index of search: for migrations."""

from collections.abc import Sequence

from alembic import op

from app.search import trigrams


def create_trigrams(table: str, columns: Sequence[str]) -> None:
    """Make the trigrams of a table's columns. Refused (Conflict): a database that can't."""
    trigrams.create_trigrams(op.get_bind(), table, columns)


def drop_trigrams(table: str) -> None:
    """Remove them, before the table itself is."""
    trigrams.drop_trigrams(op.get_bind(), table)
