"""The warehouse's jobs."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import uncollected
from app.api.jobs import JobKind, Run
from app.api.ledger import Posting, Written
from app.api.reference import books_of
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.warehouse import recosting
from modules.warehouse.certificates.reminding import every_morning as every_morning
from modules.warehouse.certificates.reminding import of_certificates as of_certificates
from modules.warehouse.models import Recosting
from modules.warehouse.planning.forecasting import forecast as forecast

#: So many seconds a part of the job may take.
_LONG = 1.0
#: What a coarse clock gives as no time at all.
_SHORTEST = 0.001


def _recost(run: Run) -> dict[str, Any]:
    """Go on, a part in each transaction, until nothing is left: people post between the parts."""
    parts = 0
    for parts, (left, seconds) in enumerate(recost_parts(run.company.database), 1):
        if run.company.database.is_sqlite:
            # As long again for whoever waits to write: SQLite gives its lock to whoever asks next, not to who waits longest.
            time.sleep(min(seconds, 1.0))
        run.progress(parts, 0, _("recalculating costs of %(n)s items", n=left))
    return {"parts": parts}


def recost_parts(database: Any) -> Iterator[tuple[int, float]]:
    """Recost all that is left, a part in each transaction; after each, how many items were waiting and the seconds it took.

    A part keeps others from its items (on SQLite from everything): it is as large as takes _LONG at most.
    """
    most = recosting.CHUNK
    while True:
        begun = time.monotonic()
        left: int = database.run(lambda session, most=most: recost_part(session, most), actor=SYSTEM)
        if not left:
            return
        seconds = time.monotonic() - begun
        yield left, seconds
        most = max(recosting.CHUNK, int(most * min(2.0, _LONG / max(seconds, _SHORTEST))))


def recost_part(session: Session, most: int | None = None) -> int:
    """Recost the next part of what is left to do, so many moves at most (else CHUNK); how many items were waiting."""
    rows = list(
        session.scalars(select(Recosting).order_by(Recosting.organisation_id, Recosting.since, Recosting.item_id))
    )
    if not rows:
        return 0
    with books_of(session, rows[0].organisation_id):
        _recost_first(session, rows, most)
    return len(rows)


@uncollected()
def _recost_first(session: Session, rows: Sequence[Recosting], most: int | None) -> None:
    """What waits from the same moment on for the same reason goes together."""
    first = rows[0]
    same = (first.organisation_id, first.since, first.cause_id)
    items = {row.item_id for row in rows if (row.organisation_id, row.since, row.cause_id) == same}
    cause = Written(first.cause_id, first.since, first.organisation_id)
    posting = Posting(session, [cause])
    recosting.recost(posting, items, first.since, most=most)
    posting.write()


def _is_due(session: Session) -> bool:
    return session.scalars(select(Recosting.item_id).limit(1)).first() is not None


recost = JobKind(recosting.JOB, _l("Recalculate costs"), _recost, is_resumable=True, is_due=_is_due)
