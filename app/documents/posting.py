"""The protocol by which documents are posted and reversed; what they move is their module's affair."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.bare import Bare
from app.clock import wall_clock
from app.documents.models import TRANSITIONS, Document
from app.errors import Conflict, NotFound
from app.hooks import document_reversing
from app.ledger import Posting
from app.reference import pass_number, take_numbers
from app.security import Actor, require

Kind = TypeVar("Kind", bound=Document)

#: of a document's number at least, after its prefix
DIGITS = 6


class SentBefore(Conflict):
    """The same act was sent before with other content, and what it made is posted."""

    def __init__(self, document: Document) -> None:
        super().__init__(
            _l(
                "This form was sent before with other content and became %(number)s, which can't be changed any more."
                " Look there first, then take it back or fill in a new form.",
                number=document.number,
            )
        )


def locked(session: Session, kind: type[Kind], document_id: int) -> Kind:
    """The document, read anew and held against others until the transaction ends; NotFound outside the actor's scope."""
    statement = select(kind).where(kind.id == document_id).with_for_update(of=Document.__table__)
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def written_before(session: Session, kind: type[Kind], document: Kind | None, operation_id: str | None) -> Kind | None:
    """What a draft is written over, held against others: `document`, or what this very act has made before; else None.

    Refused: a `document` that is no draft any more; something the act has made that is not open to the actor (NotFound).
    What it has made may be posted meanwhile: then the caller compares, and gives it or refuses (SentBefore).
    """
    if document is not None:
        document = locked(session, kind, document.id)
        if document.state != "draft":
            raise Conflict(_l("A posted document can't be changed; take it back and make a new one."))
        return document
    if operation_id is None:
        return None
    table = Document.__table__  # past every scope, as nobody's act is named twice; it tells no more than that
    made = session.connection().scalar(select(table.c.id).where(table.c.operation_id == operation_id))
    return None if made is None else locked(session, kind, made)


def post(
    session: Session,
    actor: Actor,
    documents: Sequence[Kind],
    move: Callable[[Posting, Sequence[Kind]], None],
    *,
    audited: bool = True,
) -> None:
    """Post drafts in this order: number them, let `move` add their entries, write the ledger, record the audit.

    Documents have their ids before `move` is called, so that entries may be keyed by them; one that nobody dated has the
    present moment. All or none. Refused: a document that is not a draft, a closed period, whatever `move` and the ledger
    refuse. `audited=False` is for imports, which record one line for all that they post.
    """
    if not documents:
        return
    _hold(session, documents)
    for document in documents:
        require(actor, f"{document.kind}.post")
        advance(document, "posted")
    _number(session, documents)
    now = wall_clock()  # once it is their turn, so that moments go the way of the numbers
    for document in documents:
        if document.is_dated is False:
            document.moment = now
    session.add_all(documents)
    session.flush()
    posting = Posting(session, documents)
    posting.refuse_closed_periods()
    move(posting, documents)
    session.flush()  # a moment that was taken under the locks
    with Bare(session).together():
        posting.write()
        for document in documents if audited else ():
            _audit(session, document, "post")


def reverse(
    session: Session,
    actor: Actor,
    document: Document,
    *,
    before: Callable[[Posting], None] | None = None,
    after: Callable[[Posting], None] | None = None,
) -> None:
    """Reverse a posted document: every entry it made is answered by its opposite, at the same moment or, where that lies in
    a closed period, on the first open day.

    What is built on the document is undone first (`app.hooks.document_reversing`). `before` may lock and refuse, `after` may
    add what follows from it, once it is written. Refused: a document that is not posted, goods that have gone on meanwhile.
    """
    require(actor, f"{document.kind}.reverse")
    _hold(session, [document])
    advance(document, "reversed")
    session.flush()
    document_reversing(session, session, actor, document)
    posting = Posting(session, [document])
    if before is not None:
        before(posting)
    posting.reverse(document)
    posting.write()
    if after is not None:
        after(posting)
        posting.write()
    _audit(session, document, "reverse")


def discard(session: Session, actor: Actor, document: Document) -> None:
    """Throw a draft away, lines and all; the audit keeps whose it was. Refused: whatever is no draft (Conflict)."""
    require(actor, f"{document.kind}.edit")
    _hold(session, [document])
    if document.state != "draft":
        raise Conflict(_l("Only a draft can be discarded; a posted document is taken back."))
    _audit(session, document, "discard")
    session.delete(document)
    session.flush()


def advance(document: Document, state: str) -> None:
    """Move a document to `state`; a move that the table of transitions lacks is refused (Conflict)."""
    if (document.state or "draft", state) not in TRANSITIONS:
        raise Conflict(
            _l(
                "This document is %(state)s; it can't become %(wanted)s.",
                state=_STATES[document.state],
                wanted=_STATES[state],
            )
        )
    document.state = state


_STATES = {"draft": _l("a draft"), "posted": _l("posted"), "reversed": _l("reversed")}


def _hold(session: Session, documents: Sequence[Document]) -> None:
    """Lock the rows of documents that others may know already, in id order; one that has moved on is refused."""
    known = {d.id: d.state for d in documents if d.id is not None}
    if not known:
        return
    table = Document.__table__
    query = select(table.c.id, table.c.state).where(table.c.id.in_(known)).order_by(table.c.id).with_for_update()
    if any(row.state != known[row.id] for row in session.connection().execute(query)):
        raise Conflict(_l("Someone has changed this document meanwhile. Open it anew."))


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
