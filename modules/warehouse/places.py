"""Places as documents and postings need them: which warehouse each is in."""

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.api.data import remembered
from app.api.errors import NotFound
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import FIRST_WAREHOUSE, TRANSIT, Place

_BOOKS = PastPolicy("warehouses and their zones are open to everybody")

_PLACE = Place.__table__.c
# Made once: every document asks this. The places outside come along, as nearly every move has one.
_PLACES = select(_PLACE.id, _PLACE.name, _PLACE.warehouse_id, _PLACE.is_active).where(
    or_(_PLACE.id.in_(bindparam("ids", expanding=True)), _PLACE.id < 0)
)


@dataclass(frozen=True, slots=True)
class Where:
    """A place: its name, its warehouse, which is 0 in none of ours, and whether it is open."""

    name: str
    warehouse: int
    is_active: bool = True
    #: whether goods that are there are on their way between two warehouses
    is_transit: bool = False

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
            known[row.id] = Where(name, warehouse, row.is_active, row.id == TRANSIT)
    if not ids <= known.keys():
        raise NotFound(_l("There is no such place."))
    return {i: known[i] for i in ids}
