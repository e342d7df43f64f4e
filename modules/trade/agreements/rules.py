"""Until when an agreement holds. Pure: no database."""

from datetime import date
from typing import Any

from app.api.errors import Invalid
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l

#: the kinds of agreements
AGREEMENTS = ("trade.purchase_agreement", "trade.sales_agreement")


def refuse_past_agreement(number: int, origin: Any, day: date) -> None:
    """Refuse (Invalid) the line `number` of an order of that day made by an agreement which has ended; `origin` has
    the kind and last day of what the line comes from."""
    if origin.kind in AGREEMENTS and origin.valid_until is not None and day > origin.valid_until:
        message = _l("Line %(n)s: the agreement ended on %(day)s.", n=number, day=said_day(origin.valid_until))
        raise Invalid(message, field="lines")
