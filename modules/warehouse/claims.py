"""Keeping goods for an order: claims take from what is free in a warehouse and give back to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Invalid
from app.api.ledger import Posting, Written
from app.api.notices import notify
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.holds.lots import Kept, kept_back
from modules.warehouse.items import items_by_id
from modules.warehouse.models import NONE, Claim
from modules.warehouse.places import Where, places_by_id
from modules.warehouse.policies import pool_of_warehouse
from modules.warehouse.registers import CLAIMED, Stock

if TYPE_CHECKING:
    from modules.warehouse.stock import Move

_BOOKS = PastPolicy("goods that are short are released whoever they are kept for")

_CLAIM = Claim.__table__.c


def create_claim(session: Session, document: Document | Written, *, priority: int = 0, is_hold: bool = False) -> Claim:
    """A new claim of a document; losses release the lowest `priority` first, and what `is_hold` last."""
    claim = Claim(document_id=document.id, priority=priority, is_hold=is_hold)
    session.add(claim)
    session.flush()
    return claim


def close_claim(session: Session, claim: Claim) -> None:
    """Nothing is kept for its document any more: what comes back to it is free. What it still holds is to be released."""
    claim.is_closed = True
    session.flush()


def reopen_claim(session: Session, claim: Claim) -> None:
    """Goods are kept by it again, and what it gave comes back to it."""
    claim.is_closed = False
    session.flush()


def claim(
    posting: Posting,
    document: Document | Written,
    line: int,
    *,
    item_id: int,
    warehouse_id: int,
    quantity: Decimal,
    claim_id: int,
    cause_id: int | None = None,
    lot: int = NONE,
) -> None:
    """Keep a quantity of what is free in a warehouse for a claim; `cause_id`: the document whose posting does it, where that is
    another; `lot`: of which lot, where a hold keeps it. Refused, when the posting is written: more than is free."""
    _shift(posting, document, line, item_id, warehouse_id, quantity, (NONE, claim_id), cause_id, lot)


def release(
    posting: Posting,
    document: Document | Written,
    line: int,
    *,
    item_id: int,
    warehouse_id: int,
    quantity: Decimal,
    claim_id: int,
    cause_id: int | None = None,
    lot: int = NONE,
) -> None:
    """Let a quantity that a claim keeps be free again. Refused, when the posting is written: more than it keeps."""
    _shift(posting, document, line, item_id, warehouse_id, quantity, (claim_id, NONE), cause_id, lot)


def release_for_losses(posting: Posting, lost: "Sequence[Move]", places: dict[int, Where]) -> None:
    """Goods that are gone can't be kept for anyone: what is lost beyond what is free is released, the lowest priority
    first, and whoever posts gets a message. What is held back is released last, when nothing else of the lot is left: it lies
    apart, where it was seen, and orders must not be promised goods that may be bad."""
    if not lost:
        return
    held = posting.hold_all(Stock.claims, {m.item_id for m in lost})
    left = {key: h.amounts[0] for key, h in held.items()}
    is_kept = any(key[2] != NONE and units > 0 for key, units in left.items())
    kept = kept_back(posting.session, posting.organisation_id, {m.item_id for m in lost}) if is_kept else {}
    ends = _Ends(posting, lost, places, kept) if kept else None
    for m in lost:
        warehouse, lack = places[m.source_id].warehouse, to_units(m.quantity, Quantity.scale)
        for each, units in ends.of(m) if ends is not None else ():
            left[m.item_id, warehouse, each.claim_id] -= units
            lack -= units
            released = from_units(units, Quantity.scale)
            _shift(posting, m.document, m.line, m.item_id, warehouse, released, (each.claim_id, NONE), lot=each.lot)
            _tell_ended(posting.session, m.item_id, released, each.number)
        holds = {each.claim_id for each in kept.get((m.item_id, warehouse), ())}
        claims = [key[2] for key, units in left.items() if key[:2] == (m.item_id, warehouse) and key[2] and units > 0]
        claims = [claim_id for claim_id in claims if claim_id not in holds]
        for claim_id in (NONE, *_lowest_first(posting.session, claims)):
            units = min(lack, left.get((m.item_id, warehouse, claim_id), 0))
            if units <= 0:
                continue
            left[m.item_id, warehouse, claim_id] -= units
            lack -= units
            if claim_id != NONE:
                released = from_units(units, Quantity.scale)
                _shift(posting, m.document, m.line, m.item_id, warehouse, released, (claim_id, NONE))
                _tell(posting.session, m.item_id, released, claim_id)


class _Ends:
    """How much of holds ends by losses: what is lost of a lot beyond what no hold keeps of it."""

    def __init__(
        self,
        posting: Posting,
        lost: "Sequence[Move]",
        places: dict[int, Where],
        kept: Mapping[tuple[int, int], Sequence[Kept]],
    ) -> None:
        keys = {(m.item_id, m.source_id, m.lots[0]) for m in lost}
        self.there = {key: h.amounts[0] for key, h in posting.hold(Stock.on_hand, keys).items()}
        self.places = places
        #: item, warehouse and lot → what holds keep of it and how much that is by now, the newest hold first
        self.kept: dict[tuple[int, int, int], list[tuple[Kept, int]]] = defaultdict(list)
        for (item, warehouse), parts in kept.items():
            for each in reversed(parts):
                self.kept[item, warehouse, each.lot].append((each, each.units))

    def of(self, m: "Move") -> list[tuple[Kept, int]]:
        """What is lost by a move of what holds keep, and how many units of each."""
        key, at = (m.item_id, m.source_id, m.lots[0]), (m.item_id, self.places[m.source_id].warehouse, m.lots[0])
        units = to_units(m.quantity, Quantity.scale)
        beyond = units - (self.there[key] - sum(left for _, left in self.kept[at]))
        self.there[key] -= units
        ended, still = [], []
        for each, left in self.kept[at]:
            part = max(min(beyond, left), 0)
            beyond -= part
            still.append((each, left - part))
            if part:
                ended.append((each, part))
        self.kept[at] = still
        return ended


def release_what_came_back(posting: Posting, document: Document) -> None:
    """What a reversal gave back to closed claims is free. The claim's own document releases it, as the reversed one is to
    stand as if it had never been."""
    e = Stock.entries.c
    closed = (
        select(e.item_id, e.warehouse_from_id, e.claim_from_id, _CLAIM.document_id)
        .distinct()
        .join_from(Stock.entries, Claim.__table__, _CLAIM.id == e.claim_from_id)
        .where(e.document_id == document.id, _CLAIM.is_closed)
    )
    owners = {tuple(row[:3]): row.document_id for row in _BOOKS(posting.session).execute(closed)}
    moment = posting.open_moment(document.moment)
    for key, held in posting.hold(Stock.claims, owners).items() if owners else ():
        if held.amounts[0] > 0:
            item, warehouse, claim_id = key
            quantity = from_units(held.amounts[0], Quantity.scale)
            owner = Written(owners[key], moment, posting.organisation_id)
            _shift(posting, owner, 0, item, warehouse, quantity, (claim_id, NONE), document.id)


def _shift(
    posting: Posting,
    document: Document | Written,
    line: int,
    item_id: int,
    warehouse_id: int,
    quantity: Decimal,
    claims: tuple[int, int],
    cause_id: int | None = None,
    lot: int = NONE,
) -> None:
    if quantity <= 0:
        raise Invalid(_l("Line %(n)s: the quantity must be above zero.", n=line), field="lines", column="quantity")
    where = places_by_id(posting.session, {warehouse_id})[warehouse_id]
    pool = pool_of_warehouse(posting.session, where.warehouse)
    posting.add(
        Stock,
        document,
        line,
        cause_id=cause_id,
        item=item_id,
        place=(warehouse_id, warehouse_id),
        claim=claims,
        lot=(lot, lot),
        warehouse=(where.warehouse, where.warehouse),
        pool=(pool, pool),
        basis=CLAIMED,
        quantity=quantity,
    )


def _lowest_first(session: Session, ids: list[int]) -> list[int]:
    query = select(_CLAIM.id).where(_CLAIM.id.in_(ids)).order_by(_CLAIM.priority, _CLAIM.id.desc())
    return list(_BOOKS(session).scalars(query))


def _tell_ended(session: Session, item_id: int, quantity: Decimal, hold: str) -> None:
    item = items_by_id(session, {item_id})[item_id]
    said = {"quantity": number(quantity), "item": item.name, "hold": hold}
    notify(session, _l("%(quantity)s of %(item)s that %(hold)s held back are gone, and are held no longer.", **said))


def _tell(session: Session, item_id: int, quantity: Decimal, claim_id: int) -> None:
    table: Any = Document.__table__
    numbers = select(table.c.number).join_from(Claim.__table__, table, table.c.id == _CLAIM.document_id)
    order = _BOOKS(session).scalar(numbers.where(_CLAIM.id == claim_id))
    item = items_by_id(session, {item_id})[item_id]
    notify(
        session,
        _l(
            "%(quantity)s of %(item)s that were reserved for %(order)s are released.",
            quantity=number(quantity),
            item=item.name,
            order=order or claim_id,
        ),
    )
