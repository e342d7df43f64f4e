"""Which requests wait, which quotes answer them, and which a quote may answer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document
from app.api.errors import Invalid
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import shortened
from modules.trade.models import CustomerRequest, Quote, TradeDocument

_BOOKS = PastPolicy("a request is answered whoever wrote the quote")
_TRADE, _DOCUMENT = TradeDocument.__table__.c, Document.__table__.c
#: so many a form offers
_MOST = 50
#: so many answers stand above a request
_SHOWN = 3


def is_answered(request: Any = CustomerRequest) -> ColumnElement[bool]:
    """Whether a quote that stands answers a request, as far as whoever asks may see quotes."""
    # By the index of what answers this one: other requests and their quotes cost nothing.
    answers = select(Quote.request_id).where(Quote.request_id.is_not(None), Quote.state.in_(STANDING)).subquery()
    return select(answers.c.request_id).where(answers.c.request_id == request.id).exists()


def answers_of(session: Session, request: Any) -> Sequence[Any]:
    """The quotes that answer a request and stand or are written, as far as they are open to whoever asks, the newest first."""
    query = select(Quote.id, Quote.number, Quote.state).where(Quote.request_id == request.id)
    query = query.where(Quote.state.in_(("draft", *STANDING))).order_by(Quote.id.desc())
    return session.execute(query.limit(_SHOWN)).all()


def requests_offered(session: Session, contact_id: int, now: int | None = None) -> list[tuple[str, str]]:
    """The requests of a contact that a quote may answer, for a form; the one that it answers `now` stays among them."""
    asked = select(CustomerRequest).where(CustomerRequest.contact_id == contact_id)
    asked = asked.where(or_(CustomerRequest.state == "posted", CustomerRequest.id == (now or 0)))
    found = session.scalars(asked.order_by(CustomerRequest.id.desc()).limit(_MOST))
    return [(str(each.id), f"{each.number} {shortened(each.asked, 40)}".strip()) for each in found]


def check_request(session: Session, document: TradeDocument) -> None:
    """Refuse (Invalid) a quote that answers what isn't a request of its own contact, or one that was cancelled or declined."""
    if document.request_id is None:
        return
    query = (
        select(_TRADE.contact_id, _DOCUMENT.kind, _DOCUMENT.state)
        .join_from(TradeDocument.__table__, Document.__table__, _DOCUMENT.id == _TRADE.id)
        .where(_TRADE.id == document.request_id)
    )
    row = _BOOKS(session).execute(query).first()
    is_right = row is not None and row.kind == _KIND and row.contact_id == document.contact_id
    if row is None or not is_right or (row.state != "posted" and document.state != "posted"):
        raise Invalid(_l("Choose a request of this customer that waits for an answer."), field="request_id")


_KIND = str(CustomerRequest.__mapper_args__["polymorphic_identity"])
