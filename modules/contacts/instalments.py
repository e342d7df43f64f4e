"""Paying in parts: what a contract says of them, and what a document comes to in each. Pure: no database.

Said as 30/0, 70/30: thirty per cent at once, the rest after thirty days; or as 3x: three equal parts at the ends of months.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import share_of
from modules.contacts.conditions import DAYS, MONTH_END, MOST_DAYS, due_by, due_of

#: parts of one document
MOST = 60
_EQUAL = re.compile(r"(\d{1,3})\s*[xX×хХ]")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%?\s*/\s*(\d{1,4})")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a debt: amounts as the debt's own, in its currency and in the organisation's."""

    due: date
    amount: Decimal
    base: Decimal


def check_instalments(text: str) -> str:
    """The parts as they are kept; empty: all at once. Refused (Invalid): what can't be read, shares that aren't 100 % together,
    days that don't rise, more than MOST."""
    text = " ".join(text.split())
    if not text:
        return ""
    if (equal := _EQUAL.fullmatch(text)) is not None:
        if 2 <= int(equal[1]) <= MOST:
            return f"{int(equal[1])}x"
    else:
        found = [_SHARE.fullmatch(part.strip()) for part in re.split("[,;]", text)]
        shares = [(Decimal(each[1]), int(each[2])) for each in found if each is not None]
        days = [day for _, day in shares]
        is_read = len(shares) == len(found) <= MOST
        is_whole = all(share > 0 for share, _ in shares) and sum(share for share, _ in shares) == _WHOLE
        if is_read and is_whole and days == sorted(set(days)) and days[-1] <= MOST_DAYS:
            return ", ".join(f"{share.normalize():f}/{day}" for share, day in shares)
    said = _l(
        "Write the parts as 30/0, 70/30 (per cent and days, 100 together), or as 3x (equal parts at the ends of months)."
    )
    raise Invalid(said, field="instalments")


def due_days(text: str, terms: str, day: date) -> list[tuple[Decimal, date]]:
    """How much each part weighs, and when it is due; for a document of `day`. `terms`: from where days count, as the contract
    says."""
    if text.endswith("x"):
        count = int(text[:-1])
        ends, month = [], day.replace(day=1)
        for _ in range(count):
            ends.append(due_by(MONTH_END, 0, month) or day)
            month = (ends[-1] + timedelta(days=1)).replace(day=1)
        return [(Decimal(1), end) for end in ends]
    pairs = [part.split("/") for part in text.split(", ")]
    return [(Decimal(share), due_by(terms or DAYS, int(days), day) or day) for share, days in pairs]


def payments_of(
    of: Sequence[Any], instalments: str, day: date, amount: Decimal, *, digits: int
) -> list[tuple[date, Decimal]]:
    """When what is owed from a day on is to be paid, and how much of it then: in the `instalments` of its contract, else by the
    first `of` these that says terms, a contract before its contact; on the day itself where nothing is agreed."""
    if instalments:
        parts = due_days(instalments, of[0].payment_terms, day)
        split = in_parts(parts, amount, amount, digits=digits, base_digits=digits)
        return [(part.due, part.amount) for part in split]
    return [(due_of(of, day) or day, amount)]


def in_parts(
    parts: Sequence[tuple[Decimal, date]], amount: Decimal, base: Decimal, *, digits: int, base_digits: int
) -> list[Instalment]:
    """What a debt comes to in each part: each rounded to the digits of its currency, the last takes what is left of both. Parts
    that come to zero are left out."""
    found: list[Instalment] = []
    whole = sum((weight for weight, _ in parts), Decimal(0))
    for weight, due in parts[:-1]:
        some = Instalment(
            due, share_of(amount, weight, whole, digits=digits), share_of(base, weight, whole, digits=base_digits)
        )
        left = abs(amount) - abs(sum((each.amount for each in found), Decimal(0)))
        if some.amount and abs(some.amount) < left:
            found.append(some)
    rest, rest_base = (sum((getattr(each, name) for each in found), Decimal(0)) for name in ("amount", "base"))
    return [*found, Instalment(parts[-1][1], amount - rest, base - rest_base)]
