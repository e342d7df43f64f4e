"""Whether a parcel is booked with a carrier over the network, for whoever changes parcels."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.texts import lazy_gettext as _l
from modules.trade.bridges.models import CANCELLED, CarrierBooking
from modules.trade.parcels.models import PACKED, Parcel


def booking_of(session: Session, parcel_id: int) -> CarrierBooking | None:
    """The parcel's booking that isn't cancelled."""
    query = select(CarrierBooking).where(CarrierBooking.parcel_id == parcel_id, CarrierBooking.state != CANCELLED)
    return session.scalars(query).first()


def refuse_booked(session: Session, parcel: Parcel, fields: Mapping[str, Any]) -> None:
    """Refuse (Conflict) to change what a carrier was asked for: all of it until the parcel leaves, then by whom it goes."""
    is_same = all(fields.get(name, getattr(parcel, name)) == getattr(parcel, name) for name in ("carrier", "tracking"))
    if (parcel.state == PACKED or not is_same) and booking_of(session, parcel.id) is not None:
        raise Conflict(_l("It is booked with its carrier. Cancel the booking first."))
