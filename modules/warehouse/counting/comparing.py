"""What a count found beside the books once nobody else moves its goods, and what can't be posted of it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units, to_units
from modules.warehouse import stock
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting.bins import bins_by_id
from modules.warehouse.counting.books import Spot
from modules.warehouse.counting.elsewhere import bins_counted_elsewhere, counted_elsewhere
from modules.warehouse.counting.models import CountLine, StockCount
from modules.warehouse.counting.results import Part, Result, has_whole_bins, results, seconds_of
from modules.warehouse.counting.rules import Found, found_in
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import Lot, Place
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a piece is in the books once, whoever may see where")
_HELD, _LYING, _BIN = Stock.on_hand.table.c, Bins.lying.table.c, Bin.__table__.c
_IS_LYING = (_LYING.organisation_id == _HELD.organisation_id) & (_LYING.item_id == _HELD.item_id)
_IS_LYING &= (_LYING.lot_id == _HELD.lot_id) & (_LYING.quantity > 0)

#: so many are named where some can't be posted
_NAMED = 10


#: an item and its lot, and what of it was found where
Differing = tuple[int, str, Sequence[Found]]


def differing(found: Sequence[Result]) -> list[Differing]:
    """Each lot by itself, of all bins together."""
    by_lot: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for result in found:
        for part in result.parts:
            if part.difference:
                by_lot[result.item_id, part.lot][result.bin_id] = to_units(part.difference, Quantity.scale)
    return [(item_id, lot, list(found_in(bins))) for (item_id, lot), bins in by_lot.items()]


def compared(posting: Posting, document: StockCount) -> Sequence[Result]:
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
    if not found and not has_whole_bins(session, document):
        raise Invalid(_l("Nothing has been counted yet."))
    _refuse_moved(session, found)
    _refuse_partly_weighed(session, found)
    _refuse_elsewhere(session, document, found)
    _refuse_twice(session, document, found)
    document.closed_at = as_of
    _say_of_items(document, found)
    return found


def _say_of_items(document: StockCount, found: Sequence[Result]) -> None:
    """The lines say each item in all."""
    lines = {line.item_id: line for line in document.lines}
    expected, counted = Counter[int](), Counter[int]()
    parts: dict[int, list[Part]] = defaultdict(list)
    for result in found:
        parts[result.item_id] += result.parts
        expected[result.item_id] += to_units(result.expected, Quantity.scale)
        counted[result.item_id] += to_units(result.counted or Decimal(0), Quantity.scale)
    for item_id in expected:
        line = lines.get(item_id)
        if line is None:
            line = CountLine(line=len(document.lines) + 1, item_id=item_id)
            document.lines.append(line)
        line.expected, line.counted = (from_units(each[item_id], Quantity.scale) for each in (expected, counted))
        line.expected_second, line.counted_second = seconds_of(parts[item_id]) or (None, None)


def _refuse_moved(session: Session, found: Sequence[Result]) -> None:
    if moved := [(result.item_id, result.bin_id) for result in found if result.has_moved]:
        raise Conflict(
            _l(
                "Goods moved while these were being counted, so nobody can say how many there were. Count them once more:"
                " %(items)s",
                items=names(session, moved),
            )
        )


def _refuse_partly_weighed(session: Session, found: Sequence[Result]) -> None:
    """Goods are missing or too much that were weighed in some bins alone: what they weigh follows from all, or from none."""
    wrong: Counter[tuple[int, str]] = Counter()
    for result in found:
        for part in result.parts:
            wrong[result.item_id, part.lot] += to_units(part.difference, Quantity.scale)
    lacking = {
        (result.item_id, bin_id)
        for result in found
        for part in result.parts
        if wrong[result.item_id, part.lot]
        for bin_id in part.lacking
    }
    if lacking:
        words = _l(
            "These were weighed in some of their bins only, so nobody can say what is missing or too much weighs. Count and"
            " weigh them in these bins too, or count them once more without weighing them in any: %(items)s",
            items=names(session, sorted(lacking), is_by_bin=True),
        )
        raise Conflict(words)


def _refuse_elsewhere(session: Session, document: StockCount, found: Sequence[Result]) -> None:
    """Pieces that were found here lie in another warehouse by the books: without a transfer they would be there twice."""
    items = items_by_id(session, {result.item_id for result in found})
    extra = [
        (item_id, lot)
        for item_id, lot, parts in differing(found)
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
                items=names(session, twice),
            )
        )


def names(session: Session, spots: Sequence[Spot], *, is_by_bin: bool = False) -> str:
    """Items, each with its bin; of what isn't put away that is said in a count by bins alone."""
    known = items_by_id(session, [item_id for item_id, _ in spots[:_NAMED]])
    bins = bins_by_id(session, [bin_id for _, bin_id in spots[:_NAMED]])
    said = (known[i].name + (f" ({bins[bin_id].title})" if bin_id or is_by_bin else "") for i, bin_id in spots[:_NAMED])
    return "; ".join(said) + (" …" if len(spots) > _NAMED else "")
