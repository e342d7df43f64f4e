"""Moving goods: the one place where quantities and their costs enter the stock register, for every module's documents."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, HasFollowers, kind_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Money, Quantity, from_units, to_units
from modules.warehouse import costing, moves, policies, recosting, returns
from modules.warehouse.bins import taking
from modules.warehouse.catch_weight.moving import enter as enter_seconds
from modules.warehouse.catch_weight.moving import seconds_of, settle
from modules.warehouse.claims import release_for_losses, release_what_came_back
from modules.warehouse.holds.returning import go_back, out_of_inspection
from modules.warehouse.logistic_units import leaving
from modules.warehouse.lots.splitting import has_lots, parted, refuse_doubled
from modules.warehouse.models import LOSSES, NONE
from modules.warehouse.moving import Line
from modules.warehouse.moving import Move as Move
from modules.warehouse.places import Where, places_by_id
from modules.warehouse.policies import costing_of, pool_of_warehouse
from modules.warehouse.registers import LANDED, Stock


def move(posting: Posting, new: Sequence[Move]) -> list[Decimal]:
    """Add the moves to the posting, in this order, parted by lots where goods have such (`lots.splitting`), and by what an
    inspection holds of goods that go back (`holds.returning`); gives what each is worth in the organisation's own currency.

    Costs follow the dates: goods that leave take their share of what the pool holds at the move's own moment, and whatever
    happened later is recosted (`recosting`). Refused: a place that would fall below zero (NotEnoughStock, when the posting is
    written); more given back than went (Invalid); a closed period.
    """
    if not new:
        return []
    if posting.has_added(Stock):
        posting.write()  # what these moves cost goes by what is in the books
    session, places = posting.session, _places(posting.session, new)
    asked, by_lots = new, list(enumerate(new))
    if has_lots(session, new):
        hold(posting, {m.item_id for m in new}, min(m.document.moment for m in new))
        posting.give_moments(h.last for h in posting.held(Stock.worth).values())
        by_lots = parted(posting, new, places)
    if go_back(new):
        hold(posting, {m.item_id for m in new}, min(m.document.moment for m in new))
        posting.give_moments(h.last for h in posting.held(Stock.worth).values())
        by_lots = out_of_inspection(session, posting.organisation_id, by_lots)
    new = [m for _, m in by_lots]
    _hold(posting, new, places)
    pools = {place: pool_of_warehouse(session, where.keeper) for place, where in places.items()}
    posting.give_moments(h.last for h in posting.held(Stock.worth).values())
    seconds = seconds_of(posting, by_lots, places)
    costed = _costed(session, new, pools)
    _let_leave(posting, new, costed, places)
    keys = {key for c in costed for key in (c.source, c.target) if key is not None}
    # Layer 0 too: whoever moves an item waits for it there, though the lots that were held of it be others (`Totals.parts`).
    posting.hold(Stock.worth, keys | {(item, pool, 0) for item, pool, _ in keys})
    if by_lot := {item for item, _, layer in keys if layer}:
        posting.hold_all(Stock.worth, by_lot)  # lots that others brought while we waited
    _refuse_beyond_origin(posting, new)
    values = recosting.cost(posting, [(m.document.moment, c) for m, c in zip(new, costed, strict=True)])
    for m, c, value in zip(new, costed, values, strict=True):
        posting.add_units(
            Stock,
            m.document,
            m.line,
            **_ends(m, places, pools),
            layer=(c.source[2] if c.source else 0, c.target[2] if c.target else 0),
            item=m.item_id,
            basis=c.basis,
            origin=m.origin,
            quantity=c.quantity,
            value=value,
        )
    enter_seconds(posting, seconds)
    taking.take(posting, new, places)
    leaving.leave(posting, new, places)
    release_for_losses(posting, [m for m in new if m.target_id == LOSSES and not m.claim_id], places)
    worth = [0] * len(asked)
    for (i, _), value in zip(by_lots, values, strict=True):
        worth[i] += value
    return [from_units(value, Money.scale) for value in worth]


def hold(posting: Posting, items: set[int], first: datetime) -> None:
    """Hold items as `move` will, `first` being the moment of its first move: for whoever moves what it finds in the books."""
    if items:
        posting.hold_all(Stock.worth, items | _bound_to_late(posting, items, first))


def land(posting: Posting, document: Document, line: int, *, origin: Line, value: Decimal) -> None:
    """Add a cost that came later to goods that came in by the line `origin`, as of the moment when they did.

    Whatever has become of them since is recosted. Refused (Invalid): a line by which no goods came in at a price of their
    own, a value that would make them worth less than zero.
    """
    land_all(posting, document, line, {origin: value})


def land_all(posting: Posting, document: Document, line: int, values: Mapping[Line, Decimal]) -> None:
    """Add one cost, the line `line` of a document, to goods of several lines, each its part. Refused as in `land`; whoever
    declares a kind that does it says so (TypeError), or nobody would see what that changes before it is posted."""
    if not (kind := kind_of(document)).reaches_back:
        raise TypeError(f"{kind.name} lets a cost land on what came earlier: declare that it `reaches_back`")
    posting.hold_all(Stock.worth, {row.item_id for row in returns.inflows_of(posting, *values)})
    came: dict[Line, list[moves.Booked]] = defaultdict(list)
    for row in returns.inflows_of(posting, *values):  # as it is now that nobody else can change it
        came[row.document_id, row.line].append(row)
    for origin, value in values.items():
        _land_on(posting, document, line, origin, came[origin], to_units(value, Money.scale))
    posting.write()
    rows = [row for found in came.values() for row in found]
    recosting.recost(posting, {row.item_id for row in rows}, min(row.happened for row in rows))


def _land_on(
    posting: Posting, document: Document, line: int, origin: Line, rows: Sequence[moves.Booked], units: int
) -> None:
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


def hold_corrected(posting: Posting, document: Document) -> None:
    """Lock what a document moved, before it is corrected; what came back of it must fit, and is recosted. Refused: goods on
    which costs landed (HasFollowers)."""
    posting.hold_all(Stock.worth, moves.items_of(posting.session, document.id))
    if resting := returns.documents_resting_on(posting.session, document.id, landed=True):
        raise HasFollowers(resting)


def hold_moved(posting: Posting, document: Document) -> None:
    """Lock what a document moved, before it is reversed. Refused: goods that were given back or on which costs landed
    (HasFollowers)."""
    session = posting.session
    posting.hold_all(Stock.worth, moves.items_of(session, document.id))
    if resting := returns.documents_resting_on(session, document.id):
        raise HasFollowers(resting)


def follow_reversal(posting: Posting, document: Document) -> None:
    """Once a document is reversed, goods that came back are free, no bins, boxes and pallets hold more than there is, and what
    happened since is recosted.

    Refused (Invalid): the reversal of a cost without which the goods it landed on would be worth less than zero.
    """
    release_what_came_back(posting, document)
    taking.settle(posting, document)
    leaving.settle(posting, document)
    settle(posting, document)
    for origin in returns.landed_on(posting.session, document.id):
        if sum(row.value for row in returns.inflows_of(posting, origin)) < 0:
            raise Invalid(_l("Without this cost the goods that it landed on would be worth less than zero."))
    items = moves.items_of(posting.session, document.id)
    since = moves.first_happened(posting.session, document.id)
    refuse_doubled(posting.session, posting.organisation_id, items)
    if items and since is not None:
        recosting.recost(posting, items, since)


def _places(session: Session, new: Sequence[Move]) -> dict[int, Where]:
    return places_by_id(session, {place for m in new for place in (m.source_id, m.target_id)})


def _hold(posting: Posting, new: Sequence[Move], places: dict[int, Where]) -> None:
    """Hold what the items are worth, wherever they are: whoever moves them waits. With it, by the same journey, what the
    floors of places and claims will ask for, and how goods cost, which nobody can change any more."""
    on_hand: set[tuple[int, ...]] = set()
    claims: set[tuple[int, ...]] = set()
    if any(places[m.source_id].keeper for m in new):
        for m in new:
            ends = _ends(m, places, {})
            for side in (0, 1):
                if places[place := ends["place"][side]].keeper:
                    on_hand.add((m.item_id, place, ends["lot"][side]))
                if warehouse := ends["warehouse"][side]:
                    claims.add((m.item_id, warehouse, ends["claim"][side]))
    items = {m.item_id for m in new}
    answers = posting.hold_together(
        {Stock.on_hand: on_hand, Stock.claims: claims},
        all_of={Stock.worth: items | _bound_to_late(posting, items, min(m.document.moment for m in new))},
        also=policies.questions(posting, items),
    )
    policies.learn(posting.session, items, answers)


def _let_leave(posting: Posting, new: Sequence[Move], costed: Sequence[costing.Move], places: dict[int, Where]) -> None:
    """What leaves the company for good may leave though it isn't there, where its warehouse lets it (`below_zero`)."""
    leaving = [m for m, c in zip(new, costed, strict=True) if c.leaves_for_good and places[m.source_id].warehouse]
    posting.let_fall(Stock.on_hand, ((m.item_id, m.source_id, m.lots[0]) for m in leaving))
    posting.let_fall(
        Stock.claims, ((m.item_id, places[m.source_id].warehouse, NONE) for m in leaving if not m.claim_id)
    )


def _bound_to_late(posting: Posting, items: set[int], first: datetime) -> set[int]:
    """What costs by what these items cost, where the `first` move may be late: held together with them, in the order of all
    items, so that two who post never wait for each other."""
    if first.date() >= wall_clock().date() or not posting.has_later(Stock.worth, items, first):
        return set()
    return moves.bound_to(posting, items, first)


def _costed(session: Session, new: Sequence[Move], pools: dict[int, int]) -> list[costing.Move]:
    methods = costing_of(session, {m.item_id for m in new})
    found = []
    for m in new:
        source, target = pools[m.source_id], pools[m.target_id]
        layers = m.lots if methods[m.item_id] == costing.SPECIFIC else (0, 0)
        basis = m.basis(inside=bool(source))
        move = costing.Move(
            m.document.id,
            m.line,
            (m.item_id, source, layers[0]) if source else None,
            (m.item_id, target, layers[1]) if target else None,
            to_units(m.quantity, Quantity.scale),
            basis,
            0 if m.value is None else to_units(m.value, Money.scale),
            m.origin if basis == costing.RETURNED else None,
            m.work_order,
            m.weight,
        )
        found.append(move)
    return found


def _ends(m: Move, places: dict[int, Where], pools: dict[int, int]) -> dict[str, Any]:
    source, target = places[m.source_id], places[m.target_id]
    return {
        "place": (m.source_id, m.target_id),
        "lot": m.lots,
        "claim": (m.claim_id, 0) if source.warehouse else (0, m.claim_id),
        "work_order": (0, m.work_order) if source.warehouse else (m.work_order, 0),
        "warehouse": (source.warehouse, target.warehouse),
        "pool": (pools.get(m.source_id, 0), pools.get(m.target_id, 0)),
    }


def _refuse_beyond_origin(posting: Posting, new: Sequence[Move]) -> None:
    """More can't come back than went: reported by the line's own number."""
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
                column="quantity",
            )
