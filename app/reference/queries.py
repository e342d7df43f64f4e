"""Reading reference data."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.driver import Driver
from app.errors import Invalid, NoRate
from app.reference.models import CurrencyRate, Organisation
from app.translation import lazy_gettext as _l
from app.values import ONE, ExchangeRate

_NO_COMPANY = _l("There is no company yet. Make one first.")
_KNOWN, _READ = "organisation_facts", "organisation"
_FACTS = "SELECT id, currency, tax_rounding FROM core_organisation ORDER BY id LIMIT 1"
_FACTS_OF = "SELECT id, currency, tax_rounding FROM core_organisation WHERE id = ?"


def organisation(session: Session) -> Organisation:
    """The organisation in whose books the session works (read once)."""
    found: Organisation | None = session.info.get(_READ)
    own = organisation_id(session)
    if found is None or found.id != own:
        found = session.info[_READ] = session.get(Organisation, own)
    if found is None:
        raise Invalid(_NO_COMPANY)
    return found


def organisation_id(session: Session) -> int:
    """The organisation's number, for documents to refer to."""
    return _facts(session)[0]


def base_currency(session: Session) -> str:
    """The organisation's own currency."""
    return _facts(session)[1]


def tax_rounding(session: Session) -> str:
    """Whether the tax of a document is rounded once for each rate (PER_RATE) or on each line (PER_LINE)."""
    return _facts(session)[2]


def facts_known(organisation: Any) -> dict[str, Any]:
    """For sessions to begin with, so that they need not ask: a row with the organisation's id, currency and tax rounding, if
    any."""
    if organisation is None:
        return {}
    return {_KNOWN: (organisation.id, organisation.currency, organisation.tax_rounding)}


def _facts(session: Session) -> tuple[int, str, str]:
    """What of the organisation every document needs: asked for once at most, and cheaply."""
    found, actor = session.info.get(_KNOWN), session.info.get("actor")
    if actor is not None and actor.organisation and (found is None or found[0] != actor.organisation):
        found = session.info[_KNOWN] = Driver(session).row(_FACTS_OF, (actor.organisation,))
    elif found is None:
        found = session.info[_KNOWN] = Driver(session).row(_FACTS, ())
    if found is None:
        raise Invalid(_NO_COMPANY)
    return found  # type: ignore[no-any-return]


def dated_rate(session: Session, currency: str, day: date) -> tuple[ExchangeRate | None, date]:
    """The same, and from which day on it is valid; None where there is none."""
    if currency == base_currency(session):
        return ONE, day
    query = select(CurrencyRate.rate, CurrencyRate.day).where(CurrencyRate.currency == currency)
    found = session.execute(query.where(CurrencyRate.day <= day).order_by(CurrencyRate.day.desc()).limit(1)).first()
    return (None, day) if found is None else (found[0], found[1])


def rate_at(session: Session, currency: str, day: date) -> ExchangeRate:
    """What `currency` is worth in the base currency on `day`: the newest rate not later. Refused when there is none."""
    rate, _ = dated_rate(session, currency, day)
    if rate is None:
        raise NoRate(currency, day)
    return rate
