"""From which lines a document's own were made, what is left of those, and what must be undone before they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, true, type_coerce
from sqlalchemy.orm import Session

from app.documents.kinds import STANDING, Kind, LineKey, kind_of
from app.documents.models import Document, DocumentLink
from app.errors import Conflict, Invalid
from app.past_policy import PastPolicy
from app.security import unrestricted
from app.translation import lazy_gettext as _l
from app.values import Quantity, from_units, shortest

_BOOKS = PastPolicy("what is left of a line, and what rests on it, counts every document, whoever may see it")

_DOCUMENTS, _LINKS = Document.__table__.c, DocumentLink.__table__.c
_BACK, _GIVING = DocumentLink.__table__.alias("back"), Document.__table__.alias("giving")
#: how much of a line standing documents gave back, so that it is to be made once more
_GIVEN_BACK = (
    select(func.sum(type_coerce(_BACK.c.quantity, BigInteger)))
    .join_from(_BACK, _GIVING, _GIVING.c.id == _BACK.c.document_id)
    .where(_BACK.c.origin_id == _LINKS.document_id, _BACK.c.origin_line == _LINKS.line)
    .where(_BACK.c.reopens == true(), _GIVING.c.state.in_(STANDING))
    .correlate(DocumentLink.__table__)
    .scalar_subquery()
)
# Put together once: every document that is made from another asks these.
_AMONG: Any = bindparam("ids", expanding=True)
_TAKERS = (
    select(
        _LINKS.origin_id,
        _LINKS.origin_line,
        _DOCUMENTS.kind,
        func.sum(type_coerce(_LINKS.quantity, BigInteger) - func.coalesce(_GIVEN_BACK, 0)),
    )
    .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENTS.id == _LINKS.document_id)
    .where(_LINKS.origin_id.in_(_AMONG), _DOCUMENTS.state.in_(STANDING))
    .group_by(_LINKS.origin_id, _LINKS.origin_line, _DOCUMENTS.kind)
)
_LOCKED = (
    select(_DOCUMENTS.id, _DOCUMENTS.kind, _DOCUMENTS.state)
    .where(_DOCUMENTS.id.in_(_AMONG))
    .order_by(_DOCUMENTS.id)
    .with_for_update(key_share=True)
)


class HasFollowers(Conflict):
    """Documents that rest on this one stand: `documents` are their numbers."""

    def __init__(self, documents: Sequence[str]) -> None:
        self.documents = documents
        super().__init__(
            _l(
                "This can't be reversed while other documents rest on it: %(documents)s. Reverse them first.",
                documents=", ".join(documents),
            )
        )


class NoLongerFits(Conflict):
    """A document that others rest on would say what they don't fit any more: `documents` are their numbers."""

    def __init__(self, documents: Sequence[str], why: object) -> None:
        self.documents = documents
        super().__init__(
            _l(
                "%(documents)s would no longer fit this. %(why)s Reverse that first, or change less.",
                documents=", ".join(documents),
                why=why,
            )
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What a document said before it is corrected: when, how much by its lines, and how much of others' lines it took."""

    moment: datetime
    has: Mapping[int, Decimal]
    takes: Mapping[LineKey, Decimal]


def said_by(document: Any) -> Said:
    """What a document says now."""
    return Said(document.moment, {line.line: line.quantity for line in document.lines}, _taken_by_one(document))


def _taken_by_one(document: Document) -> dict[LineKey, Decimal]:
    wanted: dict[LineKey, Decimal] = defaultdict(Decimal)
    for link in document.links:
        wanted[link.origin_id, link.origin_line] += link.quantity
    return wanted


def link_lines(draft: Any) -> list[DocumentLink]:
    """The links of a draft's lines to what they were made from, by the lines' `origin`; a draft of what goes back says whether
    that is to be made once more (`reopens`)."""
    said = {"reopens": bool(getattr(draft, "reopens", False))}
    return [
        DocumentLink(line=number, origin_id=line.origin[0], origin_line=line.origin[1], quantity=line.quantity, **said)
        for number, line in enumerate(draft.lines or (), 1)
        if getattr(line, "origin", None) is not None
    ]


def takers_of(session: Session, documents: Collection[int]) -> dict[LineKey, dict[str, Decimal]]:
    """How much of each line of these documents others have taken that stand, by their kinds, whoever may see them; less what
    was given back of those and is to be made once more."""
    found: dict[LineKey, dict[str, Decimal]] = defaultdict(dict)
    for row in _BOOKS(session).execute(_TAKERS, {"ids": list(documents)}) if documents else ():
        found[row[0], row[1]][row[2]] = from_units(int(row[3]), Quantity.scale)
    return found


def takers_of_one(session: Session, document: Document) -> dict[LineKey, dict[str, Decimal]]:
    """How much of each line of a document others have taken. What takes of an invoice for payment takes of the order that it
    was made from (`Kind.passes_on`), so as much of its line is taken as no longer can be made of the order's."""
    takers = takers_of(session, [document.id])
    kind = kind_of(document)
    origins = document.origins if kind.passes_on else {}
    if not origins:
        return takers
    ids = {origin for origin, _ in origins.values()}
    query = select(_DOCUMENTS.id, _DOCUMENTS.kind).where(_DOCUMENTS.id.in_(ids))
    kinds = {row.id: Kind.declared[row.kind] for row in _BOOKS(session).execute(query)}
    had, theirs = _quantities(session, kinds), takers_of(session, ids)
    says = {line.line: line.quantity for line in document.lines}  # type: ignore[attr-defined]
    for number, key in origins.items():
        for target in {makes.target for makes in kind.makes} if key in had else ():
            left = had[key] - taken_by(theirs, key, kinds[key[0]].counted_with(target))
            takers[document.id, number][target] = says[number] - min(says[number], max(left, Decimal(0)))
    return takers


def taken_by(takers: Mapping[LineKey, Mapping[str, Decimal]], key: LineKey, kinds: Collection[str]) -> Decimal:
    """How much of a line documents of these kinds have taken together."""
    return sum((quantity for kind, quantity in takers.get(key, {}).items() if kind in kinds), Decimal(0))


def left_of(session: Session, document: Any, target: str) -> dict[int, Decimal]:
    """How much of each of the document's lines is left to be made into a document of the kind `target`, by the line's
    number."""
    return left_for(document, takers_of_one(session, document), target)


def left_for(document: Any, takers: Mapping[LineKey, Mapping[str, Decimal]], target: str) -> dict[int, Decimal]:
    """The same, where it is known what others have taken."""
    kinds = kind_of(document).counted_with(target)
    fits = next((m.fits for m in kind_of(document).makes if m.target == target), None)
    return {
        x.line: x.quantity - taken_by(takers, (document.id, x.line), kinds) if fits is None or fits(x) else Decimal(0)
        for x in document.lines
    }


def refuse_beyond(session: Session, document: Document, before: Said | None = None) -> None:
    """Refuse (Invalid) a document, in the state posted already, that takes more of a line than was left of it, where that kind
    of line isn't exceeded (`Makes.exceeds`), or anything of a document that is not posted. One that is corrected and takes no
    more than `before` isn't asked about again.

    Locks the documents that it was made from, so that nobody else takes of them meanwhile.
    """
    wanted, took = _taken_by_one(document), before.takes if before is not None else {}
    lines = {(link.origin_id, link.origin_line): link.line for link in document.links}
    if not wanted:
        return
    ids = sorted({key[0] for key in wanted})
    rows = _BOOKS(session).execute(_LOCKED, {"ids": ids})
    kinds = {row.id: Kind.declared[row.kind] for row in rows if row.state == "posted"}
    had = _quantities(session, kinds)
    takers = takers_of(session, kinds)
    for key, quantity in wanted.items():
        taken = taken_by(takers, key, kinds[key[0]].counted_with(document.kind)) if key in had else quantity
        left = had.get(key, Decimal(0)) - (taken - quantity)  # what is taken has this document's too
        if quantity <= left or (key in had and quantity <= took.get(key, 0)):
            continue
        if key not in had or not _exceeds(session, document, kinds[key[0]], had[key], taken):
            raise Invalid(
                _l(
                    "Line %(n)s: only %(left)s is left of the line that it comes from.", n=lines[key], left=_plain(left)
                ),
                field="lines",
                column="quantity",
            )


def refuse_unfit(session: Session, document: Any, before: Said) -> None:
    """Refuse (NoLongerFits) what a posted document says now, where posted documents that were made from it take more of a line
    than it has and have more than `before`, are dated before it, or are what their kind refuses (`Kind.fits`).

    Whoever corrects it need not see them; all of them count.
    """
    made = select(_LINKS.document_id).where(_LINKS.origin_id == document.id)
    takers, has = takers_of(session, [document.id]), {line.line: line.quantity for line in document.lines}
    if not takers:
        return
    kind = kind_of(document)
    with unrestricted(session, "documents that were made from a corrected one must still fit it"):
        query = select(Document).where(Document.id.in_(made), Document.state.in_(STANDING)).order_by(Document.id)
        for follower in session.scalars(query.execution_options(populate_existing=True)).all():
            for link in follower.links:
                kinds = kind.counted_with(follower.kind)
                quantity = taken_by(takers, (link.origin_id, link.origin_line), kinds)
                had = has.get(link.origin_line, Decimal(0))
                if (
                    link.origin_id == document.id
                    and quantity > had
                    and had < before.has.get(link.origin_line, had + 1)
                    and not _exceeds(session, follower, kind, had, quantity)
                ):
                    why = _l("Line %(n)s: %(taken)s of it is taken.", n=link.origin_line, taken=_plain(quantity))
                    raise NoLongerFits([str(follower.number)], why)
            # Of one moment, what comes to it later is later.
            if follower.moment < document.moment or follower.moment == document.moment != before.moment:
                raise NoLongerFits([str(follower.number)], _l("It has an earlier date."))
            try:
                kind_of(follower).fits(session, follower)
            except Invalid as error:
                why = _l("In %(number)s, %(why)s", number=follower.number, why=error.message)
                raise NoLongerFits([str(follower.number)], why) from error


def _exceeds(session: Session, taker: Document, kind: Kind[Any], had: Decimal, taken: Decimal) -> bool:
    return had > 0 and any(m.exceeds(session, taker, had, taken) for m in kind.makes if m.target == taker.kind)


def refuse_followed(session: Session, document: Document) -> None:
    """Refuse (HasFollowers) where standing documents were made from lines of this one. What was paid in advance for it as a
    whole stands without it."""
    query = (
        select(_DOCUMENTS.number)
        .distinct()
        .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENTS.id == _LINKS.document_id)
        .where(_LINKS.origin_id == document.id, _LINKS.origin_line > 0, _DOCUMENTS.state.in_(STANDING))
        .order_by(_DOCUMENTS.number)
    )
    if numbers := list(_BOOKS(session).scalars(query)):
        raise HasFollowers(numbers)


def followers_of(session: Session, document_id: int) -> list[Document]:
    """The documents that were made from this one and are open to the session's actor, oldest first."""
    made = select(DocumentLink.document_id).where(DocumentLink.origin_id == document_id)
    return list(session.scalars(select(Document).where(Document.id.in_(made)).order_by(Document.id)))


def _quantities(session: Session, kinds: Mapping[int, Kind[Any]]) -> dict[LineKey, Decimal]:
    """What the lines of documents say, by the tables of their kinds."""
    found: dict[LineKey, Decimal] = {}
    by_kind: dict[str, list[int]] = defaultdict(list)
    for document_id, kind in kinds.items():
        by_kind[kind.name].append(document_id)
    for name, some in by_kind.items():
        rows = _BOOKS(session).execute(_lines_of(name), {"ids": some})
        found |= {(row.document_id, row.line): row.quantity for row in rows}
    return found


@cache
def _lines_of(kind: str) -> Any:
    line = Document.__mapper__.polymorphic_map[kind].relationships["lines"].mapper.local_table.c
    return select(line.document_id, line.line, line.quantity).where(line.document_id.in_(_AMONG))


def _plain(quantity: Decimal) -> str:
    return f"{shortest(max(quantity, Decimal(0))):f}"
