"""What parcels keep of a person: who received them and how they signed, why they came back, what was asked of carriers."""

from base64 import b64encode
from itertools import chain
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.persons import Found, Person, erase_values, says
from app.api.security import PastPolicy
from modules.contacts.api import Contact
from modules.trade.bridges.models import ASKED, CANCELLED, CarrierBooking
from modules.trade.parcels.models import Parcel, ParcelPicture

_ALL = PastPolicy("whoever may erase a person erases all that names them, whatever they see otherwise")
_PARCEL: Any = Parcel.__table__
_BOOKING: Any = CarrierBooking.__table__
_PICTURE: Any = ParcelPicture.__table__
#: a parcel stays, as its sale does: what it weighed, by whom and when it went
_OF_PARCEL: dict[str, Any] = {"received_by": "", "why": ""}
#: no carrier is asked any more
_OF_BOOKING: dict[str, Any] = {"asked": {}, "said": "", "problem": "", "label": None, "label_type": "", "ask_at": None}


def add_parcels(session: Session, person: Person, found: Found) -> None:
    """Add what hangs on parcels that went to a person or that they received: pictures, and what was booked with carriers."""
    parcels = _parcels_of(session, person)
    known = {row["id"] for row in found.rows.get(_PARCEL.name, ())}
    found.add(_PARCEL.name, [row for row in _rows(session, _PARCEL, _PARCEL.c.id, parcels) if row["id"] not in known])
    for table in (_PICTURE, _BOOKING):
        found.add(table.name, _rows(session, table, table.c.parcel_id, parcels))


def forget_parcels(session: Session, person: Person) -> None:
    """Erase what parcels say of a person to whom they went or who received them."""
    connection = _ALL(session)
    state = case((_BOOKING.c.state == ASKED, CANCELLED), else_=_BOOKING.c.state)
    for parcels in pieces(_parcels_of(session, person)):
        connection.execute(delete(_PICTURE).where(_PICTURE.c.parcel_id.in_(parcels)))
        connection.execute(update(_BOOKING).where(_BOOKING.c.parcel_id.in_(parcels)).values(state=state, **_OF_BOOKING))
        connection.execute(update(_PARCEL).where(_PARCEL.c.id.in_(parcels)).values(_OF_PARCEL))
        for number in parcels:
            erase_values(session, "trade.parcel", number)


def _parcels_of(session: Session, person: Person) -> list[int]:
    theirs = [says(_PARCEL.c.received_by, *person.names)] if person.names else []
    if person.table is Contact.__table__:
        theirs.append(_PARCEL.c.contact_id.in_(person.ids))
    return list(_ALL(session).scalars(select(_PARCEL.c.id).where(or_(*theirs)))) if theirs else []


def _rows(session: Session, table: Any, column: Any, ids: list[int]) -> list[dict[str, Any]]:
    """With pictures and labels as texts, which go into what a person is given."""
    asked = (_ALL(session).execute(select(table).where(column.in_(some))).mappings() for some in pieces(ids))
    found = chain.from_iterable(asked)
    return [{k: b64encode(v).decode() if isinstance(v, bytes) else v for k, v in row.items()} for row in found]
