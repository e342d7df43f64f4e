"""The protocol by which documents are posted and reversed; what they move is for their module to decide."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import wall_clock
from app.documents.closed import whole
from app.documents.inserting import insert
from app.documents.kinds import STATES, kind_of
from app.documents.links import refuse_beyond, refuse_followed
from app.documents.models import Document
from app.documents.owners import keep_owners
from app.documents.partners import refuse_closed
from app.driver import Driver
from app.errors import Conflict
from app.hooks import document_posted, document_posting, document_reversing
from app.ledger import NotEnough, Posting, forget_what_fell, say_what_fell
from app.past_policy import PastPolicy
from app.reference import pass_number, take_numbers
from app.security import Actor, require, true_values, unrestricted
from app.translation import lazy_gettext as _l

_LOCKS = PastPolicy("rows are locked that the session has already, by their keys")

#: of a document's number at least, after its prefix
DIGITS = 6


def post(
    session: Session,
    actor: Actor,
    documents: Sequence[Document],
    move: Callable[[Posting, Sequence[Any]], None] | None = None,
    *,
    audited: bool = True,
) -> None:
    """Post drafts in this order: number them, let their kinds add the entries, write the ledger, record the audit.

    `move` adds the entries in the kind's place, where only whoever records the document knows what it moves.

    Documents have their ids before their kind moves them, so that entries may be keyed by them; one that nobody dated has
    the present moment. All or none. Refused: a document that is not a draft or is made with somebody who is not open to the
    actor (PartnerClosed), a closed period, more than is left of the lines
    that it was made from, whatever its kind and the ledger refuse. `audited=False` is for imports, which record one line for
    all that they post.
    """
    if not documents:
        return
    with true_values(session, lambda: whole(documents)):
        _post(session, actor, documents, move, audited)


def reverse(session: Session, actor: Actor, document: Document) -> None:
    """Reverse a posted document: every entry it made is answered by its opposite, at the same moment or, where that lies in
    a closed period, on the first open day.

    What is built on the document is undone first (`app.hooks.document_reversing`). Refused: a document that is not posted, one
    made with somebody who is not open to the actor (PartnerClosed),
    one that posted documents were made from (HasFollowers), whatever its kind refuses, such as goods that have gone on
    meanwhile.
    """
    require(actor, f"{document.kind}.reverse")
    refuse_closed(session, [document])
    _hold(session, [document])
    advance(document, "reversed")
    session.flush()
    refuse_followed(session, document)
    document_reversing(session, actor, document)
    kind = kind_of(document)
    posting = Posting(session, [document])
    with true_values(session, lambda: whole([document])), shortages_named(session):
        kind.reversing(posting, document)
        posting.reverse(document)
        posting.write()
        kind.reversed(posting, document)
        posting.write()
    _audit(session, document, "reverse")


def _post(
    session: Session,
    actor: Actor,
    documents: Sequence[Document],
    move: Callable[[Posting, Sequence[Any]], None] | None,
    audited: bool,
) -> None:
    _hold(session, documents)
    for document in documents:
        require(actor, f"{document.kind}.post")
        advance(document, "posted")
    refuse_closed(session, documents)
    _number(session, documents)
    now = wall_clock()  # once it is their turn, so that moments go the way of the numbers
    for document in documents:
        if document.is_dated is False:
            document.moment = now
    keep_owners(session, [document for document in documents if document.id is None])
    insert(session, documents)
    _refuse_unfit(session, documents)
    posting = Posting(session, documents)  # holds the organisation: nobody decides otherwise any more of what hooks ask
    document_posting(session, actor, documents)
    posting.refuse_closed_periods()
    with shortages_named(session):
        for moves, some in groupby(documents, key=lambda d: move or kind_of(d).move):
            moves(posting, list(some))
        session.flush()  # a moment that was taken under the locks
        with Driver(session).together():
            posting.write()
            for document in documents if audited else ():
                _audit(session, document, "post")
    document_posted(session, actor, documents)


def close(session: Session, actor: Actor, document: Document) -> None:
    """Close a posted document of a kind that others are made from: nothing more will be, and what it keeps is let go.

    Refused: a kind whose documents aren't closed, one that isn't posted, one made with somebody who is not open to the actor
    (PartnerClosed), whatever its kind refuses.
    """
    _step(session, actor, document, "closed", "close", kind_of(document).closing)


def reopen(session: Session, actor: Actor, document: Document) -> None:
    """Let a closed document be as it was before. Refused as in `close`."""
    _step(session, actor, document, "posted", "reopen", kind_of(document).reopening)


def _step(
    session: Session,
    actor: Actor,
    document: Document,
    state: str,
    verb: str,
    move: Callable[[Posting, Any], None],
) -> None:
    require(actor, f"{document.kind}.post")
    refuse_closed(session, [document])
    _hold(session, [document])
    if not kind_of(document).may_be_closed or document.state == "draft":
        raise Conflict(_l("Only a document that others are made from is closed and reopened."))
    advance(document, state)
    session.flush()
    posting = Posting(session, [document])
    with true_values(session, lambda: whole([document])), shortages_named(session):
        move(posting, document)
        posting.write()
    _audit(session, document, verb)


def _refuse_unfit(session: Session, documents: Sequence[Document]) -> None:
    made = [document for document in documents if document.links]
    for document in made:
        refuse_beyond(session, document)
    if made:
        with unrestricted(session, "what a document was made from must still fit, whoever sees it"):
            for document in made:
                kind_of(document).fits(session, document)


@contextmanager
def shortages_named(session: Session) -> Iterator[None]:
    """Let a shortage say what falls short in the words of whoever declared the floor; and say of what may, once it is there."""
    try:
        yield
        say_what_fell(session)
    except NotEnough as error:
        forget_what_fell(session)
        floor = error.totals.floor
        if floor is None or floor.refusal is None:
            raise
        raise floor.refusal(session, error) from error


def advance(document: Document, state: str) -> None:
    """Move a document to `state`; a move that its kind does not allow is refused (Conflict)."""
    now = document.state or "draft"
    if state not in kind_of(document).states.get(now, ()):
        raise Conflict(
            _l(
                "This document is “%(state)s” and can't become “%(wanted)s”.",
                state=kind_of(document).state_words.get(now, STATES[now]),
                wanted=kind_of(document).state_words.get(state, STATES[state]),
            )
        )
    document.state = state


def _hold(session: Session, documents: Sequence[Document]) -> None:
    """Lock the rows of documents that others may know already, in id order; one that has moved on is refused."""
    known = {d.id: d.state for d in documents if d.id is not None}
    if not known:
        return
    table = Document.__table__
    query = (
        select(table.c.id, table.c.state)
        .where(table.c.id.in_(known))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )
    if any(row.state != known[row.id] for row in _LOCKS(session).execute(query)):
        raise Conflict(_l("Someone has changed this document meanwhile. Open it again."))


def _number(session: Session, documents: Sequence[Document]) -> None:
    for d in documents:
        own = d.number.removeprefix(d.prefix) if d.number and d.prefix and d.number.startswith(d.prefix) else ""
        if (
            len(own) >= DIGITS and own.isascii() and own.isdecimal()
        ):  # it looks like one of ours, so ours must not meet it
            pass_number(session, d.organisation_id, d.kind, int(own[:18]))
    # Kinds in order: two batches that touch the same series take them in the same order and never lock each other.
    unnumbered = sorted((d for d in documents if not d.number), key=lambda d: (d.organisation_id, d.kind))
    for (organisation_id, kind), group in groupby(unnumbered, key=lambda d: (d.organisation_id, d.kind)):
        same = list(group)
        numbers = take_numbers(session, organisation_id, kind, count=len(same))
        for document, number in zip(same, numbers, strict=True):
            document.number = f"{document.prefix}{number:0{DIGITS}d}"


def _audit(session: Session, document: Document, verb: str) -> None:
    record(
        session,
        f"{document.kind}.{verb}",
        subject=document.kind,
        subject_id=document.id,
        summary=document.number or document.summary,
    )
