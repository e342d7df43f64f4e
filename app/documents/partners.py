"""Whom documents are made with must be open to whoever acts on them, whatever the document's own scope lets them see.

A salesperson goes on seeing what they sold to a customer who was handed to a colleague since, but it is the colleague's to
post, reverse, correct and discard (docs/adr/0028).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import pieces
from app.documents.models import Document
from app.errors import KontorError, NotFound
from app.security.limited import refuse_beyond_limits
from app.security.policy import visible
from app.translation import lazy_gettext as _l


class PartnerClosed(KontorError):
    """Whom the document is made with isn't open to the actor, or isn't any more."""

    status = 403

    def __init__(self, document: Document) -> None:
        self.document = document
        super().__init__(
            _l("“%(name)s” is not open to you, so you can't act on documents with them.", name=document.summary)
        )


def refuse_closed(session: Session, documents: Iterable[Document]) -> None:
    """Refuse documents made with somebody outside the scope of the session's actor (PartnerClosed), or of which the actor sees
    but one end, unless it is for both (NotFound). Asks nothing for whoever sees everybody and everything."""
    documents = list(documents)
    refuse_beyond_limits(session, [document for document in documents if not document.is_for_both_ends])
    made: dict[Any, dict[int, Document]] = defaultdict(dict)
    for document in documents:
        if document.partner:
            made[type(document).partner_model()][getattr(document, document.partner)] = document
    for model, by_partner in made.items():
        if visible(session, model) is None:
            continue
        opened = {i for some in pieces(by_partner) for i in session.scalars(select(model.id).where(model.id.in_(some)))}
        if closed := by_partner.keys() - opened:
            raise PartnerClosed(by_partner[min(closed)])


def is_partner_open(session: Session, document: Document) -> bool:
    """Whether the session's actor may act on the document, as far as it is for whom it is made with and for limits."""
    try:
        refuse_closed(session, [document])
    except (PartnerClosed, NotFound):
        return False
    return True
