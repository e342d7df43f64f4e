"""What the contacts do when others act."""

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import Actor
from modules.contacts.allocations import forget_lines, refuse_unfit, release


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What a document settled, and what settled it, stands by itself again before it is reversed."""
    release(session, actor, document)


def document_correcting(session: Session, document: Document) -> None:
    """What it settled is settled again."""
    forget_lines(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """What others settled of it must fit what it says now."""
    refuse_unfit(session, document)
