"""Letters that the program sends, for whoever only knows contacts: what draws their paper is loaded when one is sent."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import Actor
from modules.contacts.letters.models import Letter

if TYPE_CHECKING:
    from app.api.web import Company


def send_document(session: Session, actor: Actor, company: "Company", document: Document, **more: str) -> Letter:
    """As `letters.with_documents.send_document`, with the same refusals."""
    from modules.contacts.letters import with_documents

    return with_documents.send_document(session, actor, company, document, **more)
