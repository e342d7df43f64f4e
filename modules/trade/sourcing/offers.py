"""What one supplier was asked, and answered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Words
from app.api.errors import Conflict, Invalid
from app.api.reference import check_day
from app.api.texts import lazy_gettext as _l
from modules.trade.drafts import OrderDraft
from modules.trade.making import bought_order_of
from modules.trade.models import SupplierOffer

ANSWERS = Words(
    {"posted": _l("Asked"), "closed": _l("Declined"), "reversed": _l("Cancelled")},
    post=_l("Ask"),
    posted=_l("%(number)s is ready to be sent."),
    ask=_l("Cancel this request?"),
    reverse=_l("Cancel it"),
    reversed=_l("%(number)s is cancelled."),
)
#: nobody delivers after ten years
_MOST_DAYS = 3650


def say_answer(session: Session, document: SupplierOffer, draft: Any) -> None:
    """What the supplier answered. Refused (Invalid): days that can't be right."""
    if document.supplier_request_id is None and draft.supplier_request_id is not None:
        document.supplier_request_id = draft.supplier_request_id
    if draft.answered is not None:
        check_day(draft.answered, field="answered")
    if draft.delivery_days is not None and not 0 <= draft.delivery_days <= _MOST_DAYS:
        raise Invalid(_l("Days of delivery are between 0 and %(most)s.", most=_MOST_DAYS), field="delivery_days")
    document.answered, document.delivery_days = draft.answered, draft.delivery_days


def order_of_offer(session: Session, document: Any) -> OrderDraft:
    """What is left to be ordered of an answer. Refused (Conflict): there is none yet."""
    if document.answered is None:
        raise Conflict(_l("%(name)s hasn't answered yet. Enter the answer first.", name=document.summary))
    draft = bought_order_of(session, document)
    today = wall_clock().date()
    coming = today + timedelta(days=document.delivery_days) if document.delivery_days is not None else None
    return replace(draft, delivery=coming)
