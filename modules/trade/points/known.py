"""Which loyalty programme a customer is in, and on which items points are earned and spent: read once a session."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import forget_all, remembered
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from modules.contacts.api import Contact, Folder
from modules.trade.points.models import ExcludedGroup, Programme
from modules.trade.pricing.known import forget_prices, known_prices
from modules.trade.pricing.rules import path_up
from modules.trade.till.models import Till
from modules.warehouse.api import GroupTree

_BOOKS = PastPolicy("who earns points by the company's rules does, whoever types the sale")
_WHAT = "trade.points"


@dataclass(frozen=True, slots=True)
class Known:
    """The programmes of the organisation at hand."""

    #: rows of their table, the first first
    programmes: Sequence[Any] = ()
    #: programme → the groups of items that it leaves out
    excluded: Mapping[int, frozenset[int]] | None = None
    #: customers of tills who don't say who they are: nobody's points
    nobody: frozenset[int] = frozenset()
    folders: Mapping[int, int | None] | None = None
    groups: Mapping[int, int | None] | None = None

    def leaves_out(self, programme: Any, group_id: int | None) -> bool:
        """Whether points are neither earned nor spent on items of a group."""
        out = (self.excluded or {}).get(programme.id, frozenset())
        return bool(out) and any(group in out for group in path_up(self.groups or {}, group_id))


def known_points(session: Session) -> Known:
    """The programmes of the organisation at hand, and what belongs to them; asks nothing where there are none."""
    if not known_prices(session).has_programmes:
        return Known()
    known, own = remembered(session, _WHAT), organisation_id(session)
    if own not in known:
        known[own] = _read(session, own)
    found: Known = known[own]
    return found


def forget_points(session: Session) -> None:
    """Read it again the next time, as something of it has changed."""
    forget_prices(session)
    forget_all(session, _WHAT)


def programmes_of(session: Session, contact_id: int, day: date | None = None, *, also: int | None = None) -> list[Any]:
    """The programmes in use that a contact is in, those of the nearest folder first; on a `day` only those by which points are
    earned then. `also`: one that counts though it is out of use, and comes first."""
    known = known_points(session)
    if not known.programmes or contact_id in known.nobody:
        return []
    folder = None
    if any(row.folder_id for row in known.programmes):
        contact = Contact.__table__.c
        folder = _BOOKS(session).scalar(select(contact.folder_id).where(contact.id == contact_id))
    path = [*path_up(known.folders or {}, folder), None]
    found = [row for row in known.programmes if (row.is_active or row.id == also) and row.folder_id in path]
    if day is not None:
        found = [row for row in found if (row.since or day) <= day <= (row.until or day)]
    return sorted(found, key=lambda row: (row.id != also, path.index(row.folder_id), row.id))


def programme_by_id(session: Session, programme_id: int) -> Any:
    """One of them, in use or not; None: it is another organisation's."""
    return next((row for row in known_points(session).programmes if row.id == programme_id), None)


def is_counted(session: Session, programme: Any, items: Iterable[Any]) -> list[bool]:
    """Of which items points of a programme are earned and spent."""
    known = known_points(session)
    return [not known.leaves_out(programme, item.group_id) for item in items]


def _read(session: Session, own: int) -> Known:
    books, programme, folder = _BOOKS(session), Programme.__table__, Folder.__table__.c
    rows = books.execute(select(programme).where(programme.c.organisation_id == own).order_by(programme.c.id)).all()
    excluded: dict[int, set[int]] = {}
    for row in books.execute(select(ExcludedGroup.__table__)):
        excluded.setdefault(row.programme_id, set()).add(row.group_id)
    folders = books.execute(select(folder.id, folder.parent_id)) if any(row.folder_id for row in rows) else ()
    return Known(
        rows,
        {key: frozenset(groups) for key, groups in excluded.items()},
        frozenset(books.scalars(select(Till.__table__.c.contact_id))),
        {row.id: row.parent_id for row in folders},
        dict(GroupTree(session).parents) if excluded else {},
    )
