"""Places as documents and postings need them: which warehouse each is in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.api.data import remembered
from app.api.errors import NotFound
from app.api.security import PastPolicy, visible
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins.models import Bin
from modules.warehouse.logistic_units.models import LogisticUnit
from modules.warehouse.models import FIRST_WAREHOUSE, NONE, TRANSIT, Place

_BOOKS = PastPolicy(
    "what a place is called and in which warehouse it is, for arithmetic and for the other end of a move"
)

_PLACE = Place.__table__.c
# Made once: every document asks this. The places outside come along, as nearly every move has one.
_HAS_BINS = exists().where(Bin.__table__.c.warehouse_id == _PLACE.id).label("has_bins")
_HAS_UNITS = exists().where(LogisticUnit.__table__.c.id > NONE).label("has_units")
_PLACES = select(_PLACE.id, _PLACE.name, _PLACE.warehouse_id, _PLACE.is_active, _HAS_BINS, _HAS_UNITS).where(
    or_(_PLACE.id.in_(bindparam("ids", expanding=True)), _PLACE.id < 0)
)


@dataclass(frozen=True, slots=True)
class Where:
    """A place: its name, its warehouse, which is 0 in none of ours, whether it is open, and whether it has bins."""

    name: str
    warehouse: int
    is_active: bool = True
    has_bins: bool = False
    #: whether goods that are there are on their way between two warehouses
    is_transit: bool = False
    #: whether the company has boxes and pallets at all
    has_units: bool = False

    @property
    def keeper(self) -> int:
        """What keeps the goods that are there: the warehouse, or TRANSIT; 0 outside the company."""
        return TRANSIT if self.is_transit else self.warehouse


def places_by_id(session: Session, ids: set[int]) -> dict[int, Where]:
    """The places of these ids. Refuses (NotFound) one that does not exist. A session reads each once."""
    known = remembered(session, "warehouse.place")
    if missing := ids - known.keys():
        for row in _BOOKS(session).execute(_PLACES, {"ids": list(missing)}):
            warehouse = (row.warehouse_id or row.id) if row.id >= FIRST_WAREHOUSE else 0
            name = str(_l("In transit")) if row.id == TRANSIT else row.name
            known[row.id] = Where(name, warehouse, row.is_active, row.has_bins, row.id == TRANSIT, row.has_units)
    if not ids <= known.keys():
        raise NotFound(_l("There is no such place."))
    return {i: known[i] for i in ids}


def own_places() -> Any:
    """The numbers of the warehouses and bins that the session's actor sees, in SQL: what narrows a query on the bare tables of
    the stock register."""
    return select(Place.id).where(Place.id >= FIRST_WAREHOUSE)


def open_places(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these places that are warehouses open to the session's actor; all, for whoever isn't limited."""
    if visible(session, Place) is None:
        return set(ids)
    return set(session.scalars(select(Place.id).where(Place.id.in_(ids), Place.id >= FIRST_WAREHOUSE)))


def in_own(session: Session, *columns: Any) -> list[Any]:
    """What narrows rows, on a bare connection too, to those that name by one of the columns a place that the session's actor
    sees; nothing for whoever sees all."""
    if (criterion := visible(session, Place)) is None:
        return []
    own = select(_PLACE.id).where(criterion, _PLACE.id >= FIRST_WAREHOUSE)
    return [or_(*(column.in_(own) for column in columns))]


def inside(session: Session, column: Any) -> Any:
    """Says of a column of places or warehouses that it lies inside the company and is open to the session's actor."""
    return column > 0 if visible(session, Place) is None else column.in_(own_places())


def moves_here(entries: Any) -> Any:
    """Says of entries of the stock register that the session's actor sees one of their ends."""
    return or_(entries.place_from_id.in_(own_places()), entries.place_to_id.in_(own_places()))
