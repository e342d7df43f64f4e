"""Pages write through operations: no route assigns to a model, adds or deletes one by itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: Names of what is no model: forms and their fields, Flask's own, parts of the program that keep things themselves.
NOT_MODELS = {"app", "cookie", "field", "form", "g", "required", "self", "LazyString"}
#: What keeps its own table at the edge, and is its own operation.
OWN = {"app/web/kept.py"}


def pages() -> Iterator[Path]:
    for pattern in ("modules/*/routes.py", "app/web/**/*.py", "examples/*/*/routes.py"):
        yield from (p for p in ROOT.glob(pattern) if str(p.relative_to(ROOT)) not in OWN)


def root_of(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def writes_of(source: str) -> Iterator[str]:
    """What a file writes by itself: attributes of others that it assigns to, rows that it adds or deletes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if root_of(node) not in NOT_MODELS:
                yield f"line {node.lineno}: {ast.unparse(node)} ="
        elif isinstance(node, ast.Call):
            named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if named == "setattr" or (
                named in ("add", "add_all", "delete", "merge") and root_of(node.func) in ("session", "current_session")
            ):
                yield f"line {node.lineno}: {ast.unparse(node)[:60]}"


def test_no_page_writes_by_itself() -> None:
    found = {str(p.relative_to(ROOT)): list(writes_of(p.read_text("utf-8"))) for p in pages()}
    assert len(found) > 30
    assert {name: writes for name, writes in found.items() if writes} == {}


def test_what_a_page_would_write_is_found() -> None:
    source = "user.locale = 'en'\nsession.add(user)\nsetattr(user, 'name', '')\ncurrent_session().delete(x)\nform.a.data = 1\n"
    assert len(list(writes_of(source))) == 4
