"""Places as postings need them: which warehouse each is in, and which pool its goods share their cost with."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.api import NotFound, organisation_id, remembered
from modules.warehouse.models import FIRST_WAREHOUSE, CostPolicy, Place

_PLACE, _POLICY = Place.__table__.c, CostPolicy.__table__.c
# Made once: every document asks this. The places outside come along, as nearly every move has one. `pool` is there where all
# warehouses of the organisation share one cost.
_PLACES = (
    select(_PLACE.id, _PLACE.name, _PLACE.warehouse_id, _POLICY.pool)
    .outerjoin_from(
        Place.__table__,
        CostPolicy.__table__,
        and_(_POLICY.organisation_id == bindparam("organisation"), _POLICY.pool == "company"),
    )
    .where(or_(_PLACE.id.in_(bindparam("ids", expanding=True)), _PLACE.id < 0))
)


@dataclass(frozen=True, slots=True)
class Where:
    """A place: its name, its warehouse and its pool; both 0 outside the company."""

    name: str
    warehouse: int
    pool: int


def places_by_id(session: Session, ids: set[int]) -> dict[int, Where]:
    """The places of these ids. Refuses (NotFound) one that does not exist. A session reads each once."""
    known = remembered(session, "warehouse.place")
    if missing := ids - known.keys():
        asked = {"ids": list(missing), "organisation": organisation_id(session)}
        for row in session.connection().execute(_PLACES, asked):
            warehouse = (row.warehouse_id or row.id) if row.id >= FIRST_WAREHOUSE else 0
            known[row.id] = Where(row.name, warehouse, FIRST_WAREHOUSE if row.pool and warehouse else warehouse)
    if not ids <= known.keys():
        raise NotFound(_l("There is no such place."))
    return {i: known[i] for i in ids}


def pool_expression(session: Session) -> Any:
    """The pool of a place, in SQL over the model of places."""
    return FIRST_WAREHOUSE if pool_of(session) == "company" else func.coalesce(Place.warehouse_id, Place.id)


def pool_of(session: Session) -> str:
    """What shares one cost: the goods of a `warehouse`, or of the whole `company`."""
    asked = select(_POLICY.pool).where(_POLICY.organisation_id == organisation_id(session))
    return session.connection().scalar(asked) or "warehouse"
