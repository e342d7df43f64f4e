"""Floors that are checked once for many postings, for what is there in the end."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.ledger.posting import Posting, Written
from app.ledger.totals import Key, Totals


@contextmanager
def floors_together(session: Session, organisation_id: int) -> Iterator[None]:
    """As `Posting.floors_deferred`, for every posting of the session within the block."""
    lowered = session.info["floors_together"] = defaultdict[Totals, dict[Key, datetime]](dict)
    try:
        yield
    finally:
        del session.info["floors_together"]
    Posting(session, [Written(0, wall_clock(), organisation_id)]).refuse_still_below(lowered)
