"""How much of each item must have been there before the first invoice, so that nothing goes below zero on the way.

The file knows what was traded only, so the least that explains it is posted as opening stock, at no value: it tells no costs,
and none are guessed.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, case, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.security import PastPolicy
from app.api.values import Quantity, to_units
from modules.contacts.api import Contact
from modules.trade.imports.batch import Batch
from modules.trade.imports.rules import COMES_IN
from modules.warehouse.api import FIRST_WAREHOUSE, GOODS, SERVICE, Item, Stock

_BOOKS = PastPolicy("opening stock makes good for whatever a file moves, and for all that has moved before")


@dataclass
class Opening:
    """What must be there before the papers can be posted."""

    #: item's number in the spool → quantity in millionths
    short: dict[int, int] = field(default_factory=dict)
    #: items and partners to be made
    items: list[int] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)

    @property
    def created(self) -> Counter[str]:
        """The same, counted by kind."""
        counts = {
            "contacts.contact": len(self.partners),
            "warehouse.item": len(self.items),
            "warehouse.opening": 1 if self.short else 0,
        }
        return Counter({kind: count for kind, count in counts.items() if count})


class _Step(NamedTuple):
    """Something that moves an item; `rank` puts what is in the books before what is posted at the same moment."""

    moment: datetime
    rank: int
    place: int
    item: int
    quantity: int


def least_opening(session: Session, batch: Batch, papers: Sequence[int]) -> Opening:
    """What `papers`, posted in this order on top of what the books hold, lack at their worst moment.

    A paper is posted when everything before it is, and the ledger holds the stock above zero from the paper's moment
    on, whatever was recorded for later days already. So, going backwards in time: at each step, what the new papers
    have moved up to it, plus the lowest that the books alone stand at from then on, must not be below zero.
    """
    opening = Opening()
    if not papers:
        return opening
    used, partners, moved = _used(batch, papers)
    known = {row.code: row for row in _known_items(session, [batch.codes[i] for i in used])}
    opening.items = [i for i in used if batch.codes[i] not in known]
    opening.partners = _unknown_partners(session, {batch.rules.contact_code(c): c for c in partners})
    goods = {
        i
        for i in used
        if (
            known[batch.codes[i]].kind
            if batch.codes[i] in known
            else SERVICE
            if batch.rules.is_service(batch.codes[i])
            else GOODS
        )
        == GOODS
    }
    ids = {known[batch.codes[i]].id: i for i in goods if batch.codes[i] in known}
    stands = _on_hand(session, ids)
    lowest = dict(stands)
    after = {i: moved[i] for i in goods}
    steps = heapq.merge(
        _new_steps(batch, papers, goods),
        _later_entries(session, ids, batch.papers[papers[0]].moment),
        key=lambda s: (s.moment, s.rank, s.place),
        reverse=True,
    )
    for step in steps:
        if step.rank:
            lack = -(after[step.item] + lowest.get(step.item, 0))
            if lack > opening.short.get(step.item, 0):
                opening.short[step.item] = lack
            after[step.item] -= step.quantity
        else:
            stands[step.item] -= step.quantity
            lowest[step.item] = min(lowest[step.item], stands[step.item])
    return opening


def _used(batch: Batch, papers: Sequence[int]) -> tuple[list[int], list[str], Counter[int]]:
    moved: Counter[int] = Counter()
    for row in batch.spool.each(papers):
        moved[row.item] += row.quantity if batch.papers[row.paper].kind in COMES_IN else -row.quantity
    partners = dict.fromkeys(batch.papers[i].invoice.partner for i in papers)
    return sorted(moved), list(partners), moved


def _known_items(session: Session, codes: list[str]) -> Iterator[Item]:
    for some in pieces(codes):
        yield from session.execute(select(Item.id, Item.code, Item.kind).where(Item.code.in_(some)))  # type: ignore[misc]


def _unknown_partners(session: Session, codes: dict[str, str]) -> list[str]:
    unknown = []
    for some in pieces(codes):
        known = set(session.scalars(select(Contact.code).where(Contact.code.in_(some))))
        unknown += [codes[code] for code in some if code not in known]
    return unknown


def _on_hand(session: Session, ids: dict[int, int]) -> dict[int, int]:
    table = Stock.on_hand.table
    on_hand = dict.fromkeys(ids.values(), 0)
    for some in pieces(sorted(ids)):
        query = select(table.c.item_id, table.c.quantity).where(
            table.c.place_id == FIRST_WAREHOUSE, table.c.item_id.in_(some)
        )
        for item_id, quantity in _BOOKS(session).execute(query):
            on_hand[ids[item_id]] = to_units(quantity, Quantity.scale)
    return on_hand


def _new_steps(batch: Batch, papers: Sequence[int], goods: set[int]) -> Iterator[_Step]:
    """The papers' lines, last ones first."""
    place = len(papers)
    for some in pieces(reversed(papers)):
        rows = batch.spool.of(some)
        for index in some:
            place -= 1
            paper = batch.papers[index]
            sign = 1 if paper.kind in COMES_IN else -1
            for row in reversed(rows[index]):
                if row.item in goods:
                    yield _Step(paper.moment, 1, place, row.item, sign * row.quantity)


def _later_entries(session: Session, ids: dict[int, int], since: datetime) -> Iterator[_Step]:
    """What the books hold of these items from a moment on, last ones first."""
    if not ids:
        return
    e = Stock.entries.c
    came, went = e.place_to_id == FIRST_WAREHOUSE, e.place_from_id == FIRST_WAREHOUSE
    units = type_coerce(e.quantity, BigInteger)
    net = type_coerce(case((came, units), else_=0) - case((went, units), else_=0), Quantity)
    query = (
        select(e.item_id, e.moment, net)
        .where(or_(came, went), e.moment >= since)
        .order_by(e.moment.desc(), e.id.desc())
    )
    for item_id, moment, quantity in _BOOKS(session).execution_options(yield_per=2000).execute(query):
        if item_id in ids:
            yield _Step(moment, 0, 0, ids[item_id], to_units(quantity, Quantity.scale))
