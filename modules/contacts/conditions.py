"""On what conditions one trades with somebody: by when they pay, and what happens when they owe too much. Pure: no database.

A contract says them, else the contact, else the organisation.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent, digits_of, round_money

DAYS, MONTH_END = "days", "month_end"
TERMS = {DAYS: _l("Days after the document"), MONTH_END: _l("Days after the end of its month")}
NOTHING, WARN, BLOCK = "nothing", "warn", "block"
ACTIONS = {NOTHING: _l("Do nothing"), WARN: _l("Warn"), BLOCK: _l("Don't let it be posted")}
#: nobody gives more days than this: a year typed as days is noticed
MOST_DAYS = 3650


class Conditions:
    """Mixed into whom they are agreed with. Empty: nothing is said here."""

    #: days, month_end or empty
    payment_terms: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: after the document's day, or after the end of its month
    payment_days: Mapped[int] = mapped_column(default=0, server_default="0")
    #: per cent off what is paid in full within so many days of the document; 0: nothing is let off for it
    discount_percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    discount_days: Mapped[int] = mapped_column(default=0, server_default="0")
    #: what happens when a sale goes beyond the credit limit: nothing, warn, block or empty
    over_limit: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: what happens when something is sold to whoever is late with a payment
    overdue: Mapped[str] = mapped_column(String(10), default="", server_default="")


def due_by(terms: str, days: int, day: date) -> date | None:
    """When a document of `day` is to be paid; None where nothing is agreed."""
    if terms == DAYS:
        return day + timedelta(days=days)
    if terms == MONTH_END:
        return day.replace(day=monthrange(day.year, day.month)[1]) + timedelta(days=days)
    return None


def due_of(of: Iterable[Any], day: date) -> date | None:
    """The same by the first of these that says terms: a contract, then its contact."""
    said = next((each for each in of if each is not None and each.payment_terms), None)
    return due_by(said.payment_terms, said.payment_days, day) if said is not None else None


def discount_of(of: Iterable[Any]) -> tuple[Decimal, int]:
    """Per cent, and within how many days of the document: by the first of these that says any terms of payment."""
    said = next((each for each in of if each is not None and (each.payment_terms or each.discount_percent)), None)
    return (said.discount_percent, said.discount_days) if said is not None else (Decimal(0), 0)


def action_of(name: str, of: Iterable[Any], otherwise: str) -> str:
    """What happens, by the first of these that says it in `name` (over_limit or overdue)."""
    return next((said for each in of if each is not None and (said := getattr(each, name))), otherwise)


def check_conditions(values: Mapping[str, Any]) -> None:
    """Refuse (Invalid) terms and actions that there aren't, days out of 0 to MOST_DAYS, a discount that isn't a part."""
    if values.get("payment_terms") not in (None, "", *TERMS):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["payment_terms"]), field="payment_terms")
    days = values.get("payment_days")
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise Invalid(_l("Days to pay are between 0 and %(most)d.", most=MOST_DAYS), field="payment_days")
    days, percent = values.get("discount_days"), values.get("discount_percent")
    if days is not None and not 0 <= days <= MOST_DAYS:
        message = _l("Days for the discount are between 0 and %(most)d.", most=MOST_DAYS)
        raise Invalid(message, field="discount_days")
    if percent is not None and not (Percent.holds(percent) and 0 <= percent < 100):
        message = _l("An early-payment discount is from 0 to less than 100 per cent.")
        raise Invalid(message, field="discount_percent")
    for name in ("over_limit", "overdue"):
        if values.get(name) not in (None, "", *ACTIONS):
            raise Invalid(_l("“%(value)s” is none of the choices.", value=values[name]), field=name)


def check_limit(limit: Decimal | None, currency: str) -> None:
    """Refuse (Invalid) a credit limit below zero or finer than its currency."""
    if limit is None:
        return
    if not Money.holds(limit) or limit < 0:
        raise Invalid(_l("“%(value)s” isn't an amount of money", value=limit), field="credit_limit")
    if round_money(limit, digits_of(currency)) != limit:
        message = _l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency))
        raise Invalid(message, field="credit_limit")


def check_prepayment(percent: Decimal | None) -> None:
    """Refuse (Invalid) a prepayment that isn't 0 to 100 per cent."""
    if percent is not None and not (Percent.holds(percent) and 0 <= percent <= 100):
        raise Invalid(_l("A prepayment is between 0 and 100 per cent."), field="prepayment")


def bounds_of(text: str, *, most: int = 6, field: str = "bounds") -> tuple[int, ...]:
    """The days that somebody typed, as 30,60,90. Refused (Invalid): what aren't one to `most` whole numbers that rise."""
    parts = [part.strip() for part in text.replace(";", ",").split(",")]
    if all(part.isdecimal() and len(part) < 5 for part in parts) and 1 <= len(parts) <= most:
        bounds = tuple(int(part) for part in parts)
        if bounds[0] > 0 and all(a < b for a, b in pairwise(bounds)):
            return bounds
    raise Invalid(_l("Write the days as 30,60,90: whole numbers that rise, %(most)d at most.", most=most), field=field)
