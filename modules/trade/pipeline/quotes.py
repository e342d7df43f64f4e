"""Quotes of which nothing is ordered yet."""

from typing import Any

from sqlalchemy import ColumnElement

from app.api.texts import lazy_gettext as _l
from app.api.web import Filter
from modules.trade.models import Quote
from modules.trade.outcomes import is_ordered


def is_unanswered() -> ColumnElement[bool]:
    """Whether no order that stands was made of a quote: a draft, a reversed one or an invoice for payment is none."""
    return ~is_ordered(Quote.id)


def _criterion(_value: Any) -> ColumnElement[bool]:
    return (Quote.state == "posted") & is_unanswered()


unanswered = Filter("made", _l("Ordered"), _criterion, (("nothing", _l("nothing yet")),))
