"""What pallets do when others act: a sale to whoever owes us pallets is remembered, within its own transaction.

Called while the module is off, too, so that nothing is missing when it is on again.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import Actor
from pallets.reminders import forget, remind


def document_posted(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Remember the sales among them."""
    remind(session, documents)


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What is reversed isn't delivered."""
    forget(session, document)


def document_correcting(session: Session, document: Document) -> None:
    """It may be another's afterwards."""
    forget(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """As if it had been posted so."""
    remind(session, [document])
