"""Stock counts as documents: what a draft says, and what posting books of what differs."""

from collections import Counter, defaultdict
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
from app.api.values import Quantity, from_units, to_units
from modules.warehouse import stock
from modules.warehouse.bins import taking
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting.bins import bins_by_id, check_bins
from modules.warehouse.counting.books import Spot
from modules.warehouse.counting.elsewhere import bins_counted_elsewhere, counted_elsewhere
from modules.warehouse.counting.models import LEFT, RESTS, CountLine, StockCount, Tally
from modules.warehouse.counting.paper import count_paper
from modules.warehouse.counting.results import Result, counted_in, results
from modules.warehouse.counting.rules import Found, found_in
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import GOODS, LOSSES, NONE, SERVICE, Item, Lot, Place
from modules.warehouse.nesting import Tree
from modules.warehouse.operations import warehouse_id
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a piece is in the books once, whoever may see where")
_HELD, _LYING, _BIN = Stock.on_hand.table.c, Bins.lying.table.c, Bin.__table__.c
_IS_LYING = (_LYING.organisation_id == _HELD.organisation_id) & (_LYING.item_id == _HELD.item_id)
_IS_LYING &= (_LYING.lot_id == _HELD.lot_id) & (_LYING.quantity > 0)

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
    #: bin by bin: in the bins of these codes, as `bins.rules.codes_of` reads them, and in those of a zone, or else in all; the
    #: code "-" is what isn't put away
    is_by_bin: bool = False
    bins: str = ""
    zone: str = ""


def _fill(session: Session, _actor: Actor, document: StockCount, draft: CountDraft) -> list[CountLine]:
    """Refused: a warehouse that isn't one, services, a group without goods."""
    if document.place_id is not None and document.place_id != draft.place_id and document.id is not None:
        raise Invalid(_l("A count stays in its warehouse. Begin another one."), field="place_id")
    document.place_id, document.is_blind = warehouse_id(session, draft.place_id), draft.is_blind
    if draft.rest not in RESTS:
        raise Invalid(_l("Choose from the list."), field="rest")
    document.rest = draft.rest
    _fill_bins(session, document, draft)
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


def _fill_bins(session: Session, document: StockCount, draft: CountDraft) -> None:
    """Refused (Invalid): what `check_bins` refuses, and to count otherwise what somebody has begun to count."""
    if document.id is not None and document.is_by_bin != draft.is_by_bin and counted_in(session, document):
        raise Invalid(_l("Something is counted already. Begin another count to count otherwise."), field="is_by_bin")
    document.is_by_bin, document.bins, document.zone = draft.is_by_bin, draft.bins.strip(), draft.zone.strip()
    check_bins(session, document)


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
        is_by_bin=document.is_by_bin,
        bins=document.bins,
        zone=document.zone,
    )


def _book(posting: Posting, documents: Sequence[StockCount]) -> None:
    """Surplus comes from the place where losses go, at the average of where it arrives; shortage goes there at its cost. What
    was found in another bin than where it is missing changes bins.

    Surplus first: as much of another lot has that average to come at, and nothing that is kept for somebody has to end.
    """
    for document in documents:
        found = _compared(posting, document)
        moves = _moves(posting.session, document, found)
        stock.move(posting, [m for m in moves if m.source_id == LOSSES])
        stock.move(posting, [m for m in moves if m.source_id != LOSSES])
        taking.shift(posting, document, _shifts(posting.session, document, found))


#: an item and its lot, and what of it was found where
_Differing = tuple[int, str, Sequence[Found]]


def _differing(found: Sequence[Result]) -> list[_Differing]:
    """Each lot by itself, of all bins together."""
    by_lot: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for result in found:
        for part in result.parts:
            if part.difference:
                by_lot[result.item_id, part.lot][result.bin_id] = to_units(part.difference, Quantity.scale)
    return [(item_id, lot, list(found_in(bins))) for (item_id, lot), bins in by_lot.items()]


def _moves(session: Session, document: StockCount, found: Sequence[Result]) -> list[stock.Move]:
    """What is missing or too much in the warehouse."""
    items = items_by_id(session, {result.item_id for result in found})
    lines, days = {line.item_id: line.line for line in document.lines}, _days_of(session, document)
    moves = []
    for item_id, lot, parts in _differing(found):
        for part in parts:
            if part.source is not None and part.target is not None:
                continue
            is_surplus = part.source is None
            move = stock.Move(
                document,
                lines[item_id],
                item_id,
                *((LOSSES, document.place_id) if is_surplus else (document.place_id, LOSSES)),
                from_units(part.units, Quantity.scale),
                typed=lot,
                expires=days.get((item_id, lot)) if is_surplus else None,
                is_lotless=bool(items[item_id].tracking and not lot),
                from_bin=part.source if document.is_by_bin else None,
                to_bin=part.target or NONE,
            )
            moves.append(move)
    return moves


def _shifts(session: Session, document: StockCount, found: Sequence[Result]) -> list[taking.Shift]:
    """What lies in other bins than the books say."""
    lines = {line.item_id: line.line for line in document.lines}
    moved = [
        (item_id, lot, part)
        for item_id, lot, parts in _differing(found)
        for part in parts
        if part.source is not None and part.target is not None
    ]
    ids: dict[tuple[int, str], int] = {}
    for some in pieces(sorted({lot for _, lot, _ in moved if lot})):
        query = select(Lot.item_id, Lot.code, Lot.id).where(Lot.item_id.in_({i for i, *_ in moved}), Lot.code.in_(some))
        ids |= {(row[0] or 0, row[1]): row[2] for row in _BOOKS(session).execute(query)}
    return [
        taking.Shift(
            lines[item_id],
            (item_id, document.place_id, ids.get((item_id, lot), NONE)),
            part.source,
            part.target,
            part.units,
        )
        for item_id, lot, part in moved
        if part.source is not None and part.target is not None
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
    _say_of_items(document, found)
    return found


def _say_of_items(document: StockCount, found: Sequence[Result]) -> None:
    """The lines say each item in all."""
    lines = {line.item_id: line for line in document.lines}
    expected, counted = Counter[int](), Counter[int]()
    for result in found:
        expected[result.item_id] += to_units(result.expected, Quantity.scale)
        counted[result.item_id] += to_units(result.counted or Decimal(0), Quantity.scale)
    for item_id in expected:
        line = lines.get(item_id)
        if line is None:
            line = CountLine(line=len(document.lines) + 1, item_id=item_id)
            document.lines.append(line)
        line.expected, line.counted = (from_units(each[item_id], Quantity.scale) for each in (expected, counted))


def _refuse_moved(session: Session, found: Sequence[Result]) -> None:
    if moved := [(result.item_id, result.bin_id) for result in found if result.has_moved]:
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
        (item_id, lot)
        for item_id, lot, parts in _differing(found)
        if items[item_id].tracking == SERIAL and lot and any(part.source is None for part in parts)
    ]
    said: list[str] = []
    is_near = False
    for some in pieces(extra):
        query = (
            select(_HELD.item_id, Lot.code, Place.name, Place.id.in_(own_places()).label("is_own"), Place.id, _BIN.code)
            .join_from(Stock.on_hand.table, Lot, Lot.id == _HELD.lot_id)
            .join(Place, Place.id == _HELD.place_id)
            .join(Bins.lying.table, _IS_LYING, isouter=True)
            .join(Bin.__table__, _BIN.id == _LYING.bin_id, isouter=True)
            .where(_HELD.organisation_id == document.organisation_id, _HELD.quantity > 0)
            .where(tuple_(_HELD.item_id, Lot.code).in_(some))
            .order_by(_HELD.item_id, Lot.code)
        )
        for item_id, lot, place, is_own, place_id, bin_code in _BOOKS(session).execute(query):
            where = f" ({', '.join(filter(None, (place, bin_code)))})" if is_own else ""
            said.append(f"{items[item_id].name} {lot}{where}")
            is_near = is_near or place_id == document.place_id
    if said:
        named = "; ".join(said[:_NAMED]) + (" …" if len(said) > _NAMED else "")
        words = _l(
            "These pieces were found here, and lie elsewhere by the books. Transfer them here, then count them once more:"
            " %(pieces)s",
            pieces=named,
        )
        if is_near:
            words = _l(
                "These pieces were found in other bins than the books say. Count those bins too, or move the pieces and"
                " count them once more: %(pieces)s",
                pieces=named,
            )
        raise Conflict(words)


def _refuse_twice(session: Session, document: StockCount, found: Sequence[Result]) -> None:
    now = document.closed_at or wall_clock()
    # What a bin is missing was counted by no tally that would have been refused.
    since = min((r.unseen_at for r in found if r.unseen_at is not None), default=now)
    items = counted_elsewhere(session, document, {result.item_id for result in found}, since)
    bins = bins_counted_elsewhere(session, document, {result.bin_id for result in found}, now)
    if twice := [(r.item_id, r.bin_id) for r in found if r.item_id in items or r.bin_id in bins]:
        raise Conflict(
            _l(
                "Another count of this warehouse counts these too. Take them back in one of the two: %(items)s",
                items=_names(session, twice),
            )
        )


def _names(session: Session, spots: Sequence[Spot]) -> str:
    known = items_by_id(session, [item_id for item_id, _ in spots[:_NAMED]])
    bins = bins_by_id(session, [bin_id for _, bin_id in spots[:_NAMED]])
    said = (known[i].name + (f" ({bins[bin_id].code})" if bin_id else "") for i, bin_id in spots[:_NAMED])
    return "; ".join(said) + (" …" if len(spots) > _NAMED else "")


def _follow_reversal(posting: Posting, document: StockCount) -> None:
    stock.follow_reversal(posting, document)
    if document.is_by_bin:
        taking.settle_at(posting, {line.item_id for line in document.lines}, {document.place_id}, document.id)


COUNT: Kind[Any] = Kind(
    StockCount,
    draft=CountDraft,
    line=CountLineDraft,
    fill=_fill,
    draft_of=_draft_of,
    move=_book,
    paper=count_paper,
    reversing=stock.hold_moved,
    reversed=_follow_reversal,
    correcting=stock.hold_corrected,
    may_be_empty=True,
    words=Words(
        {"draft": _l("Being counted")},
        post=_l("Post what differs"),
        posted=_l("%(number)s is posted: the books say what was counted."),
        ask=_l("Reverse this count? The stock goes back to what the books said."),
    ),
)
