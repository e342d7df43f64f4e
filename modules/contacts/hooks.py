"""What the contacts do when others act."""

from sqlalchemy.orm import Session

from app.api import Actor, Document, HasFollowers
from modules.contacts.allocations import release, settlers_of


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What a document settled, and what settled it, stands by itself again before it is reversed."""
    release(session, actor, document)


def document_correcting(session: Session, document: Document) -> None:
    """Refuse while anything is settled of the document, or by it."""
    if settled := settlers_of(session, document.id):
        raise HasFollowers(settled)
