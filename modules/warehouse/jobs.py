"""The warehouse's jobs."""

import time
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

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


def _recost(run: Run) -> dict[str, Any]:
    """Go on, a part in each transaction, until nothing is left: people post between the parts."""
    parts = 0
    while True:
        begun = time.monotonic()
        left: int = run.company.database.run(recost_part, actor=SYSTEM)
        if not left:
            return {"parts": parts}
        parts += 1
        # As long again for whoever waits to write: SQLite gives its lock to whoever asks next, not to who waits longest.
        time.sleep(min(time.monotonic() - begun, 1.0))
        run.progress(parts, 0, _("recalculating costs of %(n)s items", n=left))


def recost_part(session: Session) -> int:
    """Recost the next part of what is left to do; how many items were waiting."""
    rows = list(
        session.scalars(select(Recosting).order_by(Recosting.organisation_id, Recosting.since, Recosting.item_id))
    )
    if not rows:
        return 0
    with books_of(session, rows[0].organisation_id):
        _recost_first(session, rows)
    return len(rows)


def _recost_first(session: Session, rows: Sequence[Recosting]) -> None:
    """What waits from the same moment on for the same reason goes together."""
    first = rows[0]
    same = (first.organisation_id, first.since, first.cause_id)
    items = {row.item_id for row in rows if (row.organisation_id, row.since, row.cause_id) == same}
    cause = Written(first.cause_id, first.since, first.organisation_id)
    posting = Posting(session, [cause])
    recosting.recost(posting, items, first.since)
    posting.write()


def _is_due(session: Session) -> bool:
    return session.scalars(select(Recosting.item_id).limit(1)).first() is not None


recost = JobKind(recosting.JOB, _l("Recalculate costs"), _recost, is_resumable=True, is_due=_is_due)
