"""Bin moves as documents: what a draft says, and what posting one moves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Draft, Kind, Words
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, shortened
from modules.warehouse.bins import taking
from modules.warehouse.bins.models import Bin, BinMove, BinMoveLine
from modules.warehouse.bins.paper import bin_move_paper
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.rules import bin_code
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.choosing import parts_taken
from modules.warehouse.lots.rules import lots_text
from modules.warehouse.models import Lot
from modules.warehouse.operations import warehouse_id
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_goods
from modules.warehouse.using import quantities_kept


@dataclass(slots=True)
class BinMoveLineDraft:
    """A line as the user typed it; bins by their codes."""

    optional: ClassVar[frozenset[str]] = frozenset({"packing_id"})

    item_id: int
    #: in base units
    quantity: Decimal = Decimal(0)
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    #: what is said of lots and serial numbers, as `lots.rules` reads it
    lots: str = ""
    #: empty: what isn't put away; and to where: out of all bins
    from_bin: str = ""
    to_bin: str = ""


@dataclass(slots=True)
class BinMoveDraft(Draft):
    """A bin move as the user typed it."""

    place_id: int
    lines: Sequence[BinMoveLineDraft]


def _fill(session: Session, _actor: Actor, document: BinMove, draft: BinMoveDraft) -> list[BinMoveLine]:
    """Refused: what other moves of goods refuse of lines, bins that the warehouse doesn't have. A
    draft may leave open from where to where."""
    document.place_id = warehouse_id(session, draft.place_id)
    document.summary = shortened(draft.note, longest(BinMove, "summary") or 0)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    codes = {bin_code(code) for line in draft.lines for code in (line.from_bin, line.to_bin)}
    found = session.scalars(select(Bin).where(Bin.warehouse_id == document.place_id, Bin.code.in_(codes)))
    bins = {each.code: each for each in found}
    lines, kept = [], quantities_kept(document)
    for n, line in enumerate(draft.lines, 1):
        check_goods(n, goods[line.item_id], line.quantity, is_kept=(line.item_id, line.quantity) in kept)
        source, target = _bin(n, bins, line.from_bin, "from_bin"), _bin(n, bins, line.to_bin, "to_bin")
        lines.append(
            BinMoveLine(
                line=n,
                item_id=line.item_id,
                quantity=line.quantity,
                packing_id=line.packing_id,
                lots=lots_text(n, line.lots),
                source=source,
                target=target,
            )
        )
    return lines


def _bin(n: int, bins: dict[str, Bin], text: str, column: str) -> Bin | None:
    code = bin_code(text)
    if code and code not in bins:
        raise _refused(_l("Line %(n)s: this warehouse has no bin “%(code)s”.", n=n, code=code), column)
    return bins.get(code)


def _move(posting: Posting, documents: Sequence[BinMove]) -> None:
    """Goods that other documents of the same posting bring count too."""
    posting.write()
    _hold(posting, documents)
    lying, closed = _Lying(posting, documents), _closed_bins(posting.session, documents)
    for document in documents:
        for line in document.lines:
            if line.from_bin_id == line.to_bin_id:
                raise _refused(_l("Line %(n)s: choose a bin to bring the goods to.", n=line.line), "to_bin")
            if line.to_bin_id in closed:
                words = _l("Line %(n)s: bin “%(code)s” is closed. Choose another.", n=line.line, code=line.to_bin)
                raise _refused(words, "to_bin")
            for lot, units in lying.take(document, line):
                posting.add_units(
                    Bins,
                    document,
                    line.line,
                    item=line.item_id,
                    bin=(line.from_bin_id or 0, line.to_bin_id or 0),
                    lot=(lot, lot),
                    quantity=units,
                )


def _closed_bins(session: Session, documents: Sequence[BinMove]) -> set[int]:
    """Those that goods are to come to, as they are now that whoever closes one waits (`operations.change_bin`)."""
    bins = {line.to_bin_id for d in documents for line in d.lines if line.to_bin_id is not None}
    return set(session.scalars(select(Bin.id).where(Bin.id.in_(sorted(bins)), Bin.is_active.is_(False))))


def _hold(posting: Posting, documents: Sequence[BinMove]) -> None:
    """What the items are worth is what everybody who moves them holds."""
    held = posting.hold_all(Stock.worth, {line.item_id for d in documents for line in d.lines})
    posting.give_moments(h.last for h in held.values())


class _Lying:
    """What lies in bins and out of them, in units, as the lines of a posting take it one after the other."""

    def __init__(self, posting: Posting, documents: Sequence[BinMove]) -> None:
        items = {line.item_id for d in documents for line in d.lines}
        warehouses = {d.place_id for d in documents}
        self.session = posting.session
        self.items = items_by_id(self.session, items)
        #: item, warehouse and bin → lot → units; bin 0: not put away
        self.there: dict[tuple[int, int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for (item, warehouse, lot), units in taking.present_in(posting, items, warehouses).items():
            self.there[item, warehouse, 0][lot] += units
        for (item, warehouse, lot), bins in taking.lying_in(posting, items, warehouses).items():
            for each in bins:
                self.there[item, warehouse, each.bin][lot] += each.units
                self.there[item, warehouse, 0][lot] -= each.units
        lots = {lot for of_lot in self.there.values() for lot in of_lot if lot}
        self.lots = {lot.id: lot for lot in self.session.scalars(select(Lot).where(Lot.id.in_(lots)))}

    def take(self, document: BinMove, line: BinMoveLine) -> list[tuple[int, int]]:
        """Lot and units of each part of a line: as typed, else first to expire, first out. Refused (Invalid): more than lies
        there, pieces whose serial numbers aren't said."""
        there = self.there[line.item_id, document.place_id, line.from_bin_id or 0]
        parts = parts_taken(line, self.items[line.item_id], there, self.lots, where=_where(line))
        target = self.there[line.item_id, document.place_id, line.to_bin_id or 0]
        for lot, units in parts:
            there[lot] -= units
            target[lot] += units
        return parts


def _where(line: BinMoveLine) -> object:
    return _l("in %(bin)s", bin=line.from_bin) if line.from_bin else _l("outside the bins")


def _follow_reversal(posting: Posting, document: BinMove) -> None:
    taking.settle_at(posting, {line.item_id for line in document.lines}, {document.place_id}, document.id)


def _refused(words: object, column: str) -> Invalid:
    return Invalid(words, field="lines", column=column)


BIN_MOVE: Kind[Any] = Kind(
    BinMove,
    draft=BinMoveDraft,
    line=BinMoveLineDraft,
    fill=_fill,
    move=_move,
    paper=bin_move_paper,
    reversing=lambda posting, document: _hold(posting, [document]),
    reversed=_follow_reversal,
    words=Words(ask=_l("Reverse this bin move? The goods lie where they lay before.")),
)
