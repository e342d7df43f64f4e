"""Rows of totals, which lists that people have made end in: they have no code, and a word that says what they are."""

import re
from collections.abc import Iterable
from typing import Any

#: The words in the languages of the program and of its neighbours, at the beginning of a cell.
_TOTAL = re.compile(
    r"(grand |sub-?)?totals?|sum|итого|всего|итог|tổng|tổng cộng|cộng|gesamt|summe|razem|разом|total général",
    re.IGNORECASE,
)


def is_total(cells: Iterable[Any]) -> bool:
    """Whether one of the cells of a row says that the row is a total."""
    return any(isinstance(cell, str) and _TOTAL.fullmatch(cell.strip().rstrip(":").rstrip()) for cell in cells)
