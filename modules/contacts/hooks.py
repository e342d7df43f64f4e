"""What the contacts do when others act."""

from sqlalchemy.orm import Session

from app.api import Actor, Document
from modules.contacts.allocations import release


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What a document settled, and what settled it, stands by itself again before it is reversed."""
    release(session, actor, document)
