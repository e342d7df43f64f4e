"""Recosting that is still to be done: which items, from when on. While there is any, their figures are marked."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Posting
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.warehouse import moves
from modules.warehouse.models import Recosting

_BOOKS = PastPolicy("which items wait to be recosted: no document, and no cost")

_TABLE: Any = Recosting.__table__
_T = _TABLE.c


def postpone(posting: Posting, items: Collection[int], since: datetime, until: datetime, *, cause_id: int) -> None:
    """Leave the items to a job from `until` on. What was left to it from before `since` on stays so."""
    known = _known(posting, items)
    for item in sorted(items):
        row = known.get(item)
        if row is None:
            posting.session.add(
                Recosting(
                    organisation_id=posting.organisation_id,
                    item_id=item,
                    since=until,
                    cause_id=cause_id,
                )
            )
        elif row.since >= since:
            row.since = until
    posting.session.flush()


def settle(posting: Posting, items: Collection[int], since: datetime) -> None:
    """Nothing is left to do for the items from `since` on."""
    done = delete(_TABLE).where(_T.organisation_id == posting.organisation_id, _T.item_id.in_(items), _T.since >= since)
    _BOOKS(posting.session).execute(done)


def items_waiting(session: Session) -> dict[int, datetime]:
    """The items whose costs are being recalculated, with what was made of them, and from which moment on."""
    books = moves.BooksOf(session, organisation_id(session))
    query = select(_T.item_id, _T.since).where(_T.organisation_id == books.organisation_id)
    waiting = {row.item_id: row.since for row in _BOOKS(session).execute(query)}
    for since in sorted(set(waiting.values())):
        made = moves.bound_to(books, {item for item, begun in waiting.items() if begun == since}, since)
        waiting |= dict.fromkeys(made - waiting.keys(), since)
    return waiting


def refuse_unsettled(session: Session, until: date) -> None:
    """Refuse (Conflict) to close a period in which costs are still being recalculated."""
    end = datetime.combine(until, time.max)
    waiting = sum(since <= end for since in items_waiting(session).values())
    if waiting:
        raise Conflict(
            _l(
                "Costs of %(n)s items are still being recalculated in this period. Close it when that is done.",
                n=waiting,
            )
        )


def _known(posting: Posting, items: Collection[int]) -> dict[int, Recosting]:
    query = select(Recosting).where(Recosting.organisation_id == posting.organisation_id, Recosting.item_id.in_(items))
    rows = posting.session.scalars(query.execution_options(populate_existing=True))
    return {row.item_id: row for row in rows}
