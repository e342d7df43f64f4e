"""Texts of rows that an earlier version wrote, as they are kept and ordered now: for migrations.

A text that would become another row's twin stays as it is and is named in the log: which of the two is meant, only people know.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, column, select, table, update

from app.ordering import order_key
from app.search import fold
from app.texts import one_line

_PAGE = 1000
_log = structlog.get_logger()


def mend_texts(
    connection: Connection,
    name: str,
    texts: Sequence[str],
    *,
    orders: Mapping[str, str],
    unique: Sequence[tuple[str, ...]] = (),
    folded: tuple[str, int] | None = None,
    folds: Sequence[str] = (),
) -> list[str]:
    """Let the columns `texts` of a table, numbered by `id`, be as `kept_text` keeps them, and fill the keys of `orders`, text →
    key. `unique`: columns that together name a row. `folded`: the column that is searched and its length, made of `folds`.
    Gives the texts that stay for the sake of their twins."""
    others = {c for together in unique for c in together} | set(folds) | set(orders)
    columns = list(dict.fromkeys([*texts, *sorted(others)]))
    keys = [*orders.values(), *([folded[0]] if folded else ())]
    rows = table(name, column("id"), *(column(c) for c in [*columns, *(k for k in keys if k not in columns)]))
    taken = {together: _all(connection, rows, together) for together in unique}
    twins: list[str] = []
    for page in _pages(connection, rows, columns):
        changed = []
        for old in page:
            new = _mended(old, texts, taken, twins)
            values = {f"{c}_": new[c] for c in texts}
            values |= {f"{key}_": order_key(new[text] or "") for text, key in orders.items()}
            if folded:
                values[f"{folded[0]}_"] = fold(*(new[c] for c in folds))[: folded[1]]
            if keys or any(new[c] != old[c] for c in texts):
                changed.append({"id_": old["id"], **values})
        if changed:
            said: dict[str, Any] = {c: bindparam(f"{c}_") for c in [*texts, *keys]}
            connection.execute(update(rows).where(rows.c.id == bindparam("id_")).values(said), changed)
    if twins:
        _log.warning("texts that look alike were left as they are; rename one of each two", table=name, texts=twins)
    return twins


def _mended(
    old: Mapping[str, Any], texts: Sequence[str], taken: dict[tuple[str, ...], set[Any]], twins: list[str]
) -> dict[str, Any]:
    """The row with each text as it is kept now, except those that name another row already, or would name none."""
    new = dict(old)
    for name in texts:
        if not isinstance(old[name], str) or (seen := one_line(old[name])) == old[name] or not seen:
            continue
        tried = {**new, name: seen}
        names = {together: tuple(tried[c] for c in together) for together in taken if name in together}
        if any(key in taken[together] for together, key in names.items()):
            twins.append(old[name])
            continue
        for together, key in names.items():
            taken[together].add(key)
        new = tried
    return new


def _all(connection: Connection, rows: Any, together: tuple[str, ...]) -> set[Any]:
    return {tuple(row) for row in connection.execute(select(*(rows.c[c] for c in together)))}


def _pages(connection: Connection, rows: Any, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    last = None
    while True:
        query = select(rows.c.id, *(rows.c[c] for c in columns)).order_by(rows.c.id).limit(_PAGE)
        page = connection.execute(query if last is None else query.where(rows.c.id > last)).mappings().all()
        if not page:
            return
        yield [dict(row) for row in page]
        last = page[-1]["id"]
