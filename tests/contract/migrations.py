"""Reads a migration's source for what it would do to a database that holds rows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: What adds, and what only names.
ADDS = {"create_table", "add_column", "create_index", "create_foreign_key", "execute", "f"}
#: Words of SQL that take something away. `UPDATE` may fill what is new.
TAKES = re.compile(r"\b(DROP|DELETE|TRUNCATE|RENAME|REPLACE|PRAGMA)\b", re.IGNORECASE)


#: all rows of a table go into another
TAKES_OVER = re.compile(r"INSERT INTO (?P<new>\w+) \([\w, ]+\) SELECT [\w, ]+ FROM (?P<old>\w+)")


def errors_of(source: str) -> list[str]:
    """Why a migration can't go up while people's rows are there; nothing when it only adds.

    SQLite rebuilds a table for whatever but adding (Alembic's batch), and dropping the old one cascades into the rows
    that refer to it; PostgreSQL loses what was in it as well. Replacing an index by another of the same table isn't a loss, nor
    a table that nothing refers to by a new one that takes all its rows.
    Everything but `downgrade` is read, so nothing hides in a function beside it.
    """
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade")]
    return [f"line {line}: {why}" for line, why in sorted(_errors(tree))]


def _errors(tree: ast.Module) -> Iterator[tuple[int, str]]:
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls = {id(call.func): call for call in called}
    indexed = {_table(call, 1) for call in called if _name(call.func) == "create_index"}
    made = {_table(call, 0) for call in called if _name(call.func) == "create_table"}
    remade = made & _projections(tree) | _taken_over(called, made)
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    hidden = {id(node.value) for node in attributes}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and not _is_usual(node):
            yield node.lineno, f"it imports by “{ast.unparse(node)}”"
        elif isinstance(node, ast.Name) and node.id == "op" and id(node) not in hidden:
            yield node.lineno, "op is handed about, so nobody can read what is done with it"
    for attribute in attributes:
        if (name := _name(attribute)) is not None:
            why = _error_of(name, calls.get(id(attribute)), indexed, remade)
            if why:
                yield attribute.lineno, why


def _taken_over(called: list[ast.Call], made: set[str | None]) -> set[str | None]:
    """The tables all of whose rows the migration copies into one that it makes."""
    said = [_text(call.args[0]) or "" for call in called if _name(call.func) == "execute" and call.args]
    copies = [found for each in said if (found := TAKES_OVER.fullmatch(each))]
    return {found["old"] for found in copies if found["new"] in made and not _is_referred_to(found["old"])}


def _is_referred_to(table: str) -> bool:
    """Whether any migration of modules or the core has a key that leads to a row of the table."""
    files = (*ROOT.glob("modules/*/migrations/versions/*.py"), *ROOT.glob("migrations/versions/*.py"))
    return any(f'"{table}.' in path.read_text("utf-8") for path in files)


def _projections(tree: ast.Module) -> set[str | None]:
    """The tables of the totals that the migration says are to be rebuilt from their entries."""
    named = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROJECTIONS"
    ]
    prefixes = [str(name).replace(".", "_") for names in named for name in names]
    return {f"{prefix}_{kind}" for prefix in prefixes for kind in ("total", "turnover")}


def _error_of(name: str, call: ast.Call | None, indexed: set[str | None], remade: set[str | None]) -> str:
    if call is None:
        return f"op.{name} is handed about, so nobody can read what is done with it"
    if name == "drop_index":
        table = _table(call, 1)
        return "" if table and table in indexed else "op.drop_index of an index that it does not replace"
    if name == "drop_table" and _table(call, 0) in remade:
        return ""
    if name not in ADDS:
        return f"op.{name} does more than add"
    if name == "execute":
        said = _text(call.args[0]) if call.args else None
        if said is None:
            return "op.execute of SQL that is made when it runs"
        return f"op.execute takes away: {said}" if TAKES.search(said) else ""
    if name == "add_column":
        column = ast.unparse(call)
        if "nullable=False" in column and "server_default=" not in column:
            return "op.add_column of a column that the rows there are can't have filled"
    return ""


def _is_usual(node: ast.Import | ast.ImportFrom) -> bool:
    return ast.unparse(node) in ("import sqlalchemy as sa", "from alembic import op")


def _name(node: ast.AST) -> str | None:
    """`x` of `op.x`."""
    is_of_op = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "op"
    return node.attr if is_of_op else None  # type: ignore[attr-defined]


def _table(call: ast.Call, position: int) -> str | None:
    named = [word.value for word in call.keywords if word.arg == "table_name"]
    return _text((named or call.args[position : position + 1] or [call])[0])


def _text(node: ast.expr) -> str | None:
    """The words of a literal, also within `sa.text(…)` or `op.f(…)`."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and ast.unparse(node.func) in ("sa.text", "op.f"):
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
