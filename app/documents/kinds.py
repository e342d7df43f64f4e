"""What a kind of document is: declared once by its module, in one place, for every door.

From the declaration come its operations (`drafts`, `posting`), its pages, copying, printing and what it can be made into.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.security import Actor
from app.texts import one_line, visible
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.documents.paper import Paper
    from app.documents.shares import Share
    from app.ledger import Posting

D = TypeVar("D", bound=Document)

#: A line of a document: the document's id and the line's number.
LineKey = tuple[int, int]

#: state → what a document in it is called
STATES: Mapping[str, object] = {
    "draft": _l("Draft"),
    "posted": _l("Posted"),
    "reversed": _l("Reversed"),
    "closed": _l("Closed"),
}
#: From which state a document that moves figures may go to which.
POSTED: Mapping[str, tuple[str, ...]] = {"draft": ("posted",), "posted": ("reversed",), "reversed": ()}
#: The same of one that others are made from until it is closed, such as an order.
CLOSED: Mapping[str, tuple[str, ...]] = {**POSTED, "posted": ("reversed", "closed"), "closed": ("posted", "reversed")}
#: in which a document stands: what it has taken of others is taken
STANDING = ("posted", "closed")
#: fields of a draft that say how it is saved and not what it says
OF_SAVING = frozenset({"number", "operation_id", "responsible_id", "stored", "version"})


@dataclass(slots=True, kw_only=True)
class Draft:
    """A document as somebody typed it. Each kind adds its own fields, and `lines`.

    None in one of `optional` leaves the value to the program.
    """

    optional: ClassVar[frozenset[str]] = frozenset({"moment", "custom"})

    #: when it happened; None: when it is posted
    moment: datetime | None = None
    note: str = ""
    #: an imported document keeps its own
    number: str | None = None
    #: names the act of saving: the same act sent twice makes one document
    operation_id: str | None = None
    responsible_id: int | None = None
    #: the version of the document that the person began from; None: whichever there is
    version: int | None = None
    #: what it says in its custom fields, by key; None: whoever makes it knows of none
    custom: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Its texts are as they are kept, so that the same act sent twice says the same."""
        if isinstance(self.note, str):
            self.note = visible(self.note, one_blank=False)
        if self.number is not None:
            self.number = one_line(self.number)


def _nothing(_posting: "Posting", _document: Any) -> None:
    pass


def _fits(_session: Session, _document: Any) -> None:
    pass


def _as_sent(_session: Session, _document: Any, draft: Any) -> Any:
    return draft


def _no_move(*_: Any) -> None:
    raise TypeError(
        "a document of this kind is posted with its own `move`: only whoever records it knows what it moves"
    )


def _no_draft(*_: Any) -> Any:
    raise TypeError("a document of this kind is posted as it is recorded: it has no draft, and no paper of the core's")


def _as_named(document: Any) -> Any:
    """The draft of a document whose fields and lines bear the names of the draft's."""
    kind, origins = kind_of(document), document.origins
    named = {"stored": "line"}
    if kind.draft is Draft:
        return _no_draft()
    of_line = [f.name for f in fields(kind.line)]
    values = {f.name: getattr(document, f.name) for f in fields(kind.draft) if f.name not in {*OF_SAVING, "lines"}}
    if document.state == "draft" and not document.is_dated:
        values["moment"] = None  # it happens when it is posted
    lines = [
        kind.line(**{n: origins.get(x.line) if n == "origin" else getattr(x, named.get(n, n)) for n in of_line})
        for x in document.lines
    ]
    draft: Any = kind.draft
    return draft(**values, lines=lines)


def _no_share(_session: Session, _document: Any) -> Iterable["Share"]:
    return ()


def _no_warning(_session: Session, _actor: Actor, _document: Any) -> Iterable[object]:
    return ()


@dataclass(frozen=True)
class Makes:
    """A document of another kind that is made from the lines of this one, such as a return from a sale."""

    #: the name of that kind
    target: str
    #: what the button says
    title: object
    #: what is left of this document, as a draft of that kind, each line with its `origin`
    draft: Callable[[Session, Any], Draft]
    icon: str = "arrow-right"
    #: what it takes of the lines, such as "shipped": kinds that say the same share what is left. Empty: the target's own
    takes: str = ""
    #: what the share of the lines that is taken so is called, as on an order; empty: it isn't shown
    share: object = ""
    #: whether it takes that much away, as a return does: of what went back nothing is done or left to do
    is_back: bool = False
    #: which of the lines it is made from
    fits: Callable[[Any], bool] = lambda _line: True
    #: what several drafts of `draft` come to as one; refuses (Invalid) those that don't go together. None: one at a time
    joins: Callable[[Sequence[Any]], Draft] | None = None
    #: whether a document of that kind may take so much of a line that had less: `had` and `taken` in all. May say why not
    exceeds: Callable[[Session, Any, Decimal, Decimal], bool] = lambda _session, _taker, _had, _taken: False
    #: of what is made of a document as a whole: what stands or is written of it by now, as rows of `id`, `number` and `state`,
    #: the newest first; they are shown, called `already`, and another is the second choice
    made: Callable[[Session, Any], Sequence[Any]] = lambda _session, _document: ()
    already: object = ""
    #: whether whoever reaches but the other end of the document makes it, too, as who gets the goods receives them
    is_for_both_ends: bool = False

    @property
    def counts(self) -> str:
        """What is counted together."""
        return self.takes or self.target


@dataclass(frozen=True)
class Words:
    """What is said of a kind's states and steps, where that isn't what is said of documents that move figures."""

    #: state → what a document in it is called
    states: Mapping[str, object] = field(default_factory=dict)
    post: object = _l("Post")
    reverse: object = _l("Reverse")
    #: asked before it is reversed
    ask: object = _l("Reverse this document? Goods and debts go back to what they were.")
    #: said once it is done, with `number`
    posted: object = _l("%(number)s is posted.")
    reversed: object = _l("%(number)s is reversed.")


@dataclass(frozen=True)
class Outcome:
    """What may become of a posted document through what follows: a request is answered, an offer ordered."""

    #: stands in the place of the state in lists, and as `outcome` beside it in the API
    name: str
    #: what a document that has come to it is called
    title: object
    #: whether the document of an id, a column, has come to it
    where: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Kind(Generic[D]):
    """A kind of document: how a draft fills it and how it becomes a draft again, what it moves, what it says on paper."""

    declared: ClassVar[dict[str, "Kind[Any]"]] = {}

    model: type[D]
    #: adds the entries of documents to the posting
    move: Callable[["Posting", Sequence[D]], None] = _no_move
    #: what the user types: the document, and one of its lines. A kind that is posted as it is recorded has neither
    draft: type[Draft] = Draft
    line: type[Any] = Draft
    #: writes what the draft says into the document, except for what every draft has, and gives the lines. Refuses (Invalid)
    #: what can't be right
    fill: Callable[[Session, Actor, D, Any], Sequence[Any]] = _no_draft
    #: the draft that would make the document; of each line, `origin` where it was made from another document's. A kind
    #: whose draft has other names than its model says how
    draft_of: Callable[[D], Any] = _as_named
    #: a draft that is sent again, with what posting gave the document where the draft leaves that to it
    filled_in: Callable[[Session, D, Any], Any] = _as_sent
    #: what it says on paper
    paper: Callable[[Session, D], "Paper"] = _no_draft
    #: before a reversal: locks and refuses
    reversing: Callable[["Posting", D], None] = _nothing
    #: what follows from a reversal or correction, once it is written
    reversed: Callable[["Posting", D], None] = _nothing
    #: before a correction, in the place of `reversing`: what was made from the document may stand, as far as it still fits
    correcting: Callable[["Posting", D], None] | None = None
    #: refuses (Invalid) a document that no longer fits the lines that it was made from
    fits: Callable[[Session, D], None] = _fits
    #: what a person who has just posted one should know
    warnings: Callable[[Session, Actor, D], Iterable[object]] = _no_warning
    makes: tuple[Makes, ...] = ()
    #: whether what is made of its lines takes of the lines that they were made from, where there are any
    passes_on: bool = False
    #: whether what it books may be felt before its own day, as costs that land on what came earlier
    reaches_back: bool = False
    #: whether one says something without lines
    may_be_empty: bool = False
    states: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: POSTED)
    words: Words = Words()
    #: what may become of its posted documents; the first that holds is said (`app.documents.outcomes`)
    outcomes: tuple[Outcome, ...] = ()
    #: how far one has come beside what was taken of its lines, such as what was paid of it
    shares: Callable[[Session, D], Iterable["Share"]] = _no_share
    #: what is to be known of single lines of one that stands, beside how much others took of them (`takers_of`): line → words
    line_notes: Callable[[Session, D, Mapping[LineKey, Mapping[str, Decimal]]], Mapping[int, object]] = (
        lambda _session, _document, _takers: {}
    )
    #: of kinds whose states are CLOSED: lets go what the document still keeps or awaits, and takes it up again
    closing: Callable[["Posting", D], None] = _nothing
    reopening: Callable[["Posting", D], None] = _nothing

    def __post_init__(self) -> None:
        Kind.declared[self.name] = self

    @cached_property
    def name(self) -> str:
        """`module.noun`."""
        return str(self.model.__mapper_args__["polymorphic_identity"])

    @property
    def has_paper(self) -> bool:
        """Whether it says something on paper by itself."""
        return self.paper is not _no_draft

    @property
    def noun(self) -> str:
        """The name without the module."""
        return self.name.partition(".")[2]

    @cached_property
    def state_words(self) -> Mapping[str, object]:
        """State → what a document of the kind in it is called; what became of one comes after it is posted."""
        words = {}
        for state in self.states:
            words[state] = self.words.states.get(state, STATES[state])
            if state == "posted":
                words |= {each.name: each.title for each in reversed(self.outcomes)}
        return words

    @property
    def may_be_closed(self) -> bool:
        """Whether its documents are closed when nothing more is to be made of them."""
        return "closed" in self.states

    def counted_with(self, target: str) -> frozenset[str]:
        """The kinds that take of this one's lines what `target` takes, itself among them."""
        counts = {m.counts for m in self.makes if m.target == target}
        return frozenset({target, *(m.target for m in self.makes if m.counts in counts)})


def kind_of(document: Document | type[Document]) -> Kind[Any]:
    """The declaration of a document's kind, or of a model's."""
    name = document.__mapper_args__["polymorphic_identity"] if isinstance(document, type) else document.kind
    return Kind.declared[name]


def states_of(kind: str) -> Mapping[str, object]:
    """State → what a document of a kind in it is called; of all kinds together, or of one that isn't installed, what most are
    called."""
    declared = Kind.declared.get(kind)
    return STATES if declared is None else declared.state_words


def unusual_state(document: Document) -> str:
    """What is to be said of a document's state on paper: nothing of one that stands."""
    return "" if document.state in STANDING else str(kind_of(document).state_words.get(document.state, ""))
