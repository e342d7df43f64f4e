"""Moving goods: the one place where quantities and their costs enter the stock register, for every module's documents."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Document,
    Invalid,
    Money,
    NotEnough,
    Posting,
    Quantity,
    forget_all,
    from_units,
    number,
    to_units,
)
from app.api import post as post_documents
from app.api import reverse as reverse_document
from modules.warehouse import costing, moves, recosting, returns
from modules.warehouse.claims import release_for_losses, release_what_came_back
from modules.warehouse.costing import CARRIED, MADE, OWN, RETURNED
from modules.warehouse.errors import HasReturns, NotEnoughFree, NotEnoughStock
from modules.warehouse.models import LOSSES, PRODUCTION, Item
from modules.warehouse.places import Where, places_by_id
from modules.warehouse.registers import LANDED, Stock

Kind = TypeVar("Kind", bound=Document)
Line = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A quantity of an item on its way from a place to another."""

    document: Document
    line: int
    item_id: int
    source_id: int
    target_id: int
    #: above zero, in base units
    quantity: Decimal
    #: what it is worth by its own price, in the organisation's own currency; None: it carries or gives back a cost
    value: Decimal | None = None
    #: the document and line whose goods it gives back
    origin: Line | None = None
    #: the document of the work order that it feeds or comes from
    work_order: int = 0
    #: the claim that the goods leave, or come back to
    claim_id: int = 0
    #: the lots they leave with and arrive with
    lots: tuple[int, int] = (0, 0)

    def basis(self, inside: bool) -> str:
        """What the value rests on; `inside`: the goods leave a place of the company."""
        if self.value is not None:
            return OWN
        if self.origin is not None:
            return RETURNED
        if self.work_order and self.source_id == PRODUCTION:
            return MADE
        return CARRIED if inside else RETURNED


def move(posting: Posting, new: Sequence[Move]) -> list[Decimal]:
    """Add the moves to the posting, in this order; gives what each is worth in the organisation's own currency.

    Costs follow the dates: goods that leave take their share of what the pool holds at the move's own moment, and whatever
    happened later is recosted (`recosting`). Refused: a place that would fall below zero (NotEnough, when the posting is
    written); more given back than went (Invalid); a closed period.
    """
    if not new:
        return []
    if posting.has_added(Stock):
        posting.write()  # what these moves cost goes by what is in the books
    places = _places(posting.session, new)
    ends = [_ends(m, places) for m in new]
    _hold(posting, new, ends)
    if {m.item_id for m in new} - {key[0] for key in posting.held(Stock.worth)}:
        # The first move of an item: how it costs may have been decided while we waited, and never will be again.
        forget_all(posting.session, "warehouse.item")
        forget_all(posting.session, "warehouse.place")
        places = _places(posting.session, new)
        ends = [_ends(m, places) for m in new]
    posting.give_moments(h.last for h in posting.held(Stock.worth).values())
    costed = [_costed(m, places) for m in new]
    posting.hold(Stock.worth, {key for c in costed for key in (c.source, c.target) if key is not None})
    _refuse_beyond_origin(posting, new)
    values = recosting.cost(posting, [(m.document.moment, c) for m, c in zip(new, costed, strict=True)])
    for m, c, at, value in zip(new, costed, ends, values, strict=True):
        posting.add_units(
            Stock,
            m.document,
            m.line,
            **at,
            item=m.item_id,
            basis=c.basis,
            origin=m.origin,
            quantity=c.quantity,
            value=value,
        )
    release_for_losses(posting, [m for m in new if m.target_id == LOSSES and not m.claim_id], places)
    return [from_units(value, Money.scale) for value in values]


def land(posting: Posting, document: Document, line: int, *, origin: Line, value: Decimal) -> None:
    """Add a cost that came later to goods that came in by the line `origin`, as of the moment when they did.

    Whatever has become of them since is recosted. Refused (Invalid): a line by which no goods came in at a price of their
    own, a value that would make them worth less than zero.
    """
    posting.hold_all(Stock.worth, {row.item_id for row in returns.inflows_of(posting, origin)})
    rows = returns.inflows_of(posting, origin)  # as it is now that nobody else can change it
    units = to_units(value, Money.scale)
    if not rows or sum(row.value for row in rows) + units < 0:
        raise Invalid(
            _l("A cost can only be added to goods that came in at a price, and can't make them worth less than zero.")
        )
    left, whole = units, sum(row.quantity for row in rows)
    for row in rows:
        share = costing.cost_of_issue(row.quantity, whole, left, step=recosting.step_of(posting.session))
        left, whole = left - share, whole - row.quantity
        posting.add_units(
            Stock,
            document,
            line,
            **row.ends,
            item=row.item_id,
            basis=LANDED,
            origin=origin,
            moment=posting.open_moment(row.happened),
            happened=row.happened,
            value=share,
        )
    posting.write()
    recosting.recost(posting, {row.item_id for row in rows}, min(row.happened for row in rows))


def post(
    session: Session,
    actor: Actor,
    documents: Sequence[Kind],
    step: Callable[[Posting, Sequence[Kind]], None],
    *,
    audited: bool = True,
) -> None:
    """Post documents that move goods; a shortage is told with names (NotEnoughStock, NotEnoughFree)."""
    try:
        post_documents(session, actor, documents, step, audited=audited)
    except NotEnough as error:
        raise _named(session, error) from error


def reverse(session: Session, actor: Actor, document: Document) -> None:
    """Reverse a document that moved goods: as if it had never been, or, where its period is closed, from the first open
    day on. What happened since is recosted.

    Refused: goods that have gone on meanwhile (NotEnoughStock), goods that were given back or on which costs landed
    (HasReturns).
    """
    items = moves.items_of(session, document.id)

    def before(posting: Posting) -> None:
        posting.hold_all(Stock.worth, items)
        if resting := returns.documents_resting_on(session, document.id):
            raise HasReturns(resting)

    def after(posting: Posting) -> None:
        release_what_came_back(posting, document)
        since = moves.first_happened(session, document.id)
        if items and since is not None:
            recosting.recost(posting, items, since)

    try:
        reverse_document(session, actor, document, before=before, after=after)
    except NotEnough as error:
        raise _named(session, error) from error


def _places(session: Session, new: Sequence[Move]) -> dict[int, Where]:
    return places_by_id(session, {place for m in new for place in (m.source_id, m.target_id)})


def _hold(posting: Posting, new: Sequence[Move], ends: Sequence[dict[str, Any]]) -> None:
    """Hold what the items are worth, wherever they are: whoever moves them waits. With it, by the same journey, what the
    floors of places and claims will ask for."""
    on_hand: set[tuple[int, ...]] = set()
    claims: set[tuple[int, ...]] = set()
    if any(at["warehouse"][0] for at in ends):
        for m, at in zip(new, ends, strict=True):
            for side in (0, 1):
                if warehouse := at["warehouse"][side]:
                    on_hand.add((m.item_id, at["place"][side], at["lot"][side]))
                    claims.add((m.item_id, warehouse, at["claim"][side]))
    items = {m.item_id for m in new}
    posting.hold_together({Stock.on_hand: on_hand, Stock.claims: claims}, all_of={Stock.worth: items})


def _costed(m: Move, places: dict[int, Where]) -> costing.Move:
    source, target = places[m.source_id], places[m.target_id]
    return costing.Move(
        m.document.id,
        m.line,
        (m.item_id, source.pool, 0) if source.pool else None,
        (m.item_id, target.pool, 0) if target.pool else None,
        to_units(m.quantity, Quantity.scale),
        m.basis(inside=bool(source.pool)),
        0 if m.value is None else to_units(m.value, Money.scale),
        m.origin,
        m.work_order,
    )


def _ends(m: Move, places: dict[int, Where]) -> dict[str, Any]:
    source, target = places[m.source_id], places[m.target_id]
    return {
        "place": (m.source_id, m.target_id),
        "lot": m.lots,
        "claim": (m.claim_id, 0) if source.warehouse else (0, m.claim_id),
        "work_order": (0, m.work_order) if source.warehouse else (m.work_order, 0),
        "warehouse": (source.warehouse, target.warehouse),
        "pool": (source.pool, target.pool),
    }


def _refuse_beyond_origin(posting: Posting, new: Sequence[Move]) -> None:
    """More can't come back than went: told by the line's own number."""
    asked: dict[Line, int] = defaultdict(int)
    lines: dict[Line, int] = {}
    for m in new:
        if m.origin is not None:
            asked[m.origin] += to_units(m.quantity, Quantity.scale)
            lines[m.origin] = m.line
    left, happened = returns.left_to_return(posting, asked)
    for m in new:
        if m.origin is not None and m.document.moment < happened.get(m.origin, m.document.moment):
            raise Invalid(_l("Line %(n)s: goods can't come back before they went.", n=m.line), field="lines")
    for origin, quantity in asked.items():
        if quantity > left.get(origin, 0):
            raise Invalid(
                _l(
                    "Line %(n)s: more comes back than is left to return: %(left)s.",
                    n=lines[origin],
                    left=number(from_units(left.get(origin, 0), Quantity.scale)),
                ),
                field="lines",
            )


def _named(session: Session, error: NotEnough) -> NotEnoughStock | NotEnoughFree:
    ids: Iterable[int] = {key[0] for key in error.short}
    items = {
        row.id: f"{row.code} {row.name}"
        for row in session.execute(select(Item.id, Item.code, Item.name).where(Item.id.in_(ids)))
    }
    places = {i: where.name for i, where in places_by_id(session, {key[1] for key in error.short}).items()}
    kind: Any = NotEnoughStock if error.totals is Stock.on_hand else NotEnoughFree
    return kind(error.short, items, places)  # type: ignore[no-any-return]
