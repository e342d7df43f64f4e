"""Proving costs: every move is replayed from the first one on, and has to cost what it is booked at."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.security import PastPolicy
from modules.warehouse import costing, layers, moves, returns
from modules.warehouse.costing import FIFO, Layer, Pool
from modules.warehouse.pending import items_waiting
from modules.warehouse.policies import costing_of
from modules.warehouse.recosting import step_of
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a proof of the books counts every entry")

#: so many items' moves are held at once
_TOGETHER = 100


def disagreements(session: Session) -> Iterator[str]:
    """Every disagreement, in words. Items whose costs are being recalculated are left out: they are known to be wrong."""
    books = moves.BooksOf(session, organisation_id(session))
    for document, line in returns.given_back_beyond(books):
        yield f"warehouse.stock: more came back of document {document}, line {line} than went"
    yield from _unfinished(books)
    for items in _groups(books, set(items_waiting(session))):
        yield from _of(books, items)
    total = Stock.worth.table.c
    below = select(total.item_id, total.pool_id).where(
        total.organisation_id == books.organisation_id, total.value < 0, total.quantity >= 0
    )
    for item, pool in _BOOKS(session).execute(below):
        yield f"warehouse.stock: item {item} is worth less than zero in pool {pool}"


def _of(books: moves.Books, items: Sequence[int]) -> Iterator[str]:
    booked = moves.booked_between(books, items, None)
    methods = costing_of(books.session, items)
    pools = {
        key: Pool(layers=[] if methods[key[0]] == FIFO else None)
        for b in booked
        for key in (b.source, b.target)
        if key is not None
    }
    try:
        values = costing.replay([b.move for b in booked], pools, {}, step=step_of(books.session))
    except ValueError as error:  # books that somebody changed by hand may be such that no rule applies
        yield f"warehouse.stock: the moves of items {', '.join(map(str, items))} can't be replayed: {error}"
        return
    for b, value in zip(booked, values, strict=True):
        if value != b.move.value:
            yield (
                f"warehouse.stock: document {b.document_id}, line {b.line}, item {b.item_id}"
                f" is booked at {b.move.value}, its date gives {value}"
            )
    kept = layers.all_of(books, items)
    for key in sorted(kept.keys() | {key for key, pool in pools.items() if pool.layers}):
        pool = pools.get(key)
        if _plain(kept.get(key, [])) != _plain((pool.layers if pool is not None else None) or []):
            yield f"warehouse.stock: the open layers of {key} are not what its moves leave"


def _plain(open_layers: Sequence[Layer]) -> list[tuple[int, int]]:
    return [(layer.quantity, layer.value) for layer in open_layers]


def _unfinished(books: moves.Books) -> Iterator[str]:
    total = Stock.wip.table.c
    query = select(total.work_order_id).where(total.organisation_id == books.organisation_id, total.value != 0)
    for work_order in _BOOKS(books.session).scalars(query):
        yield f"warehouse.stock: work order {work_order} keeps a value though its product is made"


def _groups(books: moves.Books, waiting: set[int]) -> Iterator[list[int]]:
    """All items, those that are made of one another together; without those that hang on one that waits."""
    group_of = {item: [item] for item in moves.all_items(books)}
    for component, product in moves.made_of_each(books):
        one, other = group_of[component], group_of[product]
        if one is not other:
            one += other
            group_of.update(dict.fromkeys(other, one))
    together: list[int] = []
    for group in {id(group): group for group in group_of.values()}.values():
        together += group if waiting.isdisjoint(group) else []
        if len(together) >= _TOGETHER:
            yield together
            together = []
    if together:
        yield together
