"""Document numbers without gaps: taken in the posting's own transaction, so a posting undone gives its number back.

Only numbers that documents bring along from elsewhere leave gaps, where they run ahead of the series.
"""

from sqlalchemy.orm import Session

from app.driver import Driver

_TAKE = (
    "INSERT INTO core_series (organisation_id, kind, last) VALUES (?, ?, ?)"
    " ON CONFLICT (organisation_id, kind) DO UPDATE SET last = core_series.last + excluded.last RETURNING last"
)


_GO_ON_AFTER = (
    "INSERT INTO core_series (organisation_id, kind, last) VALUES (?, ?, ?)"
    " ON CONFLICT (organisation_id, kind) DO UPDATE SET last = excluded.last WHERE core_series.last < excluded.last"
)


def pass_number(session: Session, organisation_id: int, kind: str, number: int) -> None:
    """Let the series go on after `number`, which a document from elsewhere has brought along."""
    Driver(session).run(_GO_ON_AFTER, (organisation_id, kind, number))


def take_numbers(session: Session, organisation_id: int, kind: str, *, count: int = 1) -> range:
    """The next `count` numbers of a kind. Others who post the kind wait until this transaction ends."""
    row = Driver(session).row(_TAKE, (organisation_id, kind, count))
    assert row is not None
    return range(row[0] - count + 1, row[0] + 1)
