"""The list of customer requests."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.api.clock import wall_clock
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, journal
from modules.contacts.api import ContactSearch
from modules.trade.models import CustomerRequest
from modules.trade.requests.kind import CHANNELS, REQUEST
from modules.trade.requests.queries import is_answered

_ANSWERED = {"yes": _l("answered"), "no": _l("to answer")}


def _is_late(_value: Any) -> ColumnElement[bool]:
    return (CustomerRequest.state == "posted") & (CustomerRequest.answer_by < wall_clock().date()) & ~is_answered()


customer_requests = journal(
    REQUEST,
    Column("summary", CustomerRequest.party, CustomerRequest.summary),
    Column("answer_by", _l("Answer by"), CustomerRequest.answer_by, "date", nullable=True),
    Column("answered", _l("Answer"), case((is_answered(), "yes"), else_="no"), sortable=False, hidden=True),
    Column("channel", _l("How it came"), CustomerRequest.channel, "text", choices={"": "", **CHANNELS}),
    Column("responsible", _l("Responsible"), User.name, nullable=True),
    source=lambda session: (
        select().select_from(CustomerRequest).outerjoin(User, User.id == CustomerRequest.responsible_id)
    ),
    search=(
        func.lower(CustomerRequest.summary),
        func.lower(CustomerRequest.asked),
        FoundBy(ContactSearch, CustomerRequest.contact_id),
    ),
    title=_l("Customer requests"),
    create_title=_l("New customer request"),
    empty=_l("No customer request yet. Press Insert to take one."),
    filters=(
        # The page shows what became of each instead; programs and saved addresses ask for this.
        Filter(
            "answered",
            _l("Answer"),
            lambda value: is_answered() if value == "yes" else ~is_answered(),
            tuple(_ANSWERED.items()),
            is_aside=True,
        ),
        Filter("late", _l("Late"), _is_late, (("yes", _l("late")),)),
    ),
)
