"""What goods that move are in their second unit: as their line says, else in proportion; and that none of it stays where
nothing lies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, func, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.reference import unit_word
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, to_units
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.catch_weight.rules import said_units, share_of, spread
from modules.warehouse.items import items_by_id
from modules.warehouse.moving import Line, Move
from modules.warehouse.places import Where, places_by_id
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("what goods are in their second unit, whoever moves them")
_E, _S = SecondQuantities.entries.c, Stock.entries.c
_LYING, _HELD = SecondQuantities.lying.table.c, Stock.on_hand.table.c
#: item, place and lot
Key = tuple[int, int, int]


def seconds_of(
    posting: Posting, by_lots: Sequence[tuple[int, Move]], places: Mapping[int, Where]
) -> list[tuple[Move, int]]:
    """The moves of goods that have a second unit, each with its units of that. `by_lots`: parts of lines, with which line's.

    A line that says nothing takes along its share of what lies there; what comes back its share of what went; what comes in
    is like what lies there, or as usual. What the items are worth is held, so what lies where doesn't change.

    Refused (Invalid): what comes in and isn't known; to take more than is there, all of it while goods stay, or to leave some
    where no goods stay.
    """
    items = items_by_id(posting.session, {m.item_id for _, m in by_lots})
    ours = [(i, m) for i, m in by_lots if items[m.item_id].second is not None and m.source_id != m.target_id]
    if not ours:
        return []
    lying = _Lying(posting, [m for _, m in ours], places)
    found: list[tuple[Move, int]] = []
    for _, group in groupby(ours, key=lambda each: (each[0], each[1].document.id, each[1].line)):
        parts = [m for _, m in group]
        units = lying.parts_of(parts, items[parts[0].item_id])
        for m, part in zip(parts, units, strict=True):
            lying.shift(m, part)
        found += zip(parts, units, strict=True)
    lying.refuse_wrong(found, items)
    return found


def enter(posting: Posting, found: Iterable[tuple[Move, int]]) -> None:
    """Add them to the posting."""
    for m, units in found:
        if not units:
            continue  # a count books it apart, where goods were found that weigh less
        ends = (m.source_id, m.target_id)
        posting.add_units(SecondQuantities, m.document, m.line, item=m.item_id, place=ends, lot=m.lots, second=units)


def settle(posting: Posting, document: Document) -> None:
    """Once a document is reversed or corrected: refuse (Conflict) that where it moved goods some of their second quantity
    stays without goods, or goods without any of it."""
    query = select(_E.item_id).distinct().where(_E.document_id == document.id)
    touched = set(_BOOKS(posting.session).scalars(query))
    if not touched:
        return
    posting.hold_all(Stock.worth, touched)
    items, lying = items_by_id(posting.session, touched), there(posting, touched)
    for (item_id, place, _), (base, second) in sorted(lying.items()):
        if (base == 0) != (second == 0) and base >= 0:
            item, where = items[item_id], places_by_id(posting.session, {place})[place]
            said = {
                "name": item.name,
                "place": where.name,
                "base": said_units(base, item.unit),
                "second": said_units(second, item.second),
            }
            words = _l(
                "Without it “%(name)s” in %(place)s would be %(base)s and %(second)s. First reverse or correct what"
                " moved it later.",
                **said,
            )
            raise Conflict(words)


class _Lying:
    """What of items lies where, in units of both, as the moves of a posting leave it one by one."""

    def __init__(self, posting: Posting, moves: Sequence[Move], places: Mapping[int, Where]) -> None:
        self.session, self.places = posting.session, places
        self.there: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0), there(posting, {m.item_id for m in moves}))
        self.went = _left_of(self.session, {m.origin for m in moves if m.origin is not None and m.second is None})

    def parts_of(self, parts: Sequence[Move], item: Any) -> list[int]:
        """The second units of the parts of one line."""
        m, step = parts[0], 10 ** (Quantity.scale - item.second_digits)
        units = [to_units(part.quantity, Quantity.scale) for part in parts]
        is_inside = bool(self.places[m.source_id].keeper)
        rests = [self._rest(part, u) if is_inside else None for part, u in zip(parts, units, strict=True)]
        if m.second is None and is_inside and (m.origin not in self.went or None not in rests):
            return [share_of(self._at(p)[1], u, self._at(p)[0], step=step) for p, u in zip(parts, units, strict=True)]
        whole = self._coming(m, item, sum(units), step) if m.second is None else to_units(m.second, Quantity.scale)
        found = spread(whole, units, rests=rests, step=step)
        if min(found) < 0:
            said = {"n": m.line, "there": said_units(sum(rest or 0 for rest in rests), item.second)}
            words = _l("Line %(n)s: the lots that it empties are %(there)s alone.", **said)
            raise Invalid(words, field="lines", column="second")
        return found

    def _rest(self, m: Move, units: int) -> int | None:
        base, second = self._at(m)
        return second if base == units else None

    def _at(self, m: Move) -> tuple[int, int]:
        return self.there[m.item_id, m.source_id, m.lots[0]]

    def _coming(self, m: Move, item: Any, units: int, step: int) -> int:
        """Of what comes back its share of what went by its origin and didn't come back; else as what lies there is, or as it
        usually is."""
        if m.origin in self.went:
            base, second = self.went[m.origin]
            share = share_of(second, units, base, step=step)
            self.went[m.origin] = (base - units, second - share)
            return share
        like = [
            pair for (item_id, place, _), pair in self.there.items() if (item_id, place) == (m.item_id, m.target_id)
        ]
        base, second = (sum(pair[side] for pair in like) for side in (0, 1))
        if base <= 0 or second <= 0:
            if item.second_per_unit is None:
                said = {"name": item.name, "unit": unit_word(item.second)}
                words = _l(
                    "“%(name)s”: nobody says how many %(unit)s come in. Enter on its card how much one usually is.",
                    **said,
                )
                raise Invalid(words, field="lines")
            base, second = 10**Quantity.scale, to_units(item.second_per_unit, Quantity.scale)
        return max((2 * second * units // base + step) // (2 * step) * step, step)

    def shift(self, m: Move, second: int) -> None:
        """Let goods be where they went."""
        base = to_units(m.quantity, Quantity.scale)
        for place, lot, sign in ((m.source_id, m.lots[0], -1), (m.target_id, m.lots[1], 1)):
            if self.places[place].keeper:
                key = (m.item_id, place, lot)
                self.there[key] = (self.there[key][0] + sign * base, self.there[key][1] + sign * second)

    def refuse_wrong(self, found: Sequence[tuple[Move, int]], items: Mapping[int, Any]) -> None:
        """Refuse (Invalid), at the last line that takes from somewhere, what can't be left there."""
        last = {(m.item_id, m.source_id, m.lots[0]): (m, units) for m, units in found}
        for key, (m, units) in last.items():
            base, second = self.there[key]
            if not self.places[m.source_id].keeper or base < 0 or (base > 0 < second) or (base == second == 0):
                continue  # what is short of the base unit the stock's own floor says
            item, was = items[m.item_id], second + units
            said = {
                "n": m.line,
                "name": item.name,
                "there": said_units(was, item.second),
                "stay": said_units(base, item.unit),
            }
            if base == 0:
                words = _l(
                    "Line %(n)s: no “%(name)s” stays there, so its second quantity must be all that is there: %(there)s.",
                    **said,
                )
            else:
                words = _l("Line %(n)s: of “%(name)s” only %(there)s are there, and %(stay)s stay.", **said)
            raise Invalid(words, field="lines", column="second")


def there(posting: Posting, items: Collection[int]) -> dict[Key, tuple[int, int]]:
    """What of items lies inside the company, in units of both."""
    found: dict[Key, tuple[int, int]] = {}
    for side, table, amount in ((0, _HELD, _HELD.quantity), (1, _LYING, _LYING.second)):
        query = select(table.item_id, table.place_id, table.lot_id, type_coerce(amount, BigInteger)).where(
            table.organisation_id == posting.organisation_id, table.item_id.in_(sorted(items)), table.place_id > 0
        )
        for item, place, lot, units in _BOOKS(posting.session).execute(query.where(amount != 0)):
            base, second = found.get((item, place, lot), (0, 0))
            found[item, place, lot] = (units, second) if side == 0 else (base, units)
    return found


def _left_of(session: Session, lines: Collection[Line]) -> dict[Line, tuple[int, int]]:
    """Of lines of which goods come back: what went by them and didn't come back yet, in units of both."""
    if not lines:
        return {}
    base = func.sum(type_coerce(_S.quantity, BigInteger))
    second = func.sum(type_coerce(_E.second, BigInteger))
    counted, wanted = _S.basis.not_in((CLAIMED, LANDED)), sorted(lines)
    went: dict[Line, list[int]] = {}
    query = select(_S.document_id, _S.line, base).where(tuple_(_S.document_id, _S.line).in_(wanted), counted)
    for document, line, units in _BOOKS(session).execute(query.group_by(_S.document_id, _S.line)):
        went[document, line] = [int(units), 0]
    query = select(_E.document_id, _E.line, second).where(tuple_(_E.document_id, _E.line).in_(wanted))
    for document, line, units in _BOOKS(session).execute(query.group_by(_E.document_id, _E.line)):
        went.setdefault((document, line), [0, 0])[1] = int(units)
    came = tuple_(_S.origin_document_id, _S.origin_line)
    query = select(_S.origin_document_id, _S.origin_line, _S.document_id, _S.line, base).where(
        came.in_(wanted), counted
    )
    query = query.group_by(_S.origin_document_id, _S.origin_line, _S.document_id, _S.line)
    back = {(d, n): (o, x, int(units)) for o, x, d, n, units in _BOOKS(session).execute(query)}
    for o, x, units in back.values():
        went[o, x][0] -= units
    query = select(_E.document_id, _E.line, second).where(tuple_(_E.document_id, _E.line).in_(sorted(back)))
    for d, n, units in _BOOKS(session).execute(query.group_by(_E.document_id, _E.line)) if back else ():
        o, x, _ = back[d, n]
        went[o, x][1] -= int(units)
    return {line: (pair[0], pair[1]) for line, pair in went.items()}
