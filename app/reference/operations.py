"""Changing reference data: the organisation's details, closed periods, exchange rates, units."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import zones
from app.errors import Conflict, Invalid
from app.hooks import period_closing, unit_changing
from app.reference.models import PER_LINE, PER_RATE, CurrencyRate, Organisation, Unit
from app.reference.queries import base_currency, organisation
from app.reference.rules import check_country, check_currency, check_day
from app.reference.tax_numbers import check_tax_id
from app.registry.state import bump_generation
from app.security.actor import Actor, require
from app.texts import kept, kept_text, one_line
from app.translation import lazy_gettext as _l
from app.values import ExchangeRate
from app.versions import begin_version

#: What may be chosen for signing out by itself: shorter would sign people out while they type, longer would be never.
IDLE_MINUTES, SIGNED_IN_DAYS = (5, 10_080), (1, 30)


def close_period(
    session: Session, actor: Actor, *, until: date | None, today: date, version: int | None = None
) -> None:
    """Nothing up to and including `until` may be posted any more; what corrects it lands on the first open day. An earlier
    day reopens, None all, for whoever may do that too.

    Waits for postings under way: each either comes before the closing or is refused. Refused: a day in the future; figures
    that are not settled yet, such as costs that are being recalculated; an organisation saved since `version` (Changed).
    """
    require(actor, "core.period.close")
    if until is not None and until > today:
        raise Invalid(_l("A period that is not over can't be closed."), field="until")
    if until is not None:
        check_day(until, field="until")
    current = _held(session)
    begin_version(session, current, version)
    before = current.closed_until
    is_reopened = before is not None and (until is None or until < before)
    if is_reopened:
        require(actor, "core.period.reopen")
    if until is not None and (before is None or until > before):
        period_closing(session, until)
    current.closed_until = until
    session.flush()
    verb = "reopen" if is_reopened else "close"
    record(
        session,
        f"core.period.{verb}",
        subject="core.organisation",
        subject_id=current.id,
        summary=f"{before or '–'} → {until or '–'}",
    )


def change_organisation(
    session: Session,
    actor: Actor,
    *,
    name: str,
    country: str,
    tax_id: str,
    zone: str | None = None,
    idle_minutes: int | None = None,
    signed_in_days: int | None = None,
    tax_rounding: str | None = None,
    letterhead: str | None = None,
    version: int | None = None,
) -> None:
    """Change the organisation's details; its currency stays, as every figure in the books is in it.

    `tax_rounding`: PER_RATE or PER_LINE for documents written from now on. `zone`: by whose clock documents are dated from now
    on, by its IANA name; empty: the server's. `idle_minutes` without a request, and `signed_in_days` in all, after which a
    browser is signed out. `letterhead`: lines below the name on prints. Of these, None leaves what there is. Refused: no name,
    no such country or zone, a new tax number that `check_tax_id` refuses, times beyond `IDLE_MINUTES` and `SIGNED_IN_DAYS`, an
    organisation saved since `version` (Changed).
    """
    require(actor, "core.organisation.manage")
    texts = kept(Organisation, {"name": name, "tax_id": tax_id})
    if not texts["name"]:
        raise Invalid(_l("The organisation needs a name."), field="name")
    check_country(country)
    current = _held(session)
    begin_version(session, current, version)
    if (texts["tax_id"], country) != (current.tax_id, current.country):
        texts["tax_id"] = check_tax_id(texts["tax_id"], country=country)
    if zone and zone not in zones():
        raise Invalid(_l("There is no time zone “%(name)s”.", name=zone), field="zone")
    if tax_rounding is not None:
        if tax_rounding not in (PER_RATE, PER_LINE):
            raise Invalid(_l("Tax is rounded for each rate or on each line."), field="tax_rounding")
        current.tax_rounding = tax_rounding
    if letterhead is not None:
        current.letterhead = kept_text(letterhead, None, field="letterhead")
    current.name, current.country, current.tax_id = texts["name"], country, texts["tax_id"]
    current.zone = current.zone if zone is None else zone
    current.idle_minutes = _within(IDLE_MINUTES, idle_minutes, current.idle_minutes, field="idle_minutes")
    current.signed_in_days = _within(SIGNED_IN_DAYS, signed_in_days, current.signed_in_days, field="signed_in_days")
    session.flush()
    record(
        session, "core.organisation.change", subject="core.organisation", subject_id=current.id, summary=current.name
    )
    bump_generation(session)


def _within(bounds: tuple[int, int], wanted: int | None, before: int, *, field: str) -> int:
    least, most = bounds
    if wanted is None:
        return before
    if not least <= wanted <= most:
        raise Invalid(_l("From %(least)s to %(most)s.", least=least, most=most), field=field)
    return wanted


def set_rate(
    session: Session,
    actor: Actor,
    given: CurrencyRate | None = None,
    *,
    currency: str,
    day: date,
    rate: ExchangeRate,
    version: int | None = None,
) -> CurrencyRate:
    """What `currency` is worth in the base currency from `day` on, new or instead of what was `given`.

    Documents keep the rate that they were posted with. Refused: no currency in use, the base currency, a rate that is
    not above zero or can't be kept exactly, a second one for the day, one that was saved since `version` (Changed).
    """
    require(actor, "core.rate.edit")
    check_currency(currency)
    check_day(day, field="day")
    if currency == base_currency(session):
        raise Invalid(_l("One %(currency)s is always one %(currency)s.", currency=currency), field="currency")
    if rate.number <= 0:
        raise Invalid(_l("A rate is above zero."), field="number")
    if not rate.is_kept:
        message = _l("A rate has at most 18 digits, and is neither above 10¹⁵ nor below 10⁻¹².")
        raise Invalid(message, field="number")
    if given is not None:
        begin_version(session, given, version)
    there = session.scalars(
        select(CurrencyRate).where(CurrencyRate.currency == currency, CurrencyRate.day == day)
    ).first()
    if there is not None and there is not given:
        raise Conflict(
            _l("There is a rate of %(currency)s from this day on already. Change that one.", currency=currency)
        )
    given = given or CurrencyRate()
    given.currency, given.day, given.rate = currency, day, rate
    session.add(given)
    session.flush()
    record(session, "core.rate.set", subject="core.rate", subject_id=given.id, summary=f"{currency} {day}: {rate}")
    return given


def save_unit(
    session: Session, actor: Actor, unit: Unit | None, *, code: str, name: str, digits: int, version: int | None = None
) -> Unit:
    """Add or change a unit of measure. Refused: a code that is taken, digits beyond those of a quantity (six), fewer
    than stand in the books, a unit that was saved since `version` (Changed)."""
    require(actor, "core.organisation.manage")
    if unit is not None:
        begin_version(session, unit, version)
    code, name = one_line(code).upper(), kept(Unit, {"name": name})["name"]
    if not 1 <= len(code) <= 3 or not name:
        raise Invalid(_l("A unit needs a name and a code of at most three characters."), field="code")
    if not 0 <= digits <= 6:
        raise Invalid(_l("A quantity has at most six digits after the point."), field="digits")
    taken = session.scalars(select(Unit).where(Unit.code == code)).first()
    if taken is not None and taken is not unit:
        raise Conflict(_l("The code “%(code)s” is taken.", code=code), field="code")
    if unit is not None and digits != unit.digits:
        unit_changing(session, unit, digits)
    unit = unit or Unit()
    unit.code, unit.name, unit.digits = code, name, digits
    session.add(unit)
    session.flush()
    record(session, "core.unit.save", subject="core.unit", subject_id=unit.id, summary=f"{code} {name}")
    return unit


def _held(session: Session) -> Organisation:
    """The organisation's row, locked until the transaction ends."""
    statement = select(Organisation).where(Organisation.id == organisation(session).id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
