"""docs/a-new-kind-of-document.md is followed word by word: its kind of document works, and is as short as the page says."""

import ast
from collections.abc import Sequence
from pathlib import Path

from installing import PAGES, files_of, run


def code_of(text: str) -> tuple[int, int]:
    """How many lines of code there are, blank lines, comments and docstrings aside; and how many of them are imports."""
    nodes = list(ast.walk(ast.parse(text)))
    documented = [n for n in nodes if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    docstrings = [n.body[0] for n in documented if ast.get_docstring(n) is not None]
    imports = [n for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
    lines = {n for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.strip().startswith("#")}
    return len(lines - _lines_of(docstrings)), len(_lines_of(imports))


def _lines_of(nodes: Sequence[ast.stmt]) -> set[int]:
    return {line for node in nodes for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def test_whoever_follows_the_page_has_a_kind_of_document_that_works(installed: dict[str, str], folder: Path) -> None:
    assert "tests/examples/give_samples.py" in PAGES["tasting"].read_text("utf-8")
    said = run(installed, str(Path(__file__).parent / "give_samples.py"), str(folder))
    assert said.splitlines()[-1] == "the bottles are back"


def test_the_kind_is_as_short_as_the_page_says() -> None:
    page = PAGES["tasting"].read_text("utf-8")
    counted = {name: code_of(text) for name, text in files_of(page).items() if name.endswith(".py")}
    manifest, _ = counted.pop("tasting/__init__.py")
    lines, imports = (sum(numbers) for numbers in zip(*counted.values(), strict=True))
    said = f"The kind takes {lines} lines of Python, {imports} of which are imports, and the manifest {manifest};"
    assert said in page
    assert lines <= 120


def test_the_page_leaves_no_file_out() -> None:
    modules = {f"tasting/{name}.py" for name in ("__init__", "models", "prints", "kinds", "forms", "tables", "routes")}
    assert set(files_of(PAGES["tasting"].read_text("utf-8"))) == {
        "pyproject.toml",
        "tasting/help/en/sample.md",
        *modules,
    }
