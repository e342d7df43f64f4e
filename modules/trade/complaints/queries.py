"""Reading complaints: which documents settle which."""

from collections.abc import Collection, Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.security import PastPolicy
from modules.trade.complaints.models import ComplaintAnswer

_CHAIN = PastPolicy("which documents hang together; what is shown of them is what is open to whoever looks")
#: so many pairs a picture shows
_MOST = 200


def complaints_and_answers(session: Session, documents: Collection[int]) -> Iterator[tuple[int, int]]:
    """Each complaint among these documents, or settled by them, with each document that was made to settle it."""
    answer = ComplaintAnswer.__table__.c
    query = select(answer.complaint_id, answer.document_id).limit(_MOST)
    query = query.where(or_(answer.complaint_id.in_(documents), answer.document_id.in_(documents)))
    for row in _CHAIN(session).execute(query):
        yield row.complaint_id, row.document_id
