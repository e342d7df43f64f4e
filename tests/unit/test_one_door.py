"""There is one door to the books, the operations: no page, form or importer makes, changes or deletes a record by itself."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy

from app.db import Base

ROOT = Path(__file__).parent.parent.parent
DOORS = (
    "app/importing/**/*.py",
    "app/web/**/*.py",
    "examples/*/*/forms.py",
    "examples/*/*/imports.py",
    "examples/*/*/routes.py",
    "modules/*/forms.py",
    "modules/*/imports.py",
    "modules/*/imports/**/*.py",
    "modules/*/routes.py",
    "modules/*/routes/**/*.py",
)
#: Names of what isn't a model: forms and their fields, Flask's own, what keeps things itself, an import's own account.
NOT_MODELS = {"app", "cookie", "field", "form", "g", "manager", "request", "required", "self"}
NOT_MODELS |= {"batch", "control", "job", "opening", "paper"}
#: What keeps its own table at the edge, and is its own operation.
OWN = {"app/web/edge/kept.py"}
WRITING = {sqlalchemy.insert, sqlalchemy.update, sqlalchemy.delete}


def doors() -> Iterator[Path]:
    for pattern in DOORS:
        yield from (p for p in ROOT.glob(pattern) if str(p.relative_to(ROOT)) not in OWN)


def root_of(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def imported(tree: ast.AST) -> dict[str, Any]:
    """What the names that a file imports stand for: of the program and of SQLAlchemy."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("app", "modules", "sqlalchemy")):
            home = importlib.import_module(str(node.module))
            for alias in node.names:
                known[alias.asname or alias.name] = getattr(home, alias.name, None)
    return known


def meaning_of(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(meaning_of(node.value, known), node.attr, None)
    return known.get(node.id) if isinstance(node, ast.Name) else None


def is_writing(call: ast.Call, known: dict[str, Any]) -> bool:
    """Whether a call makes a record, sets what it says, or tells the database to write."""
    called = meaning_of(call.func, known)
    if isinstance(called, type):
        return issubclass(called, Base)
    if isinstance(call.func, ast.Name):
        return call.func.id == "setattr" or called in WRITING
    if not isinstance(call.func, ast.Attribute):
        return False
    of_session = re.search(r"(\b|_)session(\(\))?$", ast.unparse(call.func.value))
    of_table = call.func.attr in ("insert", "update", "delete") and not call.args and not call.keywords
    return bool(of_table or (of_session and re.match("add|delete|merge|bulk_", call.func.attr)))


def writes_of(source: str) -> Iterator[str]:
    """What a file writes by itself."""
    tree = ast.parse(source)
    known = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if root_of(node) not in NOT_MODELS:
                yield f"line {node.lineno}: {ast.unparse(node)} ="
        elif isinstance(node, ast.Call) and is_writing(node, known):
            yield f"line {node.lineno}: {ast.unparse(node)[:60]}"


def test_only_operations_write() -> None:
    found = {str(p.relative_to(ROOT)): list(writes_of(p.read_text("utf-8"))) for p in doors()}
    assert len(found) > 60
    for door in ("app/importing/run.py", "modules/contacts/imports.py", "modules/trade/imports/posting.py"):
        assert door in found
    assert {name: writes for name, writes in found.items() if writes} == {}


def test_what_a_door_would_write_is_found() -> None:
    source = """
from sqlalchemy import delete, insert
from app.api.reference import Unit as Measure
from modules.contacts import models
from modules.contacts.models import LegalEntity

LegalEntity(name="Bergen AS")
Measure(code="PF")
models.Individual()
contact.name = "Bergen AS"
del contact.note
setattr(contact, "name", "Bergen AS")
session.add(contact)
current_session().delete(contact)
self._session.add_all(contacts)
session.bulk_save_objects(contacts)
session.execute(insert(LegalEntity).values(name="Bergen AS"))
session.execute(delete(LegalEntity))
session.execute(LegalEntity.__table__.insert(), rows)
"""
    assert len(list(writes_of(source))) == 13


def test_what_a_door_may_do_is_not_found() -> None:
    source = """
from modules.contacts.models import LegalEntity
from modules.contacts.operations import create_contacts

seen.add(LegalEntity)
counts.update({})
form.name.data = self.name = ""
create_contacts(session, actor, [])
session.execute(select(LegalEntity)).all()
"""
    assert list(writes_of(source)) == []
