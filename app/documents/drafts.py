"""Saving drafts of every kind: nothing moves before a document is posted."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import wall_clock
from app.custom import said_alike, set_custom
from app.documents.closed import whole, with_stored
from app.documents.kinds import OF_SAVING, Draft, kind_of
from app.documents.links import link_lines
from app.documents.mentioning import notify_of_mentions
from app.documents.models import Document
from app.documents.owners import keep_owners
from app.documents.partners import refuse_closed
from app.errors import Changed, Conflict, Invalid, NotFound
from app.past_policy import PastPolicy
from app.reference import base_currency, organisation_id
from app.reference.rules import check_day
from app.security import MASKED, Actor, refuse_beyond_limits, require, true_values
from app.translation import lazy_gettext as _l

_ACTS = PastPolicy("nobody's act is named twice: it is looked for past every scope, and nothing but its id is found")

D = TypeVar("D", bound=Document)


class SentBefore(Conflict):
    """The same act was sent before with other content, and what it made is posted."""

    def __init__(self, document: Document) -> None:
        super().__init__(
            _l(
                "This form was sent before with other content and became %(number)s, which can't be changed any more."
                " Look there first, then reverse it or fill in a new form.",
                number=document.number,
            )
        )


class PostedMeanwhile(Changed):
    """Somebody has posted the draft that this person edits. `stored` is the document as it stands now."""

    asks_about_all = True

    def __init__(self, document: Document) -> None:
        super().__init__(
            document,
            _l(
                "%(number)s has been posted meanwhile. Nothing of yours is saved yet: compare below, then save it as a"
                " correction, or leave it as it was posted.",
                number=document.number,
            ),
        )


def save(
    session: Session, actor: Actor, model: type[D], draft: Draft, *, document: D | None = None, is_new: bool = False
) -> D:
    """Save a draft, new or instead of what `document` was. `is_new`: nothing has its `operation_id` yet, as whoever saves many
    has asked for all of them at once.

    Refused: whatever the kind's rules refuse (Invalid), no lines, a document that isn't a draft, one that somebody else has
    saved since `draft.version` (Changed) or posted (PostedMeanwhile), one with somebody who is not open to the actor
    (PartnerClosed). The same `operation_id` again changes the draft that it
    made; once that is posted, the same content gives it, and other content is refused (SentBefore).
    """
    kind = kind_of(model)
    require(actor, f"{kind.name}.edit")
    if not is_new:
        document = written_before(session, model, document, draft.operation_id)
    if document is None:
        document = model(organisation_id=organisation_id(session), version=0, links=[])
        document.operation_id, document.number = draft.operation_id, draft.number
        document.currency = base_currency(session)
        document.responsible_id = draft.responsible_id or actor.user_id
    elif document.state != "draft":
        if not says(session, document, draft):
            raise SentBefore(document)
        return document
    elif draft.version is not None and draft.version != document.version:
        raise Changed(document)
    else:
        refuse_closed(session, [document])
    before = document.note or ""
    with true_values(session, lambda: whole([document])):
        write(session, actor, document, draft)
        session.add(document)
    if not is_new:  # one of many that come from a file notifies nobody
        notify_of_mentions(session, actor, document, before)
    return document


def write(session: Session, actor: Actor, document: Document, draft: Draft) -> None:
    """Let the document, read with its true values, say what the draft does, as its next version. What is closed to the actor
    stays as it is. Refused: what its kind's rules refuse, no lines, a value for what is closed (Forbidden), what is beyond the
    actor's limits (NotFound)."""
    draft = with_stored(actor, document, draft)
    if draft.moment is not None:
        check_day(draft.moment.date(), field="moment")
    document.moment, document.is_dated = draft.moment or wall_clock(), draft.moment is not None
    document.note = draft.note
    lines = kind_of(document).fill(session, actor, document, draft)
    if not lines and not kind_of(document).may_be_empty:
        raise Invalid(_l("Add at least one line."), field="lines")
    refuse_beyond_limits(session, [document])
    keep_owners(session, [document])
    if draft.custom is not None:
        set_custom(session, actor, {document: draft.custom}, is_new=document.id is None)
    replaced: Any = document
    if document.id is not None:
        replaced.lines.clear()
        replaced.links.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    replaced.lines = lines
    replaced.links = link_lines(draft)
    document.version += 1


def says(session: Session, document: Document, draft: Draft) -> bool:
    """Whether the document says what the draft does; what the draft leaves to the program does not count."""
    kind = kind_of(document)
    return _is_same(kind.filled_in(session, document, draft), kind.draft_of(document))


def locked(session: Session, model: type[D], document_id: int) -> D:
    """The document, read again and locked until the transaction ends; NotFound outside the actor's scope."""
    statement = select(model).where(model.id == document_id).with_for_update(of=Document.__table__, key_share=True)
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def written_before(session: Session, model: type[D], document: D | None, operation_id: str | None) -> D | None:
    """What a draft is written over, locked: `document`, or what this very act has made before; else None.

    Refused: a `document` that isn't a draft any more (PostedMeanwhile, Conflict); something the act has made that isn't open
    to the actor (NotFound).
    What it has made may be posted meanwhile: then the caller compares, and gives it or refuses (SentBefore).
    """
    if document is not None:
        document = locked(session, model, document.id)
        if document.state == "posted":
            raise PostedMeanwhile(document)
        if document.state != "draft":
            raise Conflict(_l("A posted document can't be changed; reverse it and make a new one."))
        return document
    if operation_id is None:
        return None
    table = Document.__table__  # past every scope, as nobody's act is named twice; it tells no more than that
    made = _ACTS(session).scalar(select(table.c.id).where(table.c.operation_id == operation_id))
    return None if made is None else locked(session, model, made)


def discard(session: Session, actor: Actor, document: Document) -> None:
    """Throw a draft away, lines and all; the audit keeps whose it was. Refused: whatever isn't a draft (Conflict), or is made
    with somebody who is not open to the actor (PartnerClosed)."""
    require(actor, f"{document.kind}.edit")
    refuse_closed(session, [document])
    seen, document = document.state, locked(session, type(document), document.id)
    if document.state != seen:
        raise Conflict(_l("Someone has changed this document meanwhile. Open it again."))
    if document.state != "draft":
        raise Conflict(_l("Only a draft can be discarded; a posted document is reversed."))
    subject = document.number or document.summary
    record(session, f"{document.kind}.discard", subject=document.kind, subject_id=document.id, summary=subject)
    session.delete(document)
    session.flush()


def _is_same(given: Any, said: Any) -> bool:
    """Whether what was given is what is said, as far as it was given and whoever asks may know what is said."""
    if said is MASKED or given is MASKED:
        return True
    if given is None or said is None:
        return given is said
    if is_dataclass(given):
        optional = getattr(given, "optional", ())
        for field in fields(given):
            value = getattr(given, field.name)
            if field.name in OF_SAVING or (value is None and field.name in optional):
                continue
            if not _is_same(value, getattr(said, field.name)):
                return False
        return True
    if isinstance(given, Mapping):
        return said_alike(given, said)
    if isinstance(given, Sequence) and not isinstance(given, str):
        pairs = zip(given, said, strict=False)
        return len(given) == len(said) and all(_is_same(one, other) for one, other in pairs)
    return bool(given == said)
