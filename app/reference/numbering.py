"""Document numbers without gaps: taken in the posting's own transaction, so a posting undone gives its number back."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_TAKE = text(
    "INSERT INTO core_series (organisation_id, kind, last) VALUES (:organisation_id, :kind, :count)"
    " ON CONFLICT (organisation_id, kind) DO UPDATE SET last = core_series.last + excluded.last RETURNING last"
)


def take_numbers(session: Session, organisation_id: int, kind: str, *, count: int = 1) -> range:
    """The next `count` numbers of a kind. Others who post the kind wait until this transaction ends."""
    row = {"organisation_id": organisation_id, "kind": kind, "count": count}
    last = session.connection().execute(_TAKE, row).scalar_one()
    return range(last - count + 1, last + 1)
