"""What currencies are worth in each other, as somebody wrote it down: in either direction, with every digit it has."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from sqlalchemy import BigInteger, SmallInteger, false
from sqlalchemy.orm import Mapped, composite, declared_attr, mapped_column

from app.values.rounding import EXACT, round_money
from app.values.types import from_units, shortest, to_units

#: Significant digits of a rate at most, and how small and how large it may be.
DIGITS = 18
LEAST, MOST = Decimal("1e-12"), Decimal("1e15")


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """`number` units of the base currency for one of the foreign one or, where it is inverse, of the foreign currency for one
    of the base: as banks quote 1.25 dollars but 0.00003 euros, which they write as 30,012.5 dong for a euro."""

    number: Decimal
    is_inverse: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether it is above zero and can be kept as it is: neither too long (18 digits) nor too small or too large."""
        number = self.number
        if not number.is_finite() or not LEAST <= number <= MOST:
            return False
        return number.normalize(Context(prec=DIGITS)) == number

    def in_base(self, amount: Decimal, digits: int) -> Decimal:
        """An amount of the foreign currency in the base currency, rounded half away from zero to `digits` after the point."""
        # An amount has 19 digits and a rate 18: one that isn't an exact half differs from it well before the 80th.
        worth = EXACT.divide(amount, self.number) if self.is_inverse else EXACT.multiply(amount, self.number)
        return round_money(worth, digits)

    def turned(self) -> "ExchangeRate":
        """Nearly the same rate quoted in the other direction: to seven significant digits, to be looked at and not to be
        counted with."""
        number = Context(prec=7, rounding=ROUND_HALF_UP).divide(Decimal(1), self.number)
        return ExchangeRate(number.normalize(), not self.is_inverse)

    def __str__(self) -> str:
        """As programs read it: "1.25" or "1/30012.5"."""
        return f"{'1/' if self.is_inverse else ''}{shortest(self.number):f}"

    @classmethod
    def kept(cls, units: int, scale: int, is_inverse: bool) -> "ExchangeRate":
        """The rate that three columns keep."""
        return cls(shortest(from_units(units, scale)), is_inverse)

    def __composite_values__(self) -> tuple[int, int, bool]:
        scale = max(0, -int(self.number.normalize().as_tuple().exponent))
        return to_units(self.number, scale), scale, self.is_inverse


#: of the base currency itself
ONE = ExchangeRate(Decimal(1))


class HasRate:
    """What a row is worth in the base currency: a column `rate` with its digits, one that says how many of them are after the
    point, and one for the direction. No integer of one scale keeps the digits of both 30,012.5 and 0.0000333."""

    rate_units: Mapped[int] = mapped_column("rate", BigInteger, default=1)
    #: nine where it was written by a program that knew no other
    rate_scale: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="9")
    rate_is_inverse: Mapped[bool] = mapped_column(default=False, server_default=false())

    @declared_attr
    def rate(cls) -> Mapped[ExchangeRate]:  # noqa: N805 - a class it is
        """What its currency is worth in the organisation's own."""
        return composite(ExchangeRate.kept, "rate_units", "rate_scale", "rate_is_inverse")
