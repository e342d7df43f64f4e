"""The open layers of FIFO items: what is left of each inflow, oldest first. A projection of the moves, like every total."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, delete, func, insert, select, type_coerce, update

from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.values import Money, Quantity, from_units
from modules.warehouse import costing, moves
from modules.warehouse.costing import FIFO, Key, Layer, Line, Pool
from modules.warehouse.models import OpenLayer
from modules.warehouse.pending import items_waiting
from modules.warehouse.policies import costing_of

_BOOKS = PastPolicy("open layers are a projection of all moves")

_TABLE: Any = OpenLayer.__table__
_T = _TABLE.c
#: by key: each layer with its position and what is kept of it
Kept = dict[Key, list[tuple[int, Layer, int, int]]]


def attach(posting: Posting, pools: Mapping[Key, Pool], new: Sequence[costing.Move]) -> Kept:
    """Give the pools of FIFO items the open layers that moves will ask for; what is kept of them now, for `save`.

    Goods that come in ask for none. While an item waits to be recosted its layers are not what its moves leave: it costs as if
    it had one, and the job that recosts it rebuilds them.
    """
    items = {key[0] for key in pools}
    fifo = {item for item, method in costing_of(posting.session, items).items() if method == FIFO}
    if not fifo:
        return {}
    waiting = items_waiting(posting.session).keys() & fifo
    leave = {m.source for m in new if m.source is not None and m.source[0] in fifo - waiting}
    kept: Kept = {key: [] for key in pools if key[0] in fifo - waiting}
    for key, pool in pools.items():
        if key[0] in waiting:
            pool.layers = [Layer(pool.quantity, pool.value, (0, 0))] if pool.quantity > 0 else []
        elif key in kept:
            pool.layers = []
    for key, position, layer in _read(posting, {key[0] for key in leave}) if leave else ():
        if key in leave:
            kept[key].append((position, layer, layer.quantity, layer.value))
            open_layers = pools[key].layers
            assert open_layers is not None
            open_layers.append(layer)
    return kept


def save(posting: Posting, kept: Kept, pools: Mapping[Key, Pool]) -> None:
    """Write what has become of layers since they were attached."""
    for key, rows in kept.items():
        layers = pools[key].layers or []
        still = {id(layer) for layer in layers}
        gone = [position for position, layer, _, _ in rows if id(layer) not in still]
        connection = _BOOKS(posting.session)
        if gone:
            connection.execute(delete(_TABLE).where(*_of(posting, key), _T.position.in_(gone)))
        for position, layer, quantity, value in rows:
            if id(layer) in still and (layer.quantity, layer.value) != (quantity, value):
                changed = update(_TABLE).where(*_of(posting, key), _T.position == position)
                connection.execute(changed.values(_amounts(layer)))
        known = {id(layer) for _, layer, _, _ in rows}
        added = [layer for layer in layers if id(layer) not in known]
        if added:
            first = 1 + (connection.scalar(select(func.max(_T.position)).where(*_of(posting, key))) or 0)
            values = [_row(posting, key, position, layer) for position, layer in enumerate(added, first)]
            connection.execute(insert(_TABLE), values)


def kept_for(posting: Posting, pools: Mapping[Key, Pool]) -> Kept:
    """What is kept of the layers of pools that were recosted: all of it gives way."""
    fifo = {key for key, pool in pools.items() if pool.layers is not None}
    kept: Kept = {key: [] for key in fifo}
    for key, position, layer in _read(posting, {key[0] for key in fifo}) if fifo else ():
        kept[key].append((position, layer, layer.quantity, layer.value))
    return kept


def layers_before(books: moves.Books, key: Key, pool: Pool, moment: datetime) -> list[Layer]:
    """The layers that were open just before a moment, oldest first, of which `pool` has the sums.

    Oldest out first, so what was left is the newest that had come in: looked for from the moment back, until it is as much as
    the pool held. The oldest of them may have been begun: it has what is left.
    """
    found: list[Layer] = []
    quantity, value = pool.quantity, pool.value
    back: dict[Line, tuple[int, int]] = {}
    for b in moves.back_from(books, key, moment) if quantity > 0 else ():
        if b.move.source == key and b.move.origin is not None:
            was = back.get(b.move.origin, (0, 0))
            back[b.move.origin] = (was[0] + b.move.quantity, was[1] + b.move.value)
        if b.move.target != key or b.move.source == key:
            continue
        line = (b.move.document, b.move.line)
        given = back.pop(line, (0, 0))
        left = b.move.quantity - given[0]
        if left <= 0:
            continue
        if left >= quantity:
            found.append(Layer(quantity, value, line))
            break
        found.append(Layer(left, b.move.value - given[1], line))
        quantity, value = quantity - left, value - found[-1].value
    return found[::-1]


def all_of(books: moves.Books, items: Collection[int]) -> dict[Key, list[Layer]]:
    """The layers that are kept of items, by key, oldest first."""
    found: dict[Key, list[Layer]] = {}
    for key, _, layer in _read(books, items):
        found.setdefault(key, []).append(layer)
    return found


def _read(books: moves.Books, items: Collection[int]) -> Iterator[tuple[Key, int, Layer]]:
    query = select(
        _T.item_id,
        _T.pool_id,
        _T.layer_id,
        _T.position,
        _T.document_id,
        _T.line,
        type_coerce(_T.quantity, BigInteger),
        type_coerce(_T.value, BigInteger),
    ).where(_T.organisation_id == books.organisation_id, _T.item_id.in_(items))
    for item, pool, layer, position, document, line, quantity, value in _BOOKS(books.session).execute(
        query.order_by(_T.item_id, _T.pool_id, _T.layer_id, _T.position)
    ):
        yield (item, pool, layer), position, Layer(quantity, value, (document, line))


def _of(posting: Posting, key: Key) -> tuple[Any, ...]:
    item, pool, layer = key
    return (
        _T.organisation_id == posting.organisation_id,
        _T.item_id == item,
        _T.pool_id == pool,
        _T.layer_id == layer,
    )


def _amounts(layer: Layer) -> dict[str, Any]:
    return {
        "quantity": from_units(layer.quantity, Quantity.scale),
        "value": from_units(layer.value, Money.scale),
    }


def _row(posting: Posting, key: Key, position: int, layer: Layer) -> dict[str, Any]:
    item, pool, number = key
    document, line = layer.line
    return {
        "organisation_id": posting.organisation_id,
        "item_id": item,
        "pool_id": pool,
        "layer_id": number,
        "position": position,
        "document_id": document,
        "line": line,
        **_amounts(layer),
    }
