"""What came back of the lines of documents: how much, at what, and which documents rest on which."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import PastPolicy
from app.api.values import Money, from_units
from modules.warehouse.costing import OWN, Line, Origin, Went
from modules.warehouse.moves import LAYER, QUANTITY, ROWS, VALUE, Booked, Books, gathered
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("what came back of a line counts every document, whoever may see it")

_E = Stock.entries.c
#: SQLite takes 32,766 values in a statement at most.
_PIECE = 5000


def origins_of(books: Books, went: Collection[Went], *, before: datetime) -> dict[Went, Origin]:
    """What others give back of lines, as it stood at a moment: what they moved and are worth, and what came back since."""
    if not went:
        return {}
    found: dict[Went, Origin] = {}
    for b in moves_of(books, {(document, line) for document, line, _ in went}):
        if b.quantity > 0 and b.happened < before:
            origin = found.setdefault((b.document_id, b.line, b.move.layer), Origin(0, 0, origin=b.move.gives_back))
            origin.quantity += b.quantity
            origin.value += b.value
    _count_returns(books, found, before)
    parents = {o.origin for o in found.values() if o.origin is not None} - found.keys()
    return found | (origins_of(books, parents, before=before) if parents else {})


def left_to_return(books: Books, lines: Collection[Line]) -> tuple[dict[Line, int], dict[Line, datetime]]:
    """How much of each line has not come back yet, zero when it was reversed; and when its goods went."""
    left: dict[Line, int] = {}
    happened: dict[Line, datetime] = {}
    for b in moves_of(books, lines) if lines else ():
        line = (b.document_id, b.line)
        left[line] = left.get(line, 0) + b.quantity
        happened[line] = min(b.happened, happened.get(line, b.happened))
    for (document, line_number, _), (quantity, _value) in _given_back(books, left, datetime.max).items():
        left[document, line_number] -= quantity
    return left, happened


def inflows_of(books: Books, *lines: Line) -> list[Booked]:
    """The moves by which lines brought goods in at a price of their own."""
    return [b for b in moves_of(books, set(lines)) if b.move.basis == OWN and b.source is None and b.quantity > 0]


def moves_of(books: Books, lines: Collection[Line]) -> list[Booked]:
    """The moves of lines, each with what landed on it."""
    documents = sorted({document for document, _ in lines})
    booked: list[Booked] = []
    for start in range(0, len(documents), _PIECE):
        some = documents[start : start + _PIECE]
        own = or_(
            and_(_E.document_id.in_(some), _E.basis != LANDED),
            and_(_E.origin_document_id.in_(some), _E.basis == LANDED),
        )
        rows = _BOOKS(books.session).execute(ROWS.where(own, _E.basis != CLAIMED).order_by(_E.happened, _E.id))
        booked += [b for b in gathered(rows) if (b.document_id, b.line) in lines]
    return booked


def landings_on(books: Books, line: Line) -> dict[tuple[int, tuple[int, ...]], int]:
    """What landed on a line: by the document that says so and the ends of the move, in units."""
    where = (_E.origin_document_id == line[0], _E.origin_line == line[1], _E.basis == LANDED)
    found: dict[tuple[int, tuple[int, ...]], int] = {}
    for row in _BOOKS(books.session).execute(ROWS.where(*where).order_by(_E.moment, _E.id)):
        document_id, _line, _item, _happened, _basis, _of, _of_line, _quantity, value, *ends = row
        found[document_id, tuple(ends)] = found.get((document_id, tuple(ends)), 0) + value
    return {key: value for key, value in found.items() if value}


def landed_on(session: Session, document_id: int) -> list[Line]:
    """The lines on which a document landed a cost."""
    query = (
        select(_E.origin_document_id, _E.origin_line)
        .distinct()
        .where(_E.document_id == document_id, _E.basis == LANDED)
        .order_by(_E.origin_document_id, _E.origin_line)
    )
    return [(document, line) for document, line in _BOOKS(session).execute(query)]


def landed_values(session: Session, document_id: int) -> dict[Line, Decimal]:
    """Line of goods → what a document has landed on it and not taken off again, in the organisation's own currency."""
    query = (
        select(_E.origin_document_id, _E.origin_line, func.sum(VALUE))
        .where(_E.document_id == document_id, _E.basis == LANDED)
        .group_by(_E.origin_document_id, _E.origin_line)
    )
    rows = _BOOKS(session).execute(query)
    return {(document, line): from_units(int(units), Money.scale) for document, line, units in rows}


def given_back_beyond(books: Books) -> list[Line]:
    """Lines of which more came back than went."""
    origins = (
        select(_E.origin_document_id, _E.origin_line, func.sum(QUANTITY).label("back"))
        .where(_E.organisation_id == books.organisation_id, _E.origin_document_id.is_not(None), _E.basis != LANDED)
        .group_by(_E.origin_document_id, _E.origin_line)
        .having(func.sum(QUANTITY) > 0)
        .subquery()
    )
    query = (
        select(_E.document_id, _E.line)
        .join_from(
            Stock.entries,
            origins,
            and_(origins.c.origin_document_id == _E.document_id, origins.c.origin_line == _E.line),
        )
        .where(_E.basis != CLAIMED)
        .group_by(_E.document_id, _E.line, origins.c.back)
        .having(func.sum(QUANTITY) < origins.c.back)
    )
    return [(document, line) for document, line in _BOOKS(books.session).execute(query)]


def documents_resting_on(session: Session, document_id: int, *, landed: bool = False) -> list[str]:
    """Numbers of the documents that gave goods of this one back or landed costs on it, and stand; only the latter with
    `landed`."""
    documents = Document.__table__.c
    which = (_E.basis == LANDED,) if landed else ()
    query = (
        select(documents.number)
        .join_from(Stock.entries, Document.__table__, documents.id == _E.document_id)
        .where(
            _E.origin_document_id == document_id, _E.document_id != document_id, documents.state != "reversed", *which
        )
        .group_by(documents.id, documents.number)
        .having(or_(func.sum(QUANTITY) != 0, func.sum(VALUE) != 0))  # not what a correction has reversed
        .order_by(documents.number)
    )
    return [str(number) for number in _BOOKS(session).scalars(query)]


def _count_returns(books: Books, found: dict[Went, Origin], before: datetime) -> None:
    given = _given_back(books, {(document, line) for document, line, _ in found}, before)
    for went in found.keys() & given.keys():
        found[went].give_back(*given[went])


def _given_back(books: Books, lines: Collection[Line], before: datetime) -> dict[Went, tuple[int, int]]:
    """Quantity and value of what came back of lines before a moment, by the layers that they went from."""
    documents = sorted({document for document, _ in lines})
    found = {}
    for start in range(0, len(documents), _PIECE):
        query = (
            select(_E.origin_document_id, _E.origin_line, LAYER, func.sum(QUANTITY), func.sum(VALUE))
            .where(_E.origin_document_id.in_(documents[start : start + _PIECE]), _E.happened < before)
            .where(_E.basis != LANDED)
            .group_by(_E.origin_document_id, _E.origin_line, LAYER)
        )
        for document, line, layer, quantity, value in _BOOKS(books.session).execute(query):
            if (document, line) in lines:
                found[document, line, layer] = (int(quantity), int(value))
    return found
