"""Who writes to tables whose changes the audit keeps, past records and past `change_rows`, is listed here with the reason."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from app.audit import is_kept
from app.db import Base
from app.registry.discovery import discover

ROOT = Path(__file__).parent.parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("modules/**/*.py")])
#: file → what it writes to, as it calls it, and why the audit says nothing of it, or says it otherwise
UNNOTED = {
    "app/audit/rows.py": "what notes it",
    "app/access/scene.py": "gives rows out in a copy of the database that is thrown away",
    "app/documents/owners.py": "with whom a document goes isn't kept, as its contact says it",
    "app/persons/erasing.py": "what is erased must not be kept",
    "modules/contacts/mentions.py": "what is erased must not be kept",
    "modules/contacts/payers.py": "what is erased must not be kept",
    "modules/contacts/persons.py": "what is erased must not be kept",
    "modules/trade/parcels/persons.py": "what is erased must not be kept",
    "modules/contacts/contact_persons.py": "what is erased must not be kept",
    "modules/warehouse/logistic_units/leaving.py": "where boxes are follows from the documents that move them",
    "app/sample/erasing.py": "sample data is removed with all that was kept of it",
    "app/sample/records.py": "sample data is removed with all that was kept of it",
}
#: tables that stand behind a variable, and are none whose changes are kept: of registers, search, and pairs that look alike
BEHIND = {
    "app/ledger/verification.py",
    "app/search/keeping.py",
    "modules/contacts/duplicates.py",
}
_STATEMENTS = ("update", "delete")
_SQL = re.compile(r"(?:UPDATE|DELETE FROM) (\w+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def written_in(source: str, names: dict[str, Any]) -> Iterator[Any]:
    """The tables to which a source writes by `update`, `delete` or SQL; None for one that stands behind a variable."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _STATEMENTS:
            yield table_of(ast.unparse(node.args[0]), names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STATEMENTS:
            table = table_of(ast.unparse(node.func.value), names)  # `table.delete()`
            yield from (table,) if isinstance(table, Table) else ()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            known = (Base.metadata.tables.get(name) for name in _SQL.findall(node.value))
            yield from (table for table in known if table is not None)


def table_of(said: str, names: dict[str, Any]) -> Table | None:
    name, _dot, attribute = said.partition(".")
    found = names.get(name)
    if isinstance(found, Table):
        return found
    table = getattr(found, "__table__", None) if isinstance(found, type) else None
    return table if attribute in ("", "__table__") else None


def is_noted(source: str, names: dict[str, Any], *, behind: bool) -> bool:
    """Whether all that a source writes to is a table whose changes aren't kept; `behind`: what stands behind variables too."""
    return all(behind if table is None else not is_kept(table) for table in written_in(source, names))


@pytest.fixture(scope="module", autouse=True)
def _every_model() -> None:
    discover()


def test_who_writes_past_the_audit_is_known_and_says_why() -> None:
    found = set()
    for path in FILES:
        source, name = path.read_text("utf-8"), name_of(path)
        if "/migrations/" in name or not re.search(r"\b(update|delete|UPDATE|DELETE)\b", source):
            continue
        names = vars(importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")))
        if not is_noted(source, names, behind=name in BEHIND):
            found.add(name)
    assert found == set(UNNOTED)


def test_what_is_written_past_the_audit_is_found() -> None:
    from modules.contacts.models import Contact, Merge, contact_label

    names = {"Contact": Contact, "Merge": Merge, "contact_label": contact_label}
    for past in (
        "update(Contact).where(x)",
        "delete(Contact.__table__)",
        "contact_label.delete()",
        "update(table)",
        "run('DELETE FROM contacts_channel WHERE id = ?')",
    ):
        assert not is_noted(past, names, behind=False), past
    assert is_noted("update(Merge)", names, behind=False)
    assert is_noted("update(table)", names, behind=True)
