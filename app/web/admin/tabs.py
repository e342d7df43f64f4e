"""What the core shows on every document's card."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import AuditLine
from app.documents import Document
from app.web.admin import tables
from app.web.kit.cards import Shown
from app.web.kit.files import files_tab
from app.web.kit.tables import Table


def files(_session: Session, document: Document) -> Shown:
    """The files of a document."""
    return files_tab(document.kind, document)


def history(_session: Session, document: Document) -> Table:
    """What was done with a document, by whom and when."""
    own = (AuditLine.subject == document.kind, AuditLine.subject_id == document.id)
    columns = tuple(c for c in tables.audit.columns if c.name != "subject")
    return replace(tables.audit, source=lambda _: select().select_from(AuditLine).where(*own), columns=columns)
