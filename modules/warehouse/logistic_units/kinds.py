"""Repackings as documents: what a draft says, and what posting one packs."""

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
from modules.warehouse.bins.taking import present_in
from modules.warehouse.items import items_by_id
from modules.warehouse.logistic_units.leaving import contents_of, packed_in, settle_at
from modules.warehouse.logistic_units.models import LogisticUnit, Repacking, RepackingLine
from modules.warehouse.logistic_units.paper import repacking_paper
from modules.warehouse.logistic_units.registers import Packing
from modules.warehouse.logistic_units.rules import unit_code
from modules.warehouse.lots.choosing import parts_taken
from modules.warehouse.lots.rules import lots_text
from modules.warehouse.models import Lot
from modules.warehouse.operations import warehouse_id
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_goods
from modules.warehouse.using import quantities_kept


@dataclass(slots=True)
class RepackingLineDraft:
    """A line as the user typed it."""

    optional: ClassVar[frozenset[str]] = frozenset({"packing_id"})

    item_id: int
    #: in base units
    quantity: Decimal = Decimal(0)
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    #: what is said of lots and serial numbers, as `lots.rules` reads it
    lots: str = ""


@dataclass(slots=True)
class RepackingDraft(Draft):
    """A repacking as the user typed it; units by their codes, as they are typed or scanned."""

    place_id: int
    lines: Sequence[RepackingLineDraft]
    #: empty: out of what is in none; into none
    from_unit: str = ""
    to_unit: str = ""

    def __post_init__(self) -> None:
        """Its codes are as they are kept."""
        Draft.__post_init__(self)
        self.from_unit, self.to_unit = unit_code(self.from_unit or ""), unit_code(self.to_unit or "")


def _fill(session: Session, _actor: Actor, document: Repacking, draft: RepackingDraft) -> list[RepackingLine]:
    """Refused: what other moves of goods refuse of lines, units that there aren't."""
    document.place_id = warehouse_id(session, draft.place_id)
    document.source, document.target = (
        _unit(session, draft.from_unit, "from_unit"),
        _unit(session, draft.to_unit, "to_unit"),
    )
    codes = " → ".join(filter(None, (draft.from_unit, draft.to_unit)))
    document.summary = shortened(draft.note or codes, longest(Repacking, "summary") or 0)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    lines, kept = [], quantities_kept(document)
    for n, line in enumerate(draft.lines, 1):
        check_goods(n, goods[line.item_id], line.quantity, is_kept=(line.item_id, line.quantity) in kept)
        lines.append(
            RepackingLine(
                line=n,
                item_id=line.item_id,
                quantity=line.quantity,
                packing_id=line.packing_id,
                lots=lots_text(n, line.lots),
            )
        )
    return lines


def _unit(session: Session, code: str, field: str) -> LogisticUnit | None:
    if not code:
        return None
    found = session.scalars(select(LogisticUnit).where(LogisticUnit.code == code)).one_or_none()
    if found is None:
        raise Invalid(_l("There is no box or pallet “%(code)s”. Add it first.", code=code), field=field)
    return found


def _move(posting: Posting, documents: Sequence[Repacking]) -> None:
    """Goods that other documents of the same posting bring count too."""
    posting.write()
    _hold(posting, documents)
    for document in documents:
        if document.from_unit_id == document.to_unit_id:
            words = _l("Say into which box or pallet the goods go, or out of which they are taken.")
            raise Invalid(words, field="to_unit")
        _come_to(posting, document)
        there = _There(posting, document)
        for line in document.lines:
            for lot, units in there.take(line):
                posting.add_units(
                    Packing,
                    document,
                    line.line,
                    item=line.item_id,
                    unit=(document.from_unit_id or 0, document.to_unit_id or 0),
                    place=(document.place_id, document.place_id),
                    lot=(lot, lot),
                    quantity=units,
                )
        posting.write()


def _come_to(posting: Posting, document: Repacking) -> None:
    """An empty unit is where it is packed. Refused (Invalid): one that holds goods in another warehouse."""
    target = document.target
    if target is None or target.warehouse_id == document.place_id:
        return
    if any(contents_of(posting, [target.id])[target.id].values()):
        words = _l("“%(code)s” is in another warehouse. Move it here first.", code=target.code)
        raise Invalid(words, field="to_unit")
    target.warehouse_id, target.parent_id = document.place_id, None


def _hold(posting: Posting, documents: Sequence[Repacking]) -> None:
    """What the items are worth is what everybody who moves them holds."""
    held = posting.hold_all(Stock.worth, {line.item_id for d in documents for line in d.lines})
    posting.give_moments(h.last for h in held.values())


class _There:
    """What there is to take for a repacking, in units, as its lines take it one after the other."""

    def __init__(self, posting: Posting, document: Repacking) -> None:
        items = {line.item_id for line in document.lines}
        self.items = items_by_id(posting.session, items)
        self.where = (
            _l("in %(unit)s", unit=document.from_unit) if document.from_unit else _l("outside of boxes and pallets")
        )
        #: item → lot → units
        self.there: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        if document.from_unit_id is None:
            for (item, _, lot), units in present_in(posting, items, {document.place_id}).items():
                self.there[item][lot] += units
        for (item, _, lot), packed in packed_in(posting, items, {document.place_id}).items():
            for each in packed:
                if document.from_unit_id is None:
                    self.there[item][lot] -= each.units
                elif each.unit == document.from_unit_id:
                    self.there[item][lot] += each.units
        lots = {lot for of_lot in self.there.values() for lot in of_lot if lot}
        self.lots = {lot.id: lot for lot in posting.session.scalars(select(Lot).where(Lot.id.in_(lots)))}

    def take(self, line: RepackingLine) -> list[tuple[int, int]]:
        """Lot and units of each part of a line, as `parts_taken`."""
        there = self.there[line.item_id]
        parts = parts_taken(line, self.items[line.item_id], there, self.lots, where=self.where)
        for lot, units in parts:
            there[lot] -= units
        return parts


def _follow_reversal(posting: Posting, document: Repacking) -> None:
    settle_at(posting, {line.item_id for line in document.lines}, {document.place_id}, document.id)


REPACKING: Kind[Any] = Kind(
    Repacking,
    draft=RepackingDraft,
    line=RepackingLineDraft,
    fill=_fill,
    move=_move,
    paper=repacking_paper,
    reversing=lambda posting, document: _hold(posting, [document]),
    reversed=_follow_reversal,
    words=Words(ask=_l("Reverse this repacking? The goods are packed as they were before.")),
)
