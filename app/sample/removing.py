"""Removing the sample data: its documents are reversed by the ordinary operation, newest first, and then everything is erased.

It is one transaction: what can't be reversed, because something of one's own rests on it, keeps the whole sample
(docs/adr/0034).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.audit import record
from app.documents import STANDING, Document, reverse
from app.documents.models import DocumentLink
from app.errors import Conflict, KontorError, PeriodClosed
from app.hooks import documents_erasing
from app.ledger import NotEnough, floors_together
from app.reference import organisation
from app.sample.erasing import erase_documents
from app.sample.marking import let_nobody_write, marking
from app.sample.models import SampleRow
from app.sample.planning import NEEDS, absorb, count_by_kind, has_marks, users_of
from app.sample.records import Rows, named_rows, names_of, noun_of, records_going, records_of, remove_records
from app.sample.resting import refuse_resting, uses_goods
from app.sample.rows import DOCUMENTS, ROWS, marked
from app.security import SYSTEM, Actor, require
from app.security.operations import change_user
from app.translation import lazy_gettext as _l

_LINKS = DocumentLink.__table__.c

#: called with how many documents are reversed, and of how many
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed and what stays."""

    #: kind → how many
    documents: dict[str, int]
    #: `module.noun` → how many
    records: dict[str, int]
    #: records that something of one's own refers to, or that somebody has changed
    kept: list[str]
    #: logins of sample users that were switched off
    users: list[str]


def remove_sample(session: Session, actor: Actor, on_progress: Progress = lambda _done, _all: None) -> Removed:
    """Remove the sample data whole, for `actor`; the session is the system's own, as every document has to be seen.

    Refused, and nothing is changed: no rows are marked as the sample's (Conflict), a closed period has documents of it
    (PeriodClosed), documents of one's own rest on it (RestsOnSample).
    """
    require(actor, NEEDS)
    let_nobody_write(session)
    if not has_marks(session):
        raise Conflict(_l("There is no sample data that could be removed."))
    absorb(session)
    _refuse_closed(session)
    refuse_resting(session)
    documents = count_by_kind(session)
    _reverse_all(session, on_progress)
    documents_erasing(session)
    session.flush()
    users = _switch_off_users(session, actor)
    current = organisation(session)
    current.is_sample, current.version = False, current.version + 1
    session.flush()
    session.expunge_all()  # what it knows of documents is about to be wrong
    session.info.pop("organisation", None)
    erase_documents(session)
    removed = Removed(documents, *_remove_records(session, actor), users)
    ROWS(session).execute(delete(SampleRow))
    parts = [f"{kind} {count}" for kind, count in {**documents, **removed.records}.items()]
    summary = ", ".join(parts) + ("; + " + ", ".join(removed.kept) if removed.kept else "")
    record(session, "core.sample.remove", subject="core.sample", summary=summary, actor=actor)
    return removed


def as_json(removed: Removed) -> dict[str, Any]:
    """For jobs and commands."""
    return asdict(removed)


def _refuse_closed(session: Session) -> None:
    """Figures of a closed period stay as they were reported."""
    until, d = organisation(session).closed_until, DOCUMENTS.c
    query = select(func.min(d.moment)).where(d.id.in_(marked(DOCUMENTS)), d.state != "draft")
    first = ROWS(session).scalar(query)
    if until is not None and first is not None and first.date() <= until:
        raise PeriodClosed(until)


def _reverse_all(session: Session, on_progress: Progress) -> None:
    """Reverse what is posted. Floors are checked once, for what is there in the end; what a reversal makes is the sample's."""
    found = list(_newest_first(session))
    try:
        with marking(session, [DOCUMENTS]), floors_together(session, organisation(session).id):
            for done, document in enumerate(found):
                on_progress(done, len(found))
                _reverse(session, document)
    except NotEnough as error:
        raise uses_goods(session, error) or error from error


def _reverse(session: Session, document: Document) -> None:
    if document.state not in STANDING:
        return  # it was reversed with what it settles
    try:
        reverse(session, SYSTEM, document)
    except KontorError as error:
        message = _l(
            "%(number)s of the sample data can't be reversed, so nothing was changed: %(why)s",
            number=document.number,
            why=error.message,
        )
        raise Conflict(message) from error


def _newest_first(session: Session) -> Iterator[Document]:
    """The posted documents, each after those that were made from it."""
    query = select(Document).where(Document.id.in_(marked(DOCUMENTS)), Document.state.in_(STANDING))
    posted = {document.id: document for document in session.scalars(query.order_by(Document.id.desc()))}
    followers: dict[int, list[int]] = defaultdict(list)
    links = select(_LINKS.origin_id, _LINKS.document_id).distinct().order_by(_LINKS.document_id.desc())
    for origin, made in ROWS(session).execute(links.where(_LINKS.origin_id.in_(marked(DOCUMENTS)))):
        followers[origin].append(made)
    given: set[int] = set()

    def with_followers(number: int) -> Iterator[Document]:
        if number not in posted or number in given:
            return
        given.add(number)
        for follower in followers[number]:
            yield from with_followers(follower)
        yield posted[number]

    for number in posted:
        yield from with_followers(number)


def _switch_off_users(session: Session, actor: Actor) -> list[str]:
    """They stay as rows: the audit and whatever they are responsible for names them."""
    users = [user for user in users_of(session) if user.id != actor.user_id]
    for user in users:
        change_user(session, SYSTEM, user, is_active=False)
    return [user.login for user in users]


def _remove_records(session: Session, actor: Actor) -> tuple[dict[str, int], list[str]]:
    going = records_going(session)
    kept: Rows = {table: ids - going[table] for table, ids in records_of(session).items()}
    for table, ids in going.items():
        for number, name in named_rows(session, table, ids):
            noun = noun_of(table)
            record(session, f"{noun}.remove", subject=noun, subject_id=number, summary=name, actor=actor)
    remove_records(session, going)
    return {noun_of(table): len(ids) for table, ids in going.items() if ids}, names_of(session, kept)
