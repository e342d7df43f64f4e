"""Which entries of a document reverse what it had moved: found among all that it ever entered, whatever is shown of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import pieces
from app.ledger.parts import units_of
from app.ledger.register import Register
from app.past_policy import PastPolicy

_BOOKS = PastPolicy("which entries of a document reverse others: nothing is shown of them but that word")


def reversals_of(session: Session, register: type[Register], documents: Iterable[int]) -> set[int]:
    """The ids of those entries of these documents after which, in the order of writing, nothing is left of a move: they reverse
    it, on whichever day they count."""
    e, grouped = register.entries.c, register.sql.grouped
    kept = [_words_kept(register, column) for column in grouped]
    query = select(e.id, e.document_id, *(e[c] for c in grouped), *(units_of(e[a.name]) for a in register.amounts))
    left: dict[tuple[Any, ...], list[int]] = {}
    found = set()
    for some in pieces(sorted(documents)):
        for number, document, *said in _BOOKS(session).execute(query.where(e.document_id.in_(some)).order_by(e.id)):
            keys, units = said[: len(grouped)], said[len(grouped) :]
            move = (
                document,
                *("" if words and key not in words else key for key, words in zip(keys, kept, strict=True)),
            )
            stands = [a + b for a, b in zip(left.get(move, [0] * len(units)), units, strict=True)]
            left[move] = stands
            if any(units) and not any(stands):
                found.add(number)
    return found


def _words_kept(register: type[Register], column: str) -> tuple[str, ...]:
    """Of a word: what a reversal says again; whatever else it says doesn't tell moves apart."""
    return next((d.kept for d in register.details if d.kind == "word" and d.name == column), ())
