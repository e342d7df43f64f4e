"""Moving goods: the one place where quantities and their costs enter the stock register, for every module's documents."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Conflict,
    Document,
    Money,
    NotEnough,
    Posting,
    Quantity,
    base_currency,
    digits_of,
    from_units,
    now,
    number,
    to_units,
)
from app.api import post as post_documents
from app.api import reverse as reverse_document
from modules.warehouse.costing import Got, cost_of_issue
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Place
from modules.warehouse.registers import Stock

Kind = TypeVar("Kind", bound=Document)


class NotEnoughStock(Conflict):
    """A warehouse would fall below nought; `short` says by how much, per item and place."""

    def __init__(self, session: Session, short: dict[tuple[Any, ...], Decimal]) -> None:
        self.short = short
        items = _named(session, Item, {key[0] for key in short})
        places = _named(session, Place, {key[1] for key in short})
        held = {
            f.key: f.amounts["quantity"] for f in now(session, Stock, by=("item", "place"), where={"item": list(items)})
        }
        lines = [
            str(
                _l(
                    "%(item)s, %(place)s: %(missing)s short, %(held)s on hand",
                    item=items[key[0]],
                    place=places[key[1]],
                    missing=number(missing),
                    held=number(held.get(key, Decimal(0))),
                )
            )
            for key, missing in sorted(short.items())
        ]
        super().__init__(_l("Not enough in stock, nothing was posted. %(lines)s", lines="; ".join(lines)))


class GoneAtAnotherCost(Conflict):
    """Taking a document back would leave goods of a value below nought, or a value without goods."""

    def __init__(self, session: Session, keys: Iterable[tuple[int, int]]) -> None:
        keys = sorted(keys)
        items, places = (
            _named(session, Item, {key[0] for key in keys}),
            _named(session, Place, {key[1] for key in keys}),
        )
        lines = "; ".join(f"{items[item]}, {places[place]}" for item, place in keys)
        super().__init__(
            _l(
                "Some of these goods have gone on at the average cost, and what is left can't carry the rest: %(lines)s."
                " Take back the later documents that moved them first, or let this one stand and write off what is wrong.",
                lines=lines,
            )
        )


@dataclass(frozen=True, slots=True)
class Move:
    """A quantity of an item on its way. `value` is what it is worth, or None to carry its cost along."""

    document: Document
    line: int
    item_id: int
    source_id: int
    target_id: int
    #: above nought, in base units
    quantity: Decimal
    value: Decimal | None = None
    #: where goods go to a customer or come back from him: what he has got of the item, which the move brings up to date
    got: Got | None = None


def move(posting: Posting, moves: Sequence[Move]) -> list[Decimal]:
    """Add the moves to the posting, in this order; gives what each is worth in the organisation's own currency.

    Goods that carry their cost along take the average of the place they leave; those that come back from a customer, the
    average of what he got. When he did not get as many (they were sold before the books began, or to somebody else), they
    are worth the average where they arrive, and nothing where nothing is.
    Refused (NotEnough): a warehouse that would fall below nought at any step.
    """
    step = 10 ** (Money.scale - digits_of(base_currency(posting.session)))
    keys = {(m.item_id, place) for m in moves for place in (m.source_id, m.target_id)}
    # Goods that come in at a price of their own ask nothing of what is there. Otherwise all are held at once, in order.
    asks = any(m.value is None or m.source_id >= FIRST_WAREHOUSE for m in moves)
    totals = posting.totals(Stock, keys) if asks else dict.fromkeys(keys, (0, 0))
    held = {key: list(amounts) for key, amounts in totals.items()}
    short: dict[tuple[Any, ...], Decimal] = {}
    values = []
    for m in moves:
        source, target = held[m.item_id, m.source_id], held[m.item_id, m.target_id]
        quantity = to_units(m.quantity, Quantity.scale)
        if m.value is not None:
            value = to_units(m.value, Money.scale)
        else:
            value = cost_of_issue(quantity, *_basis(m, quantity, source, target), step=step)
        for side, sign in ((source, -1), (target, 1)):
            side[0] += sign * quantity
            side[1] += sign * value
        if m.got is not None:
            sign = 1 if m.source_id >= FIRST_WAREHOUSE else -1
            m.got.add(sign * quantity, sign * value)
        if source[0] < 0 and m.source_id >= FIRST_WAREHOUSE:
            short[m.item_id, m.source_id] = from_units(-source[0], Quantity.scale)
        posting.add_units(Stock, m.document, m.line, (m.item_id, m.source_id), (-quantity, -value))
        posting.add_units(Stock, m.document, m.line, (m.item_id, m.target_id), (quantity, value))
        values.append(from_units(value, Money.scale))
    if short:
        raise NotEnough(Stock, short)
    return values


def _basis(m: Move, quantity: int, source: list[int], target: list[int]) -> Sequence[int]:
    """The quantity and value of which the move takes its share."""
    if m.source_id >= FIRST_WAREHOUSE:
        return source
    return (m.got.quantity, m.got.cost) if m.got is not None and m.got.covers(quantity) else target


def post(
    session: Session,
    actor: Actor,
    documents: Sequence[Kind],
    step: Callable[[Posting, Sequence[Kind]], None],
    *,
    audited: bool = True,
) -> None:
    """Post documents that move goods; a shortage is told with names (NotEnoughStock)."""
    try:
        post_documents(session, actor, documents, step, audited=audited)
    except NotEnough as error:
        raise NotEnoughStock(session, error.short) from error


def reverse(session: Session, actor: Actor, document: Document) -> None:
    """Take back a document that moved goods; a shortage is told with names (NotEnoughStock).

    Refused too (GoneAtAnotherCost): goods of which some have gone on, at an average that took more or less of their value
    along than what taking them back would leave.
    """
    try:
        reverse_document(session, actor, document)
    except NotEnough as error:
        raise NotEnoughStock(session, error.short) from error
    if absurd := _absurd_places(session, document):
        raise GoneAtAnotherCost(session, absurd)


def _absurd_places(session: Session, document: Document) -> list[tuple[int, int]]:
    """Of the warehouses that the document moved goods of: items of a value below nought, or of one where none are left."""
    e, total = Stock.entries.c, Stock.totals.c
    moved = exists().where(e.document_id == document.id, e.item_id == total.item_id, e.place_id == total.place_id)
    is_absurd = or_(total.value < 0, and_(total.quantity == 0, total.value != 0))
    query = select(total.item_id, total.place_id).where(total.place_id >= FIRST_WAREHOUSE, is_absurd, moved)
    return [(row.item_id, row.place_id) for row in session.connection().execute(query)]


def _named(session: Session, model: type[Item] | type[Place], ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(model.id, model.code, model.name).where(model.id.in_(set(ids))))
    return {row.id: f"{row.code} {row.name}" if model is Item else row.name for row in rows}
