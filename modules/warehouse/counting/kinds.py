"""Stock counts as documents: what a draft says, and what posting books of what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.documents import Draft, Kind, Words
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, shortened
from modules.warehouse import stock
from modules.warehouse.counting.models import LEFT, RESTS, CountLine, StockCount, Tally
from modules.warehouse.counting.paper import count_paper
from modules.warehouse.counting.results import Result, counted_elsewhere, results
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import GOODS, LOSSES, SERVICE, Item, Lot, Place
from modules.warehouse.nesting import Tree
from modules.warehouse.operations import warehouse_id
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a piece is in the books once, whoever may see where")
_HELD = Stock.on_hand.table.c

#: so many are named where some can't be posted
_NAMED = 10


@dataclass(slots=True)
class CountLineDraft:
    """An item that is to be counted."""

    item_id: int


@dataclass(slots=True)
class CountDraft(Draft):
    """A count as somebody typed it: of the items of its lines and of a group, or else of everything in the warehouse. The date
    is that of the differences; without one they are booked as of when it is posted."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"group_id"}

    place_id: int
    lines: Sequence[CountLineDraft] = ()
    #: its goods, and those of the groups in it, come on the list
    group_id: int | None = None
    is_blind: bool = True
    rest: str = LEFT


def _fill(session: Session, _actor: Actor, document: StockCount, draft: CountDraft) -> list[CountLine]:
    """Refused: a warehouse that isn't one, services, a group without goods."""
    if document.place_id is not None and document.place_id != draft.place_id and document.id is not None:
        raise Invalid(_l("A count stays in its warehouse. Begin another one."), field="place_id")
    document.place_id, document.is_blind = warehouse_id(session, draft.place_id), draft.is_blind
    if draft.rest not in RESTS:
        raise Invalid(_l("Choose from the list."), field="rest")
    document.rest = draft.rest
    document.begun_at = document.begun_at or wall_clock()
    document.summary = shortened(draft.note, longest(StockCount, "summary") or 0)
    items = items_by_id(session, {line.item_id for line in draft.lines})
    for number, line in enumerate(draft.lines, 1):
        if items[line.item_id].kind == SERVICE:
            message = _l(
                "Line %(n)s: “%(name)s” is a service and can't be counted.", n=number, name=items[line.item_id].name
            )
            raise Invalid(message, field="lines", column="item")
    wanted = [*(line.item_id for line in draft.lines), *(_goods_of(session, draft.group_id) if draft.group_id else ())]
    return [CountLine(line=n, item_id=i, is_listed=True) for n, i in enumerate(dict.fromkeys(wanted), 1)]


def _goods_of(session: Session, group_id: int) -> list[int]:
    groups = {group_id, *Tree(session).below(group_id)}
    query = select(Item.id).where(Item.group_id.in_(groups), Item.kind == GOODS, Item.is_active)
    found = list(session.scalars(query.order_by(Item.code_order, Item.id)))
    if not found:
        raise Invalid(_l("There are no goods in this group."), field="group_id")
    return found


def _draft_of(document: StockCount) -> CountDraft:
    return CountDraft(
        moment=document.moment if document.is_dated or document.state != "draft" else None,
        note=document.note,
        custom=document.custom,
        place_id=document.place_id,
        lines=[CountLineDraft(line.item_id) for line in document.lines if line.is_listed],
        is_blind=document.is_blind,
        rest=document.rest,
    )


def _book(posting: Posting, documents: Sequence[StockCount]) -> None:
    """Surplus comes from the place where losses go, at the average of where it arrives; shortage goes there at its cost.

    Surplus first: as much of another lot has that average to come at, and nothing that is kept for somebody has to end.
    """
    for document in documents:
        found = _compared(posting, document)
        moves = _moves(posting.session, document, found)
        stock.move(posting, [m for m in moves if m.source_id == LOSSES])
        stock.move(posting, [m for m in moves if m.source_id != LOSSES])


def _moves(session: Session, document: StockCount, found: Sequence[Result]) -> list[stock.Move]:
    """What differs, each lot by itself."""
    items = items_by_id(session, {result.item_id for result in found})
    lines, days = {line.item_id: line.line for line in document.lines}, _days_of(session, document)
    return [
        stock.Move(
            document,
            lines[result.item_id],
            result.item_id,
            *((LOSSES, document.place_id) if part.difference > 0 else (document.place_id, LOSSES)),
            abs(part.difference),
            typed=part.lot,
            expires=days.get((result.item_id, part.lot)) if part.difference > 0 else None,
            is_lotless=bool(items[result.item_id].tracking and not part.lot),
        )
        for result in found
        for part in result.parts
        if part.difference
    ]


def _days_of(session: Session, document: StockCount) -> dict[tuple[int, str], date | None]:
    """Item and lot → until when it may be used by its label or the sheet, where it is new to the books."""
    query = (
        select(Tally.item_id, Tally.lot, Tally.expires)
        .outerjoin(Lot, (Lot.item_id == Tally.item_id) & (Lot.code == Tally.lot))
        .where(Tally.document_id == document.id, Tally.expires.is_not(None), ~Tally.is_undone, Lot.expires.is_(None))
        .order_by(Tally.id)
    )
    return {(item_id, lot): expires for item_id, lot, expires in session.execute(query)}


def _compared(posting: Posting, document: StockCount) -> Sequence[Result]:
    """What was expected and counted, once nobody else moves these items; the document's lines say it.

    Refused: differences booked ahead (Invalid); goods that moved while they were counted, or that another count counts too,
    pieces that are elsewhere by the books (Conflict); nothing counted (Invalid).
    """
    session, now = posting.session, wall_clock()
    if document.moment > now:
        raise Invalid(_l("What differs can't be booked ahead. Choose a date that is past."), field="moment")
    as_of = document.closed_at or now
    held: set[int] = set()
    found = results(session, document, as_of)
    while (
        items := {result.item_id for result in found} - held
    ):  # what came to be there while others were waited for, too
        stock.hold(posting, items, document.moment)
        held |= items
        found = results(session, document, as_of)  # as it is now that nobody else moves them
    if not found:
        raise Invalid(_l("Nothing has been counted yet."))
    _refuse_moved(session, found)
    _refuse_elsewhere(session, document, found)
    _refuse_twice(session, document, found)
    document.closed_at = as_of
    lines = {line.item_id: line for line in document.lines}
    for result in found:
        line = lines.get(result.item_id)
        if line is None:
            line = CountLine(line=len(document.lines) + 1, item_id=result.item_id)
            document.lines.append(line)
        line.expected, line.counted = result.expected, result.counted or Decimal(0)
    return found


def _refuse_moved(session: Session, found: Sequence[Result]) -> None:
    if moved := [result.item_id for result in found if result.has_moved]:
        raise Conflict(
            _l(
                "Goods moved while these were being counted, so nobody can say how many there were. Count them once more:"
                " %(items)s",
                items=_names(session, moved),
            )
        )


def _refuse_elsewhere(session: Session, document: StockCount, found: Sequence[Result]) -> None:
    """Pieces that were found here lie in another warehouse by the books: without a transfer they would be there twice."""
    items = items_by_id(session, {result.item_id for result in found})
    extra = [
        (result.item_id, part.lot)
        for result in found
        for part in result.parts
        if items[result.item_id].tracking == SERIAL and part.lot and part.difference > 0
    ]
    said: list[str] = []
    for some in pieces(extra):
        query = (
            select(_HELD.item_id, Lot.code, Place.name, Place.id.in_(own_places()).label("is_own"))
            .join_from(Stock.on_hand.table, Lot, Lot.id == _HELD.lot_id)
            .join(Place, Place.id == _HELD.place_id)
            .where(_HELD.organisation_id == document.organisation_id, _HELD.quantity > 0)
            .where(tuple_(_HELD.item_id, Lot.code).in_(some))
            .order_by(_HELD.item_id, Lot.code)
        )
        said += [
            f"{items[row.item_id].name} {row.code}" + (f" ({row.name})" if row.is_own else "")
            for row in _BOOKS(session).execute(query)
        ]
    if said:
        words = _l(
            "These pieces were found here, and lie elsewhere by the books. Transfer them here, then count them once more:"
            " %(pieces)s",
            pieces="; ".join(said[:_NAMED]) + (" …" if len(said) > _NAMED else ""),
        )
        raise Conflict(words)


def _refuse_twice(session: Session, document: StockCount, found: Sequence[Result]) -> None:
    counted = {result.item_id for result in found}
    if twice := counted_elsewhere(session, document, counted, document.closed_at or wall_clock()):
        raise Conflict(
            _l(
                "Another count of this warehouse counts these too. Take them back in one of the two: %(items)s",
                items=_names(session, sorted(twice)),
            )
        )


def _names(session: Session, items: Sequence[int]) -> str:
    known = items_by_id(session, items[:_NAMED])
    return "; ".join(known[i].name for i in items[:_NAMED]) + (" …" if len(items) > _NAMED else "")


COUNT: Kind[Any] = Kind(
    StockCount,
    draft=CountDraft,
    line=CountLineDraft,
    fill=_fill,
    draft_of=_draft_of,
    move=_book,
    paper=count_paper,
    reversing=stock.hold_moved,
    reversed=stock.follow_reversal,
    correcting=stock.hold_corrected,
    may_be_empty=True,
    words=Words(
        {"draft": _l("Being counted")},
        post=_l("Post what differs"),
        posted=_l("%(number)s is posted: the books say what was counted."),
        ask=_l("Reverse this count? The stock goes back to what the books said."),
    ),
)
