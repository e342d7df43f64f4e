"""What is sold of principals' goods goes into a register as it is sold, and what comes back of it: what isn't reported yet is
found by totals then, and not by every sale that there ever was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import Posting
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.trade.commission.models import TAKEN, CommissionPlace
from modules.trade.commission.registers import Consigned
from modules.trade.models import TradeDocument
from modules.trade.pricing.known import known_prices

_BOOKS = PastPolicy("what was sold of goods on commission is reported whoever sold it")
_ENTRY, _TOTAL, _MONTH = Consigned.entries.c, Consigned.sold.table.c, Consigned.sold.months.c  # type: ignore[union-attr]


def enter_consigned(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Enter what sales take out of principals' places, and what returns bring back there."""
    if not known_prices(posting.session).has_commission:
        return
    moving = [d for d in documents if d.kind in Consigned.SIGNS]
    principals = _principals(posting.session, {d.place_id for d in moving})
    for d in moving if principals else ():
        contact, sign = principals.get(d.place_id), Consigned.SIGNS[d.kind]
        for line in d.lines if contact is not None else ():
            if not line.direct:
                quantity = sign * line.quantity
                posting.add(Consigned, d, line.line, side=sign, item=line.item_id, contact=contact, quantity=quantity)


def _principals(session: Session, places: Collection[int]) -> dict[int, int]:
    of = CommissionPlace.__table__.c
    query = select(of.place_id, of.contact_id).where(of.direction == TAKEN, of.place_id.in_(places))
    return {row.place_id: row.contact_id for row in _BOOKS(session).execute(query)} if places else {}


def sold_of_principals(session: Session, contact_id: int | None) -> dict[tuple[int, int], Decimal]:
    """Principal and item → how many were sold out of the principal's place, less what customers gave back there."""
    query = select(_TOTAL.contact_id, _TOTAL.item_id, type_coerce(_TOTAL.quantity, BigInteger).label("units"))
    query = query.where(_TOTAL.organisation_id == organisation_id(session))
    if contact_id is not None:
        query = query.where(_TOTAL.contact_id == contact_id)
    rows = _BOOKS(session).execute(query)
    return {(row.contact_id, row.item_id): from_units(int(row.units), Quantity.scale) for row in rows}


def latest_sales(session: Session, contact_id: int, items: Mapping[int, Decimal]) -> object:
    """A subquery of the lines (`document_id`, `line`) that sold the latest of a principal's items, at least so many of each:
    the months before them aren't read."""
    query = (
        select(_ENTRY.document_id, _ENTRY.line)
        .where(_ENTRY.organisation_id == organisation_id(session), _ENTRY.contact_id == contact_id)
        .where(_ENTRY.item_id.in_(items), _ENTRY.moment >= _since(session, contact_id, items))
        .group_by(_ENTRY.document_id, _ENTRY.line)
        .having(func.sum(type_coerce(_ENTRY.quantity, BigInteger)) > 0)
    )
    return query.subquery("latest")


def _since(session: Session, contact_id: int, items: Mapping[int, Decimal]) -> datetime:
    """The first moment of the month from which on so many of each item were sold."""
    units = type_coerce(_MONTH.quantity_in, BigInteger).label("units")
    query = select(_MONTH.item_id, _MONTH.month, units).where(
        _MONTH.organisation_id == organisation_id(session),
        _MONTH.contact_id == contact_id,
        _MONTH.item_id.in_(items),
    )
    wanted, months = dict(items), [999912]
    for row in _BOOKS(session).execute(query.order_by(_MONTH.item_id, _MONTH.month.desc())):
        if wanted[row.item_id] > 0:
            wanted[row.item_id] -= from_units(int(row.units), Quantity.scale)
            months.append(row.month)
    year, month = divmod(min(months), 100)
    return datetime(year, month, 1)
