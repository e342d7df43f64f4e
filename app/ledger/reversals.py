"""Which entries of a document reverse what it had moved: found among all that it ever entered, whatever is shown of it."""

from collections import defaultdict
from collections.abc import Iterable
from operator import add
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import pieces
from app.ledger.parts import units_of
from app.ledger.register import Register
from app.past_policy import PastPolicy

_BOOKS = PastPolicy("which entries of a document reverse others: nothing is shown of them but that word")


def reversals_of(session: Session, register: type[Register], documents: Iterable[int]) -> set[int]:
    """The ids of those entries of these documents that reverse a move: after them, in the order of writing, nothing is left of
    it at its moment, or nothing at all where that moment was closed."""
    e, grouped = register.entries.c, register.sql.grouped
    kept = [_words_kept(register, column) for column in grouped]
    amounts = (units_of(e[a.name]) for a in register.amounts)
    query = select(e.id, e.document_id, e.moment, *(e[c] for c in grouped), *amounts).order_by(e.id)
    left: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(register.amounts))
    found = set()
    for some in pieces(sorted(documents)):
        for number, document, moment, *said in _BOOKS(session).execute(query.where(e.document_id.in_(some))):
            keys, units = said[: len(grouped)], said[len(grouped) :]
            apart = ("" if words and key not in words else key for key, words in zip(keys, kept, strict=True))
            move = (document, *apart)
            for held in (left[move, moment], left[move, None]):
                held[:] = map(add, held, units)
                if any(units) and not any(held):
                    found.add(number)
    return found


def _words_kept(register: type[Register], column: str) -> tuple[str, ...]:
    """Of a word: what a reversal says again; whatever else it says doesn't tell moves apart."""
    return next((d.kept for d in register.details if d.kind == "word" and d.name == column), ())
