"""Reading reference data."""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.reference.models import CurrencyRate, Organisation


def organisation(session: Session) -> Organisation:
    """The organisation whose books these are (read once a session)."""
    found = session.info.get("organisation")
    if found is None:
        found = session.info["organisation"] = session.scalars(select(Organisation).order_by(Organisation.id)).first()
    if found is None:
        raise Invalid(_l("There is no company yet. Make one first."))
    return found


def base_currency(session: Session) -> str:
    """The organisation's own currency."""
    return organisation(session).currency


def rate_at(session: Session, currency: str, day: date) -> Decimal:
    """Base currency for one unit of `currency` on `day`: the newest rate not later. Refused when there is none."""
    if currency == base_currency(session):
        return Decimal(1)
    rate = session.scalars(
        select(CurrencyRate.rate)
        .where(CurrencyRate.currency == currency, CurrencyRate.day <= day)
        .order_by(CurrencyRate.day.desc())
        .limit(1)
    ).first()
    if rate is None:
        raise Invalid(
            _l("There is no exchange rate of %(currency)s for %(day)s. Enter one first.", currency=currency, day=day),
            field="currency",
        )
    return rate
