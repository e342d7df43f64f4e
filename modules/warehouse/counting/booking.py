"""What posting a count books of what differs."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import Conflict
from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units, to_units
from modules.warehouse import stock
from modules.warehouse.bins import taking
from modules.warehouse.catch_weight.moving import there
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.catch_weight.rules import share_of
from modules.warehouse.counting.comparing import compared, differing, names
from modules.warehouse.counting.models import StockCount, Tally
from modules.warehouse.counting.results import Result
from modules.warehouse.counting.rules import second_to_change
from modules.warehouse.items import items_by_id
from modules.warehouse.models import LOSSES, NONE, Lot

_BOOKS = PastPolicy("a piece is in the books once, whoever may see where")


def book(posting: Posting, documents: Sequence[StockCount]) -> None:
    """Surplus comes from the place where losses go, at the average of where it arrives; shortage goes there at its cost. What
    was found in another bin than where it is missing changes bins.

    Surplus first: as much of another lot has that average to come at, and nothing that is kept for somebody has to end.
    """
    for document in documents:
        found = compared(posting, document)
        seconds = _seconds(posting, document, found)
        moves = _moves(posting.session, document, found, seconds)
        stock.move(posting, [m for m in moves if m.source_id == LOSSES])
        stock.move(posting, [m for m in moves if m.source_id != LOSSES])
        _weigh(posting, document, seconds)
        taking.shift(posting, document, _shifts(posting.session, document, found))


#: item and lot → the number of the lot, and by how many units its second quantity changes
_Seconds = dict[tuple[int, str], tuple[int, int]]


def _seconds(posting: Posting, document: StockCount, found: Sequence[Result]) -> _Seconds:
    """What differs in second units of what was weighed. Refused (Conflict): goods that stay with nothing of it."""
    differ: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    for result in found:
        for part in result.parts:
            if part.second_difference is not None:  # of all bins together, as each says it
                before, _ = differ.get((result.item_id, part.lot), (Decimal(0), None))
                differ[result.item_id, part.lot] = before + part.difference, part.second_difference
    wrong = {key: both for key, both in differ.items() if any(both)}
    if not wrong:
        return {}
    posting.write()  # what other documents move counts too
    session, changes = posting.session, _Seconds()
    lying, ids = there(posting, {item_id for item_id, _ in wrong}), _lot_ids(session, wrong)
    for key, both in wrong.items():
        base, second = lying.get((key[0], document.place_id, ids.get(key, NONE) if key[1] else NONE), (0, 0))
        if key[1] and key not in ids:
            base, second = 0, 0  # the lot is new
        units = second_to_change(base, second, *(to_units(each, Quantity.scale) for each in both))
        if units is None:
            words = _l(
                "Goods have left since these were weighed, and what stays of them would weigh nothing. Count them once more:"
                " %(items)s",
                items=names(session, [(key[0], NONE)]),
            )
            raise Conflict(words)
        changes[key] = (ids.get(key, NONE), units)
    return changes


def _weigh(posting: Posting, document: StockCount, seconds: _Seconds) -> None:
    """Correct the second quantity where no goods are missing or too much, and what is left of it: it costs nothing."""
    lines = {line.item_id: line.line for line in document.lines}
    for (item_id, _lot), (lot_id, units) in seconds.items():
        if units:
            ends = (LOSSES, document.place_id) if units > 0 else (document.place_id, LOSSES)
            posting.add_units(
                SecondQuantities,
                document,
                lines[item_id],
                item=item_id,
                place=ends,
                lot=(lot_id, lot_id),
                second=abs(units),
            )


def _moves(session: Session, document: StockCount, found: Sequence[Result], seconds: _Seconds) -> list[stock.Move]:
    """What is missing or too much in the warehouse. `seconds` keeps what they don't take along."""
    items = items_by_id(session, {result.item_id for result in found})
    lines, days = {line.item_id: line.line for line in document.lines}, _days_of(session, document)
    moves = []
    for item_id, lot, parts in differing(found):
        alone = [part for part in parts if part.source is None or part.target is None]  # all missing, or all too much
        left = sum(part.units for part in alone)
        for part in alone:
            is_surplus = part.source is None
            second = None
            if (item_id, lot) in seconds:
                lot_id, units = seconds[item_id, lot]
                step = 10 ** (Quantity.scale - items[item_id].second_digits)
                goes_along = share_of(abs(units), part.units, left, step=step) if (units > 0) == is_surplus else 0
                second = from_units(goes_along, Quantity.scale)
                seconds[item_id, lot] = (lot_id, units - (goes_along if is_surplus else -goes_along))
            left -= part.units
            move = stock.Move(
                document,
                lines[item_id],
                item_id,
                *((LOSSES, document.place_id) if is_surplus else (document.place_id, LOSSES)),
                from_units(part.units, Quantity.scale),
                second=second,
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
        (item_id, lot, part.source, part.target, part.units)
        for item_id, lot, parts in differing(found)
        for part in parts
        if part.source is not None and part.target is not None
    ]
    ids = _lot_ids(session, {(item_id, lot) for item_id, lot, *_ in moved})
    return [
        taking.Shift(lines[item_id], (item_id, document.place_id, ids.get((item_id, lot), NONE)), source, target, units)
        for item_id, lot, source, target, units in moved
    ]


def _lot_ids(session: Session, lots: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    ids: dict[tuple[int, str], int] = {}
    for some in pieces(sorted({lot for _, lot in lots if lot})):
        query = select(Lot.item_id, Lot.code, Lot.id).where(Lot.item_id.in_({i for i, _ in lots}), Lot.code.in_(some))
        ids |= {(row[0] or 0, row[1]): row[2] for row in _BOOKS(session).execute(query)}
    return ids


def _days_of(session: Session, document: StockCount) -> dict[tuple[int, str], date | None]:
    """Item and lot → until when it may be used by its label or the sheet, where it is new to the books."""
    query = (
        select(Tally.item_id, Tally.lot, Tally.expires)
        .outerjoin(Lot, (Lot.item_id == Tally.item_id) & (Lot.code == Tally.lot))
        .where(Tally.document_id == document.id, Tally.expires.is_not(None), ~Tally.is_undone, Lot.expires.is_(None))
        .order_by(Tally.id)
    )
    return {(item_id, lot): expires for item_id, lot, expires in session.execute(query)}
