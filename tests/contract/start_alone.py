"""Run by the contract suite, over a company without modules: nothing is installed but one and what it requires."""

import importlib
import importlib.metadata
import sys
from pathlib import Path

NAME, FOLDER = sys.argv[1], Path(sys.argv[2])
_entry_points = importlib.metadata.entry_points


def _needed(name: str) -> set[str]:
    point = next(p for p in _entry_points(group="kontor.modules") if p.name == name)
    manifest = importlib.import_module(point.value.partition(":")[0]).module
    return {name}.union(*(_needed(required) for required in manifest.requires))


def _entry_points_of_few(**asked: str) -> list[importlib.metadata.EntryPoint]:
    """What importlib.metadata would say were nothing else installed."""
    return [p for p in _entry_points(**asked) if asked.get("group") != "kontor.modules" or p.name in needed]


importlib.metadata.entry_points = _entry_points_of_few  # type: ignore[assignment]
needed = _needed(NAME)

from app import create_app  # noqa: E402 (only now is the world as small as it is to be)
from app.company import Company  # noqa: E402
from app.config import Config  # noqa: E402
from app.registry.lifecycle import enable  # noqa: E402
from app.security import SYSTEM  # noqa: E402

company = Company(Config(FOLDER, f"sqlite:///{FOLDER / 'kontor.db'}", "tests"))
assert set(company.installed) == needed, set(company.installed)
company.database.run(lambda session: enable(session, SYSTEM, company, NAME), actor=SYSTEM)
app = create_app(company.config)
answer = app.test_client().get("/healthz")
assert answer.status_code == 200, answer.text
strangers = [p.name for p in _entry_points(group="kontor.modules") if p.name not in needed]
loaded = [name for name in strangers if f"modules.{name}" in sys.modules]
assert not loaded, f"{NAME} imports {loaded} without requiring them"
