"""What posting or correcting a document would change, before it is done: it is done, looked at and rolled back.

So a preview follows no rules of its own: what it shows is what posting writes, and what it refuses posting refuses.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import pieces
from app.documents.models import Document
from app.documents.paper import PaperColumn
from app.errors import Forbidden, KontorError, NotFound
from app.hooks import document_previewed
from app.ledger import entries_watched
from app.security import Actor

#: rows of a part that are shown; the others are counted
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """What a module says that a document changes."""

    title: object
    columns: Sequence[PaperColumn] = ()
    #: column name → value; `document`: kind and id of the document that the first column leads to, `unit`: of quantities,
    #: `is_low`: whether the row is to be noticed
    rows: Sequence[Mapping[str, Any]] = ()
    #: how many rows more there are
    more: int = 0
    #: remarks below the rows
    notes: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a document would change, or why it is refused."""

    parts: Sequence[PreviewPart] = ()
    #: whether figures of other documents change
    changes_others: bool = False
    refusal: KontorError | None = None


def preview(session: Session, actor: Actor, act: Callable[[], Document]) -> Preview:
    """What `act`, which posts or corrects a document and gives it, would change. The session's transaction is rolled back
    then, with whatever it had done before, so nothing is left of it: no number, no audit line, no job.

    It waits for others as posting does, and keeps others waiting.
    """
    try:
        with entries_watched(session) as written:
            document = act()
            session.flush()
            return Preview(document_previewed(session, actor, document, written), written.change_others())
    except (Forbidden, NotFound):
        raise
    except KontorError as refusal:
        return Preview(refusal=refusal)
    finally:
        session.rollback()


def first_documents(session: Session, ids: Collection[int]) -> tuple[list[Any], int]:
    """The first MOST_SHOWN of documents by their moments, as far as they are open to the session's actor, as rows of id, kind,
    number and moment; and how many others there are."""
    columns = (Document.id, Document.kind, Document.number, Document.moment)
    found: list[Any] = []
    for some in pieces(sorted(ids)):
        found += session.execute(select(*columns).where(Document.id.in_(some)))
    shown = sorted(found, key=lambda row: (row.moment, row.id))[:MOST_SHOWN]
    return shown, len(ids) - len(shown)
