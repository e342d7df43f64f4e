"""Trees that records make by naming their parent, such as groups of items or folders of contacts."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased


def first_level(model: Any, above: int | None) -> Any:
    """A recursive query: `id` of each record below `above` (None: of all), with the one of the first level that it lies in as
    `root`. `model` has `id` and `parent_id`."""
    top = model.parent_id.is_(None) if above is None else model.parent_id == above
    roots = select(model.id, model.id.label("root")).where(top).cte(recursive=True)
    child = aliased(model)
    return roots.union(select(child.id, roots.c.root).join(roots, child.parent_id == roots.c.id))
