"""What people record: every document has a row here, a table and lines of its own, and three states."""

from app.documents.models import Document, LineOf
from app.documents.posting import locked, post, reverse
from app.documents.queries import latest_documents

__all__ = ["Document", "LineOf", "latest_documents", "locked", "post", "reverse"]
