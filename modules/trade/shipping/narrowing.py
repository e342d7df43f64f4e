"""Which of the orders that wait to be shipped are shown: by day, by priority, by where the customer is, and by the carrier that
they name, or, where they name none, that brought the customer's last parcel."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.security import PastPolicy, sees
from modules.contacts.api import Address, Contact
from modules.trade.models import TradeDocument
from modules.trade.parcels.models import Parcel
from modules.trade.registers import OUT, Orders
from modules.warehouse.api import in_own

_BOOKS = PastPolicy("whoever ships chooses among all orders that wait; cities of those who see addresses alone")
_OPEN, _TRADE, _CONTACT, _ADDRESS, _PARCEL = (
    table.c
    for table in (
        Orders.awaited.table,
        TradeDocument.__table__,
        Contact.__table__,
        Address.__table__,
        Parcel.__table__,
    )
)
_COUNTRY = (
    select(_CONTACT.country)
    .where(_CONTACT.id == _TRADE.contact_id)
    .correlate(TradeDocument.__table__)
    .scalar_subquery()
)
#: where goods are delivered, else the main address
_CITY = (
    select(_ADDRESS.city)
    .where(_ADDRESS.contact_id == _TRADE.contact_id)
    .order_by(case((_ADDRESS.kind == "delivery", 0), else_=1), _ADDRESS.is_main.desc(), _ADDRESS.id)
    .limit(1)
    .correlate(TradeDocument.__table__)
    .scalar_subquery()
)
_LAST_CARRIER = (
    select(_PARCEL.carrier)
    .where(_PARCEL.contact_id == _TRADE.contact_id)
    .order_by(_PARCEL.id.desc())
    .limit(1)
    .correlate(TradeDocument.__table__)
    .scalar_subquery()
)
_CARRIER = func.coalesce(func.nullif(_TRADE.carrier, ""), _LAST_CARRIER)


@dataclass(slots=True)
class Offered:
    """What the orders that wait have, in order: only by that they can be narrowed."""

    countries: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    #: by name
    carriers: list[str] = field(default_factory=list)
    #: above 0
    priorities: list[int] = field(default_factory=list)


def offered(session: Session) -> Offered:
    """In one statement, of the orders that wait now. Nothing of cities to whoever may not see addresses."""
    city: Any = _CITY if sees(session, "contacts.private") else literal("")
    waits = select(_OPEN.order_id).where(Orders.is_awaited(organisation_id(session)), _OPEN.direction == OUT)
    query = select(_COUNTRY, city, _CARRIER, _TRADE.priority).where(_TRADE.id.in_(waits))
    rows = _BOOKS(session).execute(query.where(*in_own(session, _TRADE.place_id)).distinct()).all()
    return Offered(*(sorted({row[at] for row in rows if row[at]}) for at in range(4)))


def narrowed(
    session: Session,
    *,
    until: date | None = None,
    priority: str = "",
    country: str = "",
    city: str = "",
    carrier: str = "",
) -> list[ColumnElement[bool]]:
    """What `waiting` is asked besides: due by a day, of this priority or a higher one, the customer's country and city, and the
    carrier of the order, else of the customer's last parcel. Whoever may not see addresses isn't heard of cities."""
    asked: list[ColumnElement[bool]] = []
    if until is not None:
        asked.append(_TRADE.delivery <= until)
    if priority:
        asked.append(_TRADE.priority >= int(priority))
    sees_city = sees(session, "contacts.private")
    said = ((_COUNTRY, country), (_CITY, city if sees_city else ""), (_CARRIER, carrier))
    return asked + [column == value for column, value in said if value]
