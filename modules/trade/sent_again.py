"""Acts on some lines of a document, sent again: the same act gives what it made, any other by its name is refused."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.api.documents import Document, SentBefore, kind_of


def refuse_another_act(made: Document, origin_id: int, quantities: Mapping[int, Decimal]) -> None:
    """Refuse (SentBefore) unless `made` took exactly these quantities of the lines, by their numbers, of the document
    `origin_id`."""
    draft: Any = kind_of(made).draft_of(made)
    taken: defaultdict[tuple[int, int] | None, Decimal] = defaultdict(Decimal)
    for line in draft.lines:
        taken[line.origin] += line.quantity
    if taken != {(origin_id, number): quantity for number, quantity in quantities.items() if quantity}:
        raise SentBefore(made)
