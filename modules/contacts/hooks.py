"""What the contacts do when others act."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.documents import Document, named_in, newly_named, remember_named
from app.api.security import Actor
from modules.contacts.allocations import forget_lines, refuse_unfit, release
from modules.contacts.models import Contact
from modules.contacts.using import refuse_out_of_use


def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Nothing is bought from or sold to a contact that is no longer in use."""
    del actor
    refuse_out_of_use(session, named_in(documents, Contact))


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What a document settled, and what settled it, stands by itself again before it is reversed."""
    release(session, actor, document)


def document_correcting(session: Session, document: Document) -> None:
    """What it settled is settled again; the contact that it has already may stay."""
    remember_named(session, document, Contact)
    forget_lines(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """What others settled of it must fit what it says now, and a contact no longer in use gets nothing new."""
    refuse_out_of_use(session, newly_named(session, document, Contact))
    refuse_unfit(session, document)
