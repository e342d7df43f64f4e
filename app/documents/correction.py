"""Correcting a posted document: it keeps its id and number, and what it said before stays readable."""

import json
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.audit import record
from app.custom import open_fields
from app.documents.closed import whole
from app.documents.drafts import locked, write
from app.documents.kinds import Draft, kind_of
from app.documents.links import refuse_beyond, refuse_unfit, said_by
from app.documents.mentioning import notify_of_mentions
from app.documents.models import Document, DocumentVersion
from app.documents.partners import refuse_closed
from app.documents.posting import shortages_named
from app.errors import Changed, Conflict
from app.hooks import document_corrected, document_correcting
from app.ledger import Posting
from app.security import Actor, require, true_values
from app.translation import lazy_gettext as _l

_AS_TEXT = (Decimal, datetime, date)


def correct(session: Session, actor: Actor, document: Document, draft: Draft) -> None:
    """Let a posted document say what the draft does: its entries are reversed and written again, as its next version.

    What was made from it stands, as far as it still fits. Needs the rights to post and to reverse. Refused: a document that is
    not posted or has been saved since `draft.version` (Changed), a closed period before or after, what no longer fits
    (NoLongerFits), somebody who is not open to the actor (PartnerClosed), what its kind and the ledger refuse. A floor is
    checked once, for what is there in the end.
    """
    for verb in ("post", "reverse"):
        require(actor, f"{document.kind}.{verb}")
    document = locked(session, type(document), document.id)
    if document.state != "posted":
        raise Conflict(_l("Only a posted document is corrected."))
    if draft.version is not None and draft.version != document.version:
        raise Changed(document)
    refuse_closed(session, [document])
    with true_values(session, lambda: whole([document])):
        _write_again(session, actor, document, draft)
    record(
        session,
        f"{document.kind}.correct",
        subject=document.kind,
        subject_id=document.id,
        summary=f"{document.number}: {document.version - 1} → {document.version}",
    )


def _write_again(session: Session, actor: Actor, document: Document, draft: Draft) -> None:
    kind = kind_of(document)
    posting = Posting(session, [document])
    posting.refuse_closed_periods()
    document_correcting(session, document)
    session.add(_version_of(document, actor))
    with shortages_named(session), posting.floors_deferred():
        (kind.correcting or kind.reversing)(posting, document)
        posting.reverse(document)
        posting.write()
        before, note = said_by(document), document.note
        draft.moment = draft.moment or before.moment
        write(session, actor, document, draft)
        session.flush()
        notify_of_mentions(session, actor, document, note)
        refuse_beyond(session, document, before)
        refuse_unfit(session, document, before)
        posting.refuse_closed_periods()
        kind.move(posting, [document])
        posting.write()
        kind.reversed(posting, document)  # of what it moved before and moves no more, too
        posting.write()
        document_corrected(session, document)


def versions_of(session: Session, document: Document) -> list[tuple[DocumentVersion, Any]]:
    """What the document said before it was corrected, the newest first, each with the draft that would make it."""
    query = select(DocumentVersion).where(DocumentVersion.document_id == document.id)
    found = session.scalars(query.order_by(DocumentVersion.version.desc()))
    return [(version, _draft_from(document, version.content)) for version in found]


def _version_of(document: Document, actor: Actor) -> DocumentVersion:
    content = asdict(kind_of(document).draft_of(document))
    text = json.dumps(content, ensure_ascii=False, default=lambda v: str(v) if isinstance(v, _AS_TEXT) else None)
    return DocumentVersion(document_id=document.id, version=document.version, user_id=actor.user_id, content=text)


def _draft_from(document: Document, text: str) -> Any:
    kind, content = kind_of(document), json.loads(text)
    lines = [_made(kind.line, line) for line in content.pop("lines")]
    custom = _custom_from(document, content.pop("custom", None) or {})
    return _made(kind.draft, {**content, "lines": lines, "custom": custom})


def _custom_from(document: Document, said: dict[str, Any]) -> dict[str, Any]:
    session: Any = object_session(document)
    fields = open_fields(session, document.custom_subject())
    return {f.key: f.read(said[f.key]) for f in fields if f.key in said}


def _made(type_: type[Any], values: dict[str, Any]) -> Any:
    """A draft, or a line of one, of values that JSON knows no types of."""
    hints = get_type_hints(type_)
    return type_(**{f.name: _read(hints[f.name], values[f.name]) for f in fields(type_) if f.name in values})


def _read(hint: Any, value: Any) -> Any:
    """A value as its field keeps it; the hint may be a union with None."""
    types = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and Decimal in types:
        return Decimal(value)
    of_time = next((t for t in (datetime, date) if t in types), None)
    return of_time.fromisoformat(value) if isinstance(value, str) and of_time is not None else value
