"""Notifying whom a document's note mentions."""

from sqlalchemy.orm import Session

from app.documents.models import Document
from app.notifications.mentions import mentioned_in, notify_mentioned
from app.security import Actor
from app.translation import lazy_gettext as _l


def notify_of_mentions(session: Session, actor: Actor, document: Document, before: str) -> None:
    """Notify those whom the document's note mentions and its earlier text didn't, as far as they may see the document."""
    if not mentioned_in(document.note):
        return
    session.flush()  # a new one takes its number
    title = type(document).title
    notify_mentioned(
        session,
        actor,
        document.note,
        f"/documents/{document.id}",
        before=before,
        what=_l("%(title)s %(number)s", title=title, number=document.number) if document.number else title,
        needs=f"{document.kind}.view",
        record=document,
    )
