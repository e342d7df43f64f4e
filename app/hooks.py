"""Every hook, in one place: what modules are called for, when, with what, and what an error does.

A module takes part by a function of the hook's name, with the same arguments, in its `hooks.py`; a function there that no hook
calls keeps the module from loading.

An **effect** runs inside the transaction of whoever calls it, modules that are required first: an error aborts the whole, and
nothing has changed. A module that is switched off is called all the same, because its registers stay true.

What is **collected** is only shown: a module that fails is logged and left out, and the page says so; one that is switched off
isn't asked.

Inside a module, and towards a module that it requires, call functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.calling import Hook, collect, effect

if TYPE_CHECKING:
    from app.documents import Document
    from app.documents.chain import Joint
    from app.documents.expected import ExpectedMoney
    from app.documents.previews import PreviewPart
    from app.jobs import Job
    from app.ledger import Posting, WrittenEntries
    from app.persons import Found, Person
    from app.reference import Unit
    from app.security import Actor
    from app.web.kit.home import Attention, FirstStep, HomeFigure, HomePart
    from app.web.kit.overview import OverviewFigure
    from app.web.kit.timeline import TimelineSource

# ------------------------------------------------------------------------------------------------------------ documents


@effect
def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """`actor` is about to post `documents`, of one kind or several. They are locked, numbered and written in the state posted;
    nothing of them is in the ledger. A module refuses (Conflict, Invalid) what may not be posted. An error aborts the
    posting."""


@effect
def document_posted(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """`actor` has posted `documents`: their entries are in the ledger and the audit has its lines. A module writes what it
    keeps of them, in one statement for all where it can: an import posts thousands at once. An error aborts the posting."""


@effect
def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """`actor`, who may do so, is about to reverse the posted `document`: its row is locked, none of its entries has been
    answered yet, and its own kind has not acted. A module that keeps something built on it undoes that here, whatever the
    actor's rights to that are. An error aborts the reversal."""


@effect
def document_correcting(session: Session, document: Document) -> None:
    """The posted `document` is about to say something else. A module forgets what it keeps of it beside the ledger and would
    write again with its entries. An error aborts the correction."""


@effect
def document_corrected(session: Session, document: Document) -> None:
    """The posted `document` says something else, and its entries are written again. A module writes again what it keeps of it,
    and refuses (NoLongerFits) where something of its own rests on it and no longer fits. An error aborts the correction."""


@collect
def document_previewed(
    session: Session, actor: Actor, document: Document, written: WrittenEntries
) -> Iterable[PreviewPart]:
    """`document` was posted or corrected to see what that changes, and is about to be rolled back: `written` has the entries
    that it would make, of itself and of others, and the session reads the books as they would be. A module says what of it
    changes, as far as that is open to `actor`. A module that fails is left out of the page."""
    return ()


@collect
def documents_joined(session: Session) -> Iterable[Joint]:
    """The chain of a document is being drawn. A module says by which of its columns documents hang together as a whole, such as
    a quote with the request that it answers: the chain follows them as it follows links of lines. What is not open to whoever
    looks is left out by the caller. A module that fails is left out."""
    return ()


@collect
def documents_settled(session: Session, documents: Collection[int]) -> Iterable[tuple[int, int]]:
    """The chain of a document is being drawn: `documents` are the numbers of those in it. A module says what else stands beside
    them as pairs of numbers, the earlier document first, such as a sale and the payment that settles it; nothing is followed
    from there, as one payment settles what has nothing else in common. A module that fails is left out."""
    return ()


@collect
def money_expected(session: Session, actor: Actor, until: date) -> Iterable[ExpectedMoney]:
    """A payment calendar is being drawn. A module says which money its documents will bring or cost that nobody owes yet, such
    as what is ordered, as far as they are open to `actor`; what comes again and again without end, up to the day `until`. What
    is owed already has its rows elsewhere and is left out here. A module that fails is left out."""
    return ()


@effect
def sample_gathering(session: Session, documents: set[int]) -> None:
    """`documents` are the numbers of the sample data's documents. A module adds those of documents that only rearrange what
    these have made: they count as the sample's when it is removed. An error keeps the sample."""


@effect
def documents_erasing(session: Session) -> None:
    """The documents of the sample data, all of them drafts or reversed by now, are about to be removed with their entries. A
    module finishes what is still to be done because of them. An error keeps them."""


# --------------------------------------------------------------------------------------------------------------- ledger


@effect
def costs_changed(session: Session, posting: Posting, changes: Sequence[Any]) -> None:
    """Recosting has found that moves of goods in the books cost otherwise than they were booked at. Each of `changes` names the
    document and line, by how much the cost differs (units of 10**-4 of the organisation's currency), when the move happened and
    which document caused it. Called before `posting` is written: a module adds differences to its own registers by it. An error
    aborts what caused the change."""


@effect
def period_closing(session: Session, until: date) -> None:
    """Somebody is about to close the books up to and including the day `until`. A module whose figures are not settled yet
    refuses (Conflict). An error keeps the period open."""


@collect
def period_checks(session: Session, actor: Actor, until: date) -> Iterable[Attention]:
    """Somebody who may close the books looks at what to settle before they are closed up to and including the day `until`. A
    module counts what of that time isn't done yet, such as payments that settle nothing, and says where its list is, as far as
    that is open to `actor`; nothing of it keeps the period open. A module that fails is left out."""
    return ()


# ------------------------------------------------------------------------------------------------------------ reference


@effect
def unit_changing(session: Session, unit: Unit, digits: int) -> None:
    """The unit of measure `unit` is about to be counted to other `digits` after the point than it is now. A module refuses
    (Conflict) where quantities of its records stand finer in the books. An error keeps the unit as it is."""


# ----------------------------------------------------------------------------------------------------------------- jobs


@effect
def job_ended(session: Session, job: Job) -> None:
    """`job` has ended for good, in whatever way: its state says whether it is done, has failed or was cancelled, and its
    message why it failed. It may never have begun. A module ends what it keeps of it, whoever ended the job and whatever they
    may see. An error keeps the job from ending: it is cut off, and ended again later."""


# -------------------------------------------------------------------------------------------------------------- persons


@effect
def person_finding(session: Session, person: Person, found: Found) -> None:
    """All that is kept of `person` is gathered, to be given to them or erased. Rows that name them by a foreign key are in
    `found` already, and so are their documents with lines and files. A module adds what names them otherwise. An error aborts
    the export."""


@effect
def person_erasing(session: Session, person: Person) -> None:
    """`person` is erased: rows that go with their record are gone, and their documents say another name. A module erases what
    it keeps of them otherwise. An error aborts the erasure."""


# ---------------------------------------------------------------------------------------------------------------- pages


@collect
def home_figures(session: Session, actor: Actor) -> Iterable[HomeFigure]:
    """The figures on top of the home page, as far as they are open to `actor`. Called when it is shown. A module that fails is
    left out of the page."""
    return ()


@collect
def home_attention(session: Session, actor: Actor) -> Iterable[Attention]:
    """What waits for `actor` on the home page, as far as it is open to them: counted up to a thousand (MOST_COUNTED), so that
    a page costs the same however much waits. Called when it is shown. A module that fails is left out of the page."""
    return ()


@collect
def home_parts(session: Session, actor: Actor) -> Iterable[HomePart]:
    """Parts of the home page that a module shows by a template of its own, such as one's tasks of the day, as far as they are
    open to `actor`. Called when it is shown. A module that fails is left out of the page."""
    return ()


@collect
def timeline(session: Session, actor: Actor, target: str, record: Any) -> Iterable[TimelineSource]:
    """Sources of what happened with `record`, of which the card is that of `target`, as far as they are open to `actor`. Called
    when its timeline is shown. A module that fails is left out of the page, and so is a source."""
    return ()


@collect
def book_figures(session: Session, actor: Actor) -> Iterable[HomeFigure]:
    """What the books come to, as an accountant says it, as far as it is open to `actor`: values with their currency, leading to
    the documents. Called when the page of the books is shown. A module that fails is left out of the page."""
    return ()


@collect
def overview_figures(session: Session, actor: Actor, since: date, until: date) -> Iterable[OverviewFigure]:
    """The figures of the management overview, as far as they are open to `actor`: what moved in the days from `since` to
    `until`, both included, what is late now and what lies ahead. Called when it is shown. A module that fails is left out of
    the page."""
    return ()


@collect
def overview_parts(session: Session, actor: Actor) -> Iterable[HomePart]:
    """Parts of the management overview that a module shows by a template of its own, such as the money that is expected week by
    week, as far as they are open to `actor`. Called when it is shown. A module that fails is left out of the page."""
    return ()


@collect
def first_steps(session: Session, actor: Actor) -> Iterable[FirstStep]:
    """What an empty company does first, whoever `actor` is: each step is shown to those who hold what it needs. Called when the
    home page is shown to somebody who hasn't dismissed them. A module that fails is left out of the page."""
    return ()


def declared() -> dict[str, Hook]:
    """Every hook by its name."""
    return {name: value for name, value in globals().items() if isinstance(value, Hook)}
