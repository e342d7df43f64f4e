"""Places as postings need them: which warehouse each is in, and which pool its goods share their cost with."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import NotFound, organisation_id, remembered
from modules.warehouse.models import FIRST_WAREHOUSE, CostPolicy, Place

_PLACE, _POLICY = Place.__table__.c, CostPolicy.__table__.c


@dataclass(frozen=True, slots=True)
class Where:
    """A place: its name, its warehouse and its pool; both 0 outside the company."""

    name: str
    warehouse: int
    pool: int


def places_by_id(session: Session, ids: set[int]) -> dict[int, Where]:
    """The places of these ids. Refuses (NotFound) one that does not exist. A session reads each once."""
    known = remembered(session, "warehouse.where")
    if missing := ids - known.keys():
        is_one = pool_of(session) == "company"
        rows = session.connection().execute(
            select(_PLACE.id, _PLACE.name, _PLACE.warehouse_id).where(_PLACE.id.in_(missing))
        )
        for row in rows:
            warehouse = (row.warehouse_id or row.id) if row.id >= FIRST_WAREHOUSE else 0
            known[row.id] = Where(row.name, warehouse, FIRST_WAREHOUSE if is_one and warehouse else warehouse)
    if not ids <= known.keys():
        raise NotFound(_l("There is no such place."))
    return {i: known[i] for i in ids}


def pool_expression(session: Session) -> Any:
    """The pool of a place, in SQL over the model of places."""
    return FIRST_WAREHOUSE if pool_of(session) == "company" else func.coalesce(Place.warehouse_id, Place.id)


def pool_of(session: Session) -> str:
    """What shares one cost: the goods of a `warehouse`, or of the whole `company`."""
    known = remembered(session, "warehouse.pool")
    own = organisation_id(session)
    if own not in known:
        asked = select(_POLICY.pool).where(_POLICY.organisation_id == own)
        known[own] = session.connection().scalar(asked) or "warehouse"
    return str(known[own])
