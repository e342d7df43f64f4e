"""The page that asks which column of a table is what: what it shows, and what was chosen on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.imports import Columns, Wanted, shown_cell

#: so many rows are shown
_SHOWN = 20


def columns_page(rows: Sequence[Sequence[Any]], columns: Columns, wanted: Sequence[Wanted]) -> dict[str, Any]:
    """What the page shows."""
    return {
        "rows": [[shown_cell(cell) for cell in row] for row in rows[:_SHOWN]],
        "width": max(len(row) for row in rows[:_SHOWN]),
        "chosen": {place: name for name, place in columns.columns.items()},
        "columns": columns,
        "wanted": wanted,
    }


def chosen_columns(said: Mapping[str, str], wanted: Sequence[Wanted]) -> Columns:
    """What was chosen there."""
    columns = {w.name: int(text) for w in wanted if (text := said.get(w.name, "")).isdecimal() and len(text) < 5}
    header = said.get("header", "")
    at = int(header) if header.isdecimal() and len(header) < 5 else 0
    return Columns(at, columns, "," if said.get("decimal") == "," else ".", said.get("days") == "month")
