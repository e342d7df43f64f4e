"""Why something is proposed to be bought: the figures behind it, in words, and as an order keeps them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from modules.warehouse.api import Level, to_order

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What there is and will be of an item in a warehouse, and what it should be; in base units."""

    on_hand: Decimal = _ZERO
    #: what customers' orders still await, kept for them or not
    owed: Decimal = _ZERO
    #: what other warehouses have asked of it by internal requests and nobody has sent
    asked: Decimal = _ZERO
    #: what it has itself asked of others so: that is bought for the warehouse that sends it
    requested: Decimal = _ZERO
    #: what others have sent to it and hasn't arrived
    in_transit: Decimal = _ZERO
    #: what confirmed purchase orders still await, and by when all of it comes; None: nobody knows
    coming: Decimal = _ZERO
    come_by: date | None = None
    #: what stands in drafts of purchase orders
    drafted: Decimal = _ZERO
    #: what usually goes out within the lead time
    used: Decimal = _ZERO
    lead_days: int = 0
    #: whether somebody has planned it; else it is bought for customers alone
    is_planned: bool = False
    minimum: Decimal = _ZERO
    maximum: Decimal = _ZERO
    multiple: Decimal = _ZERO
    least: Decimal = _ZERO
    #: by a forecast: about so many go out in 30 days, and they should last until that day; None: there is none
    monthly: Decimal = _ZERO
    until: date | None = None
    #: whether it follows the season, and by how much per cent it grows within a year
    has_season: bool = False
    growth: int = 0
    #: so many months of the history were left out, as nothing was there
    without: int = 0

    @property
    def available(self) -> Decimal:
        """What will be there when an order of today comes; below zero: so much is missing."""
        comes = self.coming + self.drafted + self.requested + self.in_transit
        return self.on_hand - self.owed - self.asked + comes - self.used

    def quantity(self, *, digits: int) -> Decimal:
        """How much is proposed, of an item that is counted to so many digits."""
        level = Level(self.minimum, self.maximum, self.multiple, self.least)
        return to_order(self.available, level, digits=digits)

    def words(self, *, digits: int) -> str:
        """A sentence, in the reader's language."""
        facts = ", ".join(str(each) for each in self._facts(digits))
        return f"{facts}; {self._conclusion(self.quantity(digits=digits), digits)}"

    def _facts(self, digits: int) -> Iterator[object]:
        yield _l("%(n)s on hand", n=number(self.on_hand))
        if self.owed:
            yield _l("%(n)s for customers' orders", n=number(self.owed))
        if self.asked:
            yield _l("%(n)s requested by other warehouses", n=number(self.asked))
        if self.requested:
            yield _l("%(n)s requested of other warehouses", n=number(self.requested))
        if self.in_transit:
            yield _l("%(n)s on the way from other warehouses", n=number(self.in_transit))
        if self.coming and self.come_by is not None:
            yield _l("%(n)s to come by %(day)s", n=number(self.coming), day=day(self.come_by))
        elif self.coming:
            yield _l("%(n)s to come, nobody knows when", n=number(self.coming))
        if self.drafted:
            yield _l("%(n)s in drafts of purchase orders", n=number(self.drafted))
        if self.until is not None:
            yield from self._expected(self.until)
        elif self.used:
            used = round(self.used, max(digits, 1))  # it is an average: nobody wants more digits of it
            said = {"n": number(used), "days": self.lead_days}
            yield _l("%(n)s usually go out in the %(days)s days until it comes", **said)

        if self.is_planned and self.until is None and self.maximum > self.minimum:
            yield _l("bought up to %(n)s", n=number(self.maximum))

    def _expected(self, until: date) -> Iterator[object]:
        n = number(self.monthly)
        if self.has_season:
            yield _l("about %(n)s a month go out at this time of year", n=n)
        else:
            yield _l("about %(n)s a month go out", n=n)
        if self.growth > 0:
            yield _l("growing by %(n)s %% a year", n=self.growth)
        elif self.growth < 0:
            yield _l("falling by %(n)s %% a year", n=-self.growth)
        if self.without:
            yield _l("months without stock, left out: %(n)s", n=self.without)
        needed = number(self.used + self.maximum - self.minimum)
        yield _l("%(n)s needed until %(day)s", n=needed, day=day(until))

    def _conclusion(self, quantity: Decimal, digits: int) -> object:
        missing = (self.maximum - self.available).quantize(Decimal(1).scaleb(-digits), ROUND_CEILING)
        said = {
            "minimum": number(self.minimum),
            "missing": number(missing),
            "lot": number(self.multiple),
            "least": number(self.least),
            "n": number(quantity),
        }
        if not self.is_planned and self.asked:
            return _l("missing for what is ordered and requested: buy %(n)s", **said)
        if not self.is_planned and self.least > missing:
            return _l("missing for customers: %(missing)s, but no fewer than %(least)s are delivered", **said)
        if not self.is_planned:
            return _l("missing for customers: %(n)s", **said)
        if quantity == missing:
            return _l("the minimum is %(minimum)s, so buy %(n)s", **said)
        if self.multiple:
            return _l("the minimum is %(minimum)s, so buy %(missing)s, in lots of %(lot)s: %(n)s", **said)
        if self.least > missing:
            return _l("the minimum is %(minimum)s, so buy %(missing)s, but no fewer than %(least)s", **said)
        return _l("the minimum is %(minimum)s, so buy %(n)s", **said)

    def kept(self) -> str:
        """As an order keeps them; `read` gives them again."""
        return json.dumps(
            {name: str(value) for name, value in asdict(self).items() if value not in (None, False, _ZERO)}
        )

    @classmethod
    def read(cls, text: str) -> "Reasons":
        """The reasons that an order keeps."""
        said, found = json.loads(text), {}
        for field in fields(cls):
            if field.name in said:
                found[field.name] = _READ.get(field.name, Decimal)(said[field.name])
        return cls(**found)


_READ: dict[str, Any] = {
    "come_by": date.fromisoformat,
    "until": date.fromisoformat,
    **dict.fromkeys(("lead_days", "growth", "without"), int),
    **dict.fromkeys(("is_planned", "has_season"), lambda _text: True),
}
