"""Writing key rates: from which day on which one is in force."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import check_day, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Percent
from modules.contacts.penalties.models import KeyRate


def key_rate_by_id(session: Session, rate_id: int) -> KeyRate:
    """A key rate of the organisation; otherwise NotFound."""
    found = session.get(KeyRate, rate_id)
    if found is None or found.organisation_id != organisation_id(session):
        raise NotFound(_l("There is no such key rate."))
    return found


def save_key_rate(
    session: Session, actor: Actor, *, since: date, rate: Decimal, known: KeyRate | None = None
) -> KeyRate:
    """Add a key rate (per cent a year, from a day on), or change the `known` one; penalties that were charged stay as they are.

    Refused: a rate that isn't 0 to 100 per cent, a second one from the same day.
    """
    require(actor, "contacts.penalty.post")
    check_day(since, field="since")
    if not Percent.holds(rate) or not 0 <= rate <= 100:
        raise Invalid(_l("A percentage is between 0 and 100, with four digits at most."), field="rate")
    own = organisation_id(session)
    same = select(KeyRate).where(KeyRate.organisation_id == own, KeyRate.since == since)
    other = session.scalars(same).first()
    if other is not None and other is not known:
        raise Conflict(_l("There is a key rate from %(day)s already.", day=said_day(since)), field="since")
    found = known or KeyRate(organisation_id=own)
    found.since, found.rate = since, rate
    session.add(found)
    session.flush()
    _record(session, found, "create" if known is None else "change")
    return found


def remove_key_rate(session: Session, actor: Actor, found: KeyRate) -> None:
    """Remove a key rate; penalties that were charged by it stay as they are."""
    require(actor, "contacts.penalty.post")
    _record(session, found, "remove")
    session.delete(found)


def _record(session: Session, found: KeyRate, verb: str) -> None:
    summary = f"{found.since}: {number(found.rate)} %"
    record(session, f"contacts.key_rate.{verb}", subject="contacts.key_rate", subject_id=found.id, summary=summary)
