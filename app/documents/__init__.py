"""What people record: every document has a row here, a table and lines of its own, and three states."""

from app.documents.models import Document, LineOf
from app.documents.posting import SentBefore, discard, locked, post, reverse, written_before
from app.documents.queries import documents_by_id, latest_documents

__all__ = [
    "Document",
    "LineOf",
    "SentBefore",
    "discard",
    "documents_by_id",
    "latest_documents",
    "locked",
    "post",
    "reverse",
    "written_before",
]
