"""What points a customer has, from which documents, and until when; those of merged contacts are one customer's."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Quantity
from modules.contacts.api import family_of
from modules.trade.points.known import programmes_of
from modules.trade.points.models import PointsLot
from modules.trade.points.register import Points
from modules.trade.points.rules import Lot

_BOOKS = PastPolicy("what may be spent counts every point of a customer, whoever sold what gave it")
_LOT, _LEFT, _ENTRY = PointsLot.__table__.c, Points.lots.table.c, Points.entries.c
#: units of a point in the register
_UNITS = 10**Quantity.scale


class Balance(NamedTuple):
    """What a customer may spend of a programme."""

    programme: Any
    points: int


def whole(units: Any) -> int:
    """Points, of units of the register."""
    return int(units or 0) // int(_UNITS)


def open_lots(session: Session, contacts: Collection[int], programme_id: int, moment: datetime) -> list[Lot]:
    """What may be spent at a moment, in the order in which it is: what was earned first goes first."""
    query = (
        _lots_left(session, contacts)
        .where(_LEFT.programme_id == programme_id, _LOT.earned <= moment)
        .where(or_(_LOT.expires.is_(None), _LOT.expires >= moment.date()))
        .order_by(_LOT.earned, _LOT.id)
    )
    rows = _BOOKS(session).execute(query)
    return [Lot(row.lot_id, row.contact_id, whole(row.units)) for row in rows]


def lots_of(session: Session, contacts: Collection[int]) -> Sequence[Any]:
    """What is left of each document that gave points: lot_id, contact_id, programme_id, units, earned, expires."""
    query = _lots_left(session, contacts).order_by(_LEFT.programme_id, _LOT.earned, _LOT.id)
    return _BOOKS(session).execute(query).all()


def left_of_lot(session: Session, lot_id: int, contact_id: int) -> int:
    """What a contact has left of a lot, also when its last day is over; lots that are used up aren't read."""
    query = _lots_left(session, [contact_id]).where(_LEFT.lot_id == lot_id)
    row = _BOOKS(session).execute(query).first()
    return whole(row.units) if row is not None else 0


def expired_of_lots(session: Session, lots: Collection[int]) -> dict[int, int]:
    """How many points of lots have expired."""
    units = type_coerce(func.sum(type_coerce(_ENTRY.expired, BigInteger)), BigInteger)
    query = select(_ENTRY.lot_id, units.label("units")).where(_ENTRY.lot_id.in_(lots), Points.has_expired())
    query = query.group_by(_ENTRY.lot_id)
    return {row.lot_id: whole(row.units) for row in _BOOKS(session).execute(query)}


def balances(session: Session, contact_id: int, moment: datetime | None = None) -> list[Balance]:
    """What a contact may spend now, or at a moment, of each programme that they are in, that of the nearest folder first."""
    found = programmes_of(session, contact_id)
    if not found:
        return []
    family = family_of(session, contact_id)
    moment = moment or wall_clock()
    return [Balance(row, sum(lot.left for lot in open_lots(session, family, row.id, moment))) for row in found]


def balance_to_spend(session: Session, contact_id: int, moment: datetime | None = None) -> Balance | None:
    """The programme whose points a contact spends: the first of theirs with some, or else the first; None: they are in none."""
    found = balances(session, contact_id, moment)
    return next((each for each in found if each.points), found[0] if found else None)


def expired_keys(session: Session, today: date) -> list[tuple[int, int, int]]:
    """Organisation, contact and programme of points whose last day is over: found by what is left, so history costs nothing."""
    query = (
        select(_LEFT.organisation_id, _LEFT.contact_id, _LEFT.programme_id)
        .distinct()
        .join_from(Points.lots.table, PointsLot.__table__, _LOT.id == _LEFT.lot_id)
        .where(type_coerce(_LEFT.points, BigInteger) != literal_column("0"), _LOT.expires < today)
        .order_by(_LEFT.organisation_id, _LEFT.contact_id, _LEFT.programme_id)
    )
    return [tuple(row) for row in _BOOKS(session).execute(query)]


def _lots_left(session: Session, contacts: Collection[int]) -> Any:
    units = type_coerce(_LEFT.points, BigInteger).label("units")
    return (
        select(_LEFT.lot_id, _LEFT.contact_id, _LEFT.programme_id, units, _LOT.earned, _LOT.expires)
        .join_from(Points.lots.table, PointsLot.__table__, and_(_LOT.id == _LEFT.lot_id))
        .where(_LEFT.organisation_id == organisation_id(session), _LEFT.contact_id.in_(sorted(contacts)))
        .where(type_coerce(_LEFT.points, BigInteger) != literal_column("0"))
    )
