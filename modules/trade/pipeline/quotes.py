"""Quotes that nobody has made anything of yet."""

from typing import Any

from sqlalchemy import ColumnElement, select

from app.api.documents import DocumentLink
from app.api.texts import lazy_gettext as _l
from app.api.web import Filter
from modules.trade.models import Quote


def is_unanswered() -> ColumnElement[bool]:
    """Whether nothing was made from a quote."""
    return ~select(DocumentLink.origin_id).where(DocumentLink.origin_id == Quote.id).exists()


def _criterion(_value: Any) -> ColumnElement[bool]:
    return (Quote.state == "posted") & is_unanswered()


unanswered = Filter("made", _l("Made from it"), _criterion, (("nothing", _l("nothing yet")),))
