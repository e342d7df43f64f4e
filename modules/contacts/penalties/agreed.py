"""What a contract says of penalty interest, and how that reads."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Percent
from modules.contacts.penalties.rules import BASES, DAY, KEY_PART, KEY_YEAR, YEAR, Terms

KINDS = {
    DAY: _l("per cent a day"),
    YEAR: _l("per cent a year"),
    KEY_PART: _l("a part of the key rate a day"),
    KEY_YEAR: _l("key rate and points, a year"),
}
BASIS_WORDS = {"actual": _l("the days of the year"), "365": "365", "360": "360"}
#: nobody gives more grace, or a smaller part
MOST_GRACE, MOST_PART = 365, 10_000


class PenaltyTerms:
    """Mixed into what says how penalties are counted (`rules.Terms`)."""

    #: day, year, key_part, key_year; empty: no penalty is agreed
    penalty_kind: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: per cent a day or a year, or points above the key rate
    penalty_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    #: a day costs the key rate divided by it
    penalty_part: Mapped[int] = mapped_column(default=1, server_default="1")
    #: by how many days a year is divided: actual, 365, 360
    penalty_basis: Mapped[str] = mapped_column(String(6), default="actual", server_default="actual")
    #: so many days after the due one cost nothing
    penalty_grace: Mapped[int] = mapped_column(default=0, server_default="0")
    #: per cent of a debt that all its penalties may reach together; None: no bound
    penalty_cap: Mapped[Decimal | None] = mapped_column(Percent)


#: what terms are made of
FIELDS = ("penalty_kind", "penalty_rate", "penalty_part", "penalty_basis", "penalty_grace", "penalty_cap")


def terms_of(said: PenaltyTerms, key_rates: Any = ()) -> Terms:
    """The terms as the rules take them."""
    return Terms(
        said.penalty_kind,
        said.penalty_rate,
        said.penalty_part,
        said.penalty_basis,
        said.penalty_grace,
        said.penalty_cap,
        tuple(key_rates),
    )


def rate_words(said: PenaltyTerms, key_rate: Decimal | None = None) -> str:
    """The rate in words; with a key rate, by that."""
    rate, key = number(said.penalty_rate), "" if key_rate is None else f" ({number(key_rate)} %)"
    if said.penalty_kind == DAY:
        return str(_l("%(rate)s %% a day", rate=rate))
    basis = BASIS_WORDS[said.penalty_basis]
    if said.penalty_kind == YEAR:
        return str(_l("%(rate)s %% a year over %(basis)s", rate=rate, basis=basis))
    if said.penalty_kind == KEY_PART:
        return str(_l("1/%(part)s of the key rate a day", part=said.penalty_part)) + key
    return str(_l("key rate + %(rate)s %% a year over %(basis)s", rate=rate, basis=basis)) + key


def check_terms(values: Mapping[str, Any]) -> None:
    """Refuse (Invalid) terms that there aren't: a kind or year of no kind; a rate that isn't 0 to 100 per cent, or none where
    one is needed; a part, grace or bound out of its range."""
    kind, rate = values.get("penalty_kind", ""), values.get("penalty_rate")
    if kind not in ("", *KINDS):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=kind), field="penalty_kind")
    if values.get("penalty_basis", "actual") not in BASES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["penalty_basis"]), field="penalty_basis")
    for name in ("penalty_rate", "penalty_cap"):
        value = values.get(name)
        if value is not None and not (Percent.holds(value) and 0 <= value <= 100):
            raise Invalid(_l("A percentage is between 0 and 100, with four digits at most."), field=name)
    if kind in (DAY, YEAR) and not rate:
        raise Invalid(_l("Type how many per cent the penalty is."), field="penalty_rate")
    if not 1 <= (values.get("penalty_part") or 1) <= MOST_PART:
        raise Invalid(_l("The part is between 1 and %(most)d: 150 for 1/150.", most=MOST_PART), field="penalty_part")
    if not 0 <= (values.get("penalty_grace") or 0) <= MOST_GRACE:
        raise Invalid(_l("Days are between 0 and %(most)d.", most=MOST_GRACE), field="penalty_grace")
